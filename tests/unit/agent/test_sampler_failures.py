"""What a probe that hangs or fails costs: its own metric, a word of why, and never the sample."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from twisted.logger import LogEvent

from components.agent.sampler import MAX_THREADS, TIME_LIMIT, Collected
from components.collectors.collector import Collector, Values
from components.payloads import parse_sample
from tests.unit.agent.conftest import PATIENCE, SHARE, Cast, gauge, local, mounts, remote, result_of


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
