"""How far each host's clock is from the hub's, by asking it for its time. Values and `now` only.

Of the last few answers the one with the shortest way counts: half of the way is all that the estimate can be wrong by. Those that the
newest one contradicts by more than that are of before a clock was set, and count no more.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

FIRST_SECONDS = (1.0, 6.0)
"""A host is asked for the first time at some moment within this time after it joined: not all at once after a start of the hub."""
EVERY_SECONDS = 60.0
SILENT_FACTOR_MOST = 32
"""One that never answers is asked less and less often, down to so many times less."""
READINGS = 8


@dataclass
class _Clock:
    due_at: float
    silent_factor: int = 1
    readings: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=READINGS))
    """Seconds of the way there and back, and seconds that the host was ahead."""


class Offsets:
    """The clocks of the hosts that are here."""

    def __init__(self) -> None:
        self._clocks: dict[str, _Clock] = {}

    def joined(self, host_id: str, now: float) -> None:
        """What its clock was before counts no more: it may be another start of the machine."""
        self._clocks[host_id] = _Clock(now + random.uniform(*FIRST_SECONDS))  # noqa: S311  # no secret

    def left(self, host_id: str) -> None:
        """It cannot be asked."""
        self._clocks.pop(host_id, None)

    def due(self, now: float) -> list[str]:
        """The hosts to ask now."""
        hosts = [host_id for host_id, clock in self._clocks.items() if clock.due_at <= now]
        for host_id in hosts:
            clock = self._clocks[host_id]
            clock.due_at = now + EVERY_SECONDS * clock.silent_factor
        return hosts

    def silent(self, host_id: str) -> None:
        """It did not answer."""
        if clock := self._clocks.get(host_id):
            clock.silent_factor = min(SILENT_FACTOR_MOST, clock.silent_factor * 2)

    def answered(self, host_id: str, at: float, asked_at: float, received_at: float) -> float | None:
        """Its clock showed `at`, somewhen between the other two times of the hub's; how many seconds it is ahead, by all that is known."""
        clock = self._clocks.get(host_id)
        if clock is None or received_at < asked_at:
            return None
        clock.silent_factor = 1
        newest = (received_at - asked_at, at - (asked_at + received_at) / 2)
        clock.readings = deque([*(reading for reading in clock.readings if _agree(reading, newest)), newest], maxlen=READINGS)
        return min(reversed(clock.readings), key=lambda reading: reading[0])[1]


def _agree(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether both can be right: each way leaves a range."""
    return abs(one[1] - other[1]) <= (one[0] + other[0]) / 2
