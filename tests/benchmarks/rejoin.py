"""A hub is gone and comes back: how long until 500 agents are in their sessions again, counted from when its port opens.

The agents are the swarm's: real keys, real sessions, the agent's own back-off. The hub is killed, and stays away long enough for every
back-off to have grown to its longest.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import nacl.signing
import psutil

from tests.benchmarks.table import show
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.process import REPOSITORY, clean_environment

AWAY_SECONDS = 15.0
MAKE_HOSTS = """
hosts = [Host(public_key=key, name=f"swarm-{number:04}", enrolled_at=time.time()) for number, key in enumerate(keys)]
Host.objects.bulk_create(hosts)
Revision.objects.bulk_create(Revision(host=host, number=1, settings=host.settings(), origin="test", at=time.time()) for host in hosts)
"""


class SwarmProcess:
    """The swarm in a process of its own, and what it says of itself."""

    def __init__(self, hub: Hub, seeds: list[str]) -> None:
        self.lines: list[tuple[float, int]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.swarm", hub.websocket_url, str(len(seeds))],
            cwd=REPOSITORY,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin
        self.process.stdin.write("\n".join(seeds) + "\n")
        self.process.stdin.flush()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            said = json.loads(line)
            self.lines.append((said["at"], said["here"]))

    @property
    def here(self) -> int:
        """Agents with a session now."""
        return self.lines[-1][1] if self.lines else 0

    def seconds_until(self, share: float, count: int, since: float) -> float:
        """When `share` of `count` agents were here, in seconds since the monotonic time `since`."""
        return round(next(at for at, here in self.lines if at >= since and here >= share * count) - since, 1)

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait(10)


def add_hosts(hub: Hub, count: int) -> list[str]:
    """So many approved hosts straight into the database; the seeds of their keys."""
    seeds = [secrets.token_hex(32) for _ in range(count)]
    keys = [nacl.signing.SigningKey(bytes.fromhex(seed)).verify_key.encode().hex() for seed in seeds]
    hub.django.run(MAKE_HOSTS, keys=keys)
    return seeds


def port_opens(port: int, seconds: float) -> float:
    """The monotonic time at which somebody listened on the port."""

    def connects() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    eventually(connects, seconds, "the port opens")
    return time.monotonic()


def measure(count: int) -> dict[str, dict[str, Any]]:
    """The rows of the table, with `count` agents."""
    hub = Hub()
    swarm = None
    try:
        hub.start()
        began = time.monotonic()
        swarm = SwarmProcess(hub, add_hosts(hub, count))
        eventually(lambda: swarm.here == count, 60, "all are here", explain=lambda: f"{swarm.here} are")
        rows = {"the first time": {"agents": count, "all here, s": round(time.monotonic() - began, 1)}}
        hub.process.signal(signal.SIGKILL)
        eventually(lambda: swarm.here == 0, 20, "all are gone", explain=lambda: f"{swarm.here} are here")
        away = time.monotonic()
        eventually(lambda: time.monotonic() - away > AWAY_SECONDS, AWAY_SECONDS + 5, "every back-off has grown")
        hub.launch()
        opened = port_opens(hub.port, 60)
        eventually(lambda: swarm.here == count, 60, "all are back", explain=lambda: f"{swarm.here} are")
        router = psutil.Process(hub.workers()["router"])
        rows["after the hub was killed, from when its port opened"] = {
            "agents": count,
            "half back, s": swarm.seconds_until(0.5, count, opened),
            "99 % back, s": swarm.seconds_until(0.99, count, opened),
            "all here, s": swarm.seconds_until(1.0, count, opened),
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
