"""Work-arounds for defects in Crossbar.io, each with a test that fails once Crossbar.io no longer needs it.

What Crossbar.io's private parts look like is known here and nowhere else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from typing import Any, cast

import txaio
from twisted.logger import LogLevel, formatEvent, globalLogPublisher
from txaio.tx import log_levels

from components.limits import ROUTER_WORDS
from components.throttle import Throttle
from components.upstream_autobahn import leave_words_to_readers

MAX_LINE_CHARACTERS = 16_384
"""What one event may put into the log; a stranger decides how much it would like to."""

_CHATTER = ("crossbar.router.",)
"""Who tells at level info of each step of each session: two kilobytes for each one that a stranger tries, a fifth of what a join costs the
router, and nothing of it for an operator. Its warnings are bounded: a HELLO with a field of a wrong type costs its sender 300 bytes, and
two tracebacks here.
"""

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

    def __init__(self, observer: Callable[[dict[str, Any]], None], now: Callable[[], float] = time.monotonic) -> None:
        """`now` is not the time of an event, which goes back when the clock is set."""
        self._observer = observer
        self._now = now
        self._words = Throttle(ROUTER_WORDS)

    def __call__(self, event: dict[str, Any]) -> None:
        level = event.get("log_level", LogLevel.info)
        if level == LogLevel.info and txaio.get_global_log_level() == "info" and event.get("log_namespace", "").startswith(_CHATTER):
            return
        if log_levels.index(level.name) > log_levels.index(txaio.get_global_log_level()):
            return
        if self._is_too_much(event, level):
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

    def _is_too_much(self, event: dict[str, Any], level: Any) -> bool:
        namespace = event.get("log_namespace", "")
        if level not in (LogLevel.warn, LogLevel.error, LogLevel.critical) or not namespace.startswith(_CHATTER):
            return False
        return not self._words.take((namespace, level), self._now())


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


def route_without_words() -> None:
    """Let the router say nothing of each message where nobody reads it. For its process only; may be called any number of times.

    Crossbar.io 26.10.1 colours and prints the words of six debug lines for each event before it knows whether they are logged.
    """
    from crossbar.router import broker, dealer, role, router, session

    for module in (broker, dealer, role, router, session):
        leave_words_to_readers(module)


def let_callers_go() -> None:
    """Let a caller go whose call a component inside the router has not answered yet. For its process only; may be called any number of
    times.

    Crossbar.io 26.10.1 then sends that component an INTERRUPT, which its session does not know and raises for: half of the caller stays
    behind for ever, and a traceback is written. What such a call has begun goes on; nobody gets its answer.
    """
    from autobahn.wamp.message import Interrupt
    from crossbar.router.session import RouterApplicationSession

    send: Any = RouterApplicationSession.send
    if hasattr(send, _DONE):
        return

    def send_known(self: Any, message: Any) -> None:
        if not isinstance(message, Interrupt):
            send(self, message)

    setattr(send_known, _DONE, True)
    RouterApplicationSession.send = send_known


# --- sessions ---------------------------------------------------------------------------------------------------------------


def ignore_certificates() -> None:
    """Take an agent for what its key says, whatever certificates it shows. For the router's process only; may be called any number of
    times.

    Crossbar.io 26.10.1 reads them before it asks who may join, even where nobody is known by one: two tracebacks for each HELLO that a
    stranger sends. The package that it would read good ones with is left out of the workers, and the traceback says how to bring it back.
    """
    from crossbar.router.auth.cryptosign import PendingAuthCryptosign

    hello: Any = PendingAuthCryptosign.hello
    if hasattr(hello, _DONE):
        return

    def hello_by_key(self: Any, realm: Any, details: Any) -> Any:
        for name in ("certificates", "trustroot"):
            (details.authextra or {}).pop(name, None)
        return hello(self, realm, details)

    setattr(hello_by_key, _DONE, True)
    PendingAuthCryptosign.hello = hello_by_key


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
