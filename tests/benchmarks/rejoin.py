"""A hub is gone and comes back: how long until 500 agents are in their sessions again, counted from when its port opens.

The agents are the swarm's: real keys, real sessions, the agent's own back-off. The hub is killed, and stays away long enough for every
back-off to have grown to its longest.
"""

from __future__ import annotations

import argparse
import signal
import socket
import time
from typing import Any

import psutil

from tests.benchmarks.crowd import Swarm, add_hosts
from tests.benchmarks.table import show
from tests.harness.eventually import eventually
from tests.harness.hub import Hub

AWAY_SECONDS = 15.0


def port_opens(port: int, seconds: float) -> float:
    """The monotonic time at which somebody listened on the port."""

    def connects() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    eventually(connects, "the port opens", seconds=seconds)
    return time.monotonic()


def measure(count: int) -> dict[str, dict[str, Any]]:
    """The rows of the table, with `count` agents."""
    hub = Hub()
    swarm = None
    try:
        hub.start()
        began = time.monotonic()
        swarm = Swarm(hub.websocket_url, add_hosts(hub, count), "--per-second", str(count)).wait()
        rows = {"the first time": {"agents": count, "all here, s": round(time.monotonic() - began, 1)}}
        hub.process.signal(signal.SIGKILL)
        eventually(lambda: swarm.here == 0, "all are gone", seconds=20, explain=lambda: f"{swarm.here} are here")
        away = time.monotonic()
        eventually(lambda: time.monotonic() - away > AWAY_SECONDS, "every back-off has grown", seconds=AWAY_SECONDS + 5)
        hub.launch()
        opened = port_opens(hub.port, 60)
        swarm.wait(60)
        router = psutil.Process(hub.workers()["router"])
        rows["after the hub was killed, from when its port opened"] = {
            "agents": count,
            "half back, s": swarm.seconds_until(0.5, opened),
            "99 % back, s": swarm.seconds_until(0.99, opened),
            "all here, s": swarm.seconds_until(1.0, opened),
            "router RSS, MiB": round(router.memory_info().rss / 2**20),
        }
        return rows
    finally:
        if swarm:
            swarm.end()
        hub.end()


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500, help="how many (%(default)s)")
    show("rejoin", measure(parser.parse_args().agents))


if __name__ == "__main__":
    main()
