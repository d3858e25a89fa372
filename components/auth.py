"""Who may join, as what, and for how long.

The router asks for every session: an agent by its Ed25519 key, a browser by its ticket. Afterwards the database stays the truth: every
five seconds, and at once when Django announces a change, all live sessions are compared with it, and those that no longer fit are cut
at the transport, also those of a client that ignores a farewell.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from autobahn.wamp.types import SessionDetails
from django.conf import settings
from twisted.internet.defer import Deferred

from components import checking, orm, protocol
from components.addresses import client_address
from components.base import HubComponent
from components.errors import InvalidPayload, OriginRefused
from components.reactor import reactor
from components.upstream_crossbar import abort_sessions, live_authids
from django_app import services

SWEEP_SECONDS = 5.0
MAX_TICKET_CHARACTERS = 512


class Auth(HubComponent):
    """Answers the router's two questions, and ends sessions whose right has gone."""

    _keys: dict[str, str]
    """The public key that each host's session was admitted with, by authid."""
    _sweeping = False
    _sweep_again = False

    async def start(self, details: SessionDetails) -> None:
        self._keys = {}
        await self.offer_authenticator(protocol.AUTH_CRYPTOSIGN, self.admit_agent)
        await self.offer_authenticator(protocol.AUTH_TICKET, self.admit_ticket)
        await self.listen(protocol.AUTH_ON_REVOKE, lambda authid, announced: self.sweep())
        # the right was looked up at HELLO, and may have gone before the challenge was answered
        await self.listen("wamp.session.on_join", lambda authid, session: self.sweep())
        self.every(SWEEP_SECONDS, self.sweep)

    async def admit_agent(self, realm: str, authid: str | None, details: Mapping[str, Any]) -> dict[str, str]:
        """The principal of an agent's key; Crossbar then makes the agent prove that it holds the private half."""
        check_origin(_headers(details))
        wanted = parse_agent_hello(details.get("authextra"))
        principal = await orm.call(
            services.admit_agent,
            wanted.public_key,
            address=address_of(details.get("transport")),
            name=wanted.name,
            enrolment=wanted.enrolment,
            now=time.time(),
        )
        self._keys[principal.authid] = wanted.public_key
        return {"realm": protocol.REALM, "role": principal.role, "authid": principal.authid, "pubkey": wanted.public_key}

    async def admit_ticket(self, realm: str, authid: str | None, details: Mapping[str, Any]) -> dict[str, str]:
        """The principal a ticket was issued to; the ticket is used up."""
        check_origin(_headers(details))
        ticket = details.get("ticket")
        if not isinstance(ticket, str) or len(ticket) > MAX_TICKET_CHARACTERS:
            raise InvalidPayload(f"the ticket is not a text of at most {MAX_TICKET_CHARACTERS} characters; get one from POST /ticket/")
        principal = await orm.call(services.admit_ticket, ticket, now=time.time())
        return {"realm": protocol.REALM, "role": principal.role, "authid": principal.authid}

    def sweep(self) -> None:
        """Compare all live sessions with the database; one comparison runs at a time, and a call meanwhile makes it run once more."""
        if self._sweeping:
            self._sweep_again = True
            return
        self._sweeping = True
        Deferred.fromCoroutine(self._sweep())

    async def _sweep(self) -> None:
        try:
            live = {authid for authid in live_authids(self) if protocol.host_of(authid) or protocol.ticket_of(authid)}
            if live:
                unfit = await orm.call(services.unfit, live, keys=self._keys, now=time.time())
                if unfit:
                    ended = abort_sessions(self, unfit)
                    self.log.info("Ended {ended} sessions whose right has gone: {authids}", ended=ended, authids=", ".join(sorted(unfit)))
        except Exception:  # noqa: BLE001  # the boundary: a database that fails once must not end the comparing
            self.log.failure("The live sessions could not be compared with the database")
        self._sweeping = False
        if self._sweep_again:
            self._sweep_again = False
            reactor.callLater(0, self.sweep)


class AgentHello:
    """What an agent says of itself before it is known: all of it untrusted."""

    def __init__(self, public_key: str, name: str, enrolment: services.Enrolment | None) -> None:
        self.public_key = public_key
        self.name = name
        self.enrolment = enrolment


def parse_agent_hello(authextra: object) -> AgentHello:
    """AgentHello from HELLO's `authextra` `{pubkey, name, enrol: {code, proof}}`, or InvalidPayload."""
    if not isinstance(authextra, dict):
        raise InvalidPayload("authextra is missing; an agent sends its public key there")
    public_key = _hex(authextra.get("pubkey"), "pubkey")
    name = authextra.get("name", "")
    if not isinstance(name, str):
        raise InvalidPayload("name must be text")
    enrol = authextra.get("enrol")
    enrolment = None
    if enrol is not None:
        if not isinstance(enrol, dict) or not isinstance(enrol.get("code"), str):
            raise InvalidPayload("enrol must be a map with code and proof")
        enrolment = services.Enrolment(checking.printable(enrol["code"], 64), _hex(enrol.get("proof"), "proof"))
    return AgentHello(public_key, checking.printable(name, 64), enrolment)


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


def address_of(transport: object) -> str | None:
    """The address a session comes from, seen through trusted proxies, from its transport's details."""
    if not isinstance(transport, Mapping):
        return None
    return client_address(str(transport.get("peer", "")), _headers({"transport": transport}), settings.TRUSTED_PROXIES)


def _headers(details: Mapping[str, Any]) -> Mapping[str, str]:
    transport = details.get("transport")
    return (transport.get("http_headers_received") if isinstance(transport, Mapping) else None) or {}


def _hex(value: object, name: str) -> str:
    if isinstance(value, str) and len(value) == 64 and all(character in "0123456789abcdef" for character in value):
        return value
    raise InvalidPayload(f"{name} must be 64 hexadecimal digits in lower case")
