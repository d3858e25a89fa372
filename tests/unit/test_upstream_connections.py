"""How many connections an address may have, and which of them are given up."""

from __future__ import annotations

import json
import os
import resource
import socket
import warnings
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import Logger, capturedLogs
from twisted.python.failure import Failure

from components.limits import ALL_UNSENT_BYTES, CONNECTIONS, NEW_CONNECTIONS, STUCK_SECONDS, WORKER_UNSENT_BYTES
from components.upstream_connections import OPEN_FILES, STANDS_STILL, Door, allow_open_files, bound_connections, unsent_bytes, worker_behind

PROXY = "198.51.100.1"
MOST = int(CONNECTIONS.most)


class OwnSocket:
    """One whose other end is this process's, too."""

    def getsockopt(self, *arguments: int) -> Any:
        here, there = socket.socketpair()
        with here, there:
            return here.getsockopt(*arguments)


class Transport(StringTransport):
    """A connection whose unsent bytes the tests decide."""

    socket = OwnSocket()

    def __init__(self, peer: Any) -> None:
        super().__init__(UNIXAddress(b"/run/hub.sock"), peer)  # type: ignore[no-untyped-call]
        self.dataBuffer, self.offset, self._tempDataLen = b"", 0, 0
        self.aborted = False

    def abortConnection(self) -> None:  # noqa: N802  # Twisted's name
        self.aborted = True


class Port:
    """A port of Crossbar.io's, in memory."""

    def __init__(self, factory: Any, clock: Clock) -> None:
        self.factory, self.clock = factory, clock
        self.ended = 0

    def end(self) -> None:
        """The process ends, here in memory."""
        self.ended += 1

    def connect(self, host: str | None) -> Any:
        """The connection, or None if it was closed at once."""
        kind = IPv6Address if ":" in (host or "") else IPv4Address
        peer = kind("TCP", host, 1) if host else UNIXAddress(None)
        protocol = self.factory.buildProtocol(peer)
        if protocol is not None:
            protocol.makeConnection(Transport(peer))
        return protocol

    def fill(self, host: str) -> list[Any]:
        """All connections that this address may have, as fast as it may."""
        connections: list[Any] = []
        while len(connections) < MOST:
            found = self.connect(host)
            if found is None:
                self.clock.advance(1)
            else:
                connections.append(found)
        return connections


def close(connection: Any) -> None:
    connection.connectionLost(Failure(ConnectionError()))  # type: ignore[no-untyped-call]


@pytest.fixture
def bare_port() -> Port:
    """Crossbar.io as it comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Crossbar.io imports
        from crossbar.common.twisted.endpoint import MaxConnectionsFactory

    clock = Clock()
    return Port(MaxConnectionsFactory(Factory.forProtocol(Protocol), 10 * MOST, "public", clock, Logger()), clock)


@pytest.fixture
def port(bare_port: Port, monkeypatch: pytest.MonkeyPatch) -> Port:
    """With the bounds; PROXY is trusted."""
    kind = type(bare_port.factory)
    for name in ("buildProtocol", "registerProtocol", "unregisterProtocol"):
        monkeypatch.setattr(kind, name, getattr(kind, name))
    bound_connections(bare_port.clock, [ip_network(PROXY)], bare_port.end)
    bound_connections(bare_port.clock, [], bare_port.end)
    return bare_port


def test_an_address_may_have_so_many_connections(port: Port) -> None:
    """The next one is closed at once; another address does not notice; one that goes makes room."""
    connections = port.fill("192.0.2.1")
    port.clock.advance(60)
    assert port.connect("192.0.2.1") is None
    assert port.connect("192.0.2.2") is not None
    close(connections[0])
    assert port.connect("192.0.2.1") is not None
    assert port.connect("192.0.2.1") is None


def test_an_address_may_open_so_many_a_second(port: Port) -> None:
    """Also if it closes them at once."""
    for _ in range(int(NEW_CONNECTIONS.burst)):
        close(port.connect("192.0.2.1"))
    assert port.connect("192.0.2.1") is None
    assert port.connect("192.0.2.2") is not None
    port.clock.advance(1)
    opened = [port.connect("192.0.2.1") for _ in range(int(NEW_CONNECTIONS.per_second) + 1)]
    assert opened.count(None) == 1


def test_a_network_of_one_customer_counts_as_one(port: Port) -> None:
    """All of an IPv6 /64."""
    for number in range(int(NEW_CONNECTIONS.burst)):
        port.connect(f"2001:db8::{number:x}")
    assert port.connect("2001:db8::ffff") is None
    assert port.connect("2001:db8:0:1::1") is not None


@pytest.mark.parametrize("host", [PROXY, None])
def test_trusted_proxies_and_unix_sockets_are_not_counted(port: Port, host: str | None) -> None:
    """One stands for many people, the other is this machine's own."""
    assert all(port.connect(host) is not None for _ in range(MOST + 100))


def test_upstream_still_counts_a_port_as_a_whole(bare_port: Port) -> None:
    """If this fails, bound_connections need not count."""
    assert all(bare_port.connect("192.0.2.1") is not None for _ in range(MOST + 100))


