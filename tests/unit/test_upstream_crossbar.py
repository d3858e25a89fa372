"""What the log hides, and what it must leave readable: the lines are Crossbar.io's own, with planted secrets. What a request may cost."""

from __future__ import annotations

import io
import json
import math
import re
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import txaio
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import Logger, LogLevel, globalLogPublisher
from twisted.python.failure import Failure
from twisted.web.resource import Resource

from components.upstream_crossbar import _SECRETS, MAX_BODY_BYTES, MAX_LINE_CHARACTERS, bound_requests, redact, redact_log

SIGNED = "eyJ1IjoxfQ:1uQ0aB:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF"
PROOF = "ab" * 32
KEY = "48075a597e721a156e2e0799de5cc0c5324dc6e7eaf1cdd46250868ec53215dd"

SECRETS = [
    # what Crossbar.io logs of a hand-shake
    (r"b'GET /ws HTTP/1.1\r\nHost: hub\r\nCookie: sessionid=PLANTED; csrftoken=PLANTED\r\nOrigin: http://hub\r\n'", "Origin: http://hub"),
    (r"b'GET /ws HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer PLANTED\r\nX-Vedette-Proxy: PLANTED\r\nOrigin: http://hub\r\n'", "Origin"),
    (
        "received HTTP headers: {'cookie': 'sessionid=PLANTED; x=\"PLANTED\"', 'authorization': 'Basic PLANTED', 'host': 'hub'}",
        "'host': 'hub'",
    ),
    ("{'headers': {'cookie': 'sessionid=PLANTED; '\n           'csrftoken=PLANTED',\n  'host': 'hub'}", "'host': 'hub'"),
    ("Headers({b'cookie': [b'sessionid=PLANTED', b'csrftoken=PLANTED'], b'host': [b'hub']})", "b'host': [b'hub']"),
    ("[(b'Set-Cookie', b'sessionid=PLANTED; HttpOnly'), (b'Date', b'today')]", "b'today'"),
    ("HTTP/1.1 200 OK\r\nSet-Cookie: sessionid=PLANTED; Path=/\r\nServer: Crossbar", "Server: Crossbar"),
    ("environ {'HTTP_COOKIE': 'sessionid=PLANTED', 'HTTP_X_VEDETTE_PROXY': 'PLANTED', 'PATH_INFO': '/admin/'}", "/admin/"),
    ("cookie='sessionid=PLANTED', peer='tcp4:127.0.0.1:1'", "tcp4:127.0.0.1:1"),
    # of HELLO and AUTHENTICATE
    ("onAuthenticate: PLANTED {}", "onAuthenticate"),
    (f"onHello> authextra={{'pubkey': '{KEY}', 'enrol': {{'code': 'PLANTED', 'proof': 'PLANTED'}}, 'name': 'alpha'}}", KEY),
    (f"hello(details.authextra=\"{{'pubkey': '{KEY}', 'enrol': {{'proof': 'PLANTED'}}}}\")", KEY),
    ("Authenticate(signature='PLANTED', extra={})", "extra={}"),
    ("details={'ticket': 'PLANTED', 'transport': {'peer': 'tcp4:1.2.3.4:5'}}", "tcp4:1.2.3.4:5"),
    ('{"authid": "user", "ticket": "PLANTED", "realm": "vedette"}', "vedette"),
    (r'"{\"ticket\": \"PLANTED\", \"realm\": \"vedette\"}"', "vedette"),
    (r"'{\'ticket\': \'PLANTED\', \'realm\': \'vedette\'}'", "vedette"),
    ("ticket=\x1b[92m'PLANTED'\x1b[39m, realm=vedette", "realm=vedette"),
    # of forms, addresses and settings
    ("body b'csrfmiddlewaretoken=PLANTED&username=admin&password=PLANTED&next=/'", "username=admin"),
    ("GET /reset?token=PLANTED&next=/admin/ HTTP/1.1", "next=/admin/"),
    ("VEDETTE_ADMIN_PASSWORD=PLANTED VEDETTE_SECRET_KEY=PLANTED VEDETTE_ENROL_CODE=PLANTED HOME=/root", "HOME=/root"),
    ("connect(password='PLANTED', host='db')", "host='db'"),
    ("postgres://vedette:PLANTED@db.example/vedette", "@db.example/vedette"),
    ("RuntimeError: password=PLANTED", "RuntimeError"),
    ("private_key=b'PLANTED', public_key=b'seen'", "seen"),
    ("-----BEGIN PRIVATE KEY-----\nPLANTED\n-----END PRIVATE KEY-----\nafter", "after"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTED\nPLANTED", ""),
    # cut off
    ("details={'ticket': 'PLANTED", "details"),
]
HARMLESS = [
    'new session attached for realm="vedette", session=4779494902469932, authid="user:1:abcd", authrole="viewer", authmethod="ticket"',
    "authextra=\n{'x_cb_node': 'hub', 'x_cb_peer': 'tcp4:127.0.0.1:54400', 'x_cb_pid': 6766}",
    f"principal={{'realm': 'vedette', 'role': 'agent', 'authid': 'host:abcdefghijkl', 'pubkey': '{KEY}', 'extra': {{}}}}",
    "processing authmethods=['ticket', 'cryptosign'], authextra=None",
    "RouterRoleStaticAuth.authorize> uri=\"t.echo\", options={} => authorization=\n{'allow': True, 'cache': False}",
    "Authorized action 'call' for URI 't.echo' -> authorization: {'allow': True, 'disclose': True}",
    "Challenge(method=ticket, extra={})",
    "resume_token=None, signature=None, 'ticket': None",
    "WebSocket closed: code=1006, reason=\"connection was closed uncleanly ('code': 1006)\"",
    "onConnect> cookie tracking disabled on WebSocket connection",
    "POST /ticket/ HTTP/1.1 200 and POST /admin/auth/user/3/password/ 302",
    "GET https://hub.example:8443/static/0123456789abcdef0123456789abcdef/js/app.js 304",
    '  File "/srv/vedette/components/auth.py", line 64, in admit_ticket',
    "Sign in at http://localhost:8080 as  admin  with  correct-horse  (also in /srv/data/first-login, until the first login)",
    "2026-11-22T00:59:47+0000 sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
]


@pytest.mark.parametrize(("line", "kept"), SECRETS)
def test_secrets_are_hidden(line: str, kept: str) -> None:
    redacted = redact(line)
    assert "PLANTED" not in redacted
    assert "***" in redacted
    assert kept in redacted


@pytest.mark.parametrize("value", [SIGNED, SIGNED.replace(":1uQ0aB", ""), f"say {SIGNED}, twice"])
def test_what_django_signed_is_hidden_wherever_it_stands(value: str) -> None:
    assert SIGNED[-20:] not in redact(f"TicketForged: {value}")


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_lines_stay_readable(line: str) -> None:
    assert redact(line) == line


PIECES = [
    *("\\", "\\\\", '"', "'", " ", ",", "a", "1", "=", ":", "-", "_", ".", "/", "@", "&", "[", "{", "\n", "\t", "\r", "é"),
    *("code", "cookie", "token", "ticket=", "cookie: '", "cookie: [b'',", "['", "\n 'x", "\\'", '\\"', "'code", "a.b=", "a:", "None"),
    *("-----BEGIN PRIVATE KEY", "-----BEGIN ", "://", "://a:", "onAuthenticate", "\\r", "\\' \\\\: code", "cookie\\\\\\", ", \\'cookie"),
]
BEFORE = ["", "cookie: ", "b'authorization: \\", "'ticket': ", "'code': '", "\\'code\\'", "://"]


@pytest.mark.parametrize("pattern", _SECRETS, ids=range(len(_SECRETS)))
@pytest.mark.parametrize("before", BEFORE)
def test_no_line_costs_more_than_its_length(pattern: re.Pattern[str], before: str) -> None:
    """A stranger chooses what is logged; a pattern whose time grows with the square would stop the router."""
    for piece in PIECES:
        short, long = (before + piece * (size // len(piece)) for size in (MAX_LINE_CHARACTERS // 4, MAX_LINE_CHARACTERS))
        quickest_short = quickest_long = math.inf
        for _ in range(20):  # whatever else this machine does only makes it slower
            quickest_short, quickest_long = min(quickest_short, seconds(pattern, short)), min(quickest_long, seconds(pattern, long))
            if quickest_long < 8 * quickest_short:  # 4 is linear, 16 is the square
                break
        else:
            pytest.fail(f"{piece!r}: {quickest_long:.4f} s for 16 KiB, {quickest_short:.4f} s for 4 KiB")


def seconds(pattern: re.Pattern[str], line: str) -> float:
    started = time.process_time()
    pattern.sub(r"\g<keep>***", line)
    return time.process_time() - started


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a worker of Crossbar.io hands to its controller."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Crossbar.io imports
        from crossbar._logging import make_JSON_observer
    observers, level = globalLogPublisher._observers, txaio.get_global_log_level()
    out = io.StringIO()
    globalLogPublisher._observers = [make_JSON_observer(out)]
    txaio.set_global_log_level("debug")
    yield out
    globalLogPublisher._observers = observers
    txaio.set_global_log_level(level)


def events(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(event) for event in log.getvalue().split("\x1e") if event]


def test_only_redacted_text_leaves_the_process(log: io.StringIO) -> None:
    redact_log()
    redact_log()
    Logger("crossbar.router").info("details {details}", details={"ticket": "PLANTED"}, unused={"anything": "PLANTED"})
    (event,) = events(log)
    assert event.pop("log_time") > 0
    assert event == {"level": "info", "namespace": "crossbar.router", "text": "details {{'ticket': ***}}"}


def test_upstream_still_hands_over_every_value(log: io.StringIO) -> None:
    """If this fails, redacting the text would be enough."""
    Logger().info("details", unused={"ticket": "PLANTED"})
    assert events(log)[0]["unused"] == {"ticket": "PLANTED"}


def test_tracebacks_are_kept_and_redacted(log: io.StringIO) -> None:
    redact_log()
    try:
        raise RuntimeError("password=PLANTED")
    except RuntimeError:
        Logger().failure("it failed")
    (event,) = events(log)
    assert event["level"] == "critical"
    assert "it failed" in event["text"]
    assert "test_upstream_crossbar.py" in event["text"]
    assert "PLANTED" not in log.getvalue()


def test_events_below_the_level_are_never_formatted(log: io.StringIO) -> None:
    redact_log()
    txaio.set_global_log_level("info")

    class Costly:
        def __str__(self) -> str:
            raise AssertionError("formatted")

    globalLogPublisher({"log_level": LogLevel.debug, "log_format": "{it}", "it": Costly(), "log_time": 0.0})
    assert events(log) == []


def test_an_endless_line_is_cut(log: io.StringIO) -> None:
    redact_log()
    Logger().info("{text}", text="x" * 10 * MAX_LINE_CHARACTERS)
    assert len(events(log)[0]["text"]) < MAX_LINE_CHARACTERS + 100


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

    def connect(self) -> tuple[Any, Any]:
        """A new connection: its protocol and its transport."""
        protocol, transport = self.site.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1)), StringTransport()  # type: ignore[no-untyped-call]
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
