"""Bounds for connections that Crossbar.io and Twisted do not have: for each address, and for what is sent and not taken.

Only peers with an address are counted: unix sockets are this machine's own, and only bounded in what they do not take. A trusted proxy
stands for many people and is left alone; it counts them itself.
"""

from __future__ import annotations

import os
import resource
import socket
import struct
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from components import limits
from components.addresses import Network, is_trusted, neighbourhood, parse_address, trusted_proxies
from components.base import end_process
from components.directories import workers_at
from components.offenders import offenders
from components.reactor import Clock, reactor
from components.throttle import Throttle

SWEEP_SECONDS = 1.0
"""How often unsent bytes are looked at."""
OPEN_FILES = 16_384
"""More than `max_connections` of all ports and what they need beside."""

STANDS_STILL = (
    "{who} stands still: {unsent} bytes wait for it, and at most {bound} may. So the hub ends, and whoever started it starts it again. "
    "If that comes again, see in the log what it did last; give this machine more processor time or memory, or the hosts longer intervals"
)

_DONE = "_vedette_patched"


def allow_open_files(wanted: int = OPEN_FILES) -> None:
    """Let this process have as many files and connections open as the system lets it, up to `wanted`.

    Most shells give 1,024, so without this the connections that one address may have would leave none to others.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def bound_connections(clock: Clock = reactor, trusted: Collection[Network] | None = None, end: Callable[[], object] = end_process) -> None:
    """Keep each address within its limits of connections, and no connection that takes nothing of what it asked for. For every port
    that opens from now on. May be called any number of times. `end` ends this process, and so the hub.

    - Crossbar.io 26.10.1 counts connections for a port as a whole: one stranger uses up `max_connections`, and nobody else comes in.
      It counts at accept, before anything is read or allocated, and so does this.
    - Twisted never gives up a response whose reader has stopped: its time-outs end with the request.
    - What is queued for a WebSocket is bounded for each of them (see upstream_websockets), but not for all together.
    """
    from crossbar.common.twisted.endpoint import MaxConnectionsFactory as Factory

    if hasattr(Factory.buildProtocol, _DONE):
        return
    door = Door(clock, trusted_proxies() if trusted is None else trusted, end)
    build, register, unregister = Factory.buildProtocol, Factory.registerProtocol, Factory.unregisterProtocol

    def build_bounded(self: Any, peer: Any) -> Any:
        return build(self, peer) if door.admits(peer) else None  # Twisted closes the socket then

    def register_counted(self: Any, connection: Any) -> None:
        register(self, connection)
        door.opened(connection)

    def unregister_counted(self: Any, connection: Any) -> None:
        unregister(self, connection)
        door.closed(connection)

    setattr(build_bounded, _DONE, True)
    Factory.buildProtocol, Factory.registerProtocol, Factory.unregisterProtocol = build_bounded, register_counted, unregister_counted
    loop: Any = LoopingCall(door.sweep)
    loop.clock = clock
    loop.start(SWEEP_SECONDS, now=False)


class Door:
    """Who has how many connections, and which of them take nothing."""

    def __init__(self, clock: Clock, trusted: Collection[Network], end: Callable[[], object]) -> None:
        self._clock = clock
        self._trusted = trusted
        self._end = end
        self._log = Logger()
        self._new = Throttle(limits.NEW_CONNECTIONS)
        self._open: dict[Any, str] = {}
        """Each connection with an address, and the neighbourhood that it counts for; "" for a trusted proxy."""
        self._own: set[Any] = set()
        """Connections of the hub's own workers."""
        self._count: Counter[str] = Counter()
        self._waiting: dict[Any, tuple[object, float]] = {}
        """The state of each connection that has something unsent, and since when it is so."""

    def admits(self, peer: Any) -> bool:
        """Whether one more connection of this peer, Twisted's address, is within the limits."""
        where = self._neighbourhood(peer)
        if not where:
            return True
        if self._count[where] >= limits.CONNECTIONS.most:
            offenders.name(limits.CONNECTIONS, where)
            return False
        if not self._new.take(where, self._clock.seconds()):
            offenders.name(limits.NEW_CONNECTIONS, where)
            return False
        return True

    def opened(self, connection: Any) -> None:
        """It was admitted, and is open now."""
        peer = connection.transport.getPeer()
        if getattr(peer, "host", None) is None:
            self._own.add(connection)
            return
        self._open[connection] = where = self._neighbourhood(peer)
        if where:
            self._count[where] += 1

    def closed(self, connection: Any) -> None:
        """It is no more."""
        self._own.discard(connection)
        where = self._open.pop(connection, "")
        self._waiting.pop(connection, None)
        if where:
            self._count[where] -= 1
            if not self._count[where]:
                del self._count[where]

    def sweep(self) -> None:
        """Drop what has not moved for STUCK_SECONDS; and while all together are over ALL_UNSENT_BYTES, the one that waits for most.

        A worker of our own that stands still ends the hub: nobody else bounds what all hosts send it, it cannot end itself, and without it
        the hub is half dead.
        """
        for connection in self._own:
            if (unsent := unsent_bytes(connection.transport)) > limits.WORKER_UNSENT_BYTES.most:
                self._end_for(connection.transport, unsent)
                break
        now = self._clock.seconds()
        unsent_by = {connection: unsent for connection in self._open if (unsent := unsent_bytes(connection.transport))}
        for connection in self._waiting.keys() - unsent_by.keys():
            del self._waiting[connection]
        for connection in list(unsent_by):
            state = _sending(connection.transport)
            before, since = self._waiting.get(connection, (None, now))
            self._waiting[connection] = state, since if state == before else now
            if state == before and now - since >= limits.STUCK_SECONDS.most:
                del unsent_by[connection]
                self._drop(connection, limits.STUCK_SECONDS)
        excess = sum(unsent_by.values()) - limits.ALL_UNSENT_BYTES.most
        for connection, unsent in sorted(unsent_by.items(), key=lambda item: -item[1]):
            if excess <= 0:
                break
            self._drop(connection, limits.ALL_UNSENT_BYTES)
            excess -= unsent

    def _end_for(self, transport: Any, unsent: int) -> None:
        try:
            self._log.critical(STANDS_STILL, who=worker_behind(transport), unsent=unsent, bound=limits.WORKER_UNSENT_BYTES.bound)
        finally:  # also if nobody can say who it was
            self._end()

    def _drop(self, connection: Any, limit: limits.Most) -> None:
        offenders.name(limit, connection.transport.getPeer().host)
        connection.transport.abortConnection()

    def _neighbourhood(self, peer: Any) -> str:
        host = getattr(peer, "host", None)
        if host is None or is_trusted(parse_address(host), self._trusted):
            return ""
        return neighbourhood(host)


def unsent_bytes(transport: Any) -> int:
    """What was written to a connection of Twisted's and has not gone out yet, also through TLS."""
    while hasattr(transport, "wrappedProtocol"):
        transport = transport.transport
    if not hasattr(transport, "dataBuffer"):
        return 0
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


def worker_behind(transport: Any) -> str:
    """Who of this machine is at the other end of a unix socket: the worker, as far as the node's configuration says, and its process."""
    where = Path(os.fsdecode(transport.getHost().name))
    process = struct.unpack("3i", transport.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[0]
    workers = " or ".join(workers_at(where, Path.cwd()))
    return f"The worker {workers} (process {process})" if workers else f"The process {process} at {where.name}"


def _sending(transport: Any) -> object:
    """Something that changes whenever the peer takes a byte."""
    return len(transport.dataBuffer), transport.offset