def test_nothing_is_remembered_of_who_has_gone() -> None:
    """However many came."""
    door = Door(Clock(), [], list)
    connection: Any = Protocol()
    connection.transport = Transport(IPv4Address("TCP", "192.0.2.1", 1))
    door.opened(connection)
    door.closed(connection)
    assert not door._open
    assert not door._count


def wait(port: Port, seconds: float) -> None:
    port.clock.pump([1] * int(seconds))


def test_a_reader_that_takes_nothing_is_given_up(port: Port) -> None:
    """Not before its time, and not one that takes a little, nor one that has nothing to take."""
    stuck, slow, idle = (port.connect("192.0.2.1") for _ in range(3))
    for connection in (stuck, slow):
        connection.transport.dataBuffer = b"x" * 1000
    for _ in range(3):
        wait(port, STUCK_SECONDS.most - 5)
        assert not stuck.transport.aborted or slow.transport.offset
        slow.transport.offset += 1
        stuck.transport._tempDataLen += 10  # more to send is no progress
    assert [connection.transport.aborted for connection in (stuck, slow, idle)] == [True, False, False]


def test_all_readers_together_are_bounded(port: Port) -> None:
    """The one that has taken least goes, until the rest fits."""
    large, larger, small = (port.connect(f"192.0.2.{number}") for number in range(3))
    large.transport._tempDataLen = ALL_UNSENT_BYTES.most / 2
    larger.transport._tempDataLen = ALL_UNSENT_BYTES.most / 2 + 1
    small.transport._tempDataLen = 1000
    wait(port, 2)
    assert [connection.transport.aborted for connection in (large, larger, small)] == [False, True, False]


def test_a_worker_of_the_hub_that_stands_still_ends_the_hub(port: Port) -> None:
    """Nobody else bounds what all hosts send to the services, and a worker that stands still cannot end itself."""
    services, agent = port.connect(None), port.connect(None)
    for connection in (services, agent):
        connection.transport.dataBuffer = bytes(int(WORKER_UNSENT_BYTES.most))
    port.clock.advance(2)
    assert port.ended == 0
    services.transport.dataBuffer += b"x"
    with capturedLogs() as said:
        port.clock.advance(1)
    assert port.ended == 1
    assert [(str(event["who"]), event["unsent"], event["bound"]) for event in said if event["log_format"] == STANDS_STILL] == [
        (f"The process {os.getpid()} at hub.sock", WORKER_UNSENT_BYTES.most + 1, "64 MiB")
    ]
    close(services)
    port.clock.advance(1)
    assert port.ended == 1


def test_the_hub_ends_also_if_nobody_can_say_which_worker_it_was() -> None:
    """Or the router would fill its memory for want of a name."""
    ended: list[bool] = []
    door = Door(Clock(), (), lambda: ended.append(True))
    transport = Transport(UNIXAddress(None))
    transport.hostAddr = UNIXAddress(None)
    transport.dataBuffer = b"x" * int(WORKER_UNSENT_BYTES.most + 1)
    nameless: Any = Protocol()
    nameless.transport = transport
    door.opened(nameless)
    with pytest.raises(TypeError):
        door.sweep()
    assert ended


def test_a_worker_is_called_what_the_configuration_calls_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its process, by which its lines are found in the log."""
    endpoint = {"type": "unix", "path": "run/hub.sock"}
    workers = [{"id": "router", "components": [{}]}, {"id": "services", "components": [{"transport": {"endpoint": endpoint}}]}]
    (tmp_path / "config.json").write_text(json.dumps({"workers": workers}))
    monkeypatch.chdir(tmp_path)
    transport = Transport(None)
    transport.hostAddr = UNIXAddress(os.fsencode(tmp_path / "run" / "hub.sock"))
    assert worker_behind(transport) == f"The worker services (process {os.getpid()})"
    transport.hostAddr = UNIXAddress(os.fsencode(tmp_path / "run" / "bridge.sock"))
    assert worker_behind(transport) == f"The process {os.getpid()} at bridge.sock"


def test_unsent_bytes_are_seen_through_tls() -> None:
    """Whatever wraps the connection."""
    transport = Transport(None)
    transport.dataBuffer, transport.offset, transport._tempDataLen = b"x" * 10, 4, 5

    class Wrapper:
        wrappedProtocol = None  # noqa: N815  # Twisted's name

        def __init__(self, inner: Any) -> None:
            self.transport = inner

    assert unsent_bytes(Wrapper(Wrapper(transport))) == 11
    assert unsent_bytes(object()) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [((1024, 4096), 4096), ((1024, 10**6), OPEN_FILES), ((1024, -1), OPEN_FILES), ((10**6, 10**6), None), ((-1, -1), None)],
)
def test_open_files_are_allowed(monkeypatch: pytest.MonkeyPatch, before: tuple[int, int], after: int | None) -> None:
    """As many as are wanted and the system lets us have; never fewer than before."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: before)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: asked.append(wanted))
    allow_open_files()
    assert asked == ([] if after is None else [(after, before[1])])
