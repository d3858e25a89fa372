"""What carries WAMP messages, as they are on the wire: a WebSocket, or a unix socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import cbor2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

ANSWER_SECONDS = 30.0

Serializer = Literal["cbor", "json"]


class Closed(Exception):
    """The other side has closed the connection."""


class Transport(Protocol):
    """Carries whole messages."""

    def send(self, message: list[Any]) -> None:
        """Serialize and send."""

    def receive(self, seconds: float) -> list[Any]:
        """The next message; TimeoutError, or Closed."""

    def close(self) -> None:
        """Drop the connection."""


class WebSocketTransport:
    """WAMP over WebSocket, JSON or CBOR."""

    def __init__(
        self,
        url: str,
        serializer: Serializer = "cbor",
        *,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        source: str = "",
    ) -> None:
        """`source` is the address to come from."""
        self.serializer = serializer
        come_from: Any = {"source_address": (source, 0)} if source else {}
        self.connection: ClientConnection = connect(
            url,
            subprotocols=[Subprotocol(f"wamp.2.{serializer}")],
            origin=Origin(origin) if origin is not None else None,
            additional_headers=dict(headers or {}),
            compression=None,
            max_size=None,
            max_queue=None,
            ping_interval=None,
            proxy=None,
            open_timeout=ANSWER_SECONDS,
            close_timeout=2,
            **come_from,
        )

    def send(self, message: list[Any]) -> None:
        self.send_raw(cbor2.dumps(message) if self.serializer == "cbor" else json.dumps(message))

    def send_raw(self, frame: bytes | str) -> None:
        """Send one frame as it is."""
        try:
            self.connection.send(frame)
        except ConnectionClosed as closed:
            raise Closed(str(closed)) from None

    def receive(self, seconds: float) -> list[Any]:
        try:
            frame = self.connection.recv(timeout=seconds)
        except ConnectionClosed as closed:
            raise Closed(str(closed)) from None
        message: list[Any] = cbor2.loads(frame) if isinstance(frame, bytes) else json.loads(frame)
        return message

    def close(self) -> None:
        self.connection.close()


class UnixTransport:
    """WAMP over a unix socket: rawsocket with CBOR."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_SECONDS)
        self._socket.connect(str(path))
        self._socket.sendall(bytes([0x7F, 0xF3, 0, 0]))  # messages to 16 MiB, CBOR
        answer = self._read(4)
        if answer[0] != 0x7F or answer[1] & 0x0F != 3:
            raise Closed(f"hand-shake refused: {answer.hex()}")

    def send(self, message: list[Any]) -> None:
        body = cbor2.dumps(message)
        try:
            self._socket.sendall(len(body).to_bytes(4, "big") + body)
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, seconds: float) -> list[Any]:
        self._socket.settimeout(seconds)
        header = self._read(4)
        body = self._read(int.from_bytes(header[1:], "big"))
        if header[0] == 1:  # a ping
            self._socket.sendall(b"\x02" + header[1:] + body)
            return self.receive(seconds)
        message: list[Any] = cbor2.loads(body)
        return message

    def close(self) -> None:
        self._socket.close()

    def _read(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            try:
                part = self._socket.recv(count - len(content))
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            if not part:
                raise Closed("end of stream")
            content += part
        return content
