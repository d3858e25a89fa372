"""Puts an agent together from its parts, the same in a container worker and by itself."""

from __future__ import annotations

import time

import txaio

from components.agent.agent import Agent
from components.agent.connection import Connection
from components.agent.environment import AgentEnvironment
from components.agent.identity import load_or_make_key
from components.agent.lock import Lock, read_lock
from components.agent.obedience import Obedience
from components.agent.processes import ProcessList
from components.agent.queries import Queries
from components.agent.sampler import Sampler
from components.agent.session import AgentSession
from components.agent.watch import Watch
from components.collectors import COLLECTORS
from components.protocol import fingerprint
from components.reactor import Reactor


def make_connection(reactor: Reactor, environment: AgentEnvironment) -> Connection:
    """The agent described by `environment`, ready to `start`. BadKey if its key cannot be read or made."""
    key = load_or_make_key(environment.data)
    txaio.make_logger().info("This agent's key has the fingerprint {fingerprint}", fingerprint=fingerprint(key.public_key()))

    def lock() -> Lock:
        return read_lock(environment.lock)

    queries = Queries(Watch(reactor, Sampler(COLLECTORS, reactor)), ProcessList(reactor), lock, time.time)
    agent = Agent(reactor, Sampler(COLLECTORS, reactor), Obedience(lock, time.time), time.time, queries)
    return Connection(reactor, environment.hub, lambda watcher: AgentSession(agent, key, environment.name, environment.code, watcher))
