"""`vedette.fleet.get_snapshot`: what may be asked, and how often."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from components.errors import InvalidPayload
from components.fleet_state import FleetState
from components.limits import CALLS_AT_ONCE, SNAPSHOT_HOSTS, SNAPSHOT_HOSTS_OF_PERSON
from components.snapshots import LEAST_HOSTS, Snapshots
from tests.unit.hub.test_fleet_state import row

HOSTS = 1000
PAGE = 100
ME, OTHER = "user:1:aaaa", "user:1:bbbb"
NOW = 1_000_600.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def snapshots(clock: Clock) -> Snapshots:
    """Of a thousand hosts, which browsers know."""
    state = FleetState()
    state.load({f"{number:012}": row(f"web{number}") for number in range(HOSTS)})
    list(state.changes(NOW))
    return Snapshots(state, clock, lambda: NOW)


def ask(snapshots: Snapshots, authid: str = ME, **fields: Any) -> Deferred[dict[str, Any]]:
    return Deferred.fromCoroutine(snapshots.get_snapshot(authid, **{"limit": PAGE, **fields}))


def page(snapshots: Snapshots, authid: str = ME, **fields: Any) -> Any:
    """Answered at once."""
    return answer_of(ask(snapshots, authid, **fields))


def answer_of(asked: Deferred[dict[str, Any]]) -> Any:
    """It is there."""
    assert asked.called
    return asked.result


def read_all(snapshots: Snapshots, authid: str = ME) -> int:
    """How many hosts a page has that was just opened."""
    after, seen = "", 0
    while after is not None:
        answer = page(snapshots, authid, after=after)
        after, seen = answer["next"], seen + len(answer["hosts"])
    return seen


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"after": 7}, "after must be a host id"),
        ({"limit": 0}, "limit must be a whole number of at least 1"),
        ({"limit": True}, "limit must be"),
        ({"limit": 2.5}, "limit must be"),
    ],
)
def test_a_bad_question_is_refused_by_name(snapshots: Snapshots, fields: dict[str, Any], words: str) -> None:
    asked = ask(snapshots, **fields)
    with pytest.raises(InvalidPayload, match=words):
        answer_of(asked).raiseException()
    asked.addErrback(lambda _: None)


def test_pages_that_are_opened_do_not_wait(snapshots: Snapshots) -> None:
    """Many at once; each that is opened again is a session of its own, and one that reads all anew does not wait either."""
    for number in range(20):
        for _ in range(3):
            assert read_all(snapshots, f"user:1:{number}") == HOSTS


def test_who_reads_without_end_waits(snapshots: Snapshots, clock: Clock) -> None:
    """For so long as the rate says, and nobody else does."""
    for _ in range(int(SNAPSHOT_HOSTS.burst) // HOSTS):
        read_all(snapshots)
    page(snapshots)  # which has used up a little more than all
    waiting = ask(snapshots)
    clock.advance(PAGE / SNAPSHOT_HOSTS.per_second - 0.01)
    assert not waiting.called
    assert read_all(snapshots, OTHER) == HOSTS
    clock.advance(0.02)
    assert len(answer_of(waiting)["hosts"]) == PAGE


def test_a_page_without_hosts_costs_something_too(snapshots: Snapshots) -> None:
    """Who asks for what is behind the last one, again and again, waits at last."""
    for _ in range(int(SNAPSHOT_HOSTS.burst) // LEAST_HOSTS):
        assert page(snapshots, after="z")["hosts"] == {}
    page(snapshots, after="z")
    assert not ask(snapshots, after="z").called


def test_all_pages_of_a_person_count_together(snapshots: Snapshots, clock: Clock) -> None:
    """Or who reads without end would only have to open another; somebody else does not wait for that."""
    for number in range(int(SNAPSHOT_HOSTS_OF_PERSON.burst) // HOSTS):
        read_all(snapshots, f"user:1:{number}")
    page(snapshots, "user:1:more")
    waiting = ask(snapshots, "user:1:another")
    clock.advance(PAGE / SNAPSHOT_HOSTS_OF_PERSON.per_second - 0.01)
    assert not waiting.called
    assert read_all(snapshots, "user:2:x") == HOSTS
    clock.advance(0.02)
    assert len(answer_of(waiting)["hosts"]) == PAGE


def test_who_has_waited_together_is_answered_one_after_another(snapshots: Snapshots, clock: Clock) -> None:
    """All calls that one may have under way, within the time for which a page waits for an answer."""
    for _ in range(int(SNAPSHOT_HOSTS.burst) // HOSTS):
        read_all(snapshots)
    page(snapshots)
    waiting = [ask(snapshots) for _ in range(int(CALLS_AT_ONCE.most))]
    seconds = 0.0
    while not all(asked.called for asked in waiting):
        before = sum(asked.called for asked in waiting)
        clock.advance(0.1)
        seconds += 0.1
        assert sum(asked.called for asked in waiting) <= before + 1
    assert seconds == pytest.approx(PAGE * CALLS_AT_ONCE.most / SNAPSHOT_HOSTS.per_second, abs=0.2)


def test_what_one_waited_for_is_of_the_moment_of_the_answer(snapshots: Snapshots, clock: Clock) -> None:
    """Or the next update would not fit it."""
    for _ in range(int(SNAPSHOT_HOSTS.burst) // HOSTS):
        read_all(snapshots)
    page(snapshots)
    waiting = ask(snapshots, limit=1)
    first = f"{0:012}"
    snapshots._state.load({first: row("renamed")}, [first])
    list(snapshots._state.changes(NOW))
    clock.advance(1)
    assert answer_of(waiting)["hosts"][first]["name"] == "renamed"
