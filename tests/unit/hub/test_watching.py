"""Leases: who watches which host, what the host is asked for, and who gets its samples."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from components.errors import InvalidPayload, NoAnswer, QueryRefused
from components.host_views import HostSample
from components.leases import LEASE_SECONDS, Leases
from components.limits import LEASES, LEASES_OF_PERSON, WATCH_CHANGES
from components.payloads import Sample
from components.protocol import Event, watched_event
from components.watching import RENEW_SECONDS, Watching

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
ALICE, BOB = "user:1:x", "user:2:y"


# --- leases -----------------------------------------------------------------------------------------------------------------------------


def test_the_shortest_interval_counts() -> None:
    leases = Leases()
    leases.grant(ALICE, A, 1.0, 0.0)
    leases.grant(BOB, A, 0.1, 1.0)
    assert leases.wanted(A, 2.0) == 0.1
    assert leases.watchers(A, 2.0) == [ALICE, BOB]
    leases.end(BOB, A)
    assert leases.wanted(A, 2.0) == 1.0


def test_a_lease_runs_out_unless_it_is_renewed() -> None:
    leases = Leases()
    leases.grant(ALICE, A, 1.0, 0.0)
    leases.grant(BOB, A, 0.5, 0.0)
    leases.grant(ALICE, A, 1.0, LEASE_SECONDS - 1)
    assert (leases.wanted(A, LEASE_SECONDS), leases.watchers(A, LEASE_SECONDS)) == (1.0, [ALICE])
    leases.expire(2 * LEASE_SECONDS)
    assert leases.hosts == set()


def test_leases_end_with_their_session() -> None:
    leases = Leases()
    for host_id in (A, B):
        leases.grant(ALICE, host_id, 1.0, 0.0)
    leases.grant(BOB, B, 1.0, 0.0)
    assert leases.left(ALICE) == {A, B}
    assert leases.left(ALICE) == set()
    assert leases.hosts == {B}


def test_nobody_watches_more_hosts_than_he_may() -> None:
    """All pages of a person together; renewing one is not one more, and others may watch."""
    leases = Leases()
    for number in range(int(LEASES_OF_PERSON.most)):
        leases.grant(f"user:1:{number % 3}", f"{number:012d}", 1.0, 0.0)
    with pytest.raises(QueryRefused, match="16 hosts already"):
        leases.grant("user:1:4", A, 1.0, 1.0)
    leases.grant("user:1:0", f"{0:012d}", 1.0, 1.0)
    leases.grant(BOB, A, 1.0, 1.0)
    leases.grant("user:1:4", A, 1.0, LEASE_SECONDS)


def test_the_hub_has_so_many_watched_hosts_at_most() -> None:
    """A host that is watched already may have any number of watchers."""
    leases = Leases()
    for number in range(int(LEASES.most)):
        leases.grant(f"user:{number}:x", f"{number:012d}", 1.0, 0.0)
    with pytest.raises(QueryRefused, match="100 hosts are watched"):
        leases.grant("user:1000:x", A, 1.0, 1.0)
    leases.grant("user:1000:x", f"{5:012d}", 1.0, 1.0)


# --- watching ---------------------------------------------------------------------------------------------------------------------------


class Scene:
    """Watching with one host of each kind; what hosts are asked, and what watchers are shown."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, float]] = []
        self.answers: list[Deferred[dict[str, Any]]] = []
        self.shown: list[Event] = []
        self.regular: dict[str, float | None] = {A: 1.0, B: 1.0}
        self.watching = Watching(self._ask, self.regular.get, self.shown.append)
        self.seq = 0

    def _ask(self, host_id: str, arguments: dict[str, Any]) -> Deferred[dict[str, Any]]:
        self.asked.append((host_id, arguments["interval"], arguments["seconds"]))
        self.answers.append(Deferred())
        return self.answers[-1]

    def sample(self, now: float, *, watched: bool = True, host_id: str = A, **more: Any) -> bool:
        """One sample of the host; whether it was within the rate."""
        self.seq += 1
        fields = {"run": "r", "seq": self.seq, "at": now - 5, "revision": 1, "metrics": {"load_1m": now}, "failed": {}, "watched": watched}
        return self.watching.sampled(host_id, Sample(**{**fields, **more}), now, now)  # type: ignore[typeddict-item]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_host_is_asked_while_somebody_watches(scene: Scene) -> None:
    """At once, again in time, and to stop when nobody does."""
    assert scene.watching.watch(ALICE, A, 0.1, 0.0) == {"interval": 0.1, "seconds": LEASE_SECONDS}
    assert scene.asked == [(A, 0.1, LEASE_SECONDS)]
    scene.watching.mind(1.0)
    assert len(scene.asked) == 1
    scene.watching.mind(RENEW_SECONDS)
    assert scene.asked[1:] == [(A, 0.1, LEASE_SECONDS)]
    scene.watching.mind(LEASE_SECONDS)
    assert scene.asked[2:] == [(A, 0.1, 0.0)]
    scene.watching.mind(LEASE_SECONDS + 1)
    assert len(scene.asked) == 3


def test_a_closer_and_a_looser_watcher(scene: Scene) -> None:
    scene.watching.watch(ALICE, A, 0.5, 0.0)
    scene.watching.watch(BOB, A, 0.1, 1.0)
    scene.watching.watch(BOB, A, None, 2.0)
    scene.watching.session_left(ALICE, 3.0)
    assert [(interval, bool(seconds)) for _, interval, seconds in scene.asked] == [(0.5, True), (0.1, True), (0.5, True), (0.5, False)]


