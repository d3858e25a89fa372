"""The shape of the tutorial that Vedette began with, for comparison: a plain Crossbar.io router, nobody has to say who they are, every
client publishes to one topic, and every browser is subscribed to it: N clients and M browsers cost N × M messages.

As a process (`python -m tests.benchmarks.tutorial < order`) it is the clients: an order as for the audience, and a `begin` or `end` for
each count. They publish what Vedette's agents do, as JSON. One that the router does not keep up with leaves a sample out, as a real one
would that waits for its socket.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.audience import CLIENTS_TOPIC, TUTORIAL_REALM, Order, serve
from tests.benchmarks.made_up import Machine
from tests.benchmarks.peer import Peer
from tests.harness.eventually import eventually
from tests.harness.hub import READY_SECONDS
from tests.harness.ports import free_ports
from tests.harness.process import Process, clean_environment

INTERVAL_SECONDS = 1.0
EVERYTHING = {"call": True, "register": True, "publish": True, "subscribe": True}


class TutorialRouter:
    """Crossbar.io as the tutorial configures it, on loopback, in a node directory of its own."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="vedette-tutorial-", dir="/tmp"))
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.websocket_url = f"ws://127.0.0.1:{self.port}/ws"
        (self.directory / "config.json").write_text(json.dumps(node_config(self.port)))
        self._process: Process | None = None

    def start(self) -> TutorialRouter:
        """`crossbar start`, and wait until it listens."""
        crossbar = Path(sys.executable).with_name("crossbar")
        self._process = process = Process(
            [str(crossbar), "start", "--cbdir", str(self.directory), "--loglevel", "warn"],
            directory=self.directory,
            environment=clean_environment(),
            log=self.directory / "node.log",
        )
        eventually(self._listens, "the tutorial's router listens", seconds=READY_SECONDS, explain=process.tail)
        return self

    def _listens(self) -> bool:
        assert self._process
        assert self._process.exit_code is None, self._process.tail()
        return any(connection.laddr.port == self.port for child in self._process.children() for connection in child.net_connections())

    @property
    def pid(self) -> int:
        """Of the process that routes."""
        assert self._process
        return int(self._process.children()[0].pid)

    def end(self) -> None:
        """Leave nothing behind."""
        if self._process:
            self._process.end()
        shutil.rmtree(self.directory, ignore_errors=True)


def node_config(port: int) -> dict[str, Any]:
    """One router, one realm, one role that may do everything, one port."""
    permission = {"uri": "", "match": "prefix", "allow": EVERYTHING, "disclose": {"caller": False, "publisher": False}, "cache": True}
    websocket = {"type": "websocket", "auth": {"anonymous": {"type": "static", "role": "anonymous"}}}
    transport = {
        "type": "web",
        "endpoint": {"type": "tcp", "port": port, "interface": "127.0.0.1", "backlog": 1024},
        "paths": {"/": {"type": "json", "value": {}}, "ws": websocket},
    }
    realm = {"name": TUTORIAL_REALM, "roles": [{"name": "anonymous", "permissions": [permission]}]}
    return {"version": 2, "controller": {}, "workers": [{"type": "router", "realms": [realm], "transports": [transport]}]}


class Clients:
    """The tutorial's clients: each publishes once a second."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._peers: list[Peer] = []
        self._publishing: list[asyncio.Task[None]] = []
        self.begin()

    async def gather(self) -> dict[str, Any]:
        """Let all come, and then begin to publish, each at a moment of its own: a router that is overloaded already lets nobody in."""
        for _ in range(self._order.count):
            peer = await Peer(self._order.websocket_url, lambda now, message: None).open()
            await peer.join(TUTORIAL_REALM)
            self._peers.append(peer)
        self._publishing = [asyncio.create_task(self._publish(peer, number)) for number, peer in enumerate(self._peers)]
        return {"here": len(self._peers)}

    def begin(self) -> None:
        """Count anew."""
        self._sent = self._left_out = 0

    def summary(self) -> dict[str, Any]:
        """Samples that were sent, and that were due while the router had not read the ones before."""
        return {"samples": self._sent, "left out": self._left_out, "here": sum(not peer.lost for peer in self._peers)}

    def leave(self) -> None:
        """All go."""
        for task in self._publishing:
            task.cancel()
        for peer in self._peers:
            peer.close()

    async def _publish(self, peer: Peer, number: int) -> None:
        machine, loop = Machine(number), asyncio.get_running_loop()
        due = loop.time() + random.random() * INTERVAL_SECONDS
        while not peer.lost:
            await asyncio.sleep(due - loop.time())
            due += INTERVAL_SECONDS
            if peer.is_full:
                self._left_out += 1
            else:
                self._sent += 1
                peer.publish(CLIENTS_TOPIC, {"ip": f"10.0.{number // 250}.{number % 250}", "at": time.time(), **machine.metrics()})


if __name__ == "__main__":
    asyncio.run(serve(sys.stdin.readline(), Clients))
