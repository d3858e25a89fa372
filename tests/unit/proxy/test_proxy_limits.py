"""What the proxy does not wait for, and lets nobody take from the others; and what it says until Django is there."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.eventually import eventually
from tests.unit.proxy.conftest import SECRET, Django, Proxy, Start, hang, reply


@pytest.mark.parametrize("framing", [f"Content-Length: {300 * 2**20}", "Transfer-Encoding: chunked"])
def test_too_large_an_upload_is_cut_off(django: Django, proxy: Proxy, framing: str) -> None:
    """Refused long before its end, and nobody behind the proxy hears of it."""
    piece = bytes(2**20)
    chunk = piece if "Length" in framing else b"%x\r\n%s\r\n" % (len(piece), piece)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        client.sendall(f"POST / HTTP/1.1\r\nHost: hub\r\n{framing}\r\n\r\n".encode())
        sent = 0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while sent < 300:
                client.sendall(chunk)
                sent += 1
        assert sent < 20  # the limit, and what the system buffers
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
    assert proxy.ask()[0].status == 200
    assert [seen.method for seen in django.seen] == ["GET"]


def test_a_slow_django_is_given_up(django: Django, start: Start) -> None:
    django.answer = hang(django)
    response, content = start(django.port, timeout=0.2).ask()
    assert response.status == 504
    assert b"Too slow" in content
    assert django.gone.wait(20)


def reply_once_released(django: Django) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        assert django.release.wait(20)
        reply(handler)

    return answer


def test_requests_at_once_are_bounded(django: Django, start: Start) -> None:
    """One at Django, one waiting until its time is up; afterwards all is free again."""
    django.answer = reply_once_released(django)
    proxy = start(django.port, limits={"PAGES_AT_ONCE": 1, "PAGES_WAIT_SECONDS": 0.5})
    first, second = proxy.connect(), proxy.connect()
    first.request("GET", "/first")
    assert django.arrived.acquire(timeout=20)
    second.request("GET", "/second")
    refused = second.getresponse()
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert b"busy" in refused.read()
    django.release.set()
    assert first.getresponse().read() == b"hello"
    assert proxy.ask()[0].status == 200
    assert [seen.path for seen in django.seen] == ["/first", "/"]
    first.close()
    second.close()


def test_who_asks_for_too_much_waits_behind_itself(django: Django, start: Start) -> None:
    """One at Django, one waiting, a third told to come back later, and named; another address is answered meanwhile."""
    django.answer = lambda handler: reply_once_released(django)(handler) if handler.path == "/held" else reply(handler)
    proxy = start(django.port, trusted="127.0.0.1", limits={"PAGES_AT_ONCE_PER_ADDRESS": 1, "PAGES_WAITING_PER_ADDRESS": 1})
    held = [proxy.connect(), proxy.connect()]
    held[0].request("GET", "/held", headers={"X-Forwarded-For": "192.0.2.1"})
    assert django.arrived.acquire(timeout=20)
    held[1].request("GET", "/held", headers={"X-Forwarded-For": "192.0.2.1"})
    eventually(lambda: proxy.ask(X_Forwarded_For="192.0.2.1")[0].status == 429, "the second one waits")
    refused, page = proxy.ask(X_Forwarded_For="192.0.2.1")
    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert b"Too many requests" in page
    assert proxy.ask(path="/other", X_Forwarded_For="192.0.2.2")[0].status == 200
    assert [seen.path for seen in django.seen] == ["/held", "/other"]
    django.release.set()
    assert [connection.getresponse().read() for connection in held] == [b"hello", b"hello"]
    assert (proxy.data / "log").read_text().count("192.0.2.1 went over a limit: requests that wait for their turn") == 1
    for connection in held:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_until_django_listens_vedette_is_starting(start: Start) -> None:
    proxy = start(free_port())
    response, content = proxy.ask()
    assert (response.status, response.headers["retry-after"], response.headers["refresh"]) == (503, "1", "1")
    assert b"Vedette is starting" in content
    assert b"<script" not in content
    assert b"style" not in content
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["server"] is None
    health, status = proxy.ask(path="/healthz")
    assert (health.status, health.headers["content-type"], json.loads(status)) == (
        503,
        "application/json",
        {"ok": False, "django": "starting"},
    )
    assert proxy.ask("HEAD")[1] == b""


def test_until_setup_has_made_the_secret_vedette_is_starting(django: Django, start: Start) -> None:
    proxy = start(django.port, secret=None)
    assert proxy.ask()[0].status == 503
    (proxy.data / "proxy-secret").write_text(SECRET)
    assert proxy.ask()[0].status == 200
    assert [seen.all("x-vedette-proxy") for seen in django.seen] == [[SECRET]]
