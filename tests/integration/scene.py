"""One host whose settings are changed, and who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.host_settings import SETTINGS
from tests.harness.agents import AgentProcess
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, metrics_of
from tests.harness.sampling import Samples
from tests.harness.wamp import WampClient
from tests.harness.web import WebUser

AS_NEW = {setting.name: setting.default for setting in SETTINGS}


@dataclass
class Scene:
    """One real agent at the shared hub, an operator, and two who watch: as a browser does, and as the services do."""

    admin: WebUser
    live: LiveView
    samples: Samples
    agent: AgentProcess
    host: str
    first: int = 1
    """The revision that the test begins with."""

    def until(self, check: Callable[[dict[str, Any]], Any], what: str) -> None:
        """Wait for what the browser knows of the host."""
        self.live.host_until(self.host, check, what)

    def until_applied(self, revision: int) -> None:
        """Wait for the outcome of a revision."""
        self.until(applied(revision), f"rev {revision} is applied")

    def until_next_sample(self) -> None:
        """Wait until the browser gets another sample."""
        before = self.live.hosts[self.host]["sample"]["taken_at"]
        self.until(lambda host: host["sample"]["taken_at"] > before, "another sample comes")

    def save(self, **settings: Any) -> None:
        """Save in the admin."""
        self.admin.save_host(self.host, **settings)

    def config_cell(self) -> str:
        """What the admin's list says of the settings, from the database."""
        return self.admin.host_cell(self.host, "config")

    def begin_as_new(self, operator: WampClient) -> None:
        """With the settings of a new host, applied; `first` is their revision."""
        self.first = operator.call("vedette.config.set", hosts=[self.host], changes=AS_NEW)["revisions"][self.host]
        self.until_applied(self.first)

    def leave(self) -> None:
        """Whoever looks on goes."""
        self.live.client.drop()
        self.samples.client.drop()


def look_on(hub: Hub, agent: AgentProcess) -> Scene:
    """The scene of an agent that was started, once its samples come in."""
    admin = hub.admin
    live = LiveView(hub.viewer(admin))
    live.until(lambda hosts: any(host["name"] == agent.name and metrics_of(host) for host in hosts.values()), "the agent is live")
    host_id = live.by_name(agent.name)
    return Scene(admin, live, Samples(hub, host_id), agent, host_id)


def has(family: str) -> Callable[[dict[str, Any]], bool]:
    """A check of one host: its newest sample has metrics of this family."""
    return lambda host: any(name.startswith(f"{family}_") for name in metrics_of(host))
