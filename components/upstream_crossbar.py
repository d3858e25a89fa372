"""Work-arounds for defects in Crossbar.io, each with a test that fails once Crossbar.io no longer needs it.

What Crossbar.io's private parts look like is known here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, cast

import txaio
from twisted.internet.task import LoopingCall
from twisted.logger import LogLevel, formatEvent, globalLogPublisher
from twisted.web.http import HTTPChannel, HTTPFactory, _GenericHTTPChannelProtocol
from twisted.web.server import Request
from txaio.tx import log_levels

MAX_LINE_CHARACTERS = 16_384
"""What one event may put into the log; a stranger decides how much it would like to."""
MAX_BODY_BYTES = 10 * 2**20
"""What one HTTP request may bring along."""
SESSION_SECONDS = 10.0
"""What a client may take from opening its WebSocket to being let in."""

_DONE = "_vedette_patched"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


# --- the log ----------------------------------------------------------------------------------------------------------------


def redact_log() -> None:
    """Keep secrets out of everything this process logs from now on, at any level. May be called any number of times.

    Crossbar.io 26.10.1 logs hand-shake headers, tickets, signatures and `authextra`; besides the text, a worker hands every value
    of an event to the controller. Each observer therefore gets events of nothing but level, time, namespace and redacted text.
    """
    observers: list[Any] = cast(list[Any], globalLogPublisher._observers)
    for index, observer in enumerate(observers):
        if not isinstance(observer, _Redacting):
            observers[index] = _Redacting(observer)


class _Redacting:
    """A log observer in front of another one."""

    def __init__(self, observer: Callable[[dict[str, Any]], None]) -> None:
        self._observer = observer

    def __call__(self, event: dict[str, Any]) -> None:
        level = event.get("log_level", LogLevel.info)
        if log_levels.index(level.name) > log_levels.index(txaio.get_global_log_level()):
            return
        safe = {
            "log_level": level,
            "log_namespace": event.get("log_namespace", ""),
            "log_system": event.get("log_system", "-"),
            "log_time": event["log_time"],
            "log_format": "{text}",
            "text": _text(event),
        }
        if event.get("txaio_trace"):
            safe["txaio_trace"] = True
        self._observer(safe)


def _text(event: dict[str, Any]) -> str:
    text = formatEvent(event)
    failure = event.get("log_failure")
    if failure is not None:
        text = f"{text}\n{failure.getTraceback()}"
    if len(text) > MAX_LINE_CHARACTERS:
        text = f"{text[:MAX_LINE_CHARACTERS]}… ({len(text) - MAX_LINE_CHARACTERS} characters more)"
    return redact(text)


def redact(text: str) -> str:
    """`text` with the values of secrets replaced by `***`, and without colours, which could cut a value in two.

    Found by name (`ticket=…`, `'cookie': '…'`, `Authorization: …`) in reprs of maps, bytes and keywords, in header lines, JSON and form
    bodies; and by shape: values that Django signed, private keys, passwords in addresses.
    """
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    for pattern in _SECRETS:
        text = pattern.sub(r"\g<keep>***", text)
    return text


def _quoted(name: str) -> str:
    """A quoted string, its quotes perhaps escaped once more, and the pieces that pprint makes of a long one."""
    return rf"""(?:b?(?P<{name}>\\*['"])[^\n]*?(?:(?<!\\)(?P={name})|$)(?:\n\s*(?P<{name}_>['"])[^\n]*?(?:(?<!\\)(?P={name}_)|$))*)"""


_WORDS = r"(?!(?:None|null|True|true|False|false)\b)"
"""Values that are no secret whatever they are of."""

# each takes time in proportion to the text: runs are entered at their beginning only, or possessively
_SECRETS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # headers: as a line, as a line within the repr of bytes, in a map, in pairs; the value goes on to the end of its line
        r"(?P<keep>(?:cookie|authorization|x[-_]vedette[-_]proxy)(?:\\*['\"],\s+(?=b?\\*['\"])|\\*['\"]?[ \t]*[:=][ \t]*))"
        + _WORDS
        + rf"(?:{_quoted('one')}|\[\s*{_quoted('first')}(?:,\s*{_quoted('more')})*\]?|(?![\s\[({{])(?:[^\\\r\n]|\\++(?![rn]))+)",
        # fields: keywords, maps, JSON, form bodies, queries
        r"(?P<keep>(?<![\w-])[\w-]{0,40}(?:password|passphrase|secret|secret_?key|token|ticket|signature|proof|private_?key|sessionid|session_key"
        r"|enrol_code)\\*['\"]?[ \t]*[:=][ \t]*)" + _WORDS + rf"(?:{_quoted('one')}|[^\s,;&'\"()\[\]{{}}<>\\]+)",
        rf"(?P<keep>(?<!\\)\\*['\"]code\\*['\"][ \t]*:[ \t]*){_quoted('one')}",
        # the router's line about AUTHENTICATE, a ticket or a signature
        r"(?P<keep>onAuthenticate: )[^\n]+",
        # by shape: what Django signed, private keys, passwords in addresses
        r"(?P<keep>)(?<![\w.=-])[\w.=-]{2,}(?::[0-9a-z]{6,7})?:[\w-]{43}(?![\w-])",
        r"(?P<keep>)-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|-(?!----END))*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
        r"(?P<keep>://[^\s:/@'\"]{0,64}:)[^\s/@'\"]{1,256}(?=@)",
    )
)


# --- requests ---------------------------------------------------------------------------------------------------------------


def bound_requests() -> None:
    """Let no stranger's request stall or fill this process: for every connection from now on. May be called any number of times.

    - Crossbar.io 26.10.1 lets Twisted take forms apart, in the reactor and before any resource sees them: 20 MB of `a&` stop a router
      for half a minute. Django reads its forms by itself, so nothing here does.
    - A body of any size is kept in /tmp before a resource may refuse it. One above MAX_BODY_BYTES is refused by its Content-Length, or
      as soon as it has grown to that.
    - `client_timeout` is about silence: with a byte a minute, a request may come for ever. Each must be whole within that time.
    """
    from crossbar.common.twisted.web import Site

    Site.requestFactory = _BoundedRequest
    Site.protocol = _bounded_protocol


class _BoundedRequest(Request):
    content: Any
    _refused = False

    def __init__(self, channel: HTTPChannel, *arguments: Any, **options: Any) -> None:
        super().__init__(channel, *arguments, **{**options, "parsePOSTFormSubmission": False})  # type: ignore[no-untyped-call]

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        if length is not None and length > MAX_BODY_BYTES:
            self._refuse()
        else:
            super().gotLength(length)  # type: ignore[no-untyped-call]

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        if self._refused:
            return
        if self.content.tell() + len(data) > MAX_BODY_BYTES:
            self._refuse()
        else:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        if not self._refused:
            super().requestReceived(command, path, version)  # type: ignore[no-untyped-call]

    def _refuse(self) -> None:
        self._refused = True
        self.requestHeaders.removeHeader(b"expect")  # else Twisted says: 100 Continue
        channel: Any = self.channel
        channel.write(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        channel.loseConnection()


class _BoundedChannel(HTTPChannel):
    def resetTimeout(self) -> None:  # noqa: N802  # Twisted's name
        """Called for each piece that arrives; only the first one of a request may start its time."""
        if self._HTTPChannel__first_line and not self._buffer:  # type: ignore[attr-defined]
            super().resetTimeout()  # type: ignore[no-untyped-call]


def _bounded_protocol(_site: HTTPFactory) -> _GenericHTTPChannelProtocol:
    return _GenericHTTPChannelProtocol(_BoundedChannel())  # type: ignore[no-untyped-call]


# --- sessions ---------------------------------------------------------------------------------------------------------------


def require_sessions(seconds: float = SESSION_SECONDS) -> None:
    """Abort every WebSocket that has no session after `seconds`, or at any multiple of that. May be called any number of times.

    Crossbar.io 26.10.1 waits for ever: for a HELLO, for an answer to its CHALLENGE, and after a GOODBYE. Its pings are answered by
    whoever likes to, so a stranger with a few thousand idle connections would use up `max_connections`.
    """
    from crossbar.router.protocol import WampWebSocketServerProtocol as Protocol

    on_open: Any = Protocol.onOpen
    if hasattr(on_open, _DONE):
        return

    def open_watched(self: Any) -> None:
        on_open(self)
        watch = LoopingCall(_abort_without_session, self)
        watch.start(seconds, now=False)

        def stop(closed: Any) -> Any:
            watch.stop()
            return closed

        self.is_closed.addBoth(stop)

    setattr(open_watched, _DONE, True)
    Protocol.onOpen = open_watched


def _abort_without_session(protocol: Any) -> None:
    if protocol._session is None or not protocol._session._session_id:
        protocol.dropConnection(abort=True)


def live_authids(session: Any) -> set[str]:
    """The authids of all sessions on the realm of `session`, a component inside the router."""
    return set(session._transport._router._authid_to_sessions)


def abort_sessions(session: Any, authids: Collection[str]) -> int:
    """End the sessions of these authids at their transports, and say how many there were.

    `wamp.session.kill_by_authid` only says GOODBYE: a client that ignores it stays, and its events are still delivered. Nor does a
    WebSocket's closing hand-shake bind such a client. Components inside the router have no connection and are left alone.
    """
    by_authid = session._transport._router._authid_to_sessions
    return sum(_abort(one) for authid in authids for one in list(by_authid.get(authid, ())))


def abort_session(session: Any, session_id: int) -> None:
    """End this one session at its transport, if it is there."""
    found = session._transport._router._session_id_to_session.get(session_id)
    if found is not None:
        _abort(found)


def _abort(session: Any) -> bool:
    transport = session._transport
    if getattr(transport, "transport", None) is None:
        return False
    if hasattr(transport, "dropConnection"):
        transport.dropConnection(abort=True)
    else:
        transport.abort()
    return True
