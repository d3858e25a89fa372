"""Who reads very much of the hub waits for it, counted by the person, all pages together; nobody else notices."""

from __future__ import annotations

from collections import Counter

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from components.errors import QueryRefused
from components.limits import SNAPSHOT_PAGES, SNAPSHOT_PAGES_WAITING
from components.offenders import offenders
from components.protocol import user_of
from components.reactor import Clock
from components.throttle import Debts


class Readers:
    """The turns of people at the pages of the snapshot. The hub's own services need none."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._debts = Debts(SNAPSHOT_PAGES)
        self._waiting: Counter[int] = Counter()

    async def turn(self, authid: str | None) -> None:
        """Come back when this one may read another page; QueryRefused if too many wait."""
        person = user_of(authid)
        if person is None:
            return
        if self._waiting[person] >= SNAPSHOT_PAGES_WAITING.most:
            raise QueryRefused(f"{SNAPSHOT_PAGES_WAITING.bound} of your pages wait already; try again in a moment")
        seconds = self._debts.spend(person, 1.0, self._clock.seconds())
        if seconds > 0:
            offenders.name(SNAPSHOT_PAGES, f"user {person}")
            self._waiting[person] += 1
            try:
                await self._sleep(seconds)
            finally:
                self._waiting[person] -= 1
        if not self._waiting[person]:
            del self._waiting[person]

    def _sleep(self, seconds: float) -> Deferred[None]:
        return deferLater(self._clock, seconds)  # type: ignore[arg-type]  # a zope interface
