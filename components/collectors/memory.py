"""Memory of the machine. Used and available add up to the total."""

from __future__ import annotations

from typing import NamedTuple

import psutil

from components.collectors.collector import Collector, Metric, Values

METRICS = (
    Metric("memory_total_bytes", "bytes", "Memory that the machine has."),
    Metric("memory_used_bytes", "bytes", "Memory that programs could not get: the total less what is available."),
    Metric("memory_available_bytes", "bytes", "Memory that programs can get without swapping, caches included."),
)


class Memory(NamedTuple):
    """Bytes."""

    total: int
    available: int


def read() -> Memory:
    """Memory now."""
    memory = psutil.virtual_memory()
    return Memory(memory.total, memory.available)


def compute(_previous: Memory | None, current: Memory, _seconds: float) -> Values:
    """The three numbers; a container may see more available than it has in total, which is held to the total."""
    available = min(current.available, current.total)
    return {
        "memory_total_bytes": current.total,
        "memory_used_bytes": current.total - available,
        "memory_available_bytes": available,
    }


COLLECTOR = Collector("memory", "show_memory", METRICS, compute, read)
