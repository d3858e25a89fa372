"""Bounds for WebSockets that Crossbar.io and autobahn do not have, each with a test that fails once they do.

All of them are about the public port; what the hub's own processes say over unix sockets is not held back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.task import LoopingCall

from components import limits
from components.addresses import client_address, trusted_proxies
from components.joining import joining
from components.offenders import offenders
from components.reactor import Clock, reactor
from components.throttle import Debt
from components.upstream_connections import unsent_bytes
from components.upstream_twisted import read_after_others

SESSION_SECONDS = float(limits.SESSION_SECONDS.most)
PATIENT_LOOKS = 3
"""How often it is looked whether there is a session, of who waits for the hub. Agents give up sooner."""
TURN_SECONDS = 0.01
"""Processor time that one connection gets before others have their turn."""
ANSWER_SECONDS = 0.02
"""How soon to look again whether a call was answered."""

_DONE = "_vedette_patched"


def require_sessions(seconds: float = SESSION_SECONDS) -> None:
    """Abort every WebSocket that has no session after `seconds`, or at any multiple of that; who waits for the hub, at the third of them.
    May be called any number of times.

    Crossbar.io 26.10.1 waits for ever: for a HELLO, for an answer to its CHALLENGE, and after a GOODBYE. Its pings are answered by
    whoever likes to, so a stranger with a few thousand idle connections would use up `max_connections`.
    """
    from crossbar.router.protocol import WampWebSocketServerProtocol as Protocol

    on_open: Any = Protocol.onOpen
    on_close: Any = Protocol.onClose
    if hasattr(on_open, _DONE):
        return

    def open_watched(self: Any) -> None:
        on_open(self)
        watch = LoopingCall(_abort_without_session, self)
        watch.start(seconds, now=False)

        def stop(closed: Any) -> Any:
            watch.stop()
            return closed

        self.is_closed.addBoth(stop)

    def close_and_leave(self: Any, *arguments: Any) -> None:
        session_id = _id_to_be(self)
        on_close(self, *arguments)
        joining.gone(session_id)

    setattr(open_watched, _DONE, True)
    Protocol.onOpen, Protocol.onClose = open_watched, close_and_leave


def _abort_without_session(protocol: Any) -> None:
    protocol._vedette_looks = looks = getattr(protocol, "_vedette_looks", 0) + 1
    if not _has_session(protocol) and (looks >= PATIENT_LOOKS or not joining.is_owed(_id_to_be(protocol))):
        offenders.name(limits.SESSION_SECONDS, _who(protocol))
        protocol.dropConnection(abort=True)


def bound_messages(clock: Clock = reactor, thread_time: Callable[[], float] = time.thread_time) -> None:
    """Let no WebSocket take the router from the others by what it sends, or its memory by what it does not read. For every WebSocket
    from now on. May be called any number of times.

    - Autobahn 26.10.2 has one limit of size for both directions and for strangers too; a megabyte of empty lists takes a second.
      What comes in is bounded at the header of each frame, before any of it is kept; and by the values in it before it goes anywhere,
      because 100,000 empty lists take half a second even so.
    - It processes all that has arrived, however long that takes. Here each connection has a turn of TURN_SECONDS, and who has spent more
      than ROUTER_SECONDS is not read from until that is paid back: TCP holds the sender back, and nobody else notices. Somebody far in
      debt does not answer a ping in time, either, and is dropped for that. The same waiting keeps calls at CALLS_AT_ONCE.
    - It queues without end for who does not read.
    - It raises when it is to send on a connection that is just closing, and Crossbar.io's broker then gives up the event for all
      receivers that come after that one.
    """
    from crossbar.router.protocol import WampWebSocketServerProtocol as Protocol

    if hasattr(Protocol.consumeData, _DONE):
        return
    _bound_sizes(Protocol)
    _bound_values(Protocol)
    _bound_time(Protocol, clock, thread_time)
    _bound_unsent(Protocol)
    _name_the_silent(Protocol)


def _bound_sizes(protocol_class: Any) -> None:
    begin = protocol_class.onMessageFrameBegin

    def begin_bounded(self: Any, length: int) -> None:
        limit = limits.INBOUND_BYTES if _has_session(self) else limits.HELLO_BYTES
        if self.message_data_total_length + length > limit.most:
            offenders.name(limit, _who(self))
            self.dropConnection(abort=True)  # a farewell would first let all of it come
        else:
            begin(self, length)

    protocol_class.onMessageFrameBegin = begin_bounded


def _bound_values(protocol_class: Any) -> None:
    on_open, most = protocol_class.onOpen, limits.MESSAGE_VALUES.most

    def open_bounded(self: Any) -> None:
        unserialize = self._serializer.unserialize  # this connection's own

        def unserialize_few(payload: bytes, *arguments: Any) -> Any:
            messages = unserialize(payload, *arguments)
            if len(payload) <= most or not any(_has_more_values(message, most) for message in messages):
                return messages
            offenders.name(limits.MESSAGE_VALUES, _who(self))
            self.dropConnection(abort=True)
            return []

        self._serializer.unserialize = unserialize_few
        on_open(self)

    protocol_class.onOpen = open_bounded


def _has_more_values(message: Any, most: float) -> bool:
    left, count = [getattr(message, "args", None) or [], getattr(message, "kwargs", None) or {}], 0
    while left and count <= most:
        container = left.pop()
        count += len(container)
        inner = container.values() if isinstance(container, dict) else container
        left.extend(value for value in inner if isinstance(value, list | dict))
    return count > most


def _bound_time(protocol_class: Any, clock: Clock, thread_time: Callable[[], float]) -> None:
    consume = protocol_class.consumeData

    def consume_bounded(self: Any) -> None:
        if self.state not in (self.STATE_OPEN, self.STATE_CLOSING):
            consume(self)
            return
        if not hasattr(self, "_vedette_share"):
            self._vedette_share = _Share(self, clock, thread_time)
        self._vedette_share.take()

    setattr(consume_bounded, _DONE, True)
    protocol_class.consumeData = consume_bounded


class _Share:
    """One connection's share of the router: when it has its turns, and what it owes."""

    def __init__(self, protocol: Any, clock: Clock, thread_time: Callable[[], float]) -> None:
        self._protocol = protocol
        self._clock = clock
        self._thread_time = thread_time
        self._debt = Debt(limits.ROUTER_SECONDS, clock.seconds())
        self._waits = False
        self._is_known = False

    def take(self) -> None:
        """Process what has arrived, now or as soon as it may; until then it stays in `protocol.data`."""
        if not self._is_known and _has_session(self._protocol):
            self._is_known = True
            if self._protocol._session._authrole == "agent":
                read_after_others(reactor, self._protocol.transport)
        if self._waits:
            return
        more, spent = self._turn()
        seconds = self._debt.spend(spent, self._clock.seconds())
        if seconds:
            offenders.name(limits.ROUTER_SECONDS, _who(self._protocol))
        if seconds or more:
            self._wait(seconds)
        elif _calls_too_much(self._protocol):
            self._wait(ANSWER_SECONDS)

    def _turn(self) -> tuple[bool, float]:
        """Whether there is more to do for it, and the seconds spent."""
        protocol, started, spent = self._protocol, self._thread_time(), 0.0
        more = True
        while more and spent < TURN_SECONDS:
            more = protocol.state != protocol.STATE_CLOSED and not _calls_too_much(protocol) and protocol.processData()
            spent = self._thread_time() - started
        return more, spent

    def _wait(self, seconds: float) -> None:
        if self._protocol.state != self._protocol.STATE_CLOSED:
            self._waits = True
            self._protocol.transport.pauseProducing()
            self._clock.callLater(seconds, self._go_on)

    def _go_on(self) -> None:
        self._waits = False
        if self._protocol.state != self._protocol.STATE_CLOSED:
            self._protocol.transport.resumeProducing()
            self.take()


