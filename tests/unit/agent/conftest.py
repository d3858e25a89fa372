"""A Sampler with real threads, a clock of its own, and probes that hang on an event."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent, capturedLogs

from components.agent.sampler import MAX_THREADS, TIME_LIMIT, Collected, Sampler
from components.collectors.collector import Collector, Metric, Part, Values

PATIENCE = 20.0
"""Seconds after which a test gives up on a thread; none waits that long unless it fails."""
SHARE = TIME_LIMIT / (MAX_THREADS + 1)
"""Seconds after which the Sampler has one more thread go on."""


class FakeReactor(Clock):
    """Time that the test moves, and calls from threads that the test runs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls_from_threads: queue.SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]]] = queue.SimpleQueue()

    def callFromThread(self, function: Callable[..., object], /, *args: Any) -> None:  # noqa: N802  # Twisted's own name
        """Keep the call for `wait_for`."""
        self.calls_from_threads.put((function, args))

    def wait_for(self, sampled: Deferred[Collected]) -> Collected:
        """Run what threads ask for until the sample is there."""
        while not sampled.called:
            function, args = self.calls_from_threads.get(timeout=PATIENCE)
            function(*args)
        return result_of(sampled)


class Hang:
    """A probe that returns when the test lets it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.released = threading.Event()
        self.times = 0

    def __call__(self) -> int:
        """Read: block."""
        self.times += 1
        self.begun.set()
        self.released.wait(PATIENCE)
        return 1

    def wait_until_begun(self) -> None:
        """Until a thread hangs here."""
        assert self.begun.wait(PATIENCE)


def result_of(sampled: Deferred[Collected]) -> Collected:
    """What a fired Deferred holds."""
    results: list[Collected] = []
    sampled.addCallback(results.append)
    return results[0]


def gauge(name: str, read: Callable[[], Any]) -> Collector[Any]:
    """A collector of one number, as it is read."""

    def compute(_previous: Any, current: Any, _seconds: float) -> Values:
        return {name: current}

    return Collector(name, f"show_{name}", (Metric(name, "", "A number."),), compute, read)


def rate(name: str, read: Callable[[], float]) -> Collector[Any]:
    """A collector of one counter's rate."""

    def compute(previous: float | None, current: float, seconds: float) -> Values:
        return {} if previous is None else {name: (current - previous) / seconds}

    return Collector(name, f"show_{name}", (Metric(name, "", "A rate."),), compute, read)


def mounts(parts: Mapping[str, Part]) -> Collector[Any]:
    """A collector with parts, like the disks."""

    def compute(_previous: Any, current: dict[str, Any], _seconds: float) -> Values:
        return {"size": dict(current)}

    return Collector("disk", "show_disk", (Metric("size", "", "A size.", "mount point"),), compute, list_parts=lambda: parts)


def local(read: Callable[[], Any]) -> Part:
    """A mount of this machine."""
    return Part(read, may_hang=False)


def remote(read: Callable[[], Any]) -> Part:
    """A mount of another machine."""
    return Part(read, may_hang=True)


class Cast:
    """A Sampler, its reactor, and the hanging probes to let go at the end."""

    def __init__(self) -> None:
        self.reactor = FakeReactor()
        self.hangs: list[Hang] = []
        self.samplers: list[Sampler] = []

    def sampler(self, *collectors: Collector[Any]) -> Sampler:
        """A Sampler on the test's clock."""
        self.samplers.append(Sampler(collectors, self.reactor, now=self.reactor.seconds))  # type: ignore[arg-type]  # has what a Sampler needs
        return self.samplers[-1]

    def hang(self) -> Hang:
        """A probe that hangs until the test ends, or before."""
        self.hangs.append(Hang())
        return self.hangs[-1]

    def begin(self, sampler: Sampler) -> Deferred[Collected]:
        """Begin a sample of everything."""
        return sampler.sample({collector.setting for collector in sampler._collectors})

    def sample(self, sampler: Sampler) -> Collected:
        """Take one of everything that answers by itself."""
        return self.reactor.wait_for(self.begin(sampler))

    def sample_until_limit(self, sampler: Sampler, *hanging: Hang) -> Collected:
        """Take one in which these hang: each in turn is given up on, and at the end the limit passes."""
        sampled = self.begin(sampler)
        for hang in hanging:
            hang.wait_until_begun()
            self.reactor.advance(SHARE)
        self.reactor.advance(TIME_LIMIT)
        return result_of(sampled)


@pytest.fixture
def cast() -> Iterator[Cast]:
    """Everything let go and stopped afterwards."""
    cast = Cast()
    yield cast
    for hang in cast.hangs:
        hang.released.set()
    for sampler in cast.samplers:
        sampler.stop()


@pytest.fixture
def logged() -> Iterator[Sequence[LogEvent]]:
    """What is logged."""
    with capturedLogs() as events:
        yield events
