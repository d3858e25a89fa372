"""The fleet component: takes every sample, and gives browsers one batch of changes a tick.

N hosts and M browsers cost N + M messages a tick. It lives in the services container and holds nothing that could be lost: a start reads
the stored hosts and the router's sessions again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import SessionDetails
from twisted.internet.defer import Deferred

from components import orm, protocol
from components.base import HubComponent
from components.collecting import collect_seldom
from components.fleet_state import FleetState
from components.history import History
from components.host_calls import HostCalls
from components.intake import Intake
from components.limits import WORDS
from components.presence import Sessions
from components.reactor import reactor
from components.series import Series
from components.snapshots import Snapshots
from components.throttle import Throttle
from django_app import services

TICK_SECONDS = 0.1
RELOAD_SECONDS = 10.0
"""All stored hosts are read again this often, in case an announcement was lost."""
MIND_SECONDS = 1.0
SWEEP_SECONDS = 60.0
"""What is kept of hosts that are silent is looked through this often."""


class Fleet(HubComponent):
    """Live state of the fleet: `vedette.fleet.get_snapshot` and `vedette.fleet.on_update`."""

    async def start(self, details: SessionDetails) -> None:
        self._state = FleetState()
        self._series = Series()
        self._calls = HostCalls(self._state, reactor, self.send)
        self._intake = Intake(self._state, self._series, self._calls, self._refused)
        self._sessions = Sessions()
        self._others = Sessions()
        self._words = Throttle(WORDS)
        self._changed: set[str] = set()
        self._changed_all = False
        self._reading = True  # until the first reading is done
        await self.listen("wamp.session.on_join", lambda _, session: self._joined(session))
        await self.listen("wamp.session.on_leave", lambda _, session: self._left(session))
        await self.listen(protocol.CONFIG_ON_CHANGE, lambda _, payload: self._note(protocol.changed_hosts(payload)))
        await self.listen(protocol.AGENT_ON_SAMPLE, self._sampled)
        await self._find_sessions()
        await self._read(None)
        self._reading = False
        self._note(set())
        self._publish_changes()
        await self.offer(protocol.FLEET_GET_SNAPSHOT, Snapshots(self._state, reactor).get_snapshot)
        await self.offer(protocol.HISTORY_GET_SERIES, History(self._series, reactor).get_series)
        await self.offer(protocol.HOST_WATCH, self._calls.watch)
        await self.offer(protocol.HOST_QUERY, self._calls.query)
        await self.offer(protocol.AGENT_ANSWER, self._calls.answer)
        collect_seldom()
        self.every(TICK_SECONDS, self._publish_changes)
        self.every(RELOAD_SECONDS, self._reload)
        self.every(MIND_SECONDS, self._calls.mind)
        self.every(SWEEP_SECONDS, lambda: self._series.sweep(time.time()))

    def _sampled(self, authid: str | None, payload: object) -> None:
        host_id = protocol.host_of(authid)
        if host_id is not None:
            self._intake.sampled(host_id, payload, time.time())

    def _refused(self, host_id: str, reason: str) -> None:
        """Of what a host sends wrong, the log has the first within a minute; its card has the newest."""
        if self._words.take(host_id, reactor.seconds()):
            self.log.warn("A sample of host {host} was refused: {reason}", host=host_id, reason=reason)

    def _joined(self, session: Mapping[str, Any]) -> None:
        authid = session.get("authid") or ""
        host_id = protocol.host_of(authid)
        if host_id is None:
            self._others.joined(session["session"], authid)
            return
        if self._sessions.joined(session["session"], host_id):
            self._state.joined(host_id, time.time())
        self._calls.host_joined(host_id)
        self._note({host_id})  # a first session may be that of a host nobody knew

    def _left(self, session_id: int) -> None:
        if (host_id := self._sessions.left(session_id)) is not None:
            self._state.left(host_id, time.time())
            self._calls.host_left(host_id)
        elif authid := self._others.left(session_id):
            self._calls.session_left(authid)

    async def _find_sessions(self) -> None:
        for session_id in await self.call("wamp.session.list"):
            try:
                self._joined(await self.call("wamp.session.get", session_id))
            except ApplicationError as error:
                if error.error != ApplicationError.NO_SUCH_SESSION:  # it left meanwhile
                    raise

    def _note(self, host_ids: set[str]) -> None:
        """What is stored of these hosts changed. Read it at once; what is noted during a reading is read together after it."""
        self._changed |= host_ids
        if not self._reading and (self._changed or self._changed_all):
            self._reading = True
            Deferred.fromCoroutine(self._read_changed())

    async def _read_changed(self) -> None:
        host_ids = None if self._changed_all else self._changed
        self._changed, self._changed_all = set(), False
        try:
            await self._read(host_ids)
            self._publish_changes()  # an outcome does not wait for the tick
        except Exception:  # noqa: BLE001  # the boundary: a database that fails once is asked again, for all
            self.log.failure("The stored hosts could not be read")
            self._reading = False
            return
        self._reading = False
        self._note(set())

    async def _read(self, host_ids: set[str] | None) -> None:
        self._intake.load(await orm.call(services.fleet_rows, host_ids), host_ids)

    def _reload(self) -> None:
        self._changed_all = True
        self._note(set())

    def _publish_changes(self) -> None:
        for update in self._state.changes(time.time()):
            self.publish(protocol.FLEET_ON_UPDATE, update)
