"""The Sampler with real threads, a clock of its own, and probes that hang on an event."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent, capturedLogs

from components.agent.sampler import MAX_THREADS, TIME_LIMIT, Collected, Sampler
from components.collectors import COLLECTORS
from components.collectors.collector import Collector, Metric, Part, Values
from components.host_settings import SETTING
from components.payloads import parse_sample

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


def test_sample_of_this_machine(cast: Cast) -> None:
    """The real collectors, twice: the hub takes it, nothing failed, and one thread does it all."""
    sampler = cast.sampler(*COLLECTORS)
    cast.sample(sampler)
    cast.reactor.advance(1.0)
    metrics, failed = cast.sample(sampler)
    assert failed == {}
    assert parse_sample({"run": "r", "seq": 1, "at": 0.0, "revision": 1, "metrics": metrics, "failed": failed})["metrics"] == metrics
    assert {name for collector in COLLECTORS for name in (metric.name for metric in collector.metrics)} >= set(metrics)
    assert {"memory_used_bytes", "disk_used_bytes", "load_1m"} <= set(metrics)
    assert sampler._threads == 1


@pytest.mark.parametrize("setting", sorted({collector.setting for collector in COLLECTORS}))
def test_only_what_is_shown(cast: Cast, setting: str) -> None:
    """With one setting on, the metrics are those of its families alone."""
    metrics, failed = cast.reactor.wait_for(cast.sampler(*COLLECTORS).sample({setting}))
    assert failed == {}
    assert set(metrics) <= {metric.name for collector in COLLECTORS for metric in collector.metrics if collector.setting == setting}


def test_nothing_shown(cast: Cast) -> None:
    """It costs no thread, and settings that show no family are no matter."""
    sampler = cast.sampler(*COLLECTORS)
    assert result_of(sampler.sample(set(SETTING) - {collector.setting for collector in COLLECTORS})) == Collected({}, {})
    assert sampler._threads == 0


def test_read_off_the_reactor_thread_by_a_daemon(cast: Cast) -> None:
    """Reading happens in one daemon thread, the same for each sample."""
    sampler = cast.sampler(gauge("thread", threading.current_thread), gauge("other", threading.current_thread))
    metrics: dict[str, Any] = cast.sample(sampler).metrics | {}
    assert metrics["thread"] is metrics["other"]
    assert metrics["thread"] is not threading.current_thread()
    assert metrics["thread"].daemon
    assert cast.sample(sampler).metrics == metrics


def test_rates_use_the_time_between(cast: Cast) -> None:
    """The first sample has none; a longer time gives a smaller rate."""
    count = iter([10, 20, 30])
    sampler = cast.sampler(rate("net", lambda: next(count)))
    assert cast.sample(sampler).metrics == {}
    cast.reactor.advance(1.0)
    assert cast.sample(sampler).metrics == {"net": 10.0}
    cast.reactor.advance(4.0)
    assert cast.sample(sampler).metrics == {"net": 2.5}


def test_rates_cover_enough_time(cast: Cast) -> None:
    """Samples in quick succession reach back to a reading that is old enough, or have no rates."""
    count = iter([0, 1000, 1010, 1020, 1030, 1040])
    sampler = cast.sampler(rate("net", lambda: next(count)))
    rates = [cast.sample(sampler).metrics, cast.sample(sampler).metrics]
    for seconds in (1.0, 0.03125, 0.03125, 0.9375):
        cast.reactor.advance(seconds)
        rates.append(cast.sample(sampler).metrics)
    assert rates[:3] == [{}, {}, {"net": pytest.approx(10.0)}]
    assert rates[3:] == [{"net": pytest.approx(rise / seconds)} for rise, seconds in ((20, 1.03125), (30, 1.0625), (10, 0.9375))]


def test_rates_begin_afresh_after_hiding(cast: Cast) -> None:
    """A family that comes back, or an agent after a pause, has no rate over the gap."""
    sampler = cast.sampler(rate("net", lambda: 1.0))
    cast.sample(sampler)
    cast.reactor.advance(1.0)
    assert result_of(sampler.sample(set())) == Collected({}, {})
    cast.reactor.advance(1.0)
    assert cast.sample(sampler).metrics == {}
    sampler.forget()
    cast.reactor.advance(1.0)
    assert cast.sample(sampler).metrics == {}
    cast.reactor.advance(1.0)
    assert cast.sample(sampler).metrics == {"net": 0.0}


def test_hanging_mount_costs_its_own_metric(cast: Cast) -> None:
    """The others are there in time, the hanging one is named, and not begun again while it hangs."""
    nfs = cast.hang()
    sampler = cast.sampler(gauge("cpu", lambda: 1), mounts({"/": local(lambda: 7), "/nfs": remote(nfs)}), gauge("load", lambda: 2))
    assert cast.sample_until_limit(sampler, nfs) == Collected(
        {"cpu": 1, "load": 2, "size": {"/": 7}}, {"disk[/nfs]": "no answer within 0.5 s"}
    )
    cast.reactor.advance(11.5)
    metrics, failed = cast.sample(sampler)
    assert metrics == {"cpu": 1, "load": 2, "size": {"/": 7}}
    assert failed == {"disk[/nfs]": "still no answer after 12 s"}
    assert nfs.times == 1


def test_others_go_on_in_another_thread(cast: Cast) -> None:
    """What stands behind a hanging probe in the queue is asked before the limit."""
    first, last = cast.hang(), cast.hang()
    sampler = cast.sampler(gauge("first", first), gauge("cpu", lambda: 1), gauge("last", last))
    sampled = cast.begin(sampler)
    first.wait_until_begun()
    cast.reactor.advance(SHARE)
    last.wait_until_begun()
    assert not sampled.called
    cast.reactor.advance(TIME_LIMIT)
    metrics, failed = result_of(sampled)
    assert metrics == {"cpu": 1}
    assert set(failed) == {"first", "last"}


def test_slow_answer_within_the_limit_counts(cast: Cast) -> None:
    """A probe that was overtaken, but is in time, is part of the sample."""
    slow = cast.hang()
    sampler = cast.sampler(gauge("slow", slow), gauge("cpu", lambda: 2))
    sampled = cast.begin(sampler)
    slow.wait_until_begun()
    cast.reactor.advance(SHARE * 3)
    slow.released.set()
    assert cast.reactor.wait_for(sampled) == Collected({"slow": 1, "cpu": 2}, {})


def test_stuck_probe_is_asked_again_once_it_returned(cast: Cast) -> None:
    """Its late answer is dropped."""
    nfs = cast.hang()
    answers: Iterator[Callable[[], int]] = iter([nfs, lambda: 5])

    def answer() -> int:
        return next(answers)()

    sampler = cast.sampler(mounts({"/nfs": remote(answer)}))
    returned = threading.Event()

    class Stuck(dict[Any, float]):
        """The stuck probes, saying when one returned."""

        def pop(self, *args: Any) -> Any:
            returned.set()
            return super().pop(*args)

    sampler._stuck = Stuck()
    assert cast.sample_until_limit(sampler, nfs).metrics == {"size": {}}
    nfs.released.set()
    assert returned.wait(PATIENCE)
    assert cast.sample(sampler) == Collected({"size": {"/nfs": 5}}, {})


def test_limit_is_the_callers(cast: Cast) -> None:
    """An agent with a short interval gives a shorter one."""
    nfs = cast.hang()
    sampled = cast.sampler(gauge("cpu", nfs)).sample({"show_cpu"}, limit=0.25)
    nfs.wait_until_begun()
    cast.reactor.advance(0.125)
    assert not sampled.called
    cast.reactor.advance(0.125)
    assert result_of(sampled).failed == {"cpu": "no answer within 0.25 s"}


def test_threads_are_bounded(cast: Cast) -> None:
    """However many mounts hang, MAX_THREADS threads serve them, and the last is kept for what does not hang."""
    hangs = [cast.hang() for _ in range(MAX_THREADS + 4)]
    parts = {f"/nfs/{number}": remote(hang) for number, hang in enumerate(hangs)} | {"/": local(lambda: 7)}
    sampler = cast.sampler(gauge("cpu", lambda: 1), mounts(parts), gauge("load", lambda: 2))
    before = threading.active_count()
    metrics, failed = cast.sample_until_limit(sampler, *hangs[: MAX_THREADS - 1])
    assert metrics == {"cpu": 1, "load": 2, "size": {"/": 7}}
    assert len(failed) == len(hangs)
    assert failed[f"disk[/nfs/{MAX_THREADS}]"] == "not asked: no thread is free, 7 of 8 wait for other answers"
    for _ in range(3):
        cast.reactor.advance(1.0)
        metrics, failed = cast.sample(sampler)
        assert metrics == {"cpu": 1, "load": 2, "size": {"/": 7}}
        assert len(failed) == len(hangs)
    assert sampler._threads == MAX_THREADS
    assert threading.active_count() <= before + MAX_THREADS
    assert sum(hang.times for hang in hangs) == MAX_THREADS - 1


def test_even_all_threads_stuck_is_said(cast: Cast) -> None:
    """Families that never hang take all threads if they do, and the sample still comes, at once, with reasons."""
    hangs = [cast.hang() for _ in range(MAX_THREADS)]
    sampler = cast.sampler(*(gauge(f"family{number}", hang) for number, hang in enumerate(hangs)), gauge("cpu", lambda: 1))
    metrics, failed = cast.sample_until_limit(sampler, *hangs)
    assert metrics == {}
    assert failed["cpu"] == "not asked: no thread is free, 8 of 8 wait for other answers"
    assert result_of(cast.begin(sampler)).failed["family0"] == "still no answer after 1 s"


def test_no_thread_can_be_started(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's limit of threads is a reason, not the agent's end."""

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    sampler = cast.sampler(gauge("cpu", lambda: 1))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert result_of(cast.begin(sampler)).failed == {"cpu": "not asked: no thread is free, 0 of 8 wait for other answers"}
    monkeypatch.undo()
    assert cast.sample(sampler).metrics == {"cpu": 1}


