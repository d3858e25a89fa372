"""The path from the public port to Django: a resource for Crossbar.io's web transport.

It runs in the router's reactor, so nothing here blocks, waits without limit or grows without bound. Django sees the request as the
browser sent it, except: forwarded headers count only from trusted proxies, and a secret header proves that it came by this way.
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from twisted.internet import reactor as _reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectError
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.client import Agent, FileBodyProducer, HTTPConnectionPool, ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import UNKNOWN_LENGTH, IResponse
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from components.addresses import client_address, is_trusted, neighbourhood, parse_address, trusted_proxies
from components.directories import PROXY_SECRET, data_directory
from components.limits import PAGES_AT_ONCE, PAGES_AT_ONCE_PER_ADDRESS, PAGES_WAIT_SECONDS, PAGES_WAITING_PER_ADDRESS
from components.offenders import offenders
from components.turns import QueueFull, Turns

CONNECT_SECONDS = 2.0
RESPONSE_SECONDS = 60.0

SECRET_HEADER = b"x-vedette-proxy"

_HOP_BY_HOP = frozenset(
    b"connection content-length expect keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer trailers "
    b"transfer-encoding upgrade".split()
)
_FROM_PROXIES = frozenset(b"forwarded x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip".split())

_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_AGAIN = {"Retry-After": "1", "Refresh": "1"}
_LATER = {"Retry-After": "10", "Refresh": "10"}

_log = Logger()


class _Refusal(Exception):
    """What the client gets instead of Django's answer."""

    def __init__(self, code: int, title: str, text: str, status: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.code, self.title, self.text, self.status, self.headers = code, title, text, status, headers or {}


def _starting() -> _Refusal:
    return _Refusal(503, "Vedette is starting", "This page tries again by itself in a second.", "starting", _AGAIN)


class DjangoProxy(Resource):
    """Everything below `/` that has no service of its own. `extra`: `port`, and if need be `host`, `timeout` (seconds).

    How large a request's body may be is decided before it comes here, by `bound_requests`.

    ValueError if VEDETTE_TRUSTED_PROXIES is not a list of addresses and networks: that stops the start.
    """

    def __init__(self, extra: Mapping[str, Any], reactor: Any = _reactor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._backend = f"http://{extra.get('host', '127.0.0.1')}:{extra['port']}".encode()
        self._timeout = float(extra.get("timeout", RESPONSE_SECONDS))
        self._trusted = trusted_proxies()
        self._reactor = reactor
        pool: Any = HTTPConnectionPool(reactor)  # type: ignore[no-untyped-call]
        pool._factory.noisy = False  # else a line in the log for each connection  # noqa: SLF001
        pool.maxPersistentPerHost = PAGES_AT_ONCE.most
        pool.cachedConnectionTimeout = 20  # before Django's side closes it
        self._agent: Any = Agent(reactor, connectTimeout=CONNECT_SECONDS, pool=pool)  # type: ignore[no-untyped-call]
        self._turns = Turns(PAGES_AT_ONCE.most, PAGES_AT_ONCE_PER_ADDRESS.most, PAGES_WAITING_PER_ADDRESS.most)
        self._secret: bytes | None = None

    def getChild(self, path: bytes, request: Any) -> Resource:
        """A leaf, so that `/a/ws` is not taken for `/ws`."""
        return _Leaf(self)

    def render(self, request: Any) -> int:
        """Answer by Django, or by a page that says why not."""
        finished = request.notifyFinish()
        work = Deferred.fromCoroutine(self._answer(request, finished))
        finished.addErrback(lambda _gone: work.cancel())
        return NOT_DONE_YET

    async def _answer(self, request: Any, finished: Deferred[Any]) -> None:
        try:
            await self._forward(request)
        except CancelledError:  # the client has gone
            return
        except _Refusal as refusal:
            if not finished.called:
                _show(request, refusal)
        except Exception:  # noqa: BLE001  # the boundary: a page for the client, the traceback for the operator
            if finished.called:  # the client has gone, and what that broke on the way is nobody's failure
                return
            _log.failure("the proxy failed on {method} {path}", method=request.method, path=request.path)
            _show(request, _Refusal(502, "Vedette has a problem", "Its log says more. Try again.", "unreachable"))

    async def _forward(self, request: Any) -> None:
        if not request.uri.startswith(b"/"):
            raise _Refusal(400, "Not understood", "The address must begin with a slash.", "refused")
        client = self._client(request)
        where = neighbourhood(client)
        await self._turn(where, client)
        try:
            response = await self._ask(request)
            await _relay(request, response, self._reactor, self._timeout)
        finally:
            self._turns.give_back(where)

    async def _turn(self, where: str, client: str) -> None:
        busy = _Refusal(503, "Vedette is busy", "This page tries again by itself in a second.", "busy", _AGAIN)
        try:
            await self._turns.take(where).addTimeout(PAGES_WAIT_SECONDS.most, self._reactor, _raise(busy))
        except QueueFull:
            offenders.name(PAGES_WAITING_PER_ADDRESS, client)
            text = "Your address asks for more than Vedette can answer. This page tries again by itself."
            raise _Refusal(429, "Too many requests", text, "too many requests", _LATER) from None

    async def _ask(self, request: Any) -> IResponse:
        headers = self._headers(request)
        body = FileBodyProducer(request.content) if _length(request.content) else None  # type: ignore[no-untyped-call]
        try:
            asked = self._agent.request(request.method, self._backend + request.uri, headers, body)
        except ValueError:
            raise _Refusal(400, "Not understood", "The request is malformed.", "refused") from None
        slow = _Refusal(504, "Too slow", f"Vedette gave no answer within {self._timeout:g} s. Try again.", "slow")
        try:
            response: IResponse = await asked.addTimeout(self._timeout, self._reactor, _raise(slow))
        except ConnectError:
            raise _starting() from None
        return response

    def _headers(self, request: Any) -> Headers:
        received = request.requestHeaders
        host = getattr(request.getClientAddress(), "host", "")
        trusted = is_trusted(parse_address(host), self._trusted)
        dropped = _HOP_BY_HOP | _named_by_connection(received) | {SECRET_HEADER} | (frozenset() if trusted else _FROM_PROXIES)
        headers = Headers()
        for name, values in received.getAllRawHeaders():
            # WSGI makes X_A and X-A one, so an underscore would smuggle a second X-Vedette-Proxy past us
            if name.lower() not in dropped and b"_" not in name:
                headers.setRawHeaders(name, values)
        forwarded = b", ".join(headers.getRawHeaders(b"x-forwarded-for", []))
        headers.setRawHeaders(b"x-forwarded-for", [b", ".join(filter(None, (forwarded, host.encode())))])
        headers.setRawHeaders(b"x-real-ip", [self._client(request).encode()])
        if headers.getRawHeaders(b"x-forwarded-proto") not in ([b"http"], [b"https"]):
            headers.setRawHeaders(b"x-forwarded-proto", [b"https" if request.isSecure() else b"http"])
        headers.setRawHeaders(SECRET_HEADER, [self._read_secret()])
        return headers

    def _client(self, request: Any) -> str:
        host = getattr(request.getClientAddress(), "host", "")
        forwarded = b", ".join(request.requestHeaders.getRawHeaders(b"x-forwarded-for", []))
        return client_address(f"tcp:{host}:0", {"x-forwarded-for": forwarded.decode("latin-1")}, self._trusted) or ""

    def _read_secret(self) -> bytes:
        if self._secret is None:
            try:
                self._secret = (data_directory() / PROXY_SECRET).read_bytes().strip()
            except FileNotFoundError:
                raise _starting() from None
        return self._secret


class _Leaf(Resource):
    isLeaf = True  # noqa: N815  # Twisted's name

    def __init__(self, proxy: DjangoProxy) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.render = proxy.render  # type: ignore[method-assign]  # any method, any path


class _Relay(Protocol):
    """Writes Django's body to the client as it comes, and stops reading while the client does."""

    def __init__(self, request: Any, reactor: Any, idle_seconds: float) -> None:
        self.done: Deferred[None] = Deferred(self._cancel)
        self._request = request
        self._idle_seconds = idle_seconds
        self._idle = reactor.callLater(idle_seconds, self.stop)

    def connectionMade(self) -> None:  # noqa: N802  # Twisted's name
        self._request.registerProducer(self.transport, True)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        self._idle.reset(self._idle_seconds)
        self._request.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  # Twisted's name
        if self._idle.active():
            self._idle.cancel()
        if self.done.called:
            return
        self._request.unregisterProducer()
        if isinstance(reason.value, ResponseDone | PotentialDataLoss):
            self._request.finish()
        else:
            self._request.loseConnection()  # half an answer must not look like a whole one
        self.done.callback(None)

    def stop(self) -> None:
        """Give up: neither side moves."""
        if self.transport is not None:
            self.transport.stopProducing()

    def _cancel(self, _done: Deferred[None]) -> None:
        if self._idle.active():
            self._idle.cancel()
        self.stop()


async def _relay(request: Any, response: IResponse, reactor: Any, idle_seconds: float) -> None:
    request.setResponseCode(response.code, response.phrase)
    request.defaultContentType = None  # Django's silence about it is an answer too
    request.responseHeaders.removeHeader(b"server")
    for name, values in response.headers.getAllRawHeaders():
        if name.lower() not in _HOP_BY_HOP and name.lower() != b"server":
            request.responseHeaders.setRawHeaders(name, values)
    if response.length is not UNKNOWN_LENGTH and request.method != b"HEAD":
        request.responseHeaders.setRawHeaders(b"content-length", [b"%d" % response.length])
    relay = _Relay(request, reactor, idle_seconds)
    deliver: Any = response.deliverBody  # its interface has no types
    deliver(relay)
    await relay.done


def _show(request: Any, refusal: _Refusal) -> None:
    if request.startedWriting:
        return
    if request.path == b"/healthz":
        kind, body = "application/json", json.dumps({"ok": False, "django": refusal.status})
    else:
        title, text = html.escape(refusal.title), html.escape(refusal.text)
        kind = "text/html; charset=utf-8"
        body = f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p></html>\n'
    request.setResponseCode(refusal.code)
    request.responseHeaders.removeHeader(b"server")
    for name, value in {**_PAGE_HEADERS, **refusal.headers, "Content-Type": kind, "Content-Length": str(len(body.encode()))}.items():
        request.setHeader(name, value)
    request.write(b"" if request.method == b"HEAD" else body.encode())
    request.finish()


def _raise(error: Exception) -> Callable[[object, float], NoReturn]:
    def raise_it(_result: object, _seconds: float) -> NoReturn:
        raise error

    return raise_it


def _named_by_connection(headers: Headers) -> frozenset[bytes]:
    named = b",".join(headers.getRawHeaders(b"connection", [])).split(b",")
    return frozenset(name.strip().lower() for name in named) - {b"host"}


def _length(content: Any) -> int:
    length: int = content.seek(0, io.SEEK_END)
    content.seek(0)
    return length
