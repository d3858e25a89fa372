"""Hosts that somebody looks at: the lease of the agent is kept alive, and its samples go to those who watch, and to nobody else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from components import checking
from components.allowance import Allowance
from components.errors import InvalidPayload, VedetteError
from components.host_views import HostSample
from components.leases import LEASE_SECONDS, Leases
from components.limits import WATCH_CHANGES, WATCHED_SHARE
from components.payloads import Sample
from components.protocol import Event, watched_event
from components.queries import MAX_WATCH_INTERVAL_SECONDS, MIN_WATCH_INTERVAL_SECONDS
from components.throttle import Throttle

RENEW_SECONDS = LEASE_SECONDS / 2
LATELY_FACTOR = 2.5
"""While no watched sample has come for so many times their interval, the regular ones are passed on."""

LATELY_SECONDS = 1.0
AskHost = Callable[[str, dict[str, Any]], "Deferred[dict[str, Any]]"]
"""Sends a host the query `watch` with these arguments."""


@dataclass
class _Watched:
    """What a host was asked for, and what came of it."""

    interval: float
    asked_at: float
    granted: float = 0.0
    """What it said that it does; 0 until it has answered."""
    run: str = ""
    seq: int = -1
    sampled_at: float = -math.inf
    allowance: Allowance = field(default_factory=lambda: Allowance(WATCHED_SHARE.most))


class Watching:
    """Leases, and what they do. Times are those of one clock that never goes back; `publish` sends to those who watch."""

    def __init__(self, ask: AskHost, regular: Callable[[str], float | None], publish: Callable[[Event], None]) -> None:
        """`regular` tells a host's usual interval, None of one that sends nothing."""
        self._ask = ask
        self._regular = regular
        self._publish = publish
        self._leases = Leases()
        self._watched: dict[str, _Watched] = {}
        self._deaf: set[str] = set()
        self._changes = Throttle(WATCH_CHANGES)

    def watch(self, authid: str, host_id: str, interval: object, now: float) -> dict[str, Any]:
        """Grant or renew a lease, or end it with an `interval` of None; what is granted. InvalidPayload, QueryRefused."""
        if interval is None:
            self._leases.end(authid, host_id)
            self._mind(host_id, now)
            return {"interval": None, "seconds": 0.0}
        wanted = checked_interval(interval)
        self._leases.grant(authid, host_id, wanted, now)
        self._mind(host_id, now)
        watched = self._watched.get(host_id)
        return {"interval": max(wanted, watched.granted) if watched else wanted, "seconds": LEASE_SECONDS}

    def mind(self, now: float) -> None:
        """Renew what is still wanted, end what is not. Call it about once a second."""
        self._leases.expire(now)
        for host_id in self._leases.hosts | set(self._watched):
            self._mind(host_id, now)

    def session_left(self, authid: str, now: float) -> None:
        """Its leases end with it."""
        for host_id in self._leases.left(authid):
            self._mind(host_id, now)

    def host_joined(self, host_id: str) -> None:
        """A new session of the host knows nothing of what the one before was asked for. It hears once it sends its first sample."""
        self._watched.pop(host_id, None)
        self._deaf.add(host_id)

    def host_left(self, host_id: str) -> None:
        """There is nobody to end it with."""
        self._watched.pop(host_id, None)
        self._deaf.discard(host_id)

    def is_watched(self, host_id: str) -> bool:
        """Whether the host was asked for samples beside its regular ones."""
        return host_id in self._watched

    def sampled(self, host_id: str, sample: Sample, received_at: float, now: float) -> bool:
        """Pass a sample on to those who watch the host, if it is one for them; False if it is one more than was asked for."""
        watched = self._watched.get(host_id)
        if sample["watched"]:
            if watched is None or (sample["run"] == watched.run and sample["seq"] <= watched.seq):
                return True
            if not watched.allowance.take(now, watched.interval):
                return False
            watched.run, watched.seq, watched.sampled_at = sample["run"], sample["seq"], now
        elif host_id in self._deaf:
            self._deaf.discard(host_id)
            self._mind(host_id, now)
        elif watched is not None and now - watched.sampled_at < max(LATELY_SECONDS, LATELY_FACTOR * watched.interval):
            return True
        if watchers := self._leases.watchers(host_id, now):
            shown = HostSample(at=received_at, taken_at=sample["at"], metrics=sample["metrics"], failed=sample["failed"])
            self._publish(watched_event(host_id, shown, watchers))
        return True

    def _mind(self, host_id: str, now: float) -> None:
        regular, watched = self._regular(host_id), self._watched.get(host_id)
        wanted = self._leases.wanted(host_id, now)
        if regular is None or host_id in self._deaf or (wanted is not None and wanted >= regular):
            wanted = None
        if watched is not None and watched.interval == wanted:
            if now - watched.asked_at >= RENEW_SECONDS:
                self._want(host_id, watched, now)
        elif (watched is not None or wanted is not None) and self._changes.take(host_id, now):  # else the next look does it
            if watched is not None and wanted is None:
                self._watched.pop(host_id)
                self._ask_host(host_id, watched.interval, 0.0)
            elif wanted is not None:
                watched = self._watched.setdefault(host_id, _Watched(wanted, now))
                watched.interval = wanted
                self._want(host_id, watched, now)

    def _want(self, host_id: str, watched: _Watched, now: float) -> None:
        watched.asked_at = now
        answer = self._ask_host(host_id, watched.interval, LEASE_SECONDS)
        answer.addCallbacks(self._granted, self._refused, (watched,), {}, (watched, host_id))

    def _granted(self, result: dict[str, Any], watched: _Watched) -> None:
        watched.granted = result["interval"]

    def _refused(self, failure: Failure, watched: _Watched, host_id: str) -> Failure | None:
        # its lock file forbids it, or it knows no leases: its regular samples are what there is
        watched.granted = self._regular(host_id) or watched.interval
        return unless_refused(failure)

    def _ask_host(self, host_id: str, interval: float, seconds: float) -> Deferred[dict[str, Any]]:
        answer = self._ask(host_id, {"interval": interval, "seconds": seconds})
        if not seconds:
            answer.addErrback(unless_refused)  # its lease runs out by itself
        return answer


def checked_interval(value: object) -> float:
    """Seconds between samples that somebody wants, or InvalidPayload."""
    interval = checking.checked_number(value, "interval")
    if not MIN_WATCH_INTERVAL_SECONDS <= interval <= MAX_WATCH_INTERVAL_SECONDS:
        bounds = f"from {MIN_WATCH_INTERVAL_SECONDS:g} to {MAX_WATCH_INTERVAL_SECONDS:g} s"
        raise InvalidPayload(f"interval is {interval:g} s; it must be {bounds}, or null to end it")
    return interval


def unless_refused(failure: Failure) -> Failure | None:
    """None for an error that a host may well cause; any other goes on to the log."""
    return None if isinstance(failure.value, VedetteError) else failure