def test_whoever_wants_no_more_than_the_regular_samples_costs_the_host_nothing(scene: Scene) -> None:
    assert scene.watching.watch(ALICE, A, 1.0, 0.0) == {"interval": 1.0, "seconds": LEASE_SECONDS}
    assert scene.asked == []
    assert scene.sample(0.5, watched=False)
    assert len(scene.shown) == 1


def test_who_changes_their_mind_again_and_again_does_not_busy_the_host(scene: Scene) -> None:
    """It is told some of it, and how it stands in the end."""
    for number in range(1000):
        scene.watching.watch(ALICE, A, (0.1, 0.2, None)[number % 3], number / 1000)
    assert len(scene.asked) <= WATCH_CHANGES.burst + 1
    scene.watching.watch(ALICE, A, 0.3, 1.0)
    scene.watching.mind(2.5)
    assert scene.asked[-1] == (A, 0.3, LEASE_SECONDS)
    scene.watching.watch(ALICE, A, None, 2.6)
    scene.watching.mind(3.7)
    assert scene.asked[-1] == (A, 0.3, 0.0)


@pytest.mark.parametrize("interval", [0.05, 0, -1, 3601, float("nan"), "fast", True, [], 10**400])
def test_an_impossible_interval_is_refused_by_name(scene: Scene, interval: object) -> None:
    with pytest.raises(InvalidPayload, match="interval is "):
        scene.watching.watch(ALICE, A, interval, 0.0)
    assert scene.asked == []


def test_the_host_says_what_it_grants(scene: Scene) -> None:
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    scene.answers[0].callback({"interval": 0.3, "seconds": 15.0})
    assert scene.watching.watch(ALICE, A, 0.1, 5.0)["interval"] == 0.3


@pytest.mark.parametrize("error", [QueryRefused("the lock file forbids it"), NoAnswer("no answer within 5 s")])
def test_a_host_that_grants_nothing_shows_its_regular_samples(scene: Scene, error: Exception) -> None:
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    scene.answers[0].errback(error)
    assert scene.watching.watch(ALICE, A, 0.1, 5.0)["interval"] == 1.0
    scene.sample(5.5, watched=False)
    assert len(scene.shown) == 1


def test_watched_samples_go_to_those_who_watch_that_host(scene: Scene) -> None:
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    scene.watching.watch(BOB, B, 0.1, 0.0)
    scene.sample(0.1)
    (event,) = scene.shown
    sample = {"at": 0.1, "taken_at": pytest.approx(-4.9), "metrics": {"load_1m": 0.1}, "failed": {}}
    assert (event.payload, event.options) == ({"host": A, "sample": sample}, {"eligible_authid": [ALICE]})


def test_nobody_gets_a_sample_that_nobody_watches(scene: Scene) -> None:
    """Neither before nor after a lease; that is not held against the host, whose samples may be on their way."""
    assert scene.sample(0.0)
    scene.watching.watch(ALICE, A, 0.1, 1.0)
    scene.watching.watch(ALICE, A, None, 2.0)
    assert scene.sample(2.1)
    assert scene.sample(2.2, watched=False)
    assert scene.shown == []


def test_regular_samples_are_shown_while_no_watched_ones_come(scene: Scene) -> None:
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    for now, watched, shown in [(0.5, False, 1), (1.0, True, 2), (1.5, False, 2), (1.9, True, 3), (3.0, False, 4)]:
        scene.sample(now, watched=watched)
        assert len(scene.shown) == shown, now


def test_an_older_watched_sample_is_not_shown(scene: Scene) -> None:
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    for seq, run in [(5, "r"), (5, "r"), (4, "r"), (1, "other"), (6, "other")]:
        scene.sample(1.0, seq=seq, run=run)
    assert len(scene.shown) == 3


def test_more_samples_than_were_asked_for_are_dropped(scene: Scene) -> None:
    """A burst, and then twice the rate; at the rate all of them are shown."""
    scene.watching.watch(ALICE, A, 0.5, 0.0)
    taken = sum(scene.sample(number / 100) for number in range(1000))
    assert 20 + 35 <= taken == len(scene.shown) <= 20 + 41
    scene.watching.watch(ALICE, A, 0.5, 10.0)
    assert all(scene.sample(30.0 + number / 2) for number in range(10))


def test_a_host_that_comes_back_is_asked_anew(scene: Scene) -> None:
    """Once it has sent a sample: before that it does not hear."""
    scene.watching.watch(ALICE, A, 0.1, 0.0)
    scene.watching.host_left(A)
    scene.regular[A] = None
    scene.watching.mind(1.0)
    scene.regular[A] = 1.0
    scene.watching.host_joined(A)
    scene.watching.mind(2.0)
    assert len(scene.asked) == 1
    scene.sample(2.5, watched=False)
    assert scene.asked[1:] == [(A, 0.1, LEASE_SECONDS)]


def test_a_host_that_is_away_or_disabled_is_asked_when_it_is_back(scene: Scene) -> None:
    scene.regular[A] = None
    assert scene.watching.watch(ALICE, A, 0.1, 0.0)["seconds"] == LEASE_SECONDS
    assert scene.asked == []
    scene.regular[A] = 1.0
    scene.watching.mind(1.0)
    assert len(scene.asked) == 1


@pytest.mark.parametrize("authids", [[], [""], [ALICE, ""]])
def test_a_sample_for_nobody_is_never_published(authids: list[str]) -> None:
    """An empty list would be no list at all to the router."""
    with pytest.raises(ValueError, match="nobody"):
        watched_event(A, HostSample(at=1.0, taken_at=1.0, metrics={}, failed={}), authids)
