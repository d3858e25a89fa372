"""The proxy in a process of its own, a browser that is a plain socket before it, and a Django that the tests play behind it."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.harness.eventually import eventually
from tests.harness.process import WORKER_PATH

ROOT = Path(__file__).parents[2]
SECRET = "the-proxy-secret"

PROXY = """
import dataclasses, json, sys
from twisted.internet import reactor
from twisted.python import log
from twisted.web.resource import Resource
from crossbar.common.twisted.web import Site
from components import proxy
from components.upstream_requests import bound_requests

log.startLogging(sys.stderr, setStdout=False)
extra, limits = json.loads(sys.argv[1]), json.loads(sys.argv[2])
for name, value in limits.items():
    setattr(proxy, name, dataclasses.replace(getattr(proxy, name), most=value))
root = proxy.DjangoProxy(extra)
bound_requests()
beside = Resource()
beside.isLeaf = True
beside.render_GET = lambda request: b"beside"
root.putChild(b"ws", beside)
print(reactor.listenTCP(0, Site(root), interface="127.0.0.1").getHost().port, flush=True)
reactor.run()
"""


@dataclass
class Seen:
    """One request as Django got it."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Django:
    """What the tests play behind the proxies: keeps each request, and answers as `answer` says."""

    port = 0

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget the test before."""
        self.seen: list[Seen] = []
        self.answer: Callable[[Any], Any] = reply
        self.arrived = threading.Semaphore(0)
        self.release = threading.Event()
        self.gone = threading.Event()


def reply(handler: Any, body: bytes = b"hello", code: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> None:
    handler.send_response(code)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


@pytest.fixture(scope="module")
def server() -> Iterator[Django]:
    django = Django()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            django.seen.append(Seen(self.command, self.path, self.headers.items(), body))
            django.arrived.release()
            django.answer(self)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do  # noqa: N815  # the library's names

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *args: None  # type: ignore[method-assign]  # a proxy that hangs up is what some tests are about
    django.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield django
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def django(server: Django) -> Iterator[Django]:
    server.begin()
    yield server
    server.release.set()


@dataclass
class Proxy:
    """A running proxy; `data` is the hub's data directory."""

    port: int
    data: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)

    def connect(self, timeout: float = 20) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method: str = "GET", path: str = "/", body: Any = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            with contextlib.closing(connection.getresponse()) as response:
                return response, response.read()

    def raw(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall(data)
            return b"".join(iter(lambda: client.recv(65536), b""))


Start = Callable[..., Proxy]


def start_in(
    directory: Path, extra: dict[str, Any], *, secret: str | None = SECRET, trusted: str = "", limits: dict[str, float] | None = None
) -> Proxy:
    if secret is not None:
        (directory / "proxy-secret").write_text(secret + "\n")
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PROXY, json.dumps(extra), json.dumps(limits or {})],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(WORKER_PATH),
                "VEDETTE_DATA": str(directory),
                "VEDETTE_TRUSTED_PROXIES": trusted,
            },
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    proxy = Proxy(int(line or 0), directory, process)
    if not line:
        proxy.stop()
        raise AssertionError((directory / "log").read_text())
    return proxy


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts proxies with settings of their own, and shows what they logged."""
    started = []

    def start(port: int, *, secret: str | None = SECRET, trusted: str = "", limits: dict[str, float] | None = None, **extra: Any) -> Proxy:
        started.append(start_in(tmp_path, {"port": port, **extra}, secret=secret, trusted=trusted, limits=limits))
        return started[-1]

    yield start
    for proxy in started:
        proxy.stop()


@pytest.fixture(scope="module")
def proxy(server: Django, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """One with the usual settings, for all tests that need nothing else."""
    proxy = start_in(tmp_path_factory.mktemp("proxy"), {"port": server.port})
    yield proxy
    proxy.stop()


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


def test_a_chunked_upload_gets_a_length(django: Django, proxy: Proxy) -> None:
    proxy.raw(b"POST / HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    (seen,) = django.seen
    assert (seen.body, seen.all("content-length"), seen.all("transfer-encoding")) == (b"abcde", ["5"], [])


def test_an_answer_streams(django: Django, proxy: Proxy) -> None:
    """The second half is sent only once the browser has the first."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nfirst\r\n")
        handler.wfile.flush()
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
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nfirst\r\n")
        handler.close_connection = True

    django.answer = answer
    with pytest.raises(http.client.IncompleteRead):
        proxy.ask()


def hang(django: Django) -> Callable[[Any], None]:
    """Answers nothing, and notes when the proxy has hung up."""

    def answer(handler: Any) -> None:
        handler.connection.settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert handler.connection.recv(1) == b""
        django.gone.set()
        handler.close_connection = True

    return answer


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
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nfirst\r\n")
        handler.wfile.flush()
        hang(django)(handler)

    django.answer = answer
    connection = proxy.connect()
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    response.close()
    connection.close()
    assert django.gone.wait(20)


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
    eventually(lambda: proxy.ask(X_Forwarded_For="192.0.2.1")[0].status == 429, 20, "the second one waits")
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
