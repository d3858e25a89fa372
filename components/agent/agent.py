"""The loop of an agent: one sample every interval, while there is a session and the host is not disabled."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import txaio
from twisted.internet.defer import maybeDeferred

from components.agent.obedience import Applied, Obedience
from components.agent.sampler import Collected, Sampler
from components.payloads import ConfigReport, Sample
from components.reactor import Clock, Timer

MAX_READING_SECONDS = 0.5
"""How long a sample waits for a slow collector; never more than half the interval."""

SETTLE_SECONDS = 1.0
"""Rates need two samples, so after a start or a change of settings the second one comes at least this soon, whatever the interval."""


class Link(Protocol):
    """The session an agent publishes through."""

    def publish_sample(self, sample: Sample) -> None:
        """Send one sample to the hub."""


class Agent:
    """One host's agent, without its connection. `clock` gives the rhythm, `now` the time on the samples."""

    def __init__(self, clock: Clock, sampler: Sampler, obedience: Obedience, now: Callable[[], float]) -> None:
        self._clock = clock
        self._sampler = sampler
        self._obedience = obedience
        self._now = now
        self.run = secrets.token_hex(8)  # names this start of the agent
        self._seq = 0
        self._link: Link | None = None
        self._next: Timer | None = None
        self._due_at = 0.0
        self._reading = False
        self._missed = False
        self._log = txaio.make_logger()

    def offered(self, payload: Mapping[str, Any], *, certain: bool = False) -> ConfigReport | None:
        """Take settings from the hub; the report to send back, if there is something to say. What changed shows at once."""
        before = self._obedience.applied
        report = self._obedience.offered(payload, certain=certain)
        if self._obedience.applied is not before:
            self._restart()
        return report

    def attach(self, link: Link) -> None:
        """There is a session: sample. Rates begin afresh; a mean over the time without a session would be no rate."""
        self._link = link
        self._sampler.forget()
        self._restart()

    def detach(self, link: Link) -> None:
        """That session is over. An agent without one does not sample."""
        if self._link is link:
            self._link = None
            self._cancel()

    @property
    def _active(self) -> bool:
        applied = self._obedience.applied
        return self._link is not None and applied is not None and not applied.settings["disabled"]

    def _restart(self) -> None:
        self._cancel()
        if self._active:
            self._due_at = self._clock.seconds()
            self._next = self._clock.callLater(0, self._take, SETTLE_SECONDS)

    def _cancel(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _take(self, at_most: float = math.inf) -> None:
        self._next = None
        applied = self._obedience.applied
        if not self._active or applied is None:
            return
        interval = min(float(applied.settings["interval"]), at_most)
        # the beat is kept, and beats that were missed (a suspended machine) are left out
        late = self._clock.seconds() - self._due_at
        self._due_at += interval * (1 + int(late / interval))
        self._next = self._clock.callLater(max(0.0, self._due_at - self._clock.seconds()), self._take)
        if self._reading:
            self._missed = True
            return
        self._reading = True
        shown = {name for name, value in applied.settings.items() if name.startswith("show_") and value}
        reading = maybeDeferred(self._sampler.sample, shown, limit=min(MAX_READING_SECONDS, interval / 2))
        reading.addCallback(self._publish, applied)
        reading.addErrback(lambda failure: self._log.failure("A sample could not be taken", failure=failure))
        reading.addBoth(self._read)

    def _read(self, _: object) -> None:
        self._reading = False
        if self._missed:
            self._missed = False
            self._restart()

    def _publish(self, collected: Collected, applied: Applied) -> None:
        if self._link is None or self._obedience.applied is not applied:
            return  # taken under settings that no longer hold; the next one is on its way
        self._seq += 1
        self._link.publish_sample(
            Sample(
                run=self.run,
                seq=self._seq,
                at=round(self._now(), 3),
                revision=applied.revision,
                metrics=collected.metrics,
                failed=collected.failed,
                watched=False,
            )
        )
