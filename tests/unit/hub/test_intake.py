"""What comes in of hosts reaches the live state, who watches, and the series; in whatever order it comes."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from components.fleet_state import FleetState
from components.host_calls import HostCalls
from components.host_views import HostConfig
from components.intake import Intake
from components.protocol import Event
from components.series import Series
from django_app.services import FleetRow

A = "aaaaaaaaaaaa"
ALICE = "user:1:x"
SAMPLE = {"run": "r", "seq": 1, "at": 99.0, "revision": 1, "metrics": {"load_1m": 0.5}, "failed": {}}


def row() -> FleetRow:
    config = HostConfig(revision=1, status="applied", at=1.0, milliseconds=5.0, error="", locked={}, settings={"interval": 60.0})
    return FleetRow(name="alpha", address=None, since=50.0, config=config)


class Hub:
    """A fleet whose one host has a session, and whose row is not read yet; what is published, and refused."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.sent: list[Event] = []
        self.refused: list[tuple[str, str]] = []
        self.state, self.series = FleetState(), Series()
        self.calls = HostCalls(self.state, self.clock, self.sent.append, self.clock.seconds)
        self.intake = Intake(self.state, self.series, self.calls, lambda *refused: self.refused.append(refused))
        self.state.joined(A, 60.0)
        self.calls.host_joined(A)

    def watch(self) -> None:
        """Somebody watches the host from now on."""
        Deferred.fromCoroutine(self.calls.watch(ALICE, host=A, interval=0.1))

    def asked(self) -> list[str]:
        """What the host was asked."""
        return [event.payload["kind"] for event in self.sent if "kind" in event.payload]


def kept(hub: Hub) -> bool:
    """Whether there is anything of its last minutes."""
    host = hub.series.get(A)
    return host is not None and host.copied("load_1m") is not None


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_a_sample_that_comes_before_the_row_of_its_host_counts_like_any_other(hub: Hub) -> None:
    """It is shown and kept, and the host hears from then on: with an interval of a minute nobody waits for the next one."""
    hub.intake.sampled(A, SAMPLE, 100.0)
    hub.intake.load({A: row()}, asked=[A])
    (update,) = hub.state.changes(101.0)
    assert update["hosts"][A]["sample"]["metrics"] == {"load_1m": 0.5}
    assert kept(hub)
    hub.watch()
    assert hub.asked() == ["watch"]


def test_a_host_that_has_sent_nothing_yet_is_not_asked(hub: Hub) -> None:
    """It may not have subscribed."""
    hub.intake.load({A: row()}, asked=[A])
    hub.watch()
    assert hub.asked() == []
    hub.intake.sampled(A, SAMPLE, 100.0)
    assert hub.asked() == ["watch"]


def test_what_is_refused_is_told_once(hub: Hub) -> None:
    """As long as the reason is the same; a watched sample that nobody asked for is not even read."""
    hub.intake.load({A: row()}, asked=[A])
    for _ in range(2):
        hub.intake.sampled(A, {**SAMPLE, "seq": "x"}, 100.0)
    hub.intake.sampled(A, {"watched": True}, 100.0)
    [(host_id, reason)] = hub.refused
    assert host_id == A
    assert "seq" in reason


def test_a_host_that_is_gone_leaves_no_series(hub: Hub) -> None:
    hub.intake.load({A: row()}, asked=[A])
    hub.intake.sampled(A, SAMPLE, 100.0)
    assert kept(hub)
    hub.intake.load({}, asked=[A])
    assert not kept(hub)
