"""Many agents in one process: real keys, real sessions, the agent's own connection and rhythm; only what they measure is made up.

    python -m tests.benchmarks.swarm ws://127.0.0.1:8080/ws 500 < keys

Standard input has one key a line, 64 hex digits: a seed of Ed25519, and behind it an enrolment code where the hub does not know the key.
Further lines ask for a count. Standard output has one JSON line for each join, leave and question: `{"at": seconds on this machine's
monotonic clock, "here": agents with a session, "samples": published so far}`. Ends with the writer of its standard input, or by a signal.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from typing import Any

import txaio

txaio.use_twisted()

from autobahn.wamp.cryptosign import CryptosignKey  # noqa: E402  # txaio must know its framework first

from components import protocol  # noqa: E402
from components.agent.agent import Agent  # noqa: E402
from components.agent.connection import Connection  # noqa: E402
from components.agent.identity import parse_code  # noqa: E402
from components.agent.lock import NO_LOCK  # noqa: E402
from components.agent.obedience import Obedience  # noqa: E402
from components.agent.processes import ProcessList  # noqa: E402
from components.agent.queries import Queries  # noqa: E402
from components.agent.session import AgentSession  # noqa: E402
from components.agent.watch import Watch  # noqa: E402
from components.reactor import reactor  # noqa: E402
from components.upstream_twisted import keep_monotonic_time  # noqa: E402
from tests.benchmarks.made_up import Machine, MadeUp  # noqa: E402


class Swarm:
    """All agents, how many have a session, and what they have sent."""

    def __init__(self, hub: str, name: str, *, stamp: bool = False) -> None:
        self._hub = hub
        self._name = name
        self._stamp = stamp
        self._here: set[object] = set()
        self.samples = 0

    def add(self, number: int, line: str) -> None:
        """One more agent, by its line of standard input."""
        seed, _, code = line.partition(" ")
        key = CryptosignKey.from_bytes(bytes.fromhex(seed))
        enrolment = parse_code(code) if code else None
        machine = Machine(number)
        sampler, watching = (MadeUp(machine, reactor, stamp=self._stamp) for _ in range(2))
        queries = Queries(Watch(reactor, watching), ProcessList(reactor), lambda: NO_LOCK, time.time)
        agent = Agent(reactor, sampler, Obedience(lambda: NO_LOCK, time.time), time.time, queries)

        def session(connection: Connection) -> AgentSession:
            session = _Counted(agent, key, f"{self._name}-{number:04}", enrolment, _Both(connection, self))
            session.swarm = self
            return session

        Connection(reactor, self._hub, session).start()

    def joined(self, session: object) -> None:
        """One more."""
        self._here.add(session)
        self.say()

    def left(self, session: object) -> None:
        """One less."""
        if session in self._here:
            self._here.discard(session)
            self.say()

    def say(self) -> None:
        """How it stands."""
        sys.stdout.write(json.dumps({"at": time.monotonic(), "here": len(self._here), "samples": self.samples}) + "\n")
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

    def publish(self, topic: str, *args: Any, **kwargs: Any) -> Any:
        self.swarm.samples += topic == protocol.AGENT_ON_SAMPLE
        return super().publish(topic, *args, **kwargs)

    def onDisconnect(self) -> None:
        super().onDisconnect()
        self.swarm.left(self)


def _answer(swarm: Swarm) -> None:
    """Answer each further line, and end with the last."""
    for _ in sys.stdin:
        reactor.callFromThread(swarm.say)
    reactor.callFromThread(reactor.stop)  # type: ignore[attr-defined]  # not in the part of it that components use


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hub", help="its WebSocket address")
    parser.add_argument("count", type=int, help="how many agents")
    parser.add_argument("--name", default="swarm", help="what they call themselves, with a number behind it (%(default)s)")
    parser.add_argument("--per-second", type=float, default=50.0, help="how many begin in a second (%(default)g)")
    parser.add_argument("--stamp", action="store_true", help="send the time of each sample as its loads")
    arguments = parser.parse_args()
    keep_monotonic_time(reactor)
    swarm = Swarm(arguments.hub, arguments.name, stamp=arguments.stamp)
    lines = [sys.stdin.readline().strip() for _ in range(arguments.count)]
    for number, line in enumerate(lines):
        reactor.callLater(number / arguments.per_second, swarm.add, number, line)
    threading.Thread(target=_answer, args=(swarm,), daemon=True).start()
    reactor.run()


if __name__ == "__main__":
    main()
