"""One host whose settings are changed, and who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.host_settings import SETTINGS
from tests.harness.agents import AgentProcess
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, metrics_of
from tests.harness.wamp import WampClient
from tests.harness.web import WebUser

PROMPTLY = 5.0
"""Seconds for what takes milliseconds on an idle machine."""
JOIN_SECONDS = 15.0
AS_NEW = {setting.name: setting.default for setting in SETTINGS}


@dataclass
class Scene:
    """One real agent at the shared hub, an operator, and two who watch: as a browser does, and as the services do."""

    admin: WebUser
    live: LiveView
    samples: WampClient
    agent: AgentProcess
    host: str
    first: int = 1
    """The revision that the test begins with."""

    def until(self, check: Callable[[dict[str, Any]], Any], what: str, seconds: float = PROMPTLY) -> None:
        """Wait for what the browser knows of the host."""
        self.live.host_until(self.host, check, seconds, what)

    def until_applied(self, revision: int, seconds: float = PROMPTLY) -> None:
        """Wait for the outcome of a revision."""
        self.until(applied(revision), f"rev {revision} is applied", seconds)

    def save(self, **settings: Any) -> None:
        """Save in the admin."""
        self.admin.save_host(self.host, **settings)

    def config_cell(self) -> str:
        """What the admin's list says of the settings, from the database."""
        return self.admin.host_cell(self.host, "config")

    def next_samples(self, seconds: float) -> list[dict[str, Any]]:
        """The samples of the host that arrive from now on within `seconds`."""
        self.samples.events(0.1)
        return [event.payload for event in self.samples.events(seconds) if event.details["publisher_authid"] == f"host:{self.host}"]

    def begin_as_new(self, operator: WampClient) -> None:
        """With the settings of a new host, applied; `first` is their revision."""
        self.first = operator.call("vedette.config.set", hosts=[self.host], changes=AS_NEW)["revisions"][self.host]
        self.until_applied(self.first)

    def leave(self) -> None:
        """Whoever looks on goes."""
        self.live.client.drop()
        self.samples.drop()


def look_on(hub: Hub, agent: AgentProcess) -> Scene:
    """The scene of an agent that was started, once its samples come in."""
    admin = hub.admin
    live = LiveView(hub.viewer(admin))
    live.until(
        lambda hosts: any(host["name"] == agent.name and metrics_of(host) for host in hosts.values()), JOIN_SECONDS, "the agent is live"
    )
    samples = hub.services()
    samples.subscribe("vedette.agent.on_sample")
    return Scene(admin, live, samples, agent, live.by_name(agent.name))


def has(family: str) -> Callable[[dict[str, Any]], bool]:
    """A check of one host: its newest sample has metrics of this family."""
    return lambda host: any(name.startswith(f"{family}_") for name in metrics_of(host))
