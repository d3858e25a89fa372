"""What the Sampler gives when all goes well: the families that are shown, and rates over the time between."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import pytest

from components.agent.sampler import Collected
from components.collectors import COLLECTORS
from components.collectors.collector import Collector
from components.host_settings import SETTING
from components.payloads import parse_sample
from tests.unit.agent.conftest import PATIENCE, Cast, gauge, rate, result_of


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
