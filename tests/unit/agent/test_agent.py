"""The loop: one sample every interval, while there is a session and the host is not disabled. No real time passes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from components.agent.agent import Agent
from components.agent.connection import FIRST_DELAY_SECONDS, LASTING_SECONDS, MAX_DELAY_SECONDS, Backoff
from components.agent.lock import NO_LOCK, SILENT
from components.agent.obedience import Obedience
from components.agent.sampler import Collected, Sampler
from components.payloads import Sample, parse_sample


class FakeSampler:
    """Answers at once, or when `answer` is called."""

    def __init__(self) -> None:
        self.shown: list[set[str]] = []
        self.limits: list[float] = []
        self.held: list[Deferred[Collected]] = []
        self.hold = False

    def sample(self, shown: Collection[str], limit: float) -> Deferred[Collected]:
        self.shown.append(set(shown))
        self.limits.append(limit)
        if not self.hold:
            return succeed(Collected({"load_1m": 0.5}, {}))
        self.held.append(Deferred())
        return self.held[-1]

    def forget(self) -> None:
        pass

    def answer(self) -> None:
        self.held.pop(0).callback(Collected({"load_1m": 0.5}, {}))


class Hub:
    """Takes samples down."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def publish_sample(self, sample: Sample) -> None:
        self.samples.append(parse_sample(sample))


class Stage:
    """An agent on a clock that stands still unless told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.sampler = FakeSampler()
        self.hub = Hub()
        self.agent = Agent(self.clock, cast(Sampler, self.sampler), Obedience(lambda: NO_LOCK, self.clock.seconds), self.clock.seconds)
        self.revision = 0

    def set(self, **changed: Any) -> None:
        self.revision += 1
        self.agent.offered({"epoch": "e", "revision": self.revision, **SILENT, "disabled": False, **changed})

    def seconds(self, seconds: float, step: float = 0.05) -> int:
        """Let time pass; how many samples came."""
        before = len(self.hub.samples)
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
        return len(self.hub.samples) - before


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_nothing_is_sampled_without_settings_or_without_a_session(stage: Stage) -> None:
    stage.agent.attach(stage.hub)
    assert stage.seconds(5) == 0
    stage.agent.detach(stage.hub)
    stage.set()
    assert stage.seconds(5) == 0
    assert stage.sampler.shown == []


@pytest.mark.parametrize(("interval", "samples"), [(0.2, 50), (1.0, 10), (5.0, 2)])
def test_samples_come_at_the_interval(stage: Stage, interval: float, samples: int) -> None:
    stage.set(interval=interval)
    stage.agent.attach(stage.hub)
    stage.seconds(2)  # the first two come sooner, for the rates
    assert stage.seconds(10) in (samples - 1, samples, samples + 1)
    assert [sample["seq"] for sample in stage.hub.samples] == list(range(1, len(stage.hub.samples) + 1))
    assert len({sample["run"] for sample in stage.hub.samples}) == 1


def test_rates_do_not_wait_for_a_long_interval(stage: Stage) -> None:
    stage.set(interval=3600)
    stage.agent.attach(stage.hub)
    assert stage.seconds(1.5) == 2
    assert stage.seconds(100) == 0


def test_new_settings_show_in_the_next_sample_which_comes_at_once(stage: Stage) -> None:
    stage.set(interval=60)
    stage.agent.attach(stage.hub)
    stage.seconds(5)
    stage.set(interval=60, show_cpus=False)
    assert stage.seconds(0.05) == 1
    assert "show_cpus" not in stage.sampler.shown[-1]
    assert stage.hub.samples[-1]["revision"] == 2


def test_one_of_many_that_change_together_samples_within_the_spread(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on from there, so that not all are in step afterwards."""
    monkeypatch.setattr("components.agent.agent.random.uniform", lambda least, most: most * 0.7 if least == 0 else 0)
    stage.agent.attach(stage.hub)
    stage.set(interval=1)
    stage.seconds(3)
    stage.set(interval=1, spread=1.0)
    assert stage.seconds(0.65) == 0
    assert stage.seconds(0.1) == 1
    assert stage.seconds(0.9) == 0
    assert stage.seconds(0.1) == 1