def _calls_too_much(protocol: Any) -> bool:
    session = protocol._session
    router = getattr(session, "_router", None)
    return router is not None and len(router._dealer._caller_to_invocations.get(session, ())) >= limits.CALLS_AT_ONCE.most


def _bound_unsent(protocol_class: Any) -> None:
    send_message, send_data = protocol_class.sendMessage, protocol_class.sendData

    def send_message_if_open(self: Any, *arguments: Any, **options: Any) -> None:
        if self.state == self.STATE_OPEN:
            send_message(self, *arguments, **options)

    def send_data_bounded(self: Any, data: bytes, *arguments: Any, **options: Any) -> None:
        if unsent_bytes(self.transport) + len(data) <= limits.UNSENT_BYTES.most:
            send_data(self, data, *arguments, **options)
        else:
            # the transport alone: this may be in the middle of an event that is for others, too
            offenders.name(limits.UNSENT_BYTES, _who(self))
            self.transport.abortConnection()

    protocol_class.sendMessage = send_message_if_open
    protocol_class.sendData = send_data_bounded


def _name_the_silent(protocol_class: Any) -> None:
    drop = protocol_class.dropConnection

    def drop_by_name(self: Any, abort: bool = False) -> None:
        # not at the time-out: the answer may lie unread, or the end
        if self.state != self.STATE_CLOSED and (self.wasNotCleanReason or "").startswith("WebSocket ping timeout"):
            offenders.name(limits.PING_SECONDS, _who(self))
        drop(self, abort=abort)

    protocol_class.dropConnection = drop_by_name


def _has_session(protocol: Any) -> bool:
    return protocol._session is not None and bool(protocol._session._session_id)


def _id_to_be(protocol: Any) -> int:
    """The id that its session will have, from HELLO to WELCOME."""
    return getattr(protocol._session, "_pending_session_id", None) or 0


def _who(protocol: Any) -> str:
    """The authid and the address, seen through trusted proxies; the address alone before there is a session."""
    details = protocol._transport_details
    headers = getattr(details, "http_headers_received", None) or {}
    address = client_address(str(protocol.peer), headers, trusted_proxies()) or str(protocol.peer)
    return f"{protocol._session._authid} ({address})" if _has_session(protocol) else address
