"""Who watches which host, how closely, and until when. Values and `now` only.

A lease belongs to the session that took it, by its authid. It ends when that session says so or goes, or when it is not renewed in time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from components.errors import QueryRefused
from components.limits import LEASES, LEASES_OF_PERSON
from components.protocol import person_of

LEASE_SECONDS = 15.0


@dataclass(frozen=True)
class Lease:
    """One watcher's."""

    interval: float
    until: float


class Leases:
    """All leases, by host and by who has them."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, Lease]] = {}

    def grant(self, authid: str, host_id: str, interval: float, now: float) -> None:
        """Let `authid` watch the host from now on, or go on watching it; QueryRefused if that would be too many."""
        self.expire(now)
        mine = self._hosts.get(host_id, {})
        if authid not in mine:
            self._check_room(authid, host_id)
        self._hosts.setdefault(host_id, {})[authid] = Lease(interval, now + LEASE_SECONDS)

    def end(self, authid: str, host_id: str) -> None:
        """It does not watch that host any more."""
        leases = self._hosts.get(host_id, {})
        leases.pop(authid, None)
        if not leases:
            self._hosts.pop(host_id, None)

    def left(self, authid: str) -> set[str]:
        """Its session is over; the hosts that it watched."""
        watched = {host_id for host_id, leases in self._hosts.items() if authid in leases}
        for host_id in watched:
            self.end(authid, host_id)
        return watched

    def expire(self, now: float) -> None:
        """What was not renewed in time is over."""
        over = [(authid, host_id) for host_id, leases in self._hosts.items() for authid, lease in leases.items() if lease.until <= now]
        for authid, host_id in over:
            self.end(authid, host_id)

    def watchers(self, host_id: str, now: float) -> list[str]:
        """The authids that watch this host."""
        return [authid for authid, lease in self._hosts.get(host_id, {}).items() if lease.until > now]

    def wanted(self, host_id: str, now: float) -> float | None:
        """The shortest interval that somebody wants of this host, None if nobody watches it."""
        return min((lease.interval for lease in self._hosts.get(host_id, {}).values() if lease.until > now), default=None)

    @property
    def hosts(self) -> set[str]:
        """The hosts that somebody watches, or did until lately."""
        return set(self._hosts)

    def _check_room(self, authid: str, host_id: str) -> None:
        if host_id not in self._hosts and len(self._hosts) >= LEASES.most:
            raise QueryRefused(f"{LEASES.bound} hosts are watched already; they show what they send by themselves")
        count: defaultdict[int | str, int] = defaultdict(int)
        for leases in self._hosts.values():
            for each in leases:
                count[person_of(each)] += 1
        if count[person_of(authid)] >= LEASES_OF_PERSON.most:
            raise QueryRefused(f"you watch {LEASES_OF_PERSON.bound} hosts already; close another page")
