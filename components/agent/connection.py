"""One session with the hub after another, whatever ends them: a hub that is away never ends an agent.

The delay grows, is jittered and bounded. It is forgotten only after a session has lasted, so a hub that accepts and drops
everybody is not hammered.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import txaio
from autobahn.twisted.websocket import WampWebSocketClientFactory
from autobahn.wamp.serializer import CBORSerializer
from twisted.application.internet import ClientService
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.ssl import optionsForClientTLS

from components.agent.session import AgentSession
from components.reactor import Clock
from components.upstream_autobahn import force_tcp_nodelay, make_no_words_in_vain, read_before_dropping
from components.upstream_twisted import notice_dead_networks

FIRST_DELAY_SECONDS = 0.5
MAX_DELAY_SECONDS = 7.0
"""With jitter below nine seconds: an agent that is approved is in within ten."""
JITTER = 0.25
LASTING_SECONDS = 10.0
HANDSHAKE_SECONDS = 15.0
JOIN_SECONDS = 20.0
"""Longer than a hub needs to which hundreds come back at once: who gives up earlier has to begin anew, which takes the hub longer still."""
PING_SECONDS = 4.0
PATIENCE_SECONDS = 16.0
"""How long a ping may stay unanswered. A hub that has less processor than its hosts need answers late; who hangs up on it and joins anew
takes it more than all his samples, until nobody stays in.
"""
UNACKNOWLEDGED_SECONDS = 8.0
"""How long what was sent may stay without the other machine's kernel saying that it is there: patience is for hubs, not for networks."""
CONNECT_SECONDS = 5.0
SAY_AGAIN_SECONDS = 60.0
MAX_INBOUND_BYTES = 1024 * 1024


class Backoff:
    """How long to wait before the next attempt, in seconds. `joined` and `left` tell it how the last one went."""

    def __init__(self, clock: Clock, random_number: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._random = random_number
        self._failures = 0
        self._joined_at: float | None = None

    def joined(self) -> None:
        """The hub let us in."""
        self._joined_at = self._clock.seconds()

    def delay(self) -> float:
        """The delay before the next attempt: doubled with each failure up to MAX_DELAY_SECONDS, ± JITTER."""
        if self._joined_at is not None and self._clock.seconds() - self._joined_at >= LASTING_SECONDS:
            self._failures = 0
        self._joined_at = None
        delay = min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return delay * (1 - JITTER + 2 * JITTER * self._random())


class Connection:
    """Keeps an agent in a session with its hub until `stop`."""

    def __init__(self, reactor: Clock, hub: str, make_session: Callable[[Connection], AgentSession]) -> None:
        self._reactor = reactor
        self._hub = hub
        self._backoff = Backoff(reactor)
        self._session: AgentSession | None = None
        self._said = ""
        self._said_at = 0.0
        self._log = txaio.make_logger()
        self._service = ClientService(
            _endpoint(reactor, hub),
            _factory(hub, lambda: make_session(self)),
            retryPolicy=self._delay,
            clock=reactor,  # type: ignore[arg-type]  # a zope interface
            prepareConnection=self._prepare,
        )

    def start(self) -> None:
        """Connect now, and again whenever the connection is lost."""
        self._log.info("Connecting to {hub}", hub=self._hub)
        self._service.startService()

    def stop(self, reason: str) -> Deferred[None]:
        """Leave the hub cleanly and stay away."""
        said: Deferred[None] = self._session.stop(reason) if self._session is not None else succeed(None)
        return said.addBoth(lambda _: self._service.stopService())

    def joined(self, session: AgentSession) -> None:
        """See session.Watcher."""
        self._session = session
        self._said = ""
        self._backoff.joined()
        self._log.info("Joined {hub} as host {host}", hub=self._hub, host=session.authid)

    def refused(self, reason: str, message: str) -> None:
        """See session.Watcher. The same words are said once a minute, not at every attempt."""
        self._say(f"The hub said {reason}: {message}" if message else f"The hub said {reason}")

    def _delay(self, _: int) -> float:
        self._session = None
        delay = self._backoff.delay()
        self._say(f"No session with {self._hub}; trying again, at most {MAX_DELAY_SECONDS * (1 + JITTER):g} s apart")
        return delay

    def _say(self, text: str) -> None:
        now = self._reactor.seconds()
        if text != self._said or now - self._said_at >= SAY_AGAIN_SECONDS:
            self._said, self._said_at = text, now
            self._log.warn("{text}", text=text)

    def _prepare(self, protocol: Any) -> None:
        notice_dead_networks(protocol.transport, UNACKNOWLEDGED_SECONDS)
        # a hub that is frozen between hand-shake and WELCOME answers no HELLO and, to be sure, is not waited for
        self._reactor.callLater(JOIN_SECONDS, self._give_up, protocol)

    def _give_up(self, protocol: Any) -> None:
        session = getattr(protocol, "_session", None)
        if session is not None and not session.is_attached():
            protocol.abort()


def _endpoint(reactor: Clock, hub: str) -> Any:
    parts = urlsplit(hub)
    host = parts.hostname or ""
    secure = parts.scheme == "wss"
    endpoint = HostnameEndpoint(reactor, host, parts.port or (443 if secure else 80), timeout=CONNECT_SECONDS)
    return wrapClientTLS(optionsForClientTLS(host), endpoint) if secure else endpoint  # type: ignore[arg-type]  # a zope interface


def _factory(hub: str, make_session: Callable[[], AgentSession]) -> WampWebSocketClientFactory:
    force_tcp_nodelay()
    make_no_words_in_vain()
    read_before_dropping()
    factory = WampWebSocketClientFactory(make_session, url=hub, serializers=[CBORSerializer()])
    factory.setProtocolOptions(
        tcpNoDelay=True,
        openHandshakeTimeout=HANDSHAKE_SECONDS,
        closeHandshakeTimeout=1.0,
        autoPingInterval=PING_SECONDS,
        autoPingTimeout=PATIENCE_SECONDS,
        autoPingRestartOnAnyTraffic=False,
        maxFramePayloadSize=MAX_INBOUND_BYTES,
        maxMessagePayloadSize=MAX_INBOUND_BYTES,
    )
    return factory
