"""Reading the fleet: `vedette.fleet.get_snapshot`, a page after the other, at a rate that leaves the services to the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.task import deferLater

from components.errors import InvalidPayload
from components.fleet_state import FleetState
from components.limits import SNAPSHOT_HOSTS, SNAPSHOT_HOSTS_OF_PERSON
from components.offenders import offenders
from components.protocol import person_of
from components.reactor import Clock
from components.throttle import Debts

WAIT_LEAST_SECONDS = 0.001
LEAST_HOSTS = 10
"""What a page costs that has fewer: finding out that there are no more is work too."""


class Snapshots:
    """Gives pages, and makes a session that reads without end wait for them. It may have few calls under way, so it waits for seconds."""

    def __init__(self, state: FleetState, clock: Clock, now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock
        self._now = now
        self._of_session = Debts(SNAPSHOT_HOSTS)
        self._of_person = Debts(SNAPSHOT_HOSTS_OF_PERSON)

    async def get_snapshot(self, authid: str | None, *, after: object = "", limit: object = 100) -> dict[str, Any]:
        """A page of hosts; pass its `next` as `after` for the one behind it."""
        if not isinstance(after, str):
            raise InvalidPayload("after must be a host id, or empty for the first page")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InvalidPayload("limit must be a whole number of at least 1")
        session = authid or "somebody"
        while (wait := self._spend(session, 0)) > WAIT_LEAST_SECONDS:
            offenders.name(SNAPSHOT_HOSTS, session)
            await deferLater(self._clock, wait)  # type: ignore[arg-type]  # a zope interface
        # only now: the next update must fit what a page says
        page = self._state.page(after, limit, self._now())
        self._spend(session, max(LEAST_HOSTS, len(page["hosts"])))
        return page

    def _spend(self, session: str, hosts: int) -> float:
        """Seconds to wait before more may be read."""
        now = self._clock.seconds()
        return max(self._of_session.spend(session, hosts, now), self._of_person.spend(person_of(session), hosts, now))