def test_settings_with_a_spread_beyond_any_float_are_in_force_soon(stage: Stage) -> None:
    """Not applied and then forgotten: the next sample has them."""
    stage.agent.attach(stage.hub)
    stage.set(interval=60)
    stage.seconds(3)
    stage.set(interval=60, show_cpus=False, spread=10**400)
    assert stage.seconds(5.1) >= 1
    assert stage.hub.samples[-1]["revision"] == 2


def test_settings_whose_spread_cannot_be_read_are_not_half_applied(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may be wrong with it: those before stay in force, and the same again counts."""
    stage.agent.attach(stage.hub)
    stage.set(interval=60)
    stage.seconds(3)
    with monkeypatch.context() as broken:
        broken.setattr("components.agent.agent.protocol.spread_of", lambda payload: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            stage.set(interval=1)
    stage.revision -= 1
    stage.set(interval=1)
    assert stage.seconds(3) >= 3


def test_a_sample_taken_under_old_settings_is_not_sent(stage: Stage) -> None:
    stage.set(interval=60)
    stage.sampler.hold = True
    stage.agent.attach(stage.hub)
    stage.seconds(0.05)
    stage.set(interval=60, show_cpus=False)
    stage.seconds(0.05)
    stage.sampler.answer()
    assert stage.hub.samples == []
    stage.seconds(0.05)
    stage.sampler.answer()
    assert [sample["revision"] for sample in stage.hub.samples] == [2]


def test_disabled_stops_the_samples_and_enabling_brings_them_back(stage: Stage) -> None:
    stage.set()
    stage.agent.attach(stage.hub)
    stage.seconds(3)
    stage.set(disabled=True)
    assert stage.seconds(10) == 0
    stage.set(disabled=False)
    assert stage.seconds(3) >= 3


def test_a_suspended_machine_makes_no_burst_of_samples(stage: Stage) -> None:
    stage.set()
    stage.agent.attach(stage.hub)
    stage.seconds(3)
    before = len(stage.hub.samples)
    stage.clock.advance(3600)
    assert len(stage.hub.samples) - before == 1
    assert stage.seconds(3) in (2, 3)


def test_a_slow_collector_gets_at_most_half_the_interval(stage: Stage) -> None:
    stage.set(interval=0.2)
    stage.agent.attach(stage.hub)
    stage.seconds(1)
    assert set(stage.sampler.limits) == {0.1}


def test_a_sampler_that_fails_does_not_end_the_samples(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.set()
    stage.agent.attach(stage.hub)
    with monkeypatch.context() as broken:
        broken.setattr(stage.sampler, "sample", lambda *_, **__: 1 / 0)
        assert stage.seconds(3) == 0
    assert stage.seconds(3) >= 2


def test_another_sessions_end_does_not_stop_the_current_one(stage: Stage) -> None:
    stage.set()
    stage.agent.attach(Hub())
    stage.agent.attach(stage.hub)
    stage.agent.detach(Hub())
    assert stage.seconds(3) >= 3


def test_the_delay_grows_is_bounded_and_jittered() -> None:
    clock = Clock()
    for number in (0.0, 0.5, 0.999):
        backoff = Backoff(clock, lambda number=number: number)  # type: ignore[misc]  # mypy cannot see the default
        delays = [backoff.delay() for _ in range(50)]
        assert delays[0] < 2 * FIRST_DELAY_SECONDS
        assert delays == sorted(delays)
        assert 0.7 * MAX_DELAY_SECONDS <= delays[-1] <= 1.25 * MAX_DELAY_SECONDS


def test_the_delay_is_forgotten_only_after_a_session_that_lasted() -> None:
    clock = Clock()
    backoff = Backoff(clock, lambda: 0.5)
    for _ in range(5):
        backoff.delay()
    backoff.joined()
    clock.advance(LASTING_SECONDS / 2)
    assert backoff.delay() > 4
    backoff.joined()
    clock.advance(LASTING_SECONDS)
    assert backoff.delay() == FIRST_DELAY_SECONDS