def raise_value_error() -> int:
    """A broken probe."""
    raise ValueError("bad \x1b[31m\n" + "x" * 500)


def raise_permission_error() -> int:
    """A mount that is not ours."""
    raise PermissionError(13, "Permission denied", "/secret")


def test_exception_costs_its_own_metric(cast: Cast, logged: Sequence[LogEvent]) -> None:
    """It is named briefly and printably, counted each time, and logged with its traceback once."""
    sampler = cast.sampler(
        gauge("cpu", raise_value_error), gauge("load", lambda: 2), mounts({"/": local(lambda: 7), "/x": local(raise_permission_error)})
    )
    for _ in range(3):
        metrics, failed = cast.sample(sampler)
        assert metrics == {"load": 2, "size": {"/": 7}}
        assert failed["disk[/x]"] == "Permission denied"
        assert failed["cpu"].startswith("ValueError: bad \ufffd[31m\ufffdxxx")
        parse_sample({"run": "r", "seq": 1, "at": 0.0, "revision": 1, "metrics": metrics, "failed": failed})
    assert sampler.failures.counts == {"cpu": 3, "disk": 3}
    assert len(logged) == 2
    assert all("Traceback" in event["log_failure"].getTraceback() for event in logged)


def test_same_error_with_another_text_is_logged_once(cast: Cast, logged: Sequence[LogEvent]) -> None:
    """A number in the text does not fill the log."""
    count = iter(range(10))

    def fail() -> int:
        raise OSError(5, f"error {next(count)}")

    sampler = cast.sampler(gauge("cpu", fail))
    reasons = [cast.sample(sampler).failed["cpu"] for _ in range(3)]
    assert reasons == ["error 0", "error 1", "error 2"]
    assert len(logged) == 1


