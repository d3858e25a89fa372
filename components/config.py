"""What hosts should report: hands out settings, stores outcomes, and offers again what was lost.

Router-side. Nothing here depends on a message having arrived: the database knows which revision each host should have. When settings
change, and once a second anyway, the connected hosts whose newest revision has no outcome are found and, when due, offered it
(components/offering.py, components/reconcile.py).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autobahn.wamp.types import SessionDetails
from django.conf import settings
from twisted.internet.defer import Deferred

from components import checking, orm, payloads, protocol
from components.addresses import address_of
from components.base import HubComponent
from components.errors import InvalidPayload, NotAllowed, UnknownHost
from components.offering import Offering
from components.presence import Sessions
from components.reactor import reactor
from django_app import services

RECONCILE_SECONDS = 1.0
PRESENCE_SECONDS = 10.0
"""What is stored of who is connected is compared this often, in case storing it failed."""


class Config(HubComponent):
    """The config component: `vedette.agent.get_config` and its kin, `vedette.config.set`, presence in the database."""

    async def start(self, details: SessionDetails) -> None:
        self._sessions = Sessions()
        self._offering = Offering(reactor, self._sessions, _pending, self._push, self._not_read)
        self._configs = orm.Batch(services.get_configs)
        self._reports = orm.Batch(services.report_configs)
        self._facts = orm.Batch(services.record_facts)
        self._presence = orm.Batch(services.record_presence)
        self._changed: set[str] = set()
        await self.listen("wamp.session.on_join", lambda _, session: self._joined(session))
        await self.listen("wamp.session.on_leave", lambda _, session: self._left(session))
        await self.offer(protocol.AGENT_GET_CONFIG, self.get_config)
        await self.offer(protocol.AGENT_REPORT_CONFIG, self.report_config)
        await self.offer(protocol.AGENT_REPORT_FACTS, self.report_facts)
        await self.offer(protocol.AGENT_REPORT_STOP, self.report_stop)
        await self.offer(protocol.CONFIG_SET, self.set)
        await self.offer(protocol.CONFIG_PING, self.ping)
        await self.listen(protocol.CONFIG_ON_CHANGE, lambda _, payload: self._offering.look(protocol.changed_hosts(payload)))
        services.announce_by(lambda events: reactor.callFromThread(self._send_all, events))
        self.every(RECONCILE_SECONDS, self._offering.look_at_all)
        self.every(PRESENCE_SECONDS, self._check_presence)

    async def get_config(self, authid: str | None) -> dict[str, Any]:
        """The caller's own settings."""
        host_id = _host(authid)
        configs = await self._configs.add(host_id)
        if host_id not in configs:
            raise UnknownHost(f"no approved host has the id {host_id!r}")
        self._offering.answered(host_id, configs[host_id]["revision"])
        return configs[host_id]

    async def report_config(self, authid: str | None, payload: object) -> None:
        """Store the outcome of one revision; the clock stops when it arrives, not when it is stored."""
        received_at = time.time()
        host_id = _host(authid)
        report = payloads.parse_config_report(payload)
        changed = await self._reports.add((host_id, report, received_at))
        if host_id in changed:
            self._announce(host_id)

    async def report_facts(self, authid: str | None, payload: object) -> None:
        """Store what the host says of itself."""
        host_id = _host(authid)
        changed = await self._facts.add((host_id, payloads.parse_facts(payload)))
        if host_id in changed:
            self._announce(host_id)

    async def report_stop(self, authid: str | None, payload: object) -> None:
        """Store that the agent stops cleanly, and why."""
        reason = payload.get("reason") if isinstance(payload, dict) else None
        if not isinstance(reason, str):
            raise InvalidPayload("reason must be text")
        host_id = _host(authid)
        # what its join stores says that it has not stopped, and may still be on its way
        await self._presence.add((host_id, services.Presence(connected=True, at=time.time())))
        await orm.call(services.record_stop, host_id, reason, now=time.time())
        self._announce(host_id)

    async def set(self, authid: str | None, *, hosts: object, changes: object = None, tags: object = None) -> dict[str, Any]:
        """An operator changes settings or tags of some hosts: the code path of the admin's Save, which also pushes and announces them."""
        change = services.for_session(authid, services.change_hosts)
        ids = checking.texts_of(hosts, "hosts")
        changed = {} if changes is None else checking.as_map(changes, "changes")
        retagged = {} if tags is None else checking.as_map(tags, "tags")
        return {"revisions": await orm.call(change, ids, changed, retagged, now=time.time())}

    async def ping(self, authid: str | None) -> dict[str, float]:
        """Alive, with the database."""
        await orm.call(services.ping)
        return {"at": time.time()}

    def _joined(self, session: Mapping[str, Any]) -> None:
        host_id = protocol.host_of(session.get("authid"))
        if host_id is None:
            return
        self._sessions.joined(session["session"], host_id)
        self._offering.joined(host_id)
        address = address_of(session.get("transport"), settings.TRUSTED_PROXIES)
        self.log.info("Host {host} joined from {address}", host=host_id, address=address)
        self._record(host_id, services.Presence(connected=True, at=time.time(), address=address))

    def _left(self, session_id: int) -> None:
        host_id = self._sessions.left(session_id)
        if host_id is not None:
            self.log.info("Host {host} left", host=host_id)
            self._offering.left(host_id)
            self._record(host_id, services.Presence(connected=False, at=time.time(), address=None))

    def _record(self, host_id: str, presence: services.Presence) -> None:
        stored = self._presence.add((host_id, presence))
        stored.addCallback(lambda _: self._announce(host_id))
        stored.addErrback(lambda failure: self.log.failure("Presence of host {host} was not stored", failure=failure, host=host_id))

    def _check_presence(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._mend_presence())

    async def _mend_presence(self) -> None:
        try:
            stored = await orm.call(services.connected_hosts)
        except Exception:  # noqa: BLE001  # the boundary: a database that fails once is asked again
            self.log.failure("Presence could not be compared with what is stored")
            return
        live = self._sessions.hosts
        for host_id in stored ^ live:
            self._record(host_id, services.Presence(connected=host_id in live, at=time.time(), address=None))

    def _push(self, offered: Mapping[str, Any], spread: float) -> None:
        self.send(protocol.config_event(offered, spread=spread))

    def _not_read(self) -> None:
        self.log.failure("Pending settings could not be read")

    def _send_all(self, events: Sequence[protocol.Event]) -> None:
        """What Django announces within this process: the way over the bridge would lead back here, and take ten times as long."""
        for event in events:
            self.send(event)
            if event.topic == protocol.CONFIG_ON_CHANGE:  # the router does not bring it to who sent it
                self._offering.look(protocol.changed_hosts(event.payload))

    def _announce(self, host_id: str) -> None:
        """What is stored of this host changed; what changed together is told together."""
        if not self._changed:
            reactor.callLater(0, self._tell_changes)
        self._changed.add(host_id)

    def _tell_changes(self) -> None:
        hosts, self._changed = sorted(self._changed), set()
        for event in protocol.change_events(hosts):
            self.send(event)


def _pending(host_ids: Collection[str]) -> Deferred[dict[str, dict[str, Any]]]:
    return orm.call(services.pending_configs, host_ids)


def _host(authid: str | None) -> str:
    host_id = protocol.host_of(authid)
    if host_id is None:
        raise NotAllowed("only a host's agent may ask this")
    return host_id
