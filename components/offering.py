"""Bringing hosts their newest settings: one way for all who changed them. What is read, when, and in what order it goes out; no sockets.

A change is only news that something may wait. The database says what does, and is read once for all hosts that are in the news; one
reading runs at a time, so that nothing older can follow something newer. A host that is away gets its settings when it joins and asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

from twisted.internet.defer import Deferred

from components.presence import Sessions
from components.reactor import Clock
from components.reconcile import Reconciler

SENT_AT_ONCE = 20
"""Pushes in a row, before others have their turn."""

SPREAD_SECONDS = 1.0
"""Within which hosts that change together, more than SENT_AT_ONCE of them, sample again."""

Pending = Mapping[str, Mapping[str, Any]]
"""Host id → the settings that it has not reported an outcome for."""


class Offering:
    """Offers connected hosts what the database says they do not have: at once when there is news, and again until they report."""

    def __init__(
        self,
        clock: Clock,
        sessions: Sessions,
        read: Callable[[Collection[str]], Awaitable[Pending]],
        push: Callable[[Mapping[str, Any], float], None],
        failed: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._read = read
        self._push = push
        self._failed = failed
        self._reconciler = Reconciler()
        self._news: set[str] = set()
        self._reading = False
        self._waiting: dict[str, tuple[Mapping[str, Any], float]] = {}

    def joined(self, host_id: str) -> None:
        """It has a new session, which asks for its settings itself."""
        self._reconciler.joined(host_id, self._clock.seconds())

    def left(self, host_id: str) -> None:
        """It has no session any more."""
        self._reconciler.forget(host_id)
        self._waiting.pop(host_id, None)

    def answered(self, host_id: str, revision: int) -> None:
        """It asked for its settings, and this is what it got."""
        self._reconciler.given(host_id, revision, self._clock.seconds())

    def look(self, host_ids: Iterable[str]) -> None:
        """Something may wait for these; what is in the news during a reading is read together after it."""
        self._news |= self._sessions.hosts.intersection(host_ids)
        if self._news and not self._reading:
            self._reading = True
            Deferred.fromCoroutine(self._offer())

    def look_at_all(self) -> None:
        """Something may wait for anybody."""
        self.look(self._sessions.hosts)

    async def _offer(self) -> None:
        while self._news:
            asked, self._news = self._news, set()
            try:
                pending = await self._read(asked)
            except Exception:  # noqa: BLE001  # the boundary: a database that fails once must not end the offering
                self._failed()
                continue
            revisions = {host_id: payload["revision"] for host_id, payload in pending.items()}
            due = self._reconciler.due(asked, revisions, self._sessions.hosts, self._clock.seconds())
            self._send({host_id: pending[host_id] for host_id in due})
        self._reading = False

    def _send(self, payloads: Pending) -> None:
        if payloads and not self._waiting:
            self._clock.callLater(0, self._send_some)
        spread = SPREAD_SECONDS if len(payloads) > SENT_AT_ONCE else 0.0
        self._waiting.update({host_id: (payload, spread) for host_id, payload in payloads.items()})

    def _send_some(self) -> None:
        pushes = [self._waiting.pop(host_id) for host_id in list(self._waiting)[:SENT_AT_ONCE]]
        if self._waiting:
            self._clock.callLater(0, self._send_some)
        for payload, spread in pushes:
            self._push(payload, spread)
