"""Ports for hubs, also when several runs of tests start hubs at once.

A port is chosen long before its hub listens on it, so that nobody does is not enough. It comes from below the range out of which the
kernel serves outgoing connections and whoever asks for any port, and it is held by a name that only one process at a time can have and
that goes with the process: a unix socket without a file.
"""

from __future__ import annotations

import random
import socket

LOWEST, HIGHEST = 15_000, 32_000
_held: list[socket.socket] = []
_random = random.Random()  # of its own: that of the module is seeded alike in all runs, for the order of the tests


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, and that no other run of tests gets as long as this process lives."""
    ports: list[int] = []
    while len(ports) < count:
        port = _random.randrange(LOWEST, HIGHEST)
        if _hold(port) and _is_free(port):
            ports.append(port)
    return ports


def _hold(port: int) -> bool:
    name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        name.bind(f"\0vedette-test-port-{port}")
    except OSError:
        name.close()
        return False
    _held.append(name)
    return True


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
