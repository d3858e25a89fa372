"""Swap space of the machine. Without any, both numbers are 0."""

from __future__ import annotations

from typing import NamedTuple

import psutil

from components.collectors.collector import Collector, Metric, Values

METRICS = (
    Metric("swap_total_bytes", "bytes", "Swap space that the machine has; 0 if it has none."),
    Metric("swap_used_bytes", "bytes", "Swap space that holds something."),
)


class Swap(NamedTuple):
    """Bytes."""

    total: int
    used: int


def read() -> Swap:
    """Swap now."""
    swap = psutil.swap_memory()
    return Swap(swap.total, swap.used)


def compute(_previous: Swap | None, current: Swap, _seconds: float) -> Values:
    """The two numbers; a container's limits may disagree, so what is used is held to the total."""
    return {"swap_total_bytes": current.total, "swap_used_bytes": max(0, min(current.used, current.total))}


COLLECTOR = Collector("swap", "show_memory", METRICS, compute, read)
