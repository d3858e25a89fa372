"""The loop of an agent: one sample every interval, while there is a session and the host is not disabled."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from components import protocol
from components.agent.beat import Beat
from components.agent.obedience import Applied, Obedience
from components.agent.queries import DISABLED, NO_SETTINGS, Queries
from components.agent.sampler import Collected, Sampler
from components.payloads import ConfigReport, Sample
from components.reactor import Clock

SETTLE_SECONDS = 1.0
"""Rates need two samples, so after a start or a change of settings the second one comes at least this soon, whatever the interval."""


class Link(Protocol):
    """The session an agent publishes through."""

    def publish_sample(self, sample: Sample) -> None:
        """Send one sample to the hub."""


class Agent:
    """One host's agent, without its connection. `clock` gives the rhythm, `now` the time on the samples. Queries need not be answered."""

    def __init__(
        self, clock: Clock, sampler: Sampler, obedience: Obedience, now: Callable[[], float], queries: Queries | None = None
    ) -> None:
        self._beat = Beat(clock, sampler, self._taken)
        self._obedience = obedience
        self._now = now
        self.run = secrets.token_hex(8)  # names this start of the agent
        self.queries = queries
        self._seq = 0
        self._link: Link | None = None
        if queries is not None:
            queries.watch.send = lambda collected, applied, seq: self._publish(collected, applied, seq, watched=True)

    def offered(self, payload: Mapping[str, Any], *, certain: bool = False) -> ConfigReport | None:
        """Take settings from the hub; the report to send back, if there is something to say.

        What changed shows at once; if it is one of many hosts that change together, at some time within the `spread` that the hub asks for.
        """
        delay = random.uniform(0, protocol.spread_of(payload))  # noqa: S311  # no secret
        before = self._obedience.applied
        report = self._obedience.offered(payload, certain=certain)
        if self._obedience.applied is not before:
            self._restart(delay)
        return report

    def attach(self, link: Link) -> None:
        """There is a session: sample. Rates begin afresh; a mean over the time without a session would be no rate."""
        self._link = link
        self._beat.forget()
        self._restart()

    def detach(self, link: Link) -> None:
        """That session is over. An agent without one does not sample."""
        if self._link is link:
            self._link = None
            self._restart()

    def _restart(self, delay: float = 0.0) -> None:
        applied = self._obedience.applied
        is_disabled = applied is not None and bool(applied.settings["disabled"])
        active = applied if self._link is not None and not is_disabled else None
        if active is None:
            self._beat.stop()
        else:
            interval = float(active.settings["interval"])
            self._beat.start(active, interval, limit=interval / 2, settle=SETTLE_SECONDS, delay=delay)
        if self.queries is not None:
            self.queries.obey(active, DISABLED if is_disabled else NO_SETTINGS)

    def _taken(self, collected: Collected, applied: Applied) -> None:
        self._seq += 1
        self._publish(collected, applied, self._seq, watched=False)

    def _publish(self, collected: Collected, applied: Applied, seq: int, *, watched: bool) -> None:
        if self._link is not None:
            self._link.publish_sample(
                Sample(
                    run=self.run,
                    seq=seq,
                    at=round(self._now(), 3),
                    revision=applied.revision,
                    metrics=collected.metrics,
                    failed=collected.failed,
                    watched=watched,
                )
            )
