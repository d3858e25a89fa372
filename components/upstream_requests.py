"""Bounds for HTTP requests that Crossbar.io and Twisted do not have, each with a test that fails once they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from twisted.web.http import HTTPChannel, HTTPFactory, _GenericHTTPChannelProtocol
from twisted.web.server import Request

from components import limits
from components.addresses import client_address, neighbourhood, trusted_proxies
from components.offenders import offenders

LOCAL = "a process of this machine"


def bound_requests(*, among_many: bool = False) -> None:
    """Let no stranger's request stall or fill this process: for every connection from now on. May be called any number of times.

    - Crossbar.io 26.10.1 lets Twisted take forms apart, in the reactor and before any resource sees them: 20 MB of `a&` stop a router
      for half a minute. Django reads its forms by itself, so nothing here does.
    - A body of any size is kept in memory or in /tmp before a resource may refuse it. One above BODY_BYTES is refused by its
      Content-Length, or as soon as it has grown to that.
    - `client_timeout` is about silence: with a byte a minute, a request may come for ever. Each must be whole within that time.

    `among_many`: besides, the bodies of all requests that are not finished are counted together, and for each address; only for the
    process that strangers reach, because behind it all of them seem to be one.
    """
    from crossbar.common.twisted.web import Site

    Site.requestFactory = _counted(Bodies(), _client_of()) if among_many else _BoundedRequest
    Site.protocol = _bounded_protocol


class Bodies:
    """Bytes that unfinished requests have brought, by address and in all."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()
        self._all = 0

    def take(self, where: str, count: int) -> limits.Most | None:
        """Count them; or, if they do not fit, the limit that they break. No address, which is this machine's own, has no limit."""
        if where:
            if self._by_address[where] + count > limits.BODIES_BYTES_PER_ADDRESS.most:
                return limits.BODIES_BYTES_PER_ADDRESS
            if self._all + count > limits.BODIES_BYTES.most:
                return limits.BODIES_BYTES
            self._by_address[where] += count
            self._all += count
        return None

    def give_back(self, where: str, count: int) -> None:
        """They are no longer held."""
        if where:
            self._all -= count
            self._by_address[where] -= count
            if not self._by_address[where]:
                del self._by_address[where]


class _BoundedRequest(Request):
    content: Any
    bodies: Bodies | None = None
    client_of: Callable[[Any], str]
    _refused = False
    _held = 0
    _where = ""

    def __init__(self, channel: HTTPChannel, *arguments: Any, **options: Any) -> None:
        super().__init__(channel, *arguments, **{**options, "parsePOSTFormSubmission": False})  # type: ignore[no-untyped-call]

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        if length is not None and length > limits.BODY_BYTES.most:
            self._refuse(413, limits.BODY_BYTES)
        else:
            super().gotLength(length)  # type: ignore[no-untyped-call]

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        if self._refused:
            return
        if self._held + len(data) > limits.BODY_BYTES.most:
            self._refuse(413, limits.BODY_BYTES)
        elif (broken := self._take(len(data))) is not None:
            self._refuse(503, broken)
        else:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        if not self._refused:
            super().requestReceived(command, path, version)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        self._give_back()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _cleanup(self) -> None:
        self._give_back()
        super()._cleanup()  # type: ignore[no-untyped-call]

    def _take(self, count: int) -> limits.Most | None:
        broken = None
        if self.bodies is not None:
            self._where = self._where or type(self).client_of(self)
            broken = self.bodies.take(self._where, count)
        if broken is None:
            self._held += count
        return broken

    def _give_back(self) -> None:
        if self.bodies is not None and self._held:
            self.bodies.give_back(self._where, self._held)
            self._held = 0

    def _refuse(self, code: int, limit: limits.Most) -> None:
        self._refused = True
        self._give_back()
        offenders.name(limit, getattr(self.client, "host", None) or LOCAL)
        if self.content is not None:
            self.content.truncate(0)
        self.requestHeaders.removeHeader(b"expect")  # else Twisted says: 100 Continue
        channel: Any = self.channel
        reason = {413: b"Content Too Large", 503: b"Service Unavailable"}[code]
        channel.write(b"HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % (code, reason))
        channel.loseConnection()


def _counted(bodies: Bodies, client_of: Callable[[Any], str]) -> type[_BoundedRequest]:
    return type("_CountedRequest", (_BoundedRequest,), {"bodies": bodies, "client_of": staticmethod(client_of)})


def _client_of() -> Callable[[Any], str]:
    """What says for whom a request counts, seen through trusted proxies."""
    trusted = trusted_proxies()

    def client_of(request: Any) -> str:
        host = getattr(request.client, "host", None)
        if host is None:
            return ""
        forwarded = b", ".join(request.requestHeaders.getRawHeaders(b"x-forwarded-for", []))
        return neighbourhood(client_address(f"tcp:{host}:0", {"x-forwarded-for": forwarded.decode("latin-1")}, trusted))

    return client_of


class _BoundedChannel(HTTPChannel):
    def resetTimeout(self) -> None:  # noqa: N802  # Twisted's name
        """Called for each piece that arrives; only the first one of a request may start its time."""
        if self._HTTPChannel__first_line and not self._buffer:  # type: ignore[attr-defined]
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:  # noqa: N802  # Twisted's name
        if not self._HTTPChannel__first_line or self._buffer:  # type: ignore[attr-defined]  # else it was just idle
            peer: Any = self.getPeer()  # type: ignore[no-untyped-call]
            offenders.name(limits.REQUEST_SECONDS, getattr(peer, "host", None) or LOCAL)
        super().timeoutConnection()  # type: ignore[no-untyped-call]


def _bounded_protocol(_site: HTTPFactory) -> _GenericHTTPChannelProtocol:
    return _GenericHTTPChannelProtocol(_BoundedChannel())  # type: ignore[no-untyped-call]
