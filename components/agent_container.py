"""The agent as a managed worker: the same agent, in a container of a Crossbar.io node.

A container's own component never reconnects, so it only holds a session at home, on its own node, where nothing is lost before
the node itself is. The agent's connection to its hub is its own and outlives any hub.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from autobahn.twisted.wamp import ApplicationSession
from autobahn.wamp.types import ComponentConfig, SessionDetails
from twisted.internet.defer import Deferred

from components.agent.connection import Connection
from components.agent.environment import AgentEnvironment, BadSetting, read_environment
from components.agent.identity import BadKey
from components.agent.run import make_connection
from components.directories import hub_address, local_agent_data, make_run_directory
from components.reactor import reactor
from components.upstream_crossbar import redact_log


class AgentHolder(ApplicationSession):  # type: ignore[misc]  # autobahn is untyped
    """Starts the agent once for the process and stops it cleanly with it.

    `extra`: `local` true for the hub's own agent, which finds its key and its hub by the node directory instead of by environment.
    """

    _connection: ClassVar[Connection | None] = None

    def __init__(self, config: ComponentConfig | None = None) -> None:
        super().__init__(config)
        redact_log()

    def onJoin(self, details: SessionDetails) -> None:
        """The node is there: start the agent. What it cannot start with ends the worker, and so the node, with exit code 1."""
        if AgentHolder._connection is not None:
            return
        try:
            connection = make_connection(reactor, _environment(self.config.extra))
        except (BadSetting, BadKey) as error:
            self.log.critical("The agent cannot start: {error}", error=error)
            os._exit(1)
        AgentHolder._connection = connection
        connection.start()
        reactor.addSystemEventTrigger("before", "shutdown", self._stop, connection)

    def _stop(self, connection: Connection) -> Deferred[None]:
        self.log.info("The agent stops")
        return connection.stop("the node stops")


def _environment(extra: dict[str, Any]) -> AgentEnvironment:
    node = Path(extra["cbdir"])
    return read_environment(data=local_agent_data(), hub=hub_address(node)) if extra.get("local") else read_environment()


class PrivateRunDirectory(ApplicationSession):  # type: ignore[misc]
    """Makes `run/` private before the node's socket opens there; a router component, because its `onJoin` is awaited."""

    def onJoin(self, details: SessionDetails) -> None:
        """An error ends the worker, and so the node, with exit code 1."""
        try:
            make_run_directory(Path(self.config.extra["cbdir"]))
        except OSError as error:
            self.log.critical("The node's run directory cannot be made private: {error}", error=error)
            os._exit(1)
