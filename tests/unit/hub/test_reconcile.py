"""Settings are offered again until their outcome is known, ever more rarely, for ever."""

from __future__ import annotations

from components.presence import Sessions
from components.reconcile import Reconciler


def offers(reconciler: Reconciler, seconds: range, pending: dict[str, int], connected: set[str] | None = None) -> list[int]:
    return [now for now in seconds if reconciler.due(pending, {"a"} if connected is None else connected, float(now))]


def test_a_lost_push_is_offered_again_after_1_2_5_10_and_then_every_30_seconds() -> None:
    assert offers(Reconciler(), range(140), {"a": 3}) == [1, 3, 8, 18, 48, 78, 108, 138]


def test_an_outcome_ends_the_offers_and_a_new_revision_begins_them_anew() -> None:
    reconciler = Reconciler()
    assert offers(reconciler, range(5), {"a": 3}) == [1, 3]
    assert offers(reconciler, range(5, 40), {}) == []
    assert offers(reconciler, range(40, 45), {"a": 4}) == [41, 43]


def test_a_newer_revision_begins_anew_at_once() -> None:
    reconciler = Reconciler()
    offers(reconciler, range(20), {"a": 3})
    assert offers(reconciler, range(20, 25), {"a": 4}) == [21, 23]


def test_only_connected_hosts_are_offered_anything_and_a_new_session_begins_anew() -> None:
    reconciler = Reconciler()
    assert offers(reconciler, range(50), {"a": 3}, connected=set()) == []
    offers(reconciler, range(50, 70), {"a": 3})
    reconciler.forget("a")
    assert offers(reconciler, range(70, 75), {"a": 3}) == [71, 73]


def test_a_host_is_gone_with_its_last_session_only() -> None:
    sessions = Sessions()
    assert sessions.joined(1, "a")
    assert not sessions.joined(2, "a")
    assert sessions.left(1) is None
    assert sessions.hosts == {"a"}
    assert sessions.left(99) is None
    assert sessions.left(2) == "a"
    assert sessions.hosts == set()
