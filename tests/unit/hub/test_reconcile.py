"""Settings are offered at once, and again until their outcome is known, ever more rarely, for ever."""

from __future__ import annotations

from components.presence import Sessions
from components.reconcile import Reconciler


def offers(reconciler: Reconciler, seconds: range, pending: dict[str, int], connected: set[str] | None = None) -> list[int]:
    return [now for now in seconds if reconciler.due({"a"}, pending, {"a"} if connected is None else connected, float(now))]


def test_what_waits_is_offered_at_once_and_then_after_1_2_5_10_and_every_30_seconds() -> None:
    assert offers(Reconciler(), range(140), {"a": 3}) == [0, 1, 3, 8, 18, 48, 78, 108, 138]


def test_an_outcome_ends_the_offers_and_a_new_revision_begins_them_anew() -> None:
    reconciler = Reconciler()
    assert offers(reconciler, range(5), {"a": 3}) == [0, 1, 3]
    assert offers(reconciler, range(5, 40), {}) == []
    assert offers(reconciler, range(40, 45), {"a": 4}) == [40, 41, 43]


def test_a_newer_revision_begins_anew_at_once_and_an_older_one_does_not() -> None:
    reconciler = Reconciler()
    offers(reconciler, range(20), {"a": 3})
    assert offers(reconciler, range(20, 25), {"a": 4}) == [20, 21, 23]
    assert offers(reconciler, range(25, 60), {"a": 3}) == []


def test_only_connected_hosts_are_offered_anything_and_a_new_session_begins_anew() -> None:
    reconciler = Reconciler()
    assert offers(reconciler, range(50), {"a": 3}, connected=set()) == []
    offers(reconciler, range(50, 70), {"a": 3})
    reconciler.forget("a")
    assert offers(reconciler, range(70, 75), {"a": 3}) == [70, 71, 73]


def test_a_new_session_asks_by_itself_and_what_it_gets_counts_as_the_first_offer() -> None:
    """Whatever waited for it, and what is saved before it asks: it would get that twice."""
    reconciler = Reconciler()
    reconciler.joined("a", 10.0)
    assert offers(reconciler, range(10, 11), {"a": 3}) == []
    reconciler.given("a", 3, 10.0)
    assert offers(reconciler, range(10, 15), {"a": 3}) == [11, 13]
    reconciler.given("a", 2, 15.0)  # read before what it was offered since
    assert offers(reconciler, range(15, 19), {"a": 3}) == [18]


def test_what_is_saved_after_a_host_asked_is_offered_at_once() -> None:
    reconciler = Reconciler()
    reconciler.joined("a", 10.0)
    reconciler.given("a", 3, 10.0)
    assert offers(reconciler, range(10, 13), {"a": 4}) == [10, 11]


def test_a_session_that_does_not_ask_is_offered_its_settings_a_second_later() -> None:
    """Also if nothing waited for it when it came."""
    reconciler = Reconciler()
    reconciler.joined("a", 10.0)
    assert offers(reconciler, range(10, 11), {}) == []
    assert offers(reconciler, range(10, 15), {"a": 4}) == [11, 12, 14]


def test_nobody_asked_about_others() -> None:
    """What is read of one host says nothing of the rest."""
    reconciler = Reconciler()
    offers(reconciler, range(1), {"a": 3})
    assert reconciler.due({"b"}, {"b": 2}, {"a", "b"}, 0.5) == ["b"]
    assert offers(reconciler, range(1, 4), {"a": 3}) == [1, 3]


def test_a_host_is_gone_with_its_last_session_only() -> None:
    sessions = Sessions()
    assert sessions.joined(1, "a")
    assert not sessions.joined(2, "a")
    assert sessions.left(1) is None
    assert sessions.hosts == {"a"}
    assert sessions.left(99) is None
    assert sessions.left(2) == "a"
    assert sessions.hosts == set()
