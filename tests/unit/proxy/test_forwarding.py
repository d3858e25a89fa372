"""What passes the proxy, either way: as it is, but for what only a proxy may say."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
from typing import Any

import pytest

from tests.unit.proxy.conftest import SECRET, Django, Proxy, Start, hang, reply


def test_django_sees_what_the_browser_sent(django: Django, proxy: Proxy) -> None:
    path = "/admin/a%2Fb/?q=%C3%A4&q=2;x=%00"
    response, content = proxy.ask(
        "POST", path, b"a=1", Host="hub.example:8443", Cookie="sessionid=x", Content_Type="text/plain", Origin="http://o"
    )
    assert (response.status, content) == (200, b"hello")
    (seen,) = django.seen
    assert (seen.method, seen.path, seen.body) == ("POST", path, b"a=1")
    assert seen.all("host") == ["hub.example:8443"]
    assert seen.all("cookie") == ["sessionid=x"]
    assert seen.all("origin") == ["http://o"]
    assert seen.all("content-length") == ["3"]
    assert seen.all("x-vedette-proxy") == [SECRET]
    assert seen.all("x-forwarded-for") == ["127.0.0.1"]
    assert seen.all("x-real-ip") == ["127.0.0.1"]
    assert seen.all("x-forwarded-proto") == ["http"]
    assert seen.all("x-forwarded-host") == []


def test_nobody_else_can_claim_to_be_the_proxy(django: Django, proxy: Proxy) -> None:
    proxy.raw(
        b"GET / HTTP/1.0\r\nHost: hub\r\nX-Vedette-Proxy: forged\r\nX_Vedette_Proxy: forged\r\nx-vedette-PROXY: forged\r\n"
        b"X-Forwarded-For: 203.0.113.7\r\nX_Forwarded_For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"
        b"X-Real-IP: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\n\r\n"
    )
    (seen,) = django.seen
    assert "forged" not in str(seen)
    assert "203.0.113.7" not in str(seen)
    assert "evil.example" not in str(seen)
    assert seen.all("x-forwarded-proto") == ["http"]


def test_a_trusted_proxy_is_believed(django: Django, start: Start) -> None:
    proxy = start(django.port, trusted="127.0.0.0/8")
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "hub.example"}
    proxy.ask(**headers)
    proxy.ask(X_Forwarded_Proto="gopher")
    first, second = django.seen
    assert first.all("x-forwarded-for") == ["198.51.100.1, 203.0.113.7, 127.0.0.1"]
    assert first.all("x-real-ip") == ["203.0.113.7"]
    assert first.all("x-forwarded-proto") == ["https"]
    assert first.all("x-forwarded-host") == ["hub.example"]
    assert second.all("x-forwarded-proto") == ["http"]


def test_a_bad_list_of_proxies_stops_the_start(start: Start) -> None:
    with pytest.raises(AssertionError, match=r"VEDETTE_TRUSTED_PROXIES has 'proxy\.example'"):
        start(1, trusted="10.0.0.1, proxy.example")


def test_hop_by_hop_headers_stay_on_their_hop(django: Django, proxy: Proxy) -> None:
    django.answer = lambda handler: reply(handler, headers=(("Keep-Alive", "9"), ("X-End", "2")))
    response, _ = proxy.ask(Connection="close, X-Mine", X_Mine="1", TE="trailers", Proxy_Authorization="x", X_End="2")
    (seen,) = django.seen
    assert [seen.all(name) for name in ("x-mine", "te", "proxy-authorization", "x-end")] == [[], [], [], ["2"]]
    assert [response.headers[name] for name in ("keep-alive", "x-end")] == [None, "2"]


def test_cookies_stay_apart_and_no_server_is_named(django: Django, proxy: Proxy) -> None:
    django.answer = lambda handler: reply(handler, headers=(("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2, 3; Path=/")))
    response, _ = proxy.ask()
    assert response.headers.get_all("set-cookie") == ["a=1; Path=/", "b=2, 3; Path=/"]
    assert response.headers["server"] is None


@pytest.mark.parametrize("code", [204, 301, 304, 403, 404, 500])
def test_codes_pass(django: Django, proxy: Proxy, code: int) -> None:
    body = b"" if code in (204, 304) else b"page"
    django.answer = lambda handler: reply(handler, body, code, (("Location", "/there/"),))
    response, content = proxy.ask()
    assert (response.status, response.headers["location"], content) == (code, "/there/", body)


def test_head_has_no_body(django: Django, proxy: Proxy) -> None:
    response, content = proxy.ask("HEAD")
    assert (response.status, content, django.seen[0].method) == (200, b"", "HEAD")


def test_compressed_bodies_pass_untouched(django: Django, proxy: Proxy) -> None:
    body = gzip.compress(b"hello")
    django.answer = lambda handler: reply(handler, body, headers=(("Content-Encoding", "gzip"),))
    assert proxy.ask()[1] == body


def test_uploads_pass_whole(django: Django, proxy: Proxy) -> None:
    body = os.urandom(2**20)
    response, _ = proxy.ask("POST", "/", body, Content_Type="application/x-www-form-urlencoded")
    assert response.status == 200
    assert hashlib.sha256(django.seen[0].body).digest() == hashlib.sha256(body).digest()


def test_a_chunked_upload_gets_a_length(django: Django, proxy: Proxy) -> None:
    proxy.raw(b"POST / HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    (seen,) = django.seen
    assert (seen.body, seen.all("content-length"), seen.all("transfer-encoding")) == (b"abcde", ["5"], [])


def begin_stream(handler: Any) -> None:
    """An answer in chunks, of which the first is sent."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nfirst\r\n")
    handler.wfile.flush()


