"""A steady rhythm of samples, one being taken at a time: the agent has one for what is stored, and one for those who watch."""

from __future__ import annotations

import math
from collections.abc import Callable

from twisted.internet.defer import maybeDeferred
from twisted.logger import Logger

from components.agent.obedience import Applied
from components.agent.sampler import Collected, Sampler
from components.reactor import Clock, Timer

MAX_READING_SECONDS = 0.5
"""How long a sample waits for a slow collector."""

log = Logger()


class Beat:
    """Takes samples with `sampler` and gives each to `taken`, with the settings under which it was taken."""

    def __init__(self, clock: Clock, sampler: Sampler, taken: Callable[[Collected, Applied], None]) -> None:
        self._clock = clock
        self._sampler = sampler
        self._taken = taken
        self._applied: Applied | None = None
        self._interval = math.inf
        self._limit = MAX_READING_SECONDS
        self._settle = math.inf
        self._next: Timer | None = None
        self._due_at = 0.0
        self._reading = False
        self._missed = False

    def start(self, applied: Applied, interval: float, limit: float, settle: float = math.inf, delay: float = 0.0) -> None:
        """One sample in `delay` seconds, the next one `settle` later at most, then one every `interval`, each within `limit` seconds."""
        self.stop()
        self._applied = applied
        self._interval, self._limit, self._settle = interval, min(MAX_READING_SECONDS, limit), settle
        self._begin(delay)

    def stop(self) -> None:
        """No more samples; one that is being taken is dropped."""
        self._applied = None
        self._missed = False
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def forget(self) -> None:
        """Begin all rates afresh."""
        self._sampler.forget()

    def _begin(self, delay: float = 0.0) -> None:
        if self._next is not None:
            self._next.cancel()
        self._due_at = self._clock.seconds() + delay
        self._next = self._clock.callLater(delay, self._take, self._settle)

    def _take(self, at_most: float = math.inf) -> None:
        self._next = None
        applied = self._applied
        if applied is None:
            return
        interval = min(self._interval, at_most)
        # the beat is kept, and beats that were missed (a suspended machine) are left out
        late = self._clock.seconds() - self._due_at
        self._due_at += interval * (1 + int(late / interval))
        self._next = self._clock.callLater(max(0.0, self._due_at - self._clock.seconds()), self._take)
        if self._reading:
            self._missed = True
            return
        self._reading = True
        shown = {name for name, value in applied.settings.items() if name.startswith("show_") and value}
        reading = maybeDeferred(self._sampler.sample, shown, limit=self._limit)
        reading.addCallback(self._give, applied)
        reading.addErrback(lambda failure: log.failure("A sample could not be taken", failure=failure))
        reading.addBoth(self._read)

    def _read(self, _: object) -> None:
        self._reading = False
        if self._missed:
            self._missed = False
            self._begin()

    def _give(self, collected: Collected, applied: Applied) -> None:
        if self._applied is applied:  # else taken under settings that no longer hold; the next one is on its way
            self._taken(collected, applied)
