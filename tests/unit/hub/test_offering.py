"""New settings reach their hosts: read once for all of them, in order, once each, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from components.offering import SENT_AT_ONCE, SPREAD_SECONDS, Offering
from components.presence import Sessions


class Turns:
    """Time that the test lets go on, and what is to happen in the reactor's next turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[Callable[[], Any]] = []

    def seconds(self) -> float:
        return self.now

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any) -> Any:  # noqa: N802  # Twisted's own names
        assert (delay, args) == (0, ())
        self.due.append(callable)

    def turn(self) -> None:
        due, self.due = self.due, []
        for function in due:
            function()


class Scene:
    """Connected hosts, a database that answers when the test says so, and what was pushed: host and revision."""

    def __init__(self, *hosts: str) -> None:
        self.clock = Turns()
        self.sessions = Sessions()
        self.stored: dict[str, int] = {}
        self.readings: list[tuple[set[str], Deferred[Any]]] = []
        self.pushed: list[tuple[str, int]] = []
        self.spreads: set[float] = set()
        self.failures = 0
        self.offering = Offering(self.clock, self.sessions, self.read, self.push, self.fail)
        for number, host in enumerate(hosts):
            self.sessions.joined(number, host)

    def read(self, hosts: Collection[str]) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()
        self.readings.append((set(hosts), done))
        return done

    def push(self, settings: Mapping[str, Any], spread: float) -> None:
        self.pushed.append((settings["host"], settings["revision"]))
        self.spreads.add(spread)

    def fail(self) -> None:
        self.failures += 1

    def answer(self, **pending: int) -> None:
        """The oldest reading comes back with this."""
        self.readings.pop(0)[1].callback({host: {"host": host, "revision": revision} for host, revision in pending.items()})
        while self.clock.due:
            self.clock.turn()


def test_one_reading_for_all_that_changed_together_and_one_push_each() -> None:
    scene = Scene("a", "b", "c")
    scene.offering.look(["a", "b", "gone"])
    assert [hosts for hosts, _ in scene.readings] == [{"a", "b"}]
    scene.answer(a=2, b=7)
    assert scene.pushed == [("a", 2), ("b", 7)]
    for _ in range(2):  # the same news by another way, and the look that comes every second
        scene.offering.look_at_all()
        scene.answer(a=2, b=7)
    assert scene.pushed == [("a", 2), ("b", 7)]


def test_what_changes_during_a_reading_is_read_after_it() -> None:
    """So nothing older follows something newer."""
    scene = Scene("a", "b")
    scene.offering.look(["a"])
    scene.offering.look(["a"])
    scene.offering.look(["b"])
    assert len(scene.readings) == 1
    scene.answer(a=2)
    assert [hosts for hosts, _ in scene.readings] == [{"a", "b"}]
    scene.answer(a=3, b=2)
    assert scene.pushed == [("a", 2), ("a", 3), ("b", 2)]
    assert scene.readings == []


def test_a_host_that_is_away_is_told_when_it_asks() -> None:
    scene = Scene()
    scene.offering.look(["a"])
    assert scene.readings == []
    scene.sessions.joined(1, "a")
    scene.offering.joined("a")
    scene.offering.look(["a"])
    scene.answer(a=2)
    scene.offering.answered("a", 2)
    assert scene.pushed == []
    scene.clock.now = 1.0  # and was it lost, it comes again
    scene.offering.look_at_all()
    scene.answer(a=2)
    assert scene.pushed == [("a", 2)]


def test_a_host_that_went_during_the_reading_is_sent_nothing() -> None:
    scene = Scene("a", "b")
    scene.offering.look(["a", "b"])
    scene.sessions.left(0)
    scene.offering.left("a")
    scene.answer(a=2, b=2)
    assert scene.pushed == [("b", 2)]


def test_a_database_that_fails_once_loses_nothing() -> None:
    scene = Scene("a")
    scene.offering.look(["a"])
    scene.readings.pop(0)[1].errback(RuntimeError("locked"))
    assert (scene.failures, scene.pushed) == (1, [])
    scene.offering.look_at_all()
    scene.answer(a=2)
    assert scene.pushed == [("a", 2)]


@pytest.mark.parametrize("count", [SENT_AT_ONCE, SENT_AT_ONCE + 1, 500])
def test_others_have_their_turn_between_the_pushes_of_a_large_change(count: int) -> None:
    """And the newest goes out where an older one still waits."""
    hosts = [f"h{number}" for number in range(count)]
    scene = Scene(*hosts)
    scene.offering.look(hosts)
    scene.readings.pop(0)[1].callback({host: {"host": host, "revision": 2} for host in hosts})
    scene.clock.turn()
    assert len(scene.pushed) == SENT_AT_ONCE
    scene.offering.look([hosts[-1]])
    scene.answer(**{hosts[-1]: 3})
    assert len(scene.pushed) == (count + 1 if count == SENT_AT_ONCE else count)
    assert scene.pushed[-1] == (hosts[-1], 3)


@pytest.mark.parametrize(("count", "spread"), [(1, 0.0), (SENT_AT_ONCE, 0.0), (SENT_AT_ONCE + 1, SPREAD_SECONDS)])
def test_many_hosts_that_change_together_do_not_sample_all_at_once(count: int, spread: float) -> None:
    scene = Scene(*(hosts := [f"h{number}" for number in range(count)]))
    scene.offering.look(hosts)
    scene.answer(**dict.fromkeys(hosts, 2))
    assert scene.spreads == {spread}
