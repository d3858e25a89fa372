"""Rounds are short and serve our own first; and the test named `upstream` fails once Twisted sees to that."""

from __future__ import annotations

import os
import select
import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.interfaces import IReadDescriptor
from zope.interface import implementer  # type: ignore[import-untyped]

from components.upstream_twisted import ROUND_EVENTS, read_after_others, rounds_for_all, serve_in_short_rounds


class Crowd:
    """Connections over TCP, one of them over a unix socket, that all have something to read; who was served is kept in order."""

    def __init__(self, reactor: Any, count: int) -> None:
        self.served: list[str] = []
        self._sockets: list[socket.socket] = []
        with socket.create_server(("127.0.0.1", 0), backlog=count) as port:
            pairs = [(socket.create_connection(port.getsockname()), port.accept()[0], f"public {number}") for number in range(count)]
        for there, here, name in [*pairs, (*socket.socketpair(socket.AF_UNIX), "own")]:
            self._sockets += here, there
            there.send(b"something")
            reactor.addReader(Reader(self, here, name))

    def reset(self) -> None:
        """The first of the others is gone, without a farewell."""
        there = self._sockets[1]
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        there.close()

    def close(self) -> None:
        for one in self._sockets:
            one.close()


@implementer(IReadDescriptor)
class Reader:
    """One that never reads, and so is ready in each round."""

    def __init__(self, crowd: Crowd, here: socket.socket, name: str) -> None:
        self._crowd = crowd
        self._here = here
        self._name = name

    def fileno(self) -> int:
        return self._here.fileno()

    def logPrefix(self) -> str:  # noqa: N802  # Twisted's name
        return self._name

    def doRead(self) -> None:  # noqa: N802  # Twisted's name
        self._crowd.served.append(self._name)

    def doWrite(self) -> None:  # noqa: N802  # Twisted's name
        self._crowd.served.append(f"{self._name} may write")

    def connectionLost(self, reason: object) -> None:  # noqa: N802  # Twisted's name
        raise AssertionError(reason)


@pytest.fixture
def epoll() -> Iterator[Any]:
    if not hasattr(select, "epoll"):
        pytest.skip("Linux only")
    from twisted.internet.epollreactor import EPollReactor

    reactor: Any = EPollReactor()  # type: ignore[no-untyped-call]
    yield reactor
    reactor._poller.close()


PUBLIC = 100


def test_rounds_are_short_and_begin_with_our_own(epoll: Any) -> None:
    """And each of the others has its turn, however many are always ready."""
    serve_in_short_rounds(epoll)
    serve_in_short_rounds(epoll)
    crowd = Crowd(epoll, PUBLIC)
    rounds = []
    for _ in range(rounds_for_all(epoll)):
        crowd.served.clear()
        epoll.doPoll(5)
        rounds.append(list(crowd.served))
    assert all(served[0] == "own" and len(served) <= 1 + ROUND_EVENTS for served in rounds)
    assert {name for served in rounds for name in served} == {"own", *(f"public {number}" for number in range(PUBLIC))}
    crowd.close()


def test_who_writes_and_who_goes_is_followed(epoll: Any) -> None:
    """Unix sockets as well as others, and one that gets the number of another that went."""
    serve_in_short_rounds(epoll)
    crowd = Crowd(epoll, 1)
    readers = [reader for reader in epoll.getReaders() if isinstance(reader, Reader)]
    for reader in readers:
        epoll.addWriter(reader)
    epoll.doPoll(5)
    assert set(crowd.served) == {"own", "own may write", "public 0", "public 0 may write"}
    crowd.served.clear()
    for reader in readers:
        epoll.removeWriter(reader)
    epoll.doPoll(5)
    assert crowd.served == ["own", "public 0"]
    crowd.served.clear()
    for reader in readers:
        epoll.removeReader(reader)
    epoll.doPoll(0)
    assert not crowd.served
    crowd.close()


