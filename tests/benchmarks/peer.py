"""A WAMP peer that spends as little as possible on what it receives: JSON over WebSocket, on asyncio.

Many of them in one process stand for people with browsers, and for the clients of the tutorial. What they do not do is draw.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.harness.flooding import frame
from tests.harness.wamp import CALL, EVENT, GOODBYE, HELLO, PUBLISH, ROLES, SUBSCRIBE, WELCOME, Refused

ANSWER_SECONDS = 30.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_EVENT = f"[{EVENT},".encode()

OnEvent = Callable[[float, bytes], None]
"""Gets the wall clock's time of arrival and the whole message."""


class Frames:
    """Takes bytes as they come, gives WebSocket frames of a server, which masks and splits none."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The opcode and the payload of each frame that is whole now."""
        received = self._received
        received += data
        start, end = 0, len(received)
        while end - start >= 2:
            length, body = received[start + 1], start + 2
            if length >= 126:
                body += 2 if length == 126 else 8
                if end < body:
                    break
                length = int.from_bytes(received[start + 2 : body], "big")
            if end - body < length:
                break
            opcode, start = received[start], body + length
            if not opcode & 128:
                raise ValueError("a message in several frames")
            yield opcode & 15, bytes(received[body:start])
        del received[:start]


class Peer(asyncio.Protocol):
    """One connection and its session. Events go to `on_event`; a connection that is lost stays lost, and `lost` says so."""

    def __init__(self, url: str, on_event: OnEvent, origin: str = "") -> None:
        self.lost = False
        self.is_full = False
        """Whether the other side is behind with reading what was published."""
        self._on_event = on_event
        address = urlsplit(url)
        self._host, self._port, self._path = address.hostname or "", address.port or 80, address.path
        self._origin = f"Origin: {origin}\r\n" if origin else ""
        self._frames: Frames | None = None
        self._head = b""
        self._requests = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[list[Any]]] = {}
        self._transport: Any = None
        self._upgraded: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    # --- joining --------------------------------------------------------------------------------------------------------------------

    async def open(self) -> Peer:
        """Connect, and make a WebSocket of it. OSError."""
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.create_connection(lambda: self, self._host, self._port), ANSWER_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wamp.2.json\r\n{self._origin}\r\n".encode()
        )
        await asyncio.wait_for(self._upgraded, ANSWER_SECONDS)
        return self

    async def join(self, realm: str, ticket: Mapping[str, str] | None = None) -> None:
        """Join with a ticket, or as nobody in particular. Refused."""
        identity = {"authid": ticket["authid"], "authmethods": ["ticket"]} if ticket else {}
        answer = await self._ask(0, [HELLO, realm, {"roles": ROLES, **identity}])
        if ticket and answer[0] != WELCOME:
            answer = await self._ask(0, [5, ticket["ticket"], {}])
        if answer[0] != WELCOME:
            raise Refused(str(answer[2]), str(answer[1].get("message", "")))

    # --- a session ------------------------------------------------------------------------------------------------------------------

    async def subscribe(self, topic: str) -> None:
        """Refused."""
        request = next(self._requests)
        _checked(await self._ask(request, [SUBSCRIBE, request, {}, topic]))

    async def call(self, procedure: str, **keywords: Any) -> Any:
        """The first positional result; Refused."""
        request = next(self._requests)
        return _checked(await self._ask(request, [CALL, request, {}, procedure, [], keywords]))[3][0]

    def publish(self, topic: str, payload: Any) -> None:
        """Without an acknowledgement."""
        self._send([PUBLISH, next(self._requests), {}, topic, [payload]])

    def close(self) -> None:
        """Say GOODBYE and hang up."""
        if self._transport and not self.lost:
            self._send([GOODBYE, {}, "wamp.close.close_realm"])
            self._transport.close()

    async def _ask(self, request: int, message: list[Any]) -> list[Any]:
        answer = self._waiting[request] = asyncio.get_running_loop().create_future()
        self._send(message)
        return await asyncio.wait_for(answer, ANSWER_SECONDS)

    def _send(self, message: list[Any]) -> None:
        self._transport.write(frame(json.dumps(message, separators=(",", ":")).encode(), TEXT))

    # --- what asyncio says ----------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """See asyncio.Protocol."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._frames is None:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self._upgraded.set_exception(ConnectionRefusedError(head.decode(errors="replace")))
                return
            self._frames = Frames()
            self._upgraded.set_result([])
        now = time.time()
        for opcode, payload in self._frames.feed(data):
            if opcode == PING:
                self._transport.write(frame(payload, PONG))
            elif opcode == TEXT and payload.startswith(_EVENT):
                self._on_event(now, payload)
            elif opcode == TEXT:
                self._answered(json.loads(payload))
            elif opcode == CLOSE:
                self._transport.close()

    def _answered(self, message: list[Any]) -> None:
        """HELLO and AUTHENTICATE have no number; WELCOME, CHALLENGE and ABORT answer them."""
        if message[0] == GOODBYE:
            return
        waiting = self._waiting.pop(0 if message[0] < 5 else message[2] if message[0] == 8 else message[1], None)
        if waiting and not waiting.done():
            waiting.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self.lost = True
        for waiting in (self._upgraded, *self._waiting.values()):
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the connection was lost"))

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        self.is_full = True

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self.is_full = False


def _checked(answer: list[Any]) -> list[Any]:
    if answer[0] == 8:
        raise Refused(str(answer[4]), " ".join(str(text) for text in answer[5]) if len(answer) > 5 else "")
    return answer