def test_an_answer_streams(django: Django, proxy: Proxy) -> None:
    """The second half is sent only once the browser has the first."""

    def answer(handler: Any) -> None:
        begin_stream(handler)
        assert django.release.wait(20)
        handler.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")

    django.answer = answer
    connection = proxy.connect()
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    django.release.set()
    assert response.read() == b"second"
    connection.close()


def test_half_an_answer_does_not_look_whole(django: Django, proxy: Proxy) -> None:
    def answer(handler: Any) -> None:
        begin_stream(handler)
        handler.close_connection = True

    django.answer = answer
    with pytest.raises(http.client.IncompleteRead):
        proxy.ask()


def test_a_browser_that_leaves_takes_its_request_along(django: Django, proxy: Proxy) -> None:
    """And that is nobody's failure."""
    usual, django.answer = django.answer, hang(django)
    connection = proxy.connect()
    connection.request("GET", "/")
    assert django.arrived.acquire(timeout=20)
    connection.close()
    assert django.gone.wait(20)
    django.answer = usual
    assert proxy.ask()[0].status == 200
    log = (proxy.data / "log").read_text()
    assert "failed" not in log
    assert "Unhandled" not in log


def test_a_browser_that_leaves_ends_a_stream(django: Django, proxy: Proxy) -> None:
    def answer(handler: Any) -> None:
        begin_stream(handler)
        hang(django)(handler)

    django.answer = answer
    connection = proxy.connect()
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    response.close()
    connection.close()
    assert django.gone.wait(20)


def test_other_services_stay_beside(django: Django, proxy: Proxy) -> None:
    assert proxy.ask(path="/ws")[1] == b"beside"
    assert proxy.ask(path="/a/ws")[1] == b"hello"
    assert proxy.ask(path="//ws")[1] == b"hello"


@pytest.mark.parametrize("target", [b"http://evil.example/", b"*", b"evil.example:443"])
def test_only_paths_are_forwarded(django: Django, proxy: Proxy, target: bytes) -> None:
    answer = proxy.raw(b"GET " + target + b" HTTP/1.0\r\nHost: hub\r\n\r\n")
    assert answer.split()[1] in (b"400", b"405", b"200")
    assert all(seen.path == "/" for seen in django.seen)


def test_no_header_is_logged(django: Django, proxy: Proxy) -> None:
    proxy.ask(Cookie="sessionid=PLANTED", Authorization="PLANTED")
    assert "PLANTED" not in (proxy.data / "log").read_text()
    assert SECRET not in (proxy.data / "log").read_text()
