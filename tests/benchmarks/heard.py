"""What an audience has heard: messages, bytes, and how old each sample was when it came. Values only.

All clocks are this machine's own, so the time on a sample can be compared with that of its arrival.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

MAX_MILLISECONDS = 60_000
MAX_KNOWN = 5000
_HEAD_BYTES = 64

TimesOf = Callable[[Any], Iterable[float]]
"""When the samples in an event's argument were taken."""


class Heard:
    """Counts for all listeners of one topic together. What many of them get is read once."""

    def __init__(self, times_of: TimesOf) -> None:
        self._times_of = times_of
        self._known: dict[bytes, list[float]] = {}
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self.messages = self.bytes = self.samples = 0
        self._milliseconds = [0] * (MAX_MILLISECONDS + 1)

    def take(self, now: float, message: bytes) -> None:
        """An EVENT that one of them received at `now`, as it came."""
        self.messages += 1
        self.bytes += len(message)
        publication = message[:_HEAD_BYTES].split(b",", 3)[2]
        times = self._known.get(publication)
        if times is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            times = self._known[publication] = list(self._times_of(json.loads(message)[4][0]))
        self.samples += len(times)
        for at in times:
            self._milliseconds[min(MAX_MILLISECONDS, max(0, int((now - at) * 1000)))] += 1

    def summary(self) -> dict[str, Any]:
        """Counts since `begin`, and quantiles of the milliseconds from a sample's time to its arrival; None without a sample."""
        return {
            "messages": self.messages,
            "bytes": self.bytes,
            "samples": self.samples,
            "p50": self._quantile(0.5),
            "p99": self._quantile(0.99),
            "max": self._quantile(1.0),
        }

    def _quantile(self, share: float) -> int | None:
        """The millisecond within which that share of the samples came."""
        wanted, found = share * self.samples, 0
        for milliseconds, count in enumerate(self._milliseconds):
            found += count
            if found and found >= wanted:
                return milliseconds
        return None


def times_in_update(update: Mapping[str, Any]) -> Iterable[float]:
    """Of `vedette.fleet.on_update`."""
    for host in update["hosts"].values():
        sample = (host or {}).get("sample") or {}
        if "taken_at" in sample:
            yield sample["taken_at"]


def time_in_event(payload: Mapping[str, Any]) -> Iterable[float]:
    """Of the tutorial's shape: one host's event."""
    yield payload["at"]
