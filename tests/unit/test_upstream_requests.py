"""What a request may cost: time, size, and what many of them bring together."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource

from components.limits import BODIES_BYTES, BODIES_BYTES_PER_ADDRESS, BODY_BYTES
from components.upstream_requests import bound_requests

MAX_BODY_BYTES = int(BODY_BYTES.most)

CLIENT_TIMEOUT = 60.0


class Answer(Resource):
    """Keeps each request that reaches it."""

    isLeaf = True  # noqa: N815  # Twisted's name

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: list[tuple[dict[bytes, list[bytes]], bytes]] = []

    def render(self, request: Any) -> bytes:
        self.seen.append((request.args, request.content.read()))
        return b"hello"


class Web:
    """Connections to a web transport of Crossbar.io, in memory and with a clock of their own."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Crossbar.io imports
            from crossbar.common.twisted.web import Site
        self.answer, self.clock = Answer(), Clock()
        self.site = Site(self.answer, client_timeout=CLIENT_TIMEOUT)
        self.site.reactor = self.clock
        self.seen = self.answer.seen
        self._protocols: list[Any] = []

    def connect(self, host: str | None = "127.0.0.1") -> tuple[Any, Any]:
        """A new connection from this address, or over a unix socket: its protocol and its transport."""
        peer = IPv4Address("TCP", host, 1) if host else UNIXAddress(None)
        protocol, transport = self.site.buildProtocol(peer), StringTransport(peerAddress=peer)  # type: ignore[no-untyped-call]
        protocol.makeConnection(transport)
        self._protocols.append(protocol)
        return protocol, transport

    def close(self) -> None:
        """Lose all connections."""
        for protocol in self._protocols:
            protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def send(self, *pieces: bytes) -> Any:
        """What is left of the connection after all pieces."""
        protocol, transport = self.connect()
        for piece in pieces:
            if not transport.disconnecting:
                protocol.dataReceived(piece)
        return transport


@pytest.fixture
def bare_web() -> Iterator[Web]:
    """Crossbar.io as it comes."""
    web = Web()
    yield web
    web.close()


