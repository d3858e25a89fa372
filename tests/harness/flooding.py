"""What floods are made of: their order, the process that carries it out, and its plain connections.

Plain sockets, so that a flood costs its sender as little as possible. The kinds are in `floods`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import nacl.signing

from tests.harness.process import REPOSITORY, Process, clean_environment

ADDRESS = "127.0.0.66"
"""Where floods come from by default: all of 127.0.0.0/8 is this machine."""
CHUNK_BYTES = 65536
SAMPLES = "vedette.agent.on_sample"


@dataclass
class Order:
    """What to flood, and with what: `key` is an approved agent's, `ticket` and `authid` a viewer's."""

    kind: str
    port: int
    seconds: float
    key: str = ""
    tickets: list[dict[str, str]] = field(default_factory=list)
    address: str = ADDRESS
    """Where it comes from. A second flood from one address soon after the first meets limits that are used up, and is not named again."""


class Flood:
    """A flood that runs, and its end."""

    def __init__(self, order: Order, directory: Path) -> None:
        self._log = directory / f"flood-{order.kind}.log"
        self._log.unlink(missing_ok=True)
        self._seconds = order.seconds
        self.process = Process(
            [sys.executable, "-m", "tests.harness.floods", json.dumps(asdict(order))],
            directory=REPOSITORY,
            environment=clean_environment(),
            log=self._log,
        )

    def is_running(self) -> bool:
        """Whether it has begun, and goes on."""
        return self.process.exit_code is None and "begun" in self.process.output()

    def result(self) -> dict[str, int]:
        """How often what happened to it, once it has ended."""
        assert self.process.wait(self._seconds + 20) == 0, self.process.tail()
        counted: dict[str, int] = json.loads(self.process.output().splitlines()[-1])
        return counted

    def end(self) -> None:
        """Leave nothing behind. For finalizers."""
        self.process.end()


class Peer:
    """A plain connection, and frames without a mask to speak of."""

    def __init__(self, order: Order, *, receive_buffer: int = 0) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.bind((order.address, 0))
        self.socket.connect(("127.0.0.1", order.port))
        self._received = b""

    def upgrade(self) -> Peer:
        """Make a WebSocket of it."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wamp.2.cbor\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._received:
            self._read_some()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        if b" 101 " not in head:
            raise ConnectionError(head.decode())
        return self

    def send(self, *message: Any) -> None:
        """Send one WAMP message."""
        self.socket.sendall(frame(cbor2.dumps(list(message))))

    def receive(self) -> list[Any]:
        """The next WAMP message; pings are answered."""
        while True:
            first, length = self._read(2)
            if length >= 126:
                length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
            body = self._read(length)
            if first & 15 == 9:
                self.socket.sendall(frame(body, opcode=10))
            elif first & 15 == 8:
                raise ConnectionError(body[2:].decode())
            else:
                message: list[Any] = cbor2.loads(body)
                return message

    def join_as_agent(self, key: nacl.signing.SigningKey) -> Peer:
        """Join by key."""
        self.hello(key)
        challenge = bytes.fromhex(self._expect(4)[2]["challenge"])
        self.send(5, key.sign(challenge).signature.hex() + challenge.hex(), {})
        self._expect(2)
        return self

    def join_as_viewer(self, ticket: dict[str, str]) -> Peer:
        """Join by ticket, and subscribe to the updates."""
        self.send(1, "vedette", {"roles": ROLES, "authmethods": ["ticket"], "authid": ticket["authid"]})
        self._expect(4)
        self.send(5, ticket["ticket"], {})
        self._expect(2)
        self.send(32, 1, {}, "vedette.fleet.on_update")
        self._expect(33)
        return self

    def hello(self, key: nacl.signing.SigningKey) -> None:
        """Ask to join by key."""
        extra = {"pubkey": key.verify_key.encode().hex(), "channel_binding": None, "name": "flood"}
        self.send(1, "vedette", {"roles": ROLES, "authmethods": ["cryptosign"], "authextra": extra})

    def _expect(self, kind: int) -> list[Any]:
        answer = self.receive()
        if answer[0] != kind:
            raise ConnectionRefusedError(str(answer))
        return answer

    def _read(self, count: int) -> bytes:
        while len(self._received) < count:
            self._read_some()
        read, self._received = self._received[:count], self._received[count:]
        return read

    def _read_some(self) -> None:
        some = self.socket.recv(CHUNK_BYTES)
        if not some:
            raise ConnectionError("closed")
        self._received += some


ROLES: dict[str, Any] = {"caller": {}, "publisher": {}, "subscriber": {}}


def frame(payload: bytes, opcode: int = 2) -> bytes:
    """A frame as a client sends it, masked with zeros."""
    length = len(payload)
    if length < 126:
        size = bytes([128 | length])
    elif length < 65536:
        size = b"\xfe" + length.to_bytes(2, "big")
    else:
        size = b"\xff" + length.to_bytes(8, "big")
    return bytes([128 | opcode]) + size + bytes(4) + payload


def empty_lists(size: int) -> bytes:
    """A PUBLISH of so many bytes, nearly all of them empty lists."""
    head = b"\x85\x10\x01\xa0" + cbor2.dumps(SAMPLES)
    count = size - len(head) - 5
    return head + b"\x9a" + count.to_bytes(4, "big") + b"\x80" * count


class Attempt:
    """What a flood has: its order, its end, and what it counts."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.end = time.monotonic() + order.seconds
        self.counted: Counter[str] = Counter()

    @property
    def goes_on(self) -> bool:
        """Whether it still is its time."""
        return time.monotonic() < self.end

    def agent(self) -> Peer:
        """Joined with the key."""
        return Peer(self.order).upgrade().join_as_agent(nacl.signing.SigningKey(bytes.fromhex(self.order.key)))

    def viewer(self, **options: Any) -> Peer:
        """Joined with the next ticket."""
        return Peer(self.order, **options).upgrade().join_as_viewer(self.order.tickets.pop())

    def again(self, what: Callable[[], object], *, pause: float = 0.05) -> None:
        """Do it again and again, and count how often it was cut off."""
        while self.goes_on:
            try:
                what()
                self.counted["done"] += 1
            except IndexError:
                return  # no ticket is left
            except OSError as error:  # ConnectionError among them
                self.counted["refused" if isinstance(error, ConnectionRefusedError) else "cut off"] += 1
                time.sleep(pause)

    def at_once(self, count: int, what: Callable[[], object]) -> None:
        """The same, so many times at once."""
        threads = [threading.Thread(target=self.again, args=(what,)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def send_on(self, peer: Peer, data: Callable[[], bytes], *, read: bool = True) -> None:
        """Send without a pause; what comes back is read meanwhile, or never."""
        if read:
            threading.Thread(target=_swallow, args=(peer,), daemon=True).start()
        with contextlib.closing(peer.socket):
            peer.socket.settimeout(max(0.1, self.end - time.monotonic()))
            while self.goes_on:
                piece = data()
                try:
                    peer.socket.sendall(piece)
                except TimeoutError:
                    self.counted["held back until the end"] += 1
                    return
                self.counted["bytes"] += len(piece)


def _swallow(peer: Peer) -> None:
    with contextlib.suppress(OSError, ValueError):
        while True:
            peer.receive()
