"""What a collector is: its metrics described as data, a function that reads the machine, and a pure one that computes from readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Reading = TypeVar("Reading")
Values = dict[str, float | dict[str, float]]
"""Metric → its number, or instance → number. What is not known is left out."""


@dataclass(frozen=True)
class Metric:
    """One named number."""

    name: str
    unit: str
    """The base unit with which the name ends; empty for a load average, which has none."""
    help: str
    instances: str | None = None
    """What each instance is, `mount point` for one; None for a metric that is a single number."""


@dataclass(frozen=True)
class Part:
    """One instance that is read by itself, so that it fails or hangs alone."""

    read: Callable[[], Any]
    may_hang: bool
    """It leaves the machine (a network file system), and may never return."""


@dataclass(frozen=True)
class Collector(Generic[Reading]):
    """One family of metrics. `read` and each part's `read` run in any thread and may raise; `compute` touches nothing."""

    name: str
    setting: str
    """The setting that shows this family."""
    metrics: tuple[Metric, ...]
    compute: Callable[[Reading | None, Reading, float], Values]
    """(previous reading, this reading, seconds between them) → values. Without a previous reading there are no rates."""
    read: Callable[[], Reading] | None = None
    """What the machine says now. A collector has either this or `list_parts`."""
    list_parts: Callable[[], Mapping[str, Part]] | None = None
    """Instance → part; the family's reading is then instance → what its part gave, for those that answered."""


# --- instances ------------------------------------------------------------------------------------------------------------

MAX_INSTANCES = 200
MAX_INSTANCE_CHARACTERS = 300
MAX_INSTANCES_BYTES = 6000
"""All instance names of a family together. Each of its metrics repeats them, and a sample is at most 64 KiB."""
MAX_SHORT_INSTANCES_BYTES = 2000
"""The same for a family whose instances have short names, such as devices."""

# control characters, line separators, marks that turn the direction of text, and lone surrogates
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def instance_name(raw: str) -> str:
    """`raw`, which may hold any bytes, as printable text of at most MAX_INSTANCE_CHARACTERS."""
    safe = printable_name(raw)
    return safe if len(safe) <= MAX_INSTANCE_CHARACTERS else safe[: MAX_INSTANCE_CHARACTERS - 1] + "…"


def printable_name(raw: str) -> str:
    """`raw` with what cannot be printed, or turns the text around it, written out as a code."""
    return _UNSAFE.sub(_escape, raw)


def instance_names(raws: Iterable[str], most_bytes: int = MAX_INSTANCES_BYTES) -> dict[str, str]:
    """Instance name → raw name, in the order given, for as many as a sample can carry. Two raw names never share one."""
    names: dict[str, str] = {}
    size = 0
    for raw in raws:
        name = instance_name(raw)
        size += len(name.encode())
        if len(names) == MAX_INSTANCES or size > most_bytes:
            break
        names.setdefault(name, raw)
    return names


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
