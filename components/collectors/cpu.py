"""How busy the CPUs are: computed from their counters of time, so it covers the whole span between two samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psutil

from components.collectors.collector import MAX_INSTANCES, Collector, Metric, Values

METRICS = (
    Metric("cpu_used_ratio", "ratio", "Share of the time of all cores that was not idle; waiting for disks counts as idle."),
    Metric("cpu_core_used_ratio", "ratio", "The same for each core.", instances="core"),
)

CoreTimes = Any
"""Seconds since boot by what the core did: psutil's named tuple, whose fields differ between systems."""


def read() -> list[CoreTimes]:
    """The counters of each core that is online."""
    return list(psutil.cpu_times(percpu=True))


def compute(previous: Sequence[CoreTimes] | None, current: Sequence[CoreTimes], _seconds: float) -> Values:
    """Shares of busy time. Nothing when cores came or went: psutil numbers them by position, so they cannot be matched."""
    if previous is None or len(previous) != len(current):
        return {}
    cores: dict[str, float] = {}
    all_busy = all_time = 0.0
    for number, (before, after) in enumerate(zip(previous, current, strict=True)):
        (busy_before, idle_before), (busy_after, idle_after) = _busy_and_idle(before), _busy_and_idle(after)
        # idle and iowait run backwards a little on Linux, hence no difference is below 0; after a reset all are 0
        busy = max(0.0, busy_after - busy_before)
        time = busy + max(0.0, idle_after - idle_before)
        all_busy += busy
        all_time += time
        if time > 0 and number < MAX_INSTANCES:
            cores[str(number)] = round(busy / time, 3)
    if not all_time:
        return {}
    return {"cpu_used_ratio": round(all_busy / all_time, 3), "cpu_core_used_ratio": cores}


def _busy_and_idle(core: CoreTimes) -> tuple[float, float]:
    """Linux counts a guest's time in `user` and `nice` as well, so it is taken off once."""
    idle = core.idle + getattr(core, "iowait", 0.0)
    guests = getattr(core, "guest", 0.0) + getattr(core, "guest_nice", 0.0)
    return sum(core) - guests - idle, idle


COLLECTOR = Collector("cpu", "show_cpus", METRICS, compute, read)
