"""Something in the hub's place that takes every WebSocket, hears the HELLO, and closes cleanly before any WELCOME."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.harness.eventually import PATIENCE_SECONDS

AGENTS_SPEAK = Subprotocol("wamp.2.cbor")


@contextmanager
def hanging_up(port: int) -> Iterator[Callable[[], int]]:
    """Listens on all addresses; gives a function that says how many times it has hung up on an agent. (Browsers speak JSON.)"""
    times = 0

    def hang_up(connection: ServerConnection) -> None:
        nonlocal times
        connection.recv(timeout=PATIENCE_SECONDS)
        connection.close(1000)
        times += connection.subprotocol == AGENTS_SPEAK

    with serve(hang_up, "0.0.0.0", port, subprotocols=[AGENTS_SPEAK, Subprotocol("wamp.2.json")]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield lambda: times
        finally:
            server.shutdown()
            thread.join(PATIENCE_SECONDS)
