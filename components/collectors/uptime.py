"""How long the machine has been running."""

from __future__ import annotations

import time

import psutil

from components.collectors.collector import Collector, Metric, Values

METRICS = (
    Metric("uptime_seconds", "seconds", "Time since the machine was started: whole seconds in the first hour, whole minutes after."),
)

_HOUR_SECONDS = 3600
_MINUTE_SECONDS = 60
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux has a clock that begins with the machine and also runs while it sleeps."""


def read() -> float:
    """Seconds since the machine was started."""
    return time.clock_gettime(_BOOT_CLOCK) if _BOOT_CLOCK is not None else time.time() - psutil.boot_time()


def compute(_previous: float | None, current: float, _seconds: float) -> Values:
    """Rounded down, so that it does not change with every sample."""
    whole = max(0, int(current))
    return {"uptime_seconds": whole if whole < _HOUR_SECONDS else whole - whole % _MINUTE_SECONDS}


COLLECTOR = Collector("uptime", "show_load", METRICS, compute, read)
