"""Work-arounds for defects in Twisted, each with a test that fails once Twisted no longer needs it.

For hub and agent alike: nothing here imports more than Twisted.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any

ROUND_EVENTS = 32
"""Connections of a kind that are read from before timers, writing and our own have their turn again: some 20 ms of a busy router."""

_DONE = "_vedette_patched"


def keep_monotonic_time(reactor: Any) -> None:
    """Let nobody who sets this machine's clock stop or trip the timers of `reactor`. May be called any number of times, on the reactor's
    thread, before it runs or while it does.

    Twisted 26.10.0 measures delays by the wall clock: set back by two hours, every loop, ping and time-out of a process waits for two
    hours; set forward, all of them are due at once. From now on its seconds go on from where they are, by the monotonic clock: so
    what waits already keeps its time, and who shows them as a date is still right until the clock is set.
    """
    if hasattr(reactor.seconds, _DONE):
        return
    offset: float = reactor.seconds() - time.monotonic()

    def seconds() -> float:
        return offset + time.monotonic()

    setattr(seconds, _DONE, True)
    reactor.seconds = seconds
    for call in reactor.getDelayedCalls():
        call.seconds = seconds  # by which it is reset


def serve_in_short_rounds(reactor: Any) -> None:
    """Let `reactor` read from ROUND_EVENTS connections of the public, and as many agents, at a time, and before them, each time, serve what
    this machine's own processes say over unix sockets and all that is to be written. On Linux; elsewhere nothing changes. May be called any
    number of times, on the reactor's thread.

    Twisted 26.10.0 asks the kernel which connections have something, and serves all of them before it looks at timers, at results of
    threads, and at the kernel again. With a thousand hosts on busy cores such a round takes a second; and in each round it takes 64 KiB
    from a connection and gives it 128 KiB, whatever it is for: also the one to the fleet component, which carries as much as all others
    together, and those to browsers. So the longer the rounds, the less of the samples gets through; the rest piles up in memory, and all
    that people see is older by the minute.
    """
    poller = getattr(reactor, "_poller", None)
    if poller is not None and hasattr(select, "epoll") and not isinstance(poller, _Rounds):
        reads, writes = dict.fromkeys(reactor._reads, select.EPOLLIN), dict.fromkeys(reactor._writes, select.EPOLLOUT)
        reactor._poller = _Rounds(poller, {file: reads.get(file, 0) | writes.get(file, 0) for file in reads | writes})


def rounds_for_all(reactor: Any) -> int:
    """In how many rounds everybody who has something now has been served; two of the places in each are for our own and for agents."""
    return 1 + (len(reactor.getReaders()) // (ROUND_EVENTS - 2) if isinstance(getattr(reactor, "_poller", None), _Rounds) else 0)


def read_after_others(reactor: Any, transport: Any) -> None:
    """From now on, read from this connection in those places of a round that others do not share: for agents, of which there are many, who
    always have something to say, and for whom nobody waits. So a page does not wait until a thousand of them were heard.
    """
    poller = getattr(reactor, "_poller", None)
    if isinstance(poller, _Rounds):
        poller.read_after_others(_beneath(transport).fileno())


def notice_dead_networks(transport: Any, seconds: float) -> None:
    """Lose this connection once the other machine's kernel has not acknowledged for so long what was sent, be it a ping.

    Twisted 26.10.0 has no setting for it, and systems other than Linux no such option (RFC 5482): there, as without it, only the time-out
    of a ping notices, which cannot tell a network that is cut from a peer that is busy.
    """
    own = getattr(_beneath(transport), "socket", None)
    if isinstance(own, socket.socket) and hasattr(socket, "TCP_USER_TIMEOUT"):
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds))


class _Rounds:
    """Two epolls within a third. The inner one is asked first; the outer one has what the public sends, except agents, who come last."""

    def __init__(self, outer: Any, watched: dict[int, int]) -> None:
        self._outer = _Files(outer, watched)
        self._inner = _Files(select.epoll(), {})
        self._last = _Files(select.epoll(), {})
        self._own: set[int] = set()
        self._after_others: set[int] = set()
        for files in (self._inner, self._last):
            outer.register(files.epoll.fileno(), select.EPOLLIN)

    def register(self, file: int, events: int) -> None:
        for files in (self._inner, self._outer, self._last):
            files.forget(file)  # the number may have been another's, that was closed
        self._own.discard(file)
        self._after_others.discard(file)
        if _is_own(file):
            self._own.add(file)
        self.modify(file, events)

    def modify(self, file: int, events: int) -> None:
        first = events if file in self._own else events & select.EPOLLOUT
        self._inner.watch(file, first)
        (self._last if file in self._after_others else self._outer).watch(file, events & ~first)

    def unregister(self, file: int) -> None:
        self.modify(file, 0)
        self._own.discard(file)
        self._after_others.discard(file)

    def read_after_others(self, file: int) -> None:
        if file in self._own or file in self._after_others:
            return
        self._after_others.add(file)
        events = self._outer.events(file)
        self._outer.watch(file, 0)
        self._last.watch(file, events)

    def poll(self, timeout: float, _most: int) -> list[tuple[int, int]]:
        # the kernel lets them take turns: who was served goes to the end of its list
        public = self._outer.epoll.poll(timeout, ROUND_EVENTS)
        first = [(file, events | self._unread(file, events)) for file, events in self._inner.epoll.poll(0)]
        nested = (self._inner.epoll.fileno(), self._last.epoll.fileno())
        return [*first, *(event for event in public if event[0] not in nested), *self._last.epoll.poll(0, ROUND_EVENTS)]

    def _unread(self, file: int, events: int) -> int:
        """Of who has hung up, what lies unread is read first, as with one epoll; Twisted takes it for a clean end otherwise."""
        return (self._outer.events(file) | self._last.events(file)) & select.EPOLLIN if events & (select.EPOLLHUP | select.EPOLLERR) else 0

    def close(self) -> None:
        for files in (self._inner, self._last, self._outer):
            files.epoll.close()


class _Files:
    """An epoll that knows what it watches."""

    def __init__(self, epoll: Any, events: dict[int, int]) -> None:
        self.epoll = epoll
        self._events = events

    def watch(self, file: int, events: int) -> None:
        before = self._events.get(file, 0)
        if events == before:
            return
        if not events:
            del self._events[file]
            self.epoll.unregister(file)
        elif before:
            self.epoll.modify(file, events)
            self._events[file] = events
        else:
            self.epoll.register(file, events)
            self._events[file] = events

    def events(self, file: int) -> int:
        return self._events.get(file, 0)

    def forget(self, file: int) -> None:
        self._events.pop(file, None)


def _beneath(transport: Any) -> Any:
    """Twisted's own transport, below TLS and wrappers."""
    while hasattr(transport, "wrappedProtocol"):
        transport = transport.transport
    return transport


def _is_own(file: int) -> bool:
    try:
        there = socket.socket(fileno=file)
    except OSError:  # a pipe
        return False
    try:
        return there.family == socket.AF_UNIX
    finally:
        there.detach()
