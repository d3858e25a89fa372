"""From kept points to what is drawn: buckets of one width, aligned to multiples of it, with the least, the mean and the most in each.

A point stands for the time since the one before it, so a bucket that falls between two points of a slow host has the value of the later
one. A bucket of a time in which the host was silent has `null`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.series import GAP_FACTOR, Column, HostSeries

DIGITS = 4
"""Significant digits: more than any screen has pixels for a line."""

Range = tuple[int, int]
"""Indices of the first point of a bucket, and of the first one behind it."""
Bucket = tuple[int | float | None, int | float | None, int | float | None]
"""The least, the mean and the most; None where nothing is known."""
Numbers = dict[str, list[int | float | None]]
"""`{min, mean, max}`, each one number or None for every bucket."""

_UNKNOWN: Bucket = (None, None, None)
_EXPONENTS = range(-9, 19)
_DECADES = [10.0**exponent for exponent in _EXPONENTS]
_PARTS = [10.0 ** (DIGITS - exponent) for exponent in _EXPONENTS] + [1.0]
"""For a number below the decade of the same index."""
_UNITS: list[int] = [10 ** max(0, exponent - DIGITS) for exponent in _EXPONENTS] + [10 ** (19 - DIGITS)]


@dataclass(frozen=True)
class Grid:
    """`count` buckets of `width` seconds, the first of which begins at `first`."""

    first: int
    width: int
    count: int

    @staticmethod
    def over(start: float, end: float, points: int, usual_seconds: float) -> Grid:
        """At most `points` buckets over this time, none narrower than a second or than what a host usually takes for a sample.

        The last one is that in which `end` lies. The first one is whole, unless it is the same: none begins after `end`.
        """
        width = max(1, math.ceil((end - start) / points), round(usual_seconds))
        behind = math.ceil(end / width)
        first = min(math.ceil(start / width), behind - 1)
        return Grid(first * width, width, behind - first)

    def starts(self) -> list[int]:
        """Where each bucket begins."""
        return [self.first + index * self.width for index in range(self.count)]

    def ranges(self, host: HostSeries) -> list[Range | None]:
        """The points of each bucket; None for one in which nothing is known of the host."""
        at, last = host.at, len(host.at)
        found: list[Range | None] = []
        begin = bisect_left(at, self.first)
        for start in self.starts():
            end = bisect_left(at, start + self.width, begin)
            if end > begin:
                found.append((begin, end))
            elif begin < last:
                found.append(None if host.is_gap(begin) else (begin, begin + 1))
            else:
                found.append((last - 1, last) if last and start - at[-1] < GAP_FACTOR * host.usual_seconds() else None)
            begin = end
        return found


def size_of(columns: Mapping[str, Sequence[int | float | None]]) -> int:
    """How many bytes these take as JSON, which writes numbers as Python does: `None` is as long as `null`."""
    return sum(len(name) + 4 + len(repr(column)) - len(column) for name, column in columns.items())


def reduce(column: Column, ranges: Sequence[Range | None]) -> Numbers:
    """The least, the mean and the most of each range, as far as there are numbers."""
    values = column.tolist()
    buckets = [_bucket(values[known[0] : known[1]]) if known else _UNKNOWN for known in ranges]
    return {name: list(numbers) for name, numbers in zip(("min", "mean", "max"), zip(*buckets, strict=True), strict=True)}


def _bucket(numbers: list[float]) -> Bucket:
    total = sum(numbers)
    if total != total:  # noqa: PLR0124  # NaN is not itself
        numbers = [number for number in numbers if number == number]  # noqa: PLR0124
        total = sum(numbers)
    if not numbers:
        return _UNKNOWN
    least, most = min(numbers), max(numbers)
    if least == most:
        return (shorten(least),) * 3
    return shorten(least), shorten(total / len(numbers)), shorten(most)


def shorten(number: float) -> int | float:
    """`number` with so many digits as are drawn, in as few characters as that takes."""
    size = abs(number)
    if size < _DECADES[0]:
        return 0
    decade = bisect_right(_DECADES, size)
    if size >= 10 ** (DIGITS - 1):
        unit = _UNITS[decade]
        return round(number / unit) * unit
    parts = _PARTS[decade]
    # a quotient with a power of ten is the float that is printed with no more digits than these
    return round(number * parts) / parts
