"""Who may join, as what, and for how long.

The router asks for every session: an agent by its Ed25519 key, a browser by its ticket. Afterwards the database stays the truth: every
five seconds, and at once when Django announces a change, all live sessions are compared with it, and those that no longer fit are cut
at the transport, also those of a client that ignores a farewell. Of two agents with one key the newer stays (components/claims.py). Who
is refused again and again is not looked at any more (components/limits.py).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from autobahn.wamp.types import SessionDetails
from django.conf import settings
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from components import checking, orm, protocol
from components.addresses import address_of, headers_of, neighbourhood
from components.base import HubComponent
from components.claims import Claims
from components.errors import DuplicateKey, InvalidPayload, OriginRefused, TooManyJoins, VedetteError
from components.joining import joining
from components.limits import HOST_JOINS, JOINS_AT_ONCE, JOINS_WAITING_PER_ADDRESS, REFUSED_JOINS, WORDS
from components.offenders import offenders
from components.reactor import reactor
from components.throttle import Throttle
from components.turns import QueueFull, Turns
from components.upstream_crossbar import abort_session, abort_sessions, live_authids
from django_app import services

SWEEP_SECONDS = 5.0
EXPIRE_SECONDS = 30.0
MAX_TICKET_CHARACTERS = 512
MAX_RUN_CHARACTERS = 64


class Auth(HubComponent):
    """Answers the router's two questions, ends sessions whose right has gone, and lets operators approve who waits."""

    async def start(self, details: SessionDetails) -> None:
        self._keys: dict[str, str] = {}  # the public key that each host's session was admitted with, by authid
        self._claims = Claims()
        self._duplicates: set[str] = set()
        self._turns = Turns(JOINS_AT_ONCE.most, JOINS_AT_ONCE.most, JOINS_WAITING_PER_ADDRESS.most, newest_first=True)
        self._uncompared: set[str] = set()
        self._comparing = False
        self._refusals = Throttle(REFUSED_JOINS)
        self._joins = Throttle(HOST_JOINS)
        self._words = Throttle(WORDS)
        await self.offer_authenticator(protocol.AUTH_CRYPTOSIGN, self.admit_agent)
        await self.offer_authenticator(protocol.AUTH_TICKET, self.admit_ticket)
        await self.offer(protocol.AUTH_APPROVE, self.approve)
        await self.offer(protocol.AUTH_DENY, self.deny)
        await self.listen(protocol.AUTH_ON_REVOKE, lambda authid, announced: self.sweep())
        await self.listen("wamp.session.on_join", lambda authid, session: self._joined(session))
        await self.listen("wamp.session.on_leave", lambda authid, session_id: self._claims.left(session_id))
        self.every(SWEEP_SECONDS, self.sweep)
        self.every(SWEEP_SECONDS, self._record_duplicates)
        self.every(EXPIRE_SECONDS, self._expire)

    async def admit_agent(self, realm: str, authid: str | None, details: Mapping[str, Any]) -> dict[str, Any]:
        """The principal of an agent's key; Crossbar then makes the agent prove that it holds the private half."""
        return await self._judged(details, self._admit_agent)

    async def admit_ticket(self, realm: str, authid: str | None, details: Mapping[str, Any]) -> dict[str, Any]:
        """The principal a ticket was issued to; the ticket is used up."""
        return await self._judged(details, self._admit_ticket)

    async def approve(self, authid: str | None, *, hosts: object) -> dict[str, list[str]]:
        """An operator lets waiting keys and revoked hosts in; the ids of those that were not in before."""
        approve = services.for_session(authid, services.approve_hosts)
        approved = await orm.call(approve, checking.texts_of(hosts, "hosts"), now=time.time())
        return {"hosts": approved}

    async def deny(self, authid: str | None, *, hosts: object) -> dict[str, list[str]]:
        """An operator denies waiting keys; the ids of those that waited."""
        deny = services.for_session(authid, services.deny_requests)
        denied = await orm.call(deny, checking.texts_of(hosts, "hosts"), now=time.time())
        return {"hosts": denied}

    async def _judged(
        self, details: Mapping[str, Any], admit: Callable[[Mapping[str, Any], str | None], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        address = address_of(details.get("transport"), settings.TRUSTED_PROXIES)
        around = neighbourhood(address)
        await self._turn(details["session"], around, address)
        try:
            check_origin(headers_of(details.get("transport")))
            principal = await admit(details, address)
        except VedetteError as error:
            if not self._refusals.take(around, reactor.seconds()):
                offenders.name(REFUSED_JOINS, address or "somebody")
            elif self._words.take((around, error.uri), reactor.seconds()):
                self.log.info("{address} was refused: {error}", address=address, error=str(error))
            raise
        else:
            joining.admitted(details["session"])
            return principal
        finally:
            joining.refused(details["session"])  # of who was admitted this says nothing any more
            self._turns.give_back(around)

    async def _turn(self, session_id: int, around: str, address: str | None) -> None:
        try:
            turn = self._turns.take(around)
        except QueueFull:  # one connection may say HELLO as often as it likes
            offenders.name(JOINS_WAITING_PER_ADDRESS, address or "somebody")
            raise TooManyJoins(f"too many joins from {address} wait for their turn; try again in a few seconds") from None
        joining.wait(session_id, turn)
        try:
            await turn
        except CancelledError:
            raise TooManyJoins("the connection was lost before its turn") from None

    async def _admit_agent(self, details: Mapping[str, Any], address: str | None) -> dict[str, Any]:
        wanted = parse_agent_hello(details.get("authextra"))
        around = neighbourhood(address)
        patient = self._refusals.has(around, reactor.seconds())
        principal = await orm.call(services.admit_agent, wanted, address=address, patient=patient, now=time.time())
        # the key is not proven yet: who merely knows its public half, and is elsewhere, must not use up the host's own joins
        if not self._joins.take((principal.authid, around), reactor.seconds()):
            offenders.name(HOST_JOINS, f"{principal.authid} ({address})")
            raise TooManyJoins("this host joins too often; try again in a few seconds")
        if self._claims.is_displaced(principal.authid, wanted.run, reactor.seconds()):
            self._record_duplicates()
            raise DuplicateKey("another agent with the same key joined after this one; give each machine its own key, or stop one of them")
        self._keys[principal.authid] = wanted.public_key
        return {
            "realm": protocol.REALM,
            "role": principal.role,
            "authid": principal.authid,
            "pubkey": wanted.public_key,
            "extra": {"run": wanted.run},
        }

    async def _admit_ticket(self, details: Mapping[str, Any], address: str | None) -> dict[str, Any]:
        ticket = details.get("ticket")
        if not isinstance(ticket, str) or len(ticket) > MAX_TICKET_CHARACTERS:
            raise InvalidPayload(f"the ticket is not a text of at most {MAX_TICKET_CHARACTERS} characters; get one from POST /ticket/")
        principal = await orm.call(services.admit_ticket, ticket, address=address, now=time.time())
        return {"realm": protocol.REALM, "role": principal.role, "authid": principal.authid}

    def _joined(self, session: Mapping[str, Any]) -> None:
        joining.joined(session["session"])
        authid = session.get("authid")
        if authid and protocol.host_of(authid):
            # the key is proven only now: who merely knows the public half displaces nobody
            run = (session.get("authextra") or {}).get("run", "")
            older = self._claims.joined(authid, session["session"], run)
            if older is not None:
                abort_session(self, older)
        if authid and _stands_in_the_database(authid):
            # the right was looked up at HELLO, and may have gone before the challenge was answered
            self._compare({authid})

    def sweep(self) -> None:
        """Compare all live sessions with the database."""
        self._compare({authid for authid in live_authids(self) if _stands_in_the_database(authid)})

    def _compare(self, authids: set[str]) -> None:
        """One comparison runs at a time; what is asked for meanwhile is compared together after it."""
        self._uncompared |= authids
        if not self._comparing:
            self._comparing = True
            Deferred.fromCoroutine(self._compare_all())

    async def _compare_all(self) -> None:
        while self._uncompared:
            authids, self._uncompared = self._uncompared, set()
            try:
                unfit = await orm.call(services.unfit, authids, keys=self._keys, now=time.time())
                if ended := abort_sessions(self, unfit):
                    self.log.info("Ended {ended} sessions whose right has gone: {authids}", ended=ended, authids=", ".join(sorted(unfit)))
            except Exception:  # noqa: BLE001  # the boundary: a database that fails once must not end the comparing
                self.log.failure("The live sessions could not be compared with the database")
        self._comparing = False

    def _record_duplicates(self) -> None:
        duplicates = self._claims.duplicates(reactor.seconds())
        if duplicates == self._duplicates:
            return
        for authid in sorted(duplicates - self._duplicates):
            self.log.warn("Two agents use the key of {authid}: a key was copied. The one that joined later stays", authid=authid)
        self._duplicates = duplicates
        stored = orm.call(services.record_duplicates, {authid.partition(":")[2] for authid in duplicates})
        stored.addErrback(self._not_recorded)

    def _not_recorded(self, failure: Failure) -> None:
        self._duplicates = set()  # as long as there are any, the next comparison tries again
        self.log.failure("Duplicate keys could not be stored", failure=failure)

    def _expire(self) -> None:
        now = time.time()
        requests = orm.call(services.expire_requests, now=now)
        requests.addErrback(lambda failure: self.log.failure("Waiting keys could not be forgotten", failure=failure))
        tickets = orm.call(services.expire_tickets, live_authids(self), now=now)
        tickets.addErrback(lambda failure: self.log.failure("Expired logins and tickets could not be forgotten", failure=failure))


def parse_agent_hello(authextra: object) -> services.AgentHello:
    """What HELLO's `authextra` says, `{pubkey, name, run, enrol: {code, proof}}`, or InvalidPayload."""
    if not isinstance(authextra, dict):
        raise InvalidPayload("authextra is missing; an agent sends its public key there")
    public_key = _hex(authextra.get("pubkey"), "pubkey")
    name, run = authextra.get("name", ""), authextra.get("run", "")
    if not isinstance(name, str) or not isinstance(run, str):
        raise InvalidPayload("name and run must be text")
    enrol = authextra.get("enrol")
    enrolment = None
    if enrol is not None:
        if not isinstance(enrol, dict) or not isinstance(enrol.get("code"), str):
            raise InvalidPayload("enrol must be a map with code and proof")
        enrolment = services.Enrolment(checking.printable(enrol["code"], 64), _hex(enrol.get("proof"), "proof"))
    name = checking.printable(name, protocol.MAX_HOST_NAME_CHARACTERS)
    return services.AgentHello(public_key, name, checking.printable(run, MAX_RUN_CHARACTERS), enrolment)


def _stands_in_the_database(authid: str) -> bool:
    return bool(protocol.host_of(authid) or protocol.ticket_of(authid))


def check_origin(headers: Mapping[str, str]) -> None:
    """OriginRefused if a page of another site asks. A client without Origin is no browser; it needs its key or ticket all the same."""
    origin = headers.get("origin")
    if origin is not None and _without_default_port(origin) not in {_without_default_port(url) for url in settings.PUBLIC_URLS}:
        raise OriginRefused(
            f"a page of {checking.printable(origin, 200)!r} asked; this hub is {', '.join(settings.PUBLIC_URLS)}. "
            "If that page is this hub, add its address to VEDETTE_PUBLIC_URL"
        )


def _without_default_port(origin: str) -> str:
    """As browsers write an Origin: lower case, and no port where it is the scheme's own."""
    origin = origin.rstrip("/").lower()
    for scheme, port in (("http://", ":80"), ("https://", ":443")):
        if origin.startswith(scheme):
            return origin.removesuffix(port)
    return origin


def _hex(value: object, name: str) -> str:
    if isinstance(value, str) and len(value) == 64 and all(character in "0123456789abcdef" for character in value):
        return value
    raise InvalidPayload(f"{name} must be 64 hexadecimal digits in lower case")
