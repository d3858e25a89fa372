"""Work-arounds for defects in autobahn, each with a test that fails once autobahn no longer needs it.

For hub and agent alike: nothing here imports Crossbar.io or Django. All functions may be called any number of times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pprint import pformat
from typing import Any

from autobahn.twisted import websocket as twisted_websocket
from autobahn.twisted.websocket import WebSocketAdapterProtocol
from autobahn.wamp import serializer
from autobahn.wamp import websocket as wamp_websocket
from autobahn.websocket import protocol as websocket_protocol
from autobahn.websocket.protocol import WebSocketProtocol

from components.reactor import reactor
from components.upstream_twisted import rounds_for_all

MAX_DEPTH = 64
"""Levels of maps and lists that a message may have; a sample has six."""
MAX_RECURSION = 1000
"""Python's own default."""

_DONE = "_vedette_patched"


def force_tcp_nodelay() -> None:
    """Send every WebSocket message at once, as server and as client.

    Autobahn 26.10.2 asks for it before it has read the option, and swallows the AttributeError: with Nagle's algorithm and
    delayed acknowledgements, a message waits some 40 ms for the previous one.
    """
    made: Any = WebSocketAdapterProtocol.connectionMade
    if hasattr(made, _DONE):
        return

    def connection_made(self: Any) -> None:
        made(self)
        set_no_delay = getattr(self.transport, "setTcpNoDelay", None)
        if set_no_delay is not None:
            try:
                set_no_delay(self.tcpNoDelay)
            except OSError:  # a unix socket, or the peer has gone again
                pass

    setattr(connection_made, _DONE, True)
    WebSocketAdapterProtocol.connectionMade = connection_made


def read_before_dropping() -> None:
    """When a ping is not answered in time, read what lies unread before giving the peer up.

    Autobahn 26.10.2 drops the connection from a timer, and Twisted runs timers before it reads sockets: after one long round, such as
    five hundred agents that join at once, it would drop everybody whose answer has been here for long, who then all join at once again.
    """
    timed_out: Any = WebSocketProtocol.onAutoPingTimeout
    if hasattr(timed_out, _DONE):
        return

    def look_again(self: Any) -> None:
        asked, self.autoPingTimeoutCall = self.autoPingPending, None
        left = rounds_for_all(reactor)

        def look() -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                reactor.callLater(0, look)
            elif self.autoPingPending == asked and asked is not None:
                timed_out(self)

        look()

    setattr(look_again, _DONE, True)
    WebSocketProtocol.onAutoPingTimeout = look_again


def make_no_words_in_vain() -> None:
    """Let log lines that nobody reads cost next to nothing.

    Autobahn 26.10.2 colours the words of its debug lines before it knows whether they are logged: ten times for each WAMP message that it
    receives or sends, some 0.1 ms, a tenth of a core for a thousand messages a second; and it prints forty options prettily for each
    connection, which takes longer than all else that a connection costs.
    """
    for module in (websocket_protocol, twisted_websocket, wamp_websocket):
        leave_words_to_readers(module)
    websocket_protocol.Timings.__str__ = _timings  # who asks for these is a reader


def leave_words_to_readers(module: Any) -> None:
    """What this module makes words of, for its log, is made words of by who reads them: without colours."""
    for name, instead in _PLAIN_WORDS.items():
        if hasattr(module, name):
            setattr(module, name, instead)


def _either(flag: bool, yes: str = "YES", no: str = "NO") -> str:
    return yes if flag else no


def _as_it_is(value: Any, **_colours: object) -> Any:
    return value


class _Printed:
    """`pprint.pformat` of a value, if ever somebody reads it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return pformat(self._value)


def _timings(timings: Any) -> str:
    return pformat(timings._timings)


_PLAIN_WORDS = {"hltype": _as_it_is, "hlval": _as_it_is, "hlid": _as_it_is, "hlflag": _either, "pformat": _Printed}


def restore_recursion_limit() -> None:
    """Give Python its own limit back. `py_ecc`, which Crossbar.io imports, raises it to 100,000: a text of nested lists then blocks the
    router for a minute and logs 300,000 lines, or ends a process by a segmentation fault.
    """
    sys.setrecursionlimit(MAX_RECURSION)


def refuse_hostile_messages() -> None:
    """Refuse messages that cost far more than they say, before anybody is authenticated. For the router's process only: what it lets
    through, those behind it must be able to take, or one stranger's message ends their session.

    - Shared references (CBOR tags 28 and 25): 200 bytes describe a list that takes all memory once it is written out for a
      subscriber. Regular expressions, mails and powers of ten by tag serve no better. No tag has a meaning here, so none is taken.
    - Deep nesting: what a JSON decoder takes, a CBOR decoder behind the router refuses, and its session ends.
    - 100,000 nested lists in JSON: see `restore_recursion_limit`; the error stays one line.
    """
    restore_recursion_limit()
    if not hasattr(serializer._loads, _DONE):
        serializer._loads = _shallow(serializer._loads)
    if not hasattr(serializer._cbor_loads, _DONE):
        serializer._cbor_loads = _untagged(serializer._cbor_loads)


def _shallow(loads: Callable[..., Any]) -> Callable[..., Any]:
    def shallow(text: str, **options: Any) -> Any:
        try:
            value = loads(text, **options)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if text.count("[") + text.count("{") > MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
            raise ValueError("nested too deep")
        return value

    setattr(shallow, _DONE, True)
    return shallow


def _depth_exceeds(value: Any, most: int) -> bool:
    if not isinstance(value, list | dict):
        return False
    return most == 0 or any(_depth_exceeds(one, most - 1) for one in (value.values() if isinstance(value, dict) else value))


def _untagged(loads: Callable[..., Any]) -> Callable[..., Any]:
    refuse_all = _RefuseTags()

    def untagged(data: bytes) -> Any:
        return loads(data, semantic_decoders=refuse_all, max_depth=MAX_DEPTH)

    setattr(untagged, _DONE, True)
    return untagged


class _RefuseTags(dict[int, Callable[..., Any]]):
    """A decoder for every tag, that refuses it."""

    def __missing__(self, tag: int) -> Callable[..., Any]:
        def refuse(*_args: object) -> Any:
            raise ValueError(f"CBOR tag {tag} is not taken")

        return refuse

    def get(self, tag: int, default: object = None) -> Callable[..., Any]:
        return self[tag]

    def __contains__(self, tag: object) -> bool:
        return True
