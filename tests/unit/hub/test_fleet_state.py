"""The live state of the fleet: whole pages once, then only what changed."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import InvalidPayload
from components.fleet_state import FleetState, difference, size_bound
from components.host_views import HostConfig
from components.payloads import Sample
from components.protocol import MAX_MESSAGE_BYTES
from django_app.services import FleetRow

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
CONFIG = HostConfig(revision=1, status="applied", at=1.0, milliseconds=5.0, error="", locked={}, settings={"interval": 1.0})


def row(name: str = "alpha", **changed: Any) -> FleetRow:
    fields = dict(name=name, address="10.0.0.1", tags=[], disabled=False, since=50.0, config=CONFIG)
    return FleetRow(**{**fields, **changed})


def sample(seq: int = 1, run: str = "r", **metrics: Any) -> Sample:
    return Sample(run=run, seq=seq, at=99.0, revision=1, metrics=metrics, failed={}, watched=False)


@pytest.fixture
def state() -> FleetState:
    fleet = FleetState()
    fleet.load({A: row()})
    drain(fleet)
    return fleet


def drain(fleet: FleetState, now: float = 100.0) -> dict[str, Any]:
    hosts: dict[str, Any] = {}
    for update in fleet.changes(now):
        hosts |= update["hosts"]
    return hosts


def test_nothing_is_said_when_nothing_changed(state: FleetState) -> None:
    assert list(state.changes(100)) == []
    state.load({A: row()})
    assert list(state.changes(100)) == []


def test_a_new_host_comes_whole_and_a_gone_one_as_null(state: FleetState) -> None:
    state.load({B: row("beta")}, asked=[B])
    assert drain(state)[B]["name"] == "beta"
    state.load({}, asked=[B])
    assert drain(state) == {B: None}
    state.load({})
    assert drain(state) == {A: None}


def test_a_sample_sends_only_the_numbers_that_changed(state: FleetState) -> None:
    state.sampled(A, sample(1, cpu=0.5, disk={"/": 1.0, "/mnt": 2.0}), 100.0)
    assert drain(state)[A] == {
        "sample": {"at": 100.0, "taken_at": 99.0, "metrics": {"cpu": 0.5, "disk": {"/": 1.0, "/mnt": 2.0}}, "failed": {}}
    }
    state.sampled(A, sample(2, cpu=0.5, disk={"/": 3.0}), 101.0)
    assert drain(state)[A] == {"sample": {"at": 101.0, "metrics": {"disk": {"/": 3.0, "/mnt": None}}}}


def test_metrics_that_are_no_longer_shown_are_taken_back(state: FleetState) -> None:
    state.sampled(A, sample(1, cpu=0.5, load=1.0), 100.0)
    drain(state)
    state.sampled(A, sample(2, load=1.0), 101.0)
    assert drain(state)[A]["sample"]["metrics"] == {"cpu": None}


def test_a_host_is_up_with_a_session_and_down_without_keeping_its_last_values(state: FleetState) -> None:
    state.joined(A, 60.0)
    assert drain(state)[A] == {"status": "up", "connected": True, "since": 60.0}
    state.sampled(A, sample(1, cpu=0.5), 61.0)
    state.left(A, 70.0)
    changed = drain(state)[A]
    assert (changed["status"], changed["since"]) == ("down", 70.0)
    assert state.page("", 10, 71.0)["hosts"][A]["sample"]["metrics"] == {"cpu": 0.5}


def test_a_host_that_joined_before_its_row_was_read_is_up() -> None:
    fleet = FleetState()
    fleet.joined(A, 60.0)
    assert drain(fleet) == {}
    fleet.load({A: row()}, asked=[A])
    assert drain(fleet)[A]["status"] == "up"


def test_disabled_wins_over_up_and_its_samples_are_not_taken(state: FleetState) -> None:
    state.joined(A, 60.0)
    state.load({A: row(disabled=True)}, asked=[A])
    assert drain(state)[A]["status"] == "disabled"
    assert not state.sampled(A, sample(1, cpu=0.5), 61.0)


@pytest.mark.parametrize(("run", "seq", "taken"), [("r", 5, False), ("r", 4, False), ("r", 6, True), ("other", 1, True)])
def test_an_older_sample_of_the_same_run_is_not_used(state: FleetState, run: str, seq: int, taken: bool) -> None:
    state.sampled(A, sample(5, cpu=0.5), 100.0)
    assert state.sampled(A, sample(seq, run, cpu=0.7), 101.0) is taken


def test_samples_of_unknown_hosts_are_ignored(state: FleetState) -> None:
    assert not state.sampled(B, sample(1, cpu=0.5), 100.0)
    assert drain(state) == {}


def test_a_sample_that_comes_before_the_row_of_its_host_is_kept() -> None:
    fleet = FleetState()
    fleet.joined(A, 60.0)
    assert not fleet.sampled(A, sample(1, cpu=0.5), 100.0)
    assert fleet.early() == []
    fleet.load({A: row()}, asked=[A])
    assert fleet.early() == [(A, sample(1, cpu=0.5), 100.0)]
    assert fleet.early() == []


def test_a_refused_sample_is_shown_until_a_good_one_comes(state: FleetState) -> None:
    assert state.refuse(A, "cpu is nan")
    assert not state.refuse(A, "cpu is nan")
    assert drain(state)[A] == {"refused": "cpu is nan"}
    state.sampled(A, sample(1, cpu=0.5), 100.0)
    assert drain(state)[A]["refused"] is None


def test_pages_follow_each_other_and_hold_every_host_once() -> None:
    fleet = FleetState()
    ids = [f"{n:012d}" for n in range(25)]
    fleet.load({host_id: row(host_id) for host_id in ids})
    drain(fleet)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = fleet.page(after, 10, 1.0)
        assert len(page["hosts"]) <= 10
        seen += page["hosts"]
        after = page["next"]
    assert seen == ids


def test_a_page_is_as_last_sent_so_that_the_next_update_fits_it(state: FleetState) -> None:
    """A value that changes and changes back within one tick would otherwise stay wrong in a browser that read the page in between."""
    state.joined(A, 60.0)
    page = state.page("", 10, 60.0)["hosts"]
    assert page[A]["status"] == "down"
    assert merge(page, drain(state))[A]["status"] == "up"
    state.load({B: row("beta")}, asked=[B])
    assert B not in state.page("", 10, 60.0)["hosts"]
    assert drain(state)[B]["name"] == "beta"


def test_no_message_grows_with_the_fleet() -> None:
    fleet = FleetState()
    ids = [f"{n:012d}" for n in range(60)]
    fleet.load({host_id: row(host_id) for host_id in ids})
    for host_id in ids:
        fleet.sampled(host_id, sample(1, disk={"x" * 200 + str(n): 1.0 for n in range(100)}), 100.0)
    updates = list(fleet.changes(100.0))
    assert len(updates) > 1
    assert [update["tick"] for update in updates] == list(range(1, len(updates) + 1))
    assert {host_id for update in updates for host_id in update["hosts"]} == set(ids)
    for message in (*updates, fleet.page("", 500, 1.0)):
        assert len(json.dumps(message)) < MAX_MESSAGE_BYTES + 2000


def test_a_page_is_small_enough_whatever_became_of_its_hosts() -> None:
    """How large a host is is known from the page before, and changes with it; measuring it takes longer than anything else of a page."""
    fleet, ids = FleetState(), [f"{number:012}" for number in range(100)]
    fleet.load({host_id: row() for host_id in ids})
    drain(fleet)
    assert fleet.page("", 100, 1.0)["next"] is None
    for host_id in ids:
        fleet.sampled(host_id, sample(disk={f"/{number:0300}": 1.0 for number in range(20)}), 2.0)
    drain(fleet)
    page = fleet.page("", 100, 2.0)
    assert page["next"] is not None
    assert len(json.dumps(page)) <= MAX_MESSAGE_BYTES


def test_a_page_measures_each_host_once(monkeypatch: pytest.MonkeyPatch, state: FleetState) -> None:
    """Until it changes, however many read it; and of a host that is gone nothing is kept."""
    measured: list[object] = []

    def measure(view: object) -> int:
        measured.append(view)
        return 1

    monkeypatch.setattr("components.fleet_state.size_bound", measure)
    for _ in range(3):
        state.page("", 10, 60.0)
    assert len(measured) == 1
    state.load({})
    drain(state)
    assert state._sizes == {}


maps = st.recursive(
    st.integers() | st.text(max_size=3), lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4), max_leaves=12
)
trees = st.dictionaries(st.sampled_from("abcd"), maps, max_size=4)


def merge(before: Any, change: dict[str, Any]) -> dict[str, Any]:
    """What a browser does with an update."""
    merged = dict(before)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


@given(trees, trees)
def test_merging_the_difference_into_before_gives_after(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert merge(before, difference(before, after)) == after


jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(jsons)
def test_no_value_is_larger_than_it_is_taken_for(value: Any) -> None:
    """By any serializer that is in use."""
    assert len(json.dumps(value)) <= size_bound(value)
    assert len(cbor2.dumps(value)) <= size_bound(value)


# --- more samples than the settings ask for -------------------------------------------------------------------------------------------


def take(fleet: FleetState, count: int, *, start: float, every: float) -> int:
    """How many of so many samples, one each `every` seconds, are taken."""
    taken = 0
    for number in range(count):
        try:
            taken += fleet.sampled(A, sample(int(start * 1000) + number), start + number * every)
        except InvalidPayload:
            pass
    return taken


def test_samples_at_the_rate_of_the_settings_are_all_taken(state: FleetState) -> None:
    assert take(state, 500, start=100.0, every=1.0) == 500


def test_samples_beyond_it_are_dropped_by_name(state: FleetState) -> None:
    """A burst is taken, then twice what the settings ask for."""
    taken = take(state, 1000, start=100.0, every=0.01)
    assert 20 <= taken <= 20 + 2 * 10 + 1
    take(state, 1, start=110.0, every=1.0)
    with pytest.raises(InvalidPayload, match="more samples"):
        state.sampled(A, sample(10**9), 110.0)


def test_the_first_samples_of_a_session_are_taken_however_often_it_comes_back(state: FleetState) -> None:
    """With a long interval they are more than its settings ask for."""
    state.load({A: row(config=HostConfig(**{**CONFIG, "settings": {"interval": 3600.0}}))})
    for minute in range(30):
        state.joined(A, 60.0 * minute)
        assert take(state, 2, start=60.0 * minute, every=1.0) == 2
        state.left(A, 60.0 * minute + 2)
    assert take(state, 1, start=1802.0, every=1.0) == 0


def test_until_settings_are_applied_the_shortest_interval_counts(state: FleetState) -> None:
    """The host may still obey older ones, which nobody knows here."""
    waiting = HostConfig(revision=2, status="pending", at=1.0, milliseconds=None, error="", locked={}, settings={"interval": 3600.0})
    state.load({A: row(config=waiting)})
    assert take(state, 500, start=100.0, every=0.2) == 500


def test_a_pinned_interval_is_what_counts(state: FleetState) -> None:
    pinned = HostConfig(
        revision=2, status="applied", at=1.0, milliseconds=1, error="", locked={"interval": 0.2}, settings={"interval": 60.0}
    )
    state.load({A: row(config=pinned)})
    assert take(state, 500, start=100.0, every=0.2) == 500


def test_what_was_said_of_it_is_taken_back_when_it_is_over(state: FleetState) -> None:
    take(state, 100, start=100.0, every=0.01)
    state.refuse(A, "more samples")
    take(state, 3, start=105.0, every=1.0)
    assert drain(state)[A]["refused"] == "more samples"
    take(state, 1, start=130.0, every=1.0)
    assert drain(state)[A]["refused"] is None


def test_it_is_taken_back_though_the_clock_was_set_back(state: FleetState) -> None:
    take(state, 100, start=10_000.0, every=0.01)
    state.refuse(A, "more samples")
    take(state, 3, start=10_005.0, every=1.0)
    assert drain(state)[A]["refused"] == "more samples"
    assert state.sampled(A, sample(10**9), 2_800.0)
    assert drain(state)[A]["refused"] is None


# --- why a host is away ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stopped", "reason"), [("", "lost"), ("the node stops", "stopped")])
def test_why_a_host_left_is_said_at_once(state: FleetState, stopped: str, reason: str) -> None:
    """Before the database has been told."""
    state.joined(A, 100.0)
    state.load({A: row(stopped=stopped)})
    state.left(A, 110.0)
    assert drain(state)[A]["absence"] == {"reason": reason, "text": stopped}


def test_a_revoked_host_is_down_whether_it_has_a_session_or_not(state: FleetState) -> None:
    state.joined(A, 100.0)
    drain(state)
    state.load({A: row(revoked=True, absence={"reason": "revoked", "text": ""})})
    assert drain(state)[A]["status"] == "down"
    state.left(A, 101.0)
    assert "absence" not in drain(state)[A]


def test_a_key_that_waits_becomes_a_host(state: FleetState) -> None:
    state.load({B: FleetRow(name="stranger", address="10.0.0.9", since=90.0, fingerprint="abcd")}, asked=[B])
    view = drain(state)[B]
    assert (view["status"], view["since"], view["config"], view["fingerprint"]) == ("unapproved", 90.0, None, "abcd")
    state.load({B: row("beta")}, asked=[B])
    change = drain(state)[B]
    assert (change["status"], change["fingerprint"], change["config"]["revision"]) == ("down", None, 1)
