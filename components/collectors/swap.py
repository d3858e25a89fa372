"""Swap space of the machine. Without any, both numbers are 0."""

from __future__ import annotations

import re
from pathlib import Path
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


_MEMINFO = Path("/proc/meminfo")
_LINE = re.compile(rb"^Swap(Total|Free):\s+(\d+) kB$", re.MULTILINE)


def read() -> Swap:
    """Swap now."""
    try:
        # psutil reads a second file, for what is swapped in and out
        return parse(_MEMINFO.read_bytes())
    except (OSError, KeyError):  # not Linux, or a kernel that says nothing of it
        swap = psutil.swap_memory()
        return Swap(swap.total, swap.used)


def parse(meminfo: bytes) -> Swap:
    """What /proc/meminfo says. KeyError if it says nothing of swap."""
    kibibytes = {name: int(number) for name, number in _LINE.findall(meminfo)}
    return Swap(1024 * kibibytes[b"Total"], 1024 * (kibibytes[b"Total"] - kibibytes[b"Free"]))


def compute(_previous: Swap | None, current: Swap, _seconds: float) -> Values:
    """The two numbers; a container's limits may disagree, so what is used is held to the total."""
    return {"swap_total_bytes": current.total, "swap_used_bytes": max(0, min(current.used, current.total))}


COLLECTOR = Collector("swap", "show_memory", METRICS, compute, read)
