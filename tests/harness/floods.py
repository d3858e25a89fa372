"""One client that takes all it can get: `python -m tests.harness.floods`, in a process and from an address of its own.

Each kind is bounded in time, and tells at its end what became of it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator

import cbor2
import nacl.signing

from tests.harness.flooding import CHUNK_BYTES, SAMPLES, Attempt, Order, Peer, empty_lists, frame

# --- over WAMP ---------------------------------------------------------------------------------------------------------------------


def silent_websockets(attempt: Attempt) -> None:
    """As many WebSockets as possible, without a word."""
    kept: list[Peer] = []

    def open_one() -> None:
        kept.append(Peer(attempt.order).upgrade())

    attempt.at_once(4, open_one)
    attempt.counted["kept"] = len(kept)


def connections(attempt: Attempt) -> None:
    """Opened and closed at once."""

    def open_and_close() -> None:
        Peer(attempt.order).socket.close()

    attempt.at_once(4, open_and_close)


def hellos(attempt: Attempt) -> None:
    """Keys that nobody knows."""

    def ask() -> None:
        peer = Peer(attempt.order).upgrade()
        with contextlib.closing(peer.socket):
            peer.hello(nacl.signing.SigningKey.generate())
            peer.receive()

    attempt.at_once(8, ask)


def megabytes(attempt: Attempt) -> None:
    """Messages of a mebibyte of empty lists, from who may say something."""
    data = frame(empty_lists(2**20))

    def send() -> None:
        attempt.send_on(attempt.agent(), lambda: data)

    attempt.again(send)


def lists(attempt: Attempt) -> None:
    """Messages of nothing but empty lists, as large as is allowed."""
    data = frame(empty_lists(128 * 1024))
    attempt.again(lambda: attempt.send_on(attempt.agent(), lambda: data))


def publishes(attempt: Attempt) -> None:
    """The smallest samples there are."""
    data = frame(cbor2.dumps([16, 1, {}, SAMPLES, [1]])) * 500
    attempt.again(lambda: attempt.send_on(attempt.agent(), lambda: data))


def subscribes(attempt: Attempt) -> None:
    """2,000 at once, again and again."""
    numbers = itertools.count(1)

    def data() -> bytes:
        return b"".join(frame(cbor2.dumps([32, next(numbers), {}, "vedette.agent.on_config"])) for _ in range(2000))

    attempt.again(lambda: attempt.send_on(attempt.agent(), data))


def calls(attempt: Attempt) -> None:
    """Calls that ask the database, without waiting for an answer."""
    numbers = itertools.count(1)

    def data() -> bytes:
        return b"".join(frame(cbor2.dumps([48, next(numbers), {}, "vedette.agent.get_config"])) for _ in range(200))

    attempt.again(lambda: attempt.send_on(attempt.agent(), data))


def pings(attempt: Attempt) -> None:
    """WebSocket pings, whose answers nobody reads."""
    data = frame(b"x" * 125, opcode=9) * 400
    attempt.again(lambda: attempt.send_on(attempt.agent(), lambda: data, read=False))


def stuck_reader(attempt: Attempt) -> None:
    """Asks for everything, and reads nothing of it."""
    numbers = itertools.count(1)

    def data() -> bytes:
        return b"".join(frame(cbor2.dumps([48, next(numbers), {}, "vedette.fleet.get_snapshot"])) for _ in range(50))

    attempt.again(lambda: attempt.send_on(attempt.viewer(receive_buffer=4096), data, read=False))


def slow_reader(attempt: Attempt) -> None:
    """Asks for everything, and reads a little of it."""
    numbers = itertools.count(1)

    def read_slowly(peer: Peer) -> None:
        with contextlib.suppress(OSError):
            while peer.socket.recv(512):
                time.sleep(0.2)

    def data() -> bytes:
        return b"".join(frame(cbor2.dumps([48, next(numbers), {}, "vedette.fleet.get_snapshot"])) for _ in range(50))

    def ask() -> None:
        peer = attempt.viewer(receive_buffer=4096)
        threading.Thread(target=read_slowly, args=(peer,), daemon=True).start()
        attempt.send_on(peer, data, read=False)

    attempt.again(ask)


# --- over HTTP ---------------------------------------------------------------------------------------------------------------------


def pages(attempt: Attempt) -> None:
    """The page that needs no log-in."""

    def ask() -> None:
        peer = Peer(attempt.order)
        with contextlib.closing(peer.socket):
            while attempt.goes_on:
                peer.socket.sendall(b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % attempt.order.port)
                answer = peer.socket.recv(CHUNK_BYTES)
                if not answer:
                    raise ConnectionError
                attempt.counted[answer[9:12].decode()] += 1
                while b"</html>" not in answer[-20:]:
                    answer = peer.socket.recv(CHUNK_BYTES)

    attempt.at_once(300, ask)


def bodies(attempt: Attempt) -> None:
    """Uploads that never end."""
    kept: list[Peer] = []

    def upload() -> None:
        peer = Peer(attempt.order)
        peer.socket.sendall(b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1048576\r\n\r\n" + bytes(1048575))
        peer.socket.settimeout(0.2)
        try:
            attempt.counted[peer.socket.recv(100)[9:12].decode() or "closed"] += 1
        except TimeoutError:
            attempt.counted["taken"] += 1
        kept.append(peer)

    attempt.at_once(8, upload)


def downloads(attempt: Attempt) -> None:
    """Asks for pages by the thousand on each connection, and reads nothing."""
    request = b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % attempt.order.port
    attempt.at_once(20, lambda: attempt.send_on(Peer(attempt.order, receive_buffer=4096), lambda: request * 100, read=False))


KINDS: dict[str, Callable[[Attempt], None]] = {
    function.__name__: function
    for function in (
        silent_websockets,
        connections,
        hellos,
        megabytes,
        lists,
        publishes,
        subscribes,
        calls,
        pings,
        stuck_reader,
        slow_reader,
        pages,
        bodies,
        downloads,
    )
}


def main() -> Iterator[str]:
    """Run the order that is the only argument; lines to print."""
    attempt = Attempt(Order(**json.loads(sys.argv[1])))
    yield "begun"
    KINDS[attempt.order.kind](attempt)
    yield json.dumps(attempt.counted)


if __name__ == "__main__":
    for line in main():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
