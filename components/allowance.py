"""How many samples a host may send: so many times what it was asked for, after a burst. Values and `now` only."""

from __future__ import annotations

from dataclasses import dataclass

from components.limits import SAMPLES_BURST, SAMPLES_SHARE

FIRST_SAMPLES = 2.0
"""A session begins with so many at once, which make the first rates."""


@dataclass
class Allowance:
    """One bucket, refilled as fast as the interval says that holds at the time."""

    share: float = SAMPLES_SHARE.most
    left: float = SAMPLES_BURST.most
    counted_at: float = 0.0

    def session_began(self) -> None:
        """However little is left, its first samples are due."""
        self.left = max(self.left, FIRST_SAMPLES)

    def take(self, now: float, interval: float) -> bool:
        """Whether one more sample is within what `interval` asks for; it is counted."""
        refill = (now - self.counted_at) * self.share / interval
        self.left = min(SAMPLES_BURST.most, self.left + max(0.0, refill))
        self.counted_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
