"""The agent as a managed worker: the same agent, in a container of a Crossbar.io node.

A container's own component never reconnects, so it only holds a session at home, on its own node, where nothing is lost before
the node itself is. The agent's connection to its hub is its own and outlives any hub.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from autobahn.wamp.types import SessionDetails
from twisted.internet.defer import Deferred

from components.agent.connection import Connection
from components.agent.environment import AgentEnvironment, BadSetting, read_environment
from components.agent.identity import BadKey
from components.agent.run import make_connection
from components.base import HubComponent, end_process
from components.directories import hub_address, local_agent_data, make_run_directory
from components.reactor import reactor


class AgentHolder(HubComponent):
    """Starts the agent once for the process and stops it cleanly with it.

    `extra`: `local` true for the hub's own agent, which finds its key and its hub by the node directory instead of by environment.
    """

    _connection: ClassVar[Connection | None] = None

    async def start(self, details: SessionDetails) -> None:
        """The node is there: start the agent."""
        if AgentHolder._connection is not None:
            return
        try:
            connection = make_connection(reactor, _environment(self.config.extra))
        except (BadSetting, BadKey) as error:
            self.log.critical("The agent cannot start: {error}", error=error)
            end_process()
        AgentHolder._connection = connection
        connection.start()
        reactor.addSystemEventTrigger("before", "shutdown", self._stop, connection)

    def _stop(self, connection: Connection) -> Deferred[None]:
        self.log.info("The agent stops")
        return connection.stop("the node stops")


def _environment(extra: dict[str, Any]) -> AgentEnvironment:
    node = Path(extra["cbdir"])
    return read_environment(data=local_agent_data(), hub=hub_address(node)) if extra.get("local") else read_environment()


class PrivateRunDirectory(HubComponent):
    """Makes `run/` private before the node's socket opens there; a router component, because its start is awaited."""

    async def start(self, details: SessionDetails) -> None:
        """See above."""
        make_run_directory(Path(self.config.extra["cbdir"]))