def test_all_that_is_to_be_written_goes_out_in_each_round(epoll: Any) -> None:
    """A browser that gets the whole fleet has the least to say, and must not wait until a thousand hosts were heard."""
    serve_in_short_rounds(epoll)
    crowd = Crowd(epoll, PUBLIC)
    for reader in epoll.getReaders():
        epoll.addWriter(reader)
    epoll.doPoll(5)
    writers = {f"public {number} may write" for number in range(PUBLIC)} | {"own may write"}
    assert {name for name in crowd.served if name.endswith("write")} == writers
    assert sum(name.startswith("public") and not name.endswith("write") for name in crowd.served) <= ROUND_EVENTS
    crowd.close()


def test_a_page_is_read_from_in_each_round_however_many_agents_there_are(epoll: Any) -> None:
    """And each of them has its turn, too; one that comes later with the number of an agent that went is not taken for one."""
    serve_in_short_rounds(epoll)
    crowd = Crowd(epoll, PUBLIC)
    agents = [reader for reader in epoll.getReaders() if isinstance(reader, Reader) and reader.logPrefix() not in ("own", "public 0")]
    for agent in agents:
        read_after_others(epoll, agent)
        read_after_others(epoll, agent)
    rounds = []
    for _ in range(rounds_for_all(epoll)):
        crowd.served.clear()
        epoll.doPoll(5)
        rounds.append(list(crowd.served))
    assert all(served[:2] == ["own", "public 0"] and len(served) <= 2 + ROUND_EVENTS for served in rounds)
    assert {name for served in rounds for name in served} == {"own", *(f"public {number}" for number in range(PUBLIC))}
    for agent in agents:
        epoll.removeReader(agent)
    crowd.served.clear()
    epoll.doPoll(5)
    assert crowd.served == ["own", "public 0"]
    for agent in agents:
        epoll.addReader(agent)
    epoll.doPoll(5)
    assert len(epoll._poller._outer.epoll.poll(5, 2 * PUBLIC)) >= PUBLIC
    crowd.close()


def test_what_was_served_before_is_served_on(epoll: Any) -> None:
    """The rounds of a reactor that runs already become short."""
    crowd = Crowd(epoll, 1)
    [reader] = [reader for reader in epoll.getReaders() if isinstance(reader, Reader) and reader.logPrefix() != "own"]
    serve_in_short_rounds(epoll)
    epoll.addWriter(reader)
    epoll.doPoll(5)
    assert set(crowd.served) == {"own", "public 0", "public 0 may write"}
    epoll.removeReader(reader)
    epoll.removeWriter(reader)
    crowd.served.clear()
    epoll.doPoll(5)
    assert crowd.served == ["own"]
    crowd.close()


def test_what_a_peer_sent_before_it_hung_up_is_read(epoll: Any) -> None:
    """Also while something is to be written to it: Twisted takes a hang-up without anything to read for a clean end."""
    serve_in_short_rounds(epoll)
    crowd = Crowd(epoll, 1)
    [reader] = [reader for reader in epoll.getReaders() if isinstance(reader, Reader) and reader.logPrefix() != "own"]
    epoll.addWriter(reader)
    crowd.reset()
    events = [events for file, events in epoll._poller.poll(5, 10) if file == reader.fileno()]
    assert events[0] & select.EPOLLHUP
    assert events[0] & select.EPOLLIN
    crowd.close()


def test_a_number_may_be_of_another_kind_the_next_time(epoll: Any) -> None:
    """The system gives the numbers of closed files to others."""
    serve_in_short_rounds(epoll)
    crowd, number = Crowd(epoll, 0), epoll.getReaders()[0].fileno()
    public, other = socket.create_server(("127.0.0.1", 0)), socket.socket()
    other.connect(public.getsockname())
    crowd.close()  # without a word to the reactor, as when a connection is reset
    epoll._reads.clear()
    os.dup2(public.fileno(), number)
    again = socket.socket(fileno=number)
    epoll.addReader(Reader(crowd, again, "public"))
    epoll.doPoll(5)
    assert crowd.served == ["public"]
    for one in (again, public, other):
        one.close()


def test_upstream_still_serves_all_before_it_asks_again(epoll: Any) -> None:
    """If this fails, remove serve_in_short_rounds."""
    crowd = Crowd(epoll, PUBLIC)
    epoll.doPoll(5)
    assert len(crowd.served) == PUBLIC + 1
    assert rounds_for_all(epoll) == 1
    crowd.close()
