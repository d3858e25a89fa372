"""Work-arounds for defects in Twisted, each with a test that fails once Twisted no longer needs it.

For hub and agent alike: nothing here imports more than Twisted.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any

ROUND_EVENTS = 32
"""Connections with something to read or room to write, that are served before timers and others: some 20 ms of a busy router."""

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
    """Let `reactor` serve ROUND_EVENTS connections at a time, and before them, each time, what this machine's own processes say over unix
    sockets. On Linux; elsewhere nothing changes. May be called any number of times, on the reactor's thread.

    Twisted 26.10.0 asks the kernel which connections have something, and serves all of them before it looks at timers, at results of
    threads, and at the kernel again. With a thousand hosts on busy cores such a round takes a second; and in each round it takes 64 KiB
    from a connection and gives it 128 KiB, whatever it is for: also the one to the fleet component, which carries as much as all others
    together. So the longer the rounds, the less of the samples gets through; the rest piles up in memory, and all that people see is older
    by the minute.
    """
    poller = getattr(reactor, "_poller", None)
    if poller is not None and hasattr(select, "epoll") and not isinstance(poller, _Rounds):
        reactor._poller = _Rounds(poller)


def rounds_for_all(reactor: Any) -> int:
    """In how many rounds everybody who has something now has been served."""
    return 1 + (len(reactor.getReaders()) // ROUND_EVENTS if isinstance(getattr(reactor, "_poller", None), _Rounds) else 0)


class _Rounds:
    """An epoll within another: the inner one has the unix sockets, and is asked first."""

    def __init__(self, public: Any) -> None:
        self._public = public
        self._own = select.epoll()
        self._own_files: set[int] = set()
        public.register(self._own.fileno(), select.EPOLLIN)

    def register(self, file: int, events: int) -> None:
        if _is_own(file):
            self._own_files.add(file)
        else:
            self._own_files.discard(file)  # the number may have been another's
        self._of(file).register(file, events)

    def modify(self, file: int, events: int) -> None:
        self._of(file).modify(file, events)

    def unregister(self, file: int) -> None:
        self._of(file).unregister(file)
        self._own_files.discard(file)

    def poll(self, timeout: float, _most: int) -> list[tuple[int, int]]:
        # the kernel lets them take turns: who was served goes to the end of its list
        public = self._public.poll(timeout, ROUND_EVENTS)
        return [*self._own.poll(0), *(event for event in public if event[0] != self._own.fileno())]

    def close(self) -> None:
        self._own.close()
        self._public.close()

    def _of(self, file: int) -> Any:
        return self._own if file in self._own_files else self._public


def _is_own(file: int) -> bool:
    try:
        there = socket.socket(fileno=file)
    except OSError:  # a pipe
        return False
    try:
        return there.family == socket.AF_UNIX
    finally:
        there.detach()
