"""Watched samples: beside the regular ones, under a lease that runs out by itself. No real time passes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from components.agent.agent import Agent
from components.agent.lock import NO_LOCK, SILENT
from components.agent.obedience import Obedience
from components.agent.processes import ProcessList
from components.agent.queries import Queries
from components.agent.sampler import Collected, Sampler
from components.agent.watch import MIN_READING_SECONDS, Watch
from components.payloads import Sample, parse_sample


class Counting:
    """A sampler whose rates tell since when it counts: the seconds since its own sample before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.taken: list[float] = []
        self.shown: list[set[str]] = []
        self.limits: set[float] = set()
        self.forgotten = 0
        self._last: float | None = None
        self.late = 0.0

    def sample(self, shown: Collection[str], limit: float) -> Deferred[Collected]:
        now = self._clock.seconds()
        span, self._last = (None if self._last is None else now - self._last), now
        self.taken.append(now)
        self.shown.append(set(shown))
        self.limits.add(limit)
        collected = Collected({} if span is None else {"span_seconds": round(span, 3)}, {})
        if not self.late:
            return succeed(collected)
        answer: Deferred[Collected] = Deferred()
        self._clock.callLater(self.late, answer.callback, collected)
        return answer

    def forget(self) -> None:
        self.forgotten += 1
        self._last = None


