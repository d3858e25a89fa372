"""The proxy in a process of its own, a browser that is a plain socket before it, and a Django that the tests play behind it."""

from __future__ import annotations

import contextlib
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

from tests.harness.process import REPOSITORY, WORKER_PATH

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


def hang(django: Django) -> Callable[[Any], None]:
    """Answers nothing, and notes when the proxy has hung up."""

    def answer(handler: Any) -> None:
        handler.connection.settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert handler.connection.recv(1) == b""
        django.gone.set()
        handler.close_connection = True

    return answer


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
            cwd=REPOSITORY,
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
