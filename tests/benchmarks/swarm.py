"""Many agents in one process: real keys, real sessions, the agent's own connection and rhythm; only what they measure is made up.

    python -m tests.benchmarks.swarm ws://127.0.0.1:8080/ws 500 < keys

Standard input has one key a line, 64 hex digits: seeds of Ed25519. Standard output has one JSON line for each join and leave:
`{"at": seconds on this machine's monotonic clock, "here": agents with a session}`. Ends with its standard input's writer, or by a signal.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection
from pathlib import Path

import txaio

txaio.use_twisted()

from autobahn.wamp.cryptosign import CryptosignKey  # noqa: E402  # txaio must know its framework first
from twisted.internet.defer import Deferred, succeed  # noqa: E402

from components.agent.agent import Agent  # noqa: E402
from components.agent.connection import Connection  # noqa: E402
from components.agent.lock import read_lock  # noqa: E402
from components.agent.obedience import Obedience  # noqa: E402
from components.agent.sampler import Collected, Sampler  # noqa: E402
from components.agent.session import AgentSession  # noqa: E402
from components.payloads import MetricValue  # noqa: E402
from components.reactor import reactor  # noqa: E402
from components.upstream_twisted import keep_monotonic_time  # noqa: E402

NO_LOCK = Path("/nonexistent")


class MadeUp(Sampler):
    """What a small machine would have, without the work of measuring it hundreds of times."""

    def __init__(self, number: int) -> None:
        super().__init__((), reactor)
        self._number = number
        self._count = 0

    def sample(self, shown: Collection[str], limit: float = 0.0) -> Deferred[Collected]:
        """One sample of numbers that move."""
        self._count += 1
        ratio = (self._number * 37 + self._count * 11) % 100 / 100
        metrics: dict[str, MetricValue] = {
            "cpu_used_ratio": ratio,
            "cpu_core_used_ratio": {str(core): ratio for core in range(4)},
            "memory_total_bytes": 8.0 * 2**30,
            "memory_used_bytes": ratio * 8 * 2**30,
            "disk_total_bytes": {"/": 1e11, "/home": 1e12},
            "disk_used_bytes": {"/": ratio * 1e11, "/home": ratio * 1e12},
            "load_1m": ratio,
        }
        return succeed(Collected(metrics, {}))


class Swarm:
    """All agents, and how many have a session."""

    def __init__(self, hub: str) -> None:
        self._hub = hub
        self._here: set[object] = set()

    def add(self, number: int, seed: str) -> None:
        """One more agent."""
        obedience = Obedience(lambda: read_lock(NO_LOCK), time.time)
        agent = Agent(reactor, MadeUp(number), obedience, time.time)
        key = CryptosignKey.from_bytes(bytes.fromhex(seed))
        Connection(reactor, self._hub, lambda watcher: self._session(agent, key, number, watcher)).start()

    def _session(self, agent: Agent, key: CryptosignKey, number: int, watcher: Connection) -> AgentSession:
        session = _Counted(agent, key, f"swarm-{number:04}", None, _Both(watcher, self))
        session.swarm = self
        return session

    def joined(self, session: object) -> None:
        """One more."""
        self._here.add(session)
        self._say()

    def left(self, session: object) -> None:
        """One less."""
        if session in self._here:
            self._here.discard(session)
            self._say()

    def _say(self) -> None:
        sys.stdout.write(json.dumps({"at": time.monotonic(), "here": len(self._here)}) + "\n")
        sys.stdout.flush()


class _Both:
    """Tells the connection, and the swarm."""

    def __init__(self, connection: Connection, swarm: Swarm) -> None:
        self._connection = connection
        self._swarm = swarm

    def joined(self, session: AgentSession) -> None:
        """See components.agent.session.Watcher."""
        self._connection.joined(session)
        self._swarm.joined(session)

    def refused(self, reason: str, message: str) -> None:
        """See components.agent.session.Watcher."""
        self._connection.refused(reason, message)


class _Counted(AgentSession):
    swarm: Swarm

    def onDisconnect(self) -> None:
        super().onDisconnect()
        self.swarm.left(self)


def main() -> None:
    """Run until stopped."""
    hub, count = sys.argv[1], int(sys.argv[2])
    keep_monotonic_time(reactor)
    swarm = Swarm(hub)
    seeds = [sys.stdin.readline().strip() for _ in range(count)]
    for number, seed in enumerate(seeds):
        reactor.callWhenRunning(swarm.add, number, seed)
    reactor.run()


if __name__ == "__main__":
    main()
