"""Further samples for those who look at this host just now, under a lease that runs out by itself.

They have a sampler and numbers of their own, so the regular samples, their rates and their numbers are what they are without anybody
watching.
"""

from __future__ import annotations

from collections.abc import Callable

from components.agent.beat import Beat
from components.agent.obedience import Applied
from components.agent.sampler import Collected, Sampler
from components.reactor import Clock, Timer

MIN_READING_SECONDS = 0.2
"""A sample waits so long for a slow collector even if the next one is due sooner: to come late is better than to come without."""


class Watch:
    """Takes watched samples while there is a lease and the settings are known. `send` is set by the agent."""

    def __init__(self, clock: Clock, sampler: Sampler) -> None:
        self.send: Callable[[Collected, Applied, int], None] = lambda *_: None
        self._clock = clock
        self._beat = Beat(clock, sampler, self._taken)
        self._applied: Applied | None = None
        self._interval: float | None = None
        self._end: Timer | None = None
        self._seq = 0
        self._first = True

    def obey(self, applied: Applied | None) -> None:
        """Follow these settings from now on; None, for a host that is disabled or has no session, ends the lease."""
        if applied is self._applied:
            return
        self._applied = applied
        if applied is None:
            self.end()
        elif self._interval is not None:
            self._start(applied, self._interval)

    def lease(self, interval: float, seconds: float) -> None:
        """Sample every `interval` for so many `seconds`; the newest lease counts, and one of 0 seconds ends it."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if seconds <= 0 or self._applied is None:
            self.end()
            return
        self._end = self._clock.callLater(seconds, self._over)
        if interval != self._interval:  # one that is only prolonged keeps its beat
            self._start(self._applied, interval)

    def end(self) -> None:
        """Nobody watches any more."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        self._interval = None
        self._first = True
        self._beat.stop()
        self._beat.forget()

    def _over(self) -> None:
        self._end = None
        self.end()

    def _start(self, applied: Applied, interval: float) -> None:
        self._interval = interval
        self._beat.start(applied, interval, max(MIN_READING_SECONDS, interval / 2))

    def _taken(self, collected: Collected, applied: Applied) -> None:
        if self._first:
            self._first = False  # without rates, so those who watch would see them vanish for a moment
            return
        self._seq += 1
        self.send(collected, applied, self._seq)
