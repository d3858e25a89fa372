"""A network that is cut is noticed by the kernel; and the test named `upstream` fails once Twisted sees to that."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import tcp
from twisted.internet.testing import StringTransport

from components.upstream_twisted import notice_dead_networks


@pytest.fixture
def connected() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as port, socket.create_connection(port.getsockname()) as one:
        yield one


def limit_of(one: socket.socket) -> int:
    """Milliseconds; 0 for the kernel's own, which is a quarter of an hour."""
    return one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_kernel_is_told_how_long_to_wait(connected: socket.socket, wrapped: bool) -> None:
    """Below TLS as well."""
    transport = SimpleNamespace(socket=connected)
    notice_dead_networks(SimpleNamespace(wrappedProtocol=None, transport=transport) if wrapped else transport, 2.5)
    assert limit_of(connected) == 2500


def test_a_system_without_the_option_is_left_alone(connected: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    before = limit_of(connected)
    with monkeypatch.context() as patch:
        patch.delattr(socket, "TCP_USER_TIMEOUT")
        notice_dead_networks(SimpleNamespace(socket=connected), 2.5)
    assert limit_of(connected) == before


def test_what_has_no_socket_is_left_alone() -> None:
    notice_dead_networks(StringTransport(), 2.5)  # type: ignore[no-untyped-call]


def test_upstream_still_leaves_it_to_the_kernel(connected: socket.socket) -> None:
    """If this fails, see whether notice_dead_networks is still needed."""
    protocol: Any = None
    reactor: Any = None
    tcp.Connection(connected, protocol, reactor)
    assert limit_of(connected) == 0
