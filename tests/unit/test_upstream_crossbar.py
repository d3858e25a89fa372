"""What the log hides, and what it must leave readable: the lines are Crossbar.io's own, with planted secrets."""

from __future__ import annotations

import io
import json
import math
import re
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import txaio
from twisted.logger import Logger, LogLevel, globalLogPublisher

from components.limits import ROUTER_WORDS
from components.upstream_crossbar import _SECRETS, MAX_LINE_CHARACTERS, _Redacting, redact, redact_log

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


def test_warnings_that_strangers_can_cause_are_bounded(log: io.StringIO) -> None:
    """Of each module of the router, and of no other: our own components log under autobahn's names."""
    redact_log()
    for _ in range(200):
        for namespace in ("crossbar.router.session", "crossbar.router.protocol", "autobahn.wamp.protocol.Auth"):
            Logger(namespace).warn("again")
    found = Counter(event["namespace"] for event in events(log))
    assert found["autobahn.wamp.protocol.Auth"] == 200
    assert all(ROUTER_WORDS.burst <= found[namespace] < 100 for namespace in ("crossbar.router.session", "crossbar.router.protocol"))


def test_a_clock_that_is_set_back_silences_nobody() -> None:
    """What is within the bound is counted by a clock that never goes back."""
    seen: list[dict[str, Any]] = []
    seconds = [0.0]
    observe = _Redacting(seen.append, lambda: seconds[0])

    def warn(log_time: float) -> None:
        observe({"log_level": LogLevel.warn, "log_namespace": "crossbar.router.session", "log_time": log_time, "log_format": "again"})

    for _ in range(200):
        warn(10_000.0)
    assert len(seen) == ROUTER_WORDS.burst
    seconds[0] = 1.0
    warn(2_800.0)
    assert len(seen) == ROUTER_WORDS.burst + ROUTER_WORDS.per_second


def test_an_endless_line_is_cut(log: io.StringIO) -> None:
    redact_log()
    Logger().info("{text}", text="x" * 10 * MAX_LINE_CHARACTERS)
    assert len(events(log)[0]["text"]) < MAX_LINE_CHARACTERS + 100