def test_hang_is_logged_once(cast: Cast, logged: Sequence[LogEvent]) -> None:
    """And not by each sample that goes without it."""
    nfs = cast.hang()
    sampler = cast.sampler(gauge("cpu", nfs))
    cast.sample_until_limit(sampler, nfs)
    for _ in range(3):
        result_of(cast.begin(sampler))
    assert [event["label"] for event in logged] == ["cpu"]
    assert sampler.failures.counts == {"cpu": 1}


def test_compute_fails_alone(cast: Cast) -> None:
    """A reading that cannot be computed costs its family."""

    def compute(_previous: Any, current: float, _seconds: float) -> Values:
        return {"odd": 1 / current}

    odd: Collector[Any] = Collector("odd", "show_odd", (), compute, lambda: 0.0)
    sampler = cast.sampler(odd, gauge("cpu", lambda: 1))
    assert cast.sample(sampler) == Collected({"cpu": 1}, {"odd": "ZeroDivisionError: float division by zero"})


def test_long_instance_fits_the_wire(cast: Cast) -> None:
    """Its label in `failed` is cut to what the hub takes."""
    failed = cast.sample(cast.sampler(mounts({"/" + "x" * 299: local(raise_permission_error)}))).failed
    assert parse_sample({"run": "r", "seq": 1, "at": 0.0, "revision": 1, "metrics": {}, "failed": failed})["failed"] == failed


def test_one_sample_at_a_time(cast: Cast) -> None:
    """Asking for a second while the first is being taken is the caller's mistake."""
    nfs = cast.hang()
    sampler = cast.sampler(gauge("cpu", nfs))
    sampled = cast.begin(sampler)
    with pytest.raises(RuntimeError, match="being taken"):
        cast.begin(sampler)
    nfs.released.set()
    assert cast.reactor.wait_for(sampled).metrics == {"cpu": 1}


def test_stop(cast: Cast) -> None:
    """Threads end, nothing is left on the clock, and the sample that was being taken never comes."""
    nfs = cast.hang()
    sampler = cast.sampler(gauge("thread", threading.current_thread), gauge("cpu", nfs))
    before = set(threading.enumerate())
    sampled = cast.begin(sampler)
    nfs.wait_until_begun()
    threads = set(threading.enumerate()) - before
    sampler.stop()
    nfs.released.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert not sampled.called
    assert cast.reactor.getDelayedCalls() == []


def test_answered_samples_leave_nothing_behind(cast: Cast) -> None:
    """No timer, and no reading but the last, is kept between samples."""

    class Big:
        """Something to follow."""

    made: list[weakref.ref[Big]] = []

    def read() -> Big:
        big = Big()
        made.append(weakref.ref(big))
        return big

    big: Collector[Any] = Collector("big", "show_big", (), lambda _previous, _current, _seconds: {}, read)
    sampler = cast.sampler(big, gauge("cpu", lambda: 1))
    for _ in range(4):
        cast.sample(sampler)
        cast.reactor.advance(1.0)
    assert cast.reactor.getDelayedCalls() == []
    assert [ref() is None for ref in made[:2]] == [True, True]
