"""Reading the fleet: `vedette.fleet.get_snapshot`, a page after the other, at a rate that leaves the services to the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.task import deferLater

from components.errors import InvalidPayload
from components.fleet_state import FleetState
from components.limits import SNAPSHOT_HOSTS
from components.offenders import offenders
from components.reactor import Clock
from components.throttle import Debts

WAIT_LEAST_SECONDS = 0.001


class Snapshots:
    """Gives pages, and makes a session that reads without end wait for them. It may have few calls under way, so it waits for seconds."""

    def __init__(self, state: FleetState, clock: Clock, now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock
        self._now = now
        self._debts = Debts(SNAPSHOT_HOSTS)

    async def get_snapshot(self, authid: str | None, *, after: object = "", limit: object = 100) -> dict[str, Any]:
        """A page of hosts; pass its `next` as `after` for the one behind it."""
        if not isinstance(after, str):
            raise InvalidPayload("after must be a host id, or empty for the first page")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InvalidPayload("limit must be a whole number of at least 1")
        session = authid or "somebody"
        while (wait := self._debts.spend(session, 0, self._clock.seconds())) > WAIT_LEAST_SECONDS:
            offenders.name(SNAPSHOT_HOSTS, session)
            await deferLater(self._clock, wait)  # type: ignore[arg-type]  # a zope interface
        # only now: the next update must fit what a page says
        page = self._state.page(after, limit, self._now())
        self._debts.spend(session, len(page["hosts"]), self._clock.seconds())
        return page