@pytest.fixture
def web(bare_web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """With the work-around."""
    for name in ("requestFactory", "protocol"):
        monkeypatch.setattr(type(bare_web.site), name, getattr(type(bare_web.site), name))
    bound_requests()
    bound_requests()
    return bare_web


def post(body: bytes, kind: bytes = b"application/x-www-form-urlencoded") -> bytes:
    return b"POST /?a=1 HTTP/1.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)


FORMS = [
    (b"application/x-www-form-urlencoded", b"b=2&c=3"),
    (b"multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n--x--\r\n'),
]
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(size: int) -> bytes:
    return b"%x\r\n%s\r\n" % (size, bytes(size))


@pytest.mark.parametrize(("kind", "body"), FORMS)
def test_forms_are_left_to_django(web: Web, kind: bytes, body: bytes) -> None:
    web.send(post(body, kind))
    assert web.seen == [({b"a": [b"1"]}, body)]


@pytest.mark.parametrize(("kind", "body"), FORMS)
def test_upstream_still_takes_forms_apart(bare_web: Web, kind: bytes, body: bytes) -> None:
    """If this fails, bound_requests need not set parsePOSTFormSubmission."""
    bare_web.send(post(body, kind))
    assert bare_web.seen[0][0][b"b"] == [b"2"]


@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
def test_a_body_that_is_declared_too_large_is_refused_at_once(web: Web, expect: bytes) -> None:
    connection = web.send(b"POST / HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (expect, MAX_BODY_BYTES + 1), b"x" * 1000)
    assert connection.value().startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in connection.value()
    assert connection.disconnecting
    assert web.seen == []


@pytest.mark.parametrize("rest", [b"", chunk(10), chunk(10) + b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"])
def test_a_body_that_grows_too_large_is_refused_as_it_comes(web: Web, rest: bytes) -> None:
    connection = web.send(CHUNKED, chunk(MAX_BODY_BYTES), chunk(1) + rest)
    assert connection.value().startswith(b"HTTP/1.1 413 ")
    assert connection.value().count(b"HTTP/1.1") == 1
    assert connection.disconnecting
    assert web.seen == []


def test_bodies_within_the_limit_pass(web: Web) -> None:
    body = bytes(MAX_BODY_BYTES)
    assert not web.send(post(body), CHUNKED, chunk(MAX_BODY_BYTES), b"0\r\n\r\n", post(b"last")).disconnecting
    assert [len(content) for _, content in web.seen] == [MAX_BODY_BYTES, MAX_BODY_BYTES, 4]


def test_upstream_still_takes_a_body_of_any_size(bare_web: Web) -> None:
    """If this fails, bound_requests need not count."""
    assert bare_web.send(post(bytes(MAX_BODY_BYTES + 1))).value().startswith(b"HTTP/1.1 200 ")


SLOW = [
    pytest.param(b"GET /" + b"x" * 40, id="line"),
    pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 40, id="header"),
    pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\n" + b"x" * 40, id="body"),
]


def drip(web: Web, request: bytes) -> bool:
    """Send a byte every 10 s; whether the connection is still open after that."""
    protocol, transport = web.connect()
    for byte in request:
        protocol.dataReceived(bytes([byte]))
        web.clock.advance(10)
        if transport.disconnecting:
            return False
    return True


@pytest.mark.parametrize("request_", SLOW)
def test_a_request_must_come_within_the_time(web: Web, request_: bytes) -> None:
    assert not drip(web, request_)


@pytest.mark.parametrize("request_", SLOW)
def test_upstream_still_waits_for_ever(bare_web: Web, request_: bytes) -> None:
    """If this fails, remove _BoundedChannel."""
    assert drip(bare_web, request_)


def test_only_who_was_in_the_middle_of_a_request_is_named(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle connection that is closed has done nothing wrong."""
    named: list[str] = []
    monkeypatch.setattr("components.upstream_requests.offenders", SimpleNamespace(name=lambda limit, who: named.append(who)))
    web.connect("192.0.2.1")
    web.connect("192.0.2.2")[0].dataReceived(b"GET / HTTP/1.1\r\nX: ")
    web.clock.advance(CLIENT_TIMEOUT + 1)
    assert named == ["192.0.2.2"]


def test_each_request_has_its_own_time(web: Web) -> None:
    protocol, transport = web.connect()
    for _ in range(5):
        web.clock.advance(CLIENT_TIMEOUT - 10)  # an idle connection
        protocol.dataReceived(b"GET / HTTP/1.1\r\n")
        web.clock.advance(CLIENT_TIMEOUT - 10)
        protocol.dataReceived(b"\r\n")
    assert len(web.seen) == 5
    web.clock.advance(CLIENT_TIMEOUT)
    assert transport.disconnecting


def begin(web: Web, host: str | None, size: int = MAX_BODY_BYTES) -> tuple[Any, Any]:
    """A request that has brought so much, and is not whole."""
    protocol, transport = web.connect(host)
    protocol.dataReceived(CHUNKED + chunk(size))
    return protocol, transport


@pytest.fixture
def counting_web(web: Web) -> Web:
    """As in the process that strangers reach."""
    bound_requests(among_many=True)
    return web


def test_the_bodies_of_one_address_are_bounded(counting_web: Web) -> None:
    """What is over is refused; another address does not notice; and whatever goes makes room."""
    fitting = [begin(counting_web, "192.0.2.1") for _ in range(int(BODIES_BYTES_PER_ADDRESS.most // MAX_BODY_BYTES))]
    refused = begin(counting_web, "192.0.2.1", 1)[1]
    assert refused.value().startswith(b"HTTP/1.1 503 ")
    assert refused.disconnecting
    assert not any(transport.value() for _, transport in fitting)
    assert begin(counting_web, "192.0.2.2")[1].value() == b""
    fitting[0][0].dataReceived(b"0\r\n\r\n")
    assert fitting[0][1].value().startswith(b"HTTP/1.1 200 ")
    fitting[1][0].connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
    assert [begin(counting_web, "192.0.2.1")[1].value() for _ in range(2)] == [b"", b""]
    assert begin(counting_web, "192.0.2.1", 1)[1].value().startswith(b"HTTP/1.1 503 ")


def test_all_bodies_together_are_bounded(counting_web: Web) -> None:
    """Whoever comes; but this machine's own processes always get through."""
    for number in range(int(BODIES_BYTES.most // MAX_BODY_BYTES)):
        assert begin(counting_web, f"192.0.2.{number}")[1].value() == b""
    assert begin(counting_web, "203.0.113.1", 1)[1].value().startswith(b"HTTP/1.1 503 ")
    assert begin(counting_web, None)[1].value() == b""


def test_behind_a_trusted_proxy_the_client_is_counted(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the header that only such a proxy is believed."""
    monkeypatch.setenv("VEDETTE_TRUSTED_PROXIES", "192.0.2.1")
    bound_requests(among_many=True)

    def begin_for(client: str) -> bytes:
        protocol, transport = web.connect("192.0.2.1")
        protocol.dataReceived(CHUNKED[:-2] + f"X-Forwarded-For: {client}\r\n\r\n".encode() + chunk(MAX_BODY_BYTES))
        value: bytes = transport.value()
        return value

    assert not any(begin_for("203.0.113.1") for _ in range(int(BODIES_BYTES_PER_ADDRESS.most // MAX_BODY_BYTES)))
    assert begin_for("203.0.113.1").startswith(b"HTTP/1.1 503 ")
    assert begin_for("203.0.113.2") == b""