class Stage:
    """An agent that may be watched, on a clock that stands still unless told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.regular, self.watching = Counting(self.clock), Counting(self.clock)
        self.samples: list[Sample] = []
        self.watch = Watch(self.clock, cast(Sampler, self.watching))
        queries = Queries(self.watch, ProcessList(cast(Any, self.clock)), lambda: NO_LOCK, self.clock.seconds)
        obedience = Obedience(lambda: NO_LOCK, self.clock.seconds)
        self.agent = Agent(self.clock, cast(Sampler, self.regular), obedience, self.clock.seconds, queries)
        self._revision = 0

    def publish_sample(self, sample: Sample) -> None:
        self.samples.append(parse_sample(sample))

    def set(self, **changed: Any) -> None:
        self._revision += 1
        self.agent.offered({"epoch": "e", "revision": self._revision, **SILENT, "disabled": False, **changed})

    def begin(self, **changed: Any) -> None:
        self.set(**changed)
        self.agent.attach(self)

    def seconds(self, seconds: float) -> list[Sample]:
        """Let time pass; the samples that came."""
        before = len(self.samples)
        for _ in range(round(seconds * 64)):
            self.clock.advance(1 / 64)  # without a rounding error
        return self.samples[before:]

    def watched(self, seconds: float) -> list[Sample]:
        """The watched ones of so many seconds."""
        return [sample for sample in self.seconds(seconds) if sample["watched"]]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_watched_samples_come_at_their_interval_until_the_lease_runs_out(stage: Stage) -> None:
    stage.begin()
    assert stage.watched(3) == []
    stage.watch.lease(0.1, 2.0)
    came = stage.watched(5)
    assert 19 <= len(came) <= 20
    assert [sample["seq"] for sample in came] == list(range(1, len(came) + 1))
    assert {sample["run"] for sample in came} == {stage.agent.run}
    assert came[-1]["at"] - came[0]["at"] < 2.0
    assert stage.watched(20) == []


def regular(*, watched: bool) -> list[Sample]:
    """The regular samples of an agent that somebody watches meanwhile, in every way there is, or nobody."""
    stage = Stage()
    stage.begin(interval=0.7)
    for interval, seconds in ((0.1, 3.0), (0.1, 3.0), (0.35, 1.0), (0.1, 0.0), (5.0, 60.0)):
        if watched:
            stage.watch.lease(interval, seconds)
        stage.seconds(1.75)
    stage.set(interval=0.5, show_cpus=False)
    stage.seconds(4)
    assert bool(stage.watching.taken) == watched
    return [{**sample, "run": "r"} for sample in stage.samples if not sample["watched"]]


def test_regular_samples_are_what_they_are_without_anybody_watching() -> None:
    """The same times, numbers, rates and revisions."""
    samples = regular(watched=True)
    assert samples == regular(watched=False)
    assert len(samples) > 15
    assert [sample["seq"] for sample in samples] == list(range(1, len(samples) + 1))


def test_the_first_reading_is_not_sent_for_it_has_no_rates(stage: Stage) -> None:
    stage.begin()
    for _ in range(2):
        stage.watch.lease(0.1, 1.0)
        came = stage.watched(3)
        assert came
        assert all("span_seconds" in sample["metrics"] for sample in came)


def test_a_lease_that_is_prolonged_keeps_its_beat(stage: Stage) -> None:
    stage.begin()
    stage.watch.lease(0.5, 2.0)
    stage.seconds(1.25)
    stage.watch.lease(0.5, 2.0)
    assert len(stage.watching.taken) == 3
    assert len(stage.watched(5)) == 4
    spans = {sample["metrics"]["span_seconds"] for sample in stage.samples if sample["watched"]}
    assert spans == {0.484, 0.5}  # the first one comes as soon as the clock moves


def test_the_newest_lease_counts(stage: Stage) -> None:
    """Also if it is slower, or ends sooner; 0 seconds end it."""
    stage.begin()
    stage.watch.lease(0.1, 60.0)
    stage.seconds(1)
    stage.watch.lease(1.0, 3.0)
    assert 2 <= len(stage.watched(5)) <= 4
    assert stage.watched(60) == []
    stage.watch.lease(0.1, 60.0)
    assert stage.watched(1)
    stage.watch.lease(0.1, 0.0)
    assert stage.watched(60) == []


def test_the_end_of_the_session_ends_the_lease(stage: Stage) -> None:
    """The next session begins without."""
    stage.begin()
    stage.watch.lease(0.1, 60.0)
    stage.seconds(1)
    stage.agent.detach(stage)
    taken = len(stage.watching.taken)
    stage.seconds(1)
    assert len(stage.watching.taken) == taken
    stage.agent.attach(stage)
    assert stage.watched(60) == []
    assert len(stage.watching.taken) == taken


def test_a_lease_without_a_session_is_none(stage: Stage) -> None:
    stage.watch.lease(0.1, 60.0)
    stage.begin()
    assert stage.watched(5) == []


def test_disabling_the_host_ends_the_lease(stage: Stage) -> None:
    stage.begin()
    stage.watch.lease(0.1, 60.0)
    stage.seconds(1)
    stage.set(disabled=True)
    assert stage.seconds(5) == []
    stage.set(disabled=False)
    assert stage.watched(5) == []


def test_new_settings_are_followed_at_once(stage: Stage) -> None:
    """The lease goes on, under the new revision and with what it shows."""
    stage.begin()
    stage.watch.lease(0.1, 60.0)
    stage.seconds(1)
    stage.set(show_cpus=False)
    came = stage.watched(1)
    assert {sample["revision"] for sample in came} == {2}
    assert len(came) >= 9
    assert "show_cpus" not in stage.watching.shown[-1]
    assert "show_memory" in stage.watching.shown[-1]


def test_nothing_of_a_reading_that_ends_after_the_lease_is_sent(stage: Stage) -> None:
    stage.begin()
    stage.watch.lease(0.5, 60.0)
    stage.seconds(1)
    stage.watching.late = 0.3
    stage.seconds(0.6)
    stage.watch.lease(0.5, 0.0)
    assert stage.watched(5) == []


def test_slow_collectors_slow_the_beat_and_lose_nothing(stage: Stage) -> None:
    stage.begin()
    stage.watching.late = 0.25
    stage.watch.lease(0.1, 60.0)
    came = stage.watched(5)
    assert stage.watching.limits == {MIN_READING_SECONDS}
    assert 10 <= len(came) <= 20


def test_rates_begin_afresh_with_each_watch(stage: Stage) -> None:
    """A mean over the time in which nobody watched would be no rate."""
    stage.begin()
    stage.watch.lease(0.1, 1.0)
    stage.seconds(30)
    stage.watch.lease(0.1, 1.0)
    stage.seconds(2)
    spans = {cast(float, sample["metrics"]["span_seconds"]) for sample in stage.samples if sample["watched"]}
    assert max(spans) <= 0.15
