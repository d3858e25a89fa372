"""A hub, three agents of both forms besides its own, and a person at a browser; and all that may happen to them."""

from __future__ import annotations

import signal
import time
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import requests
from playwright.sync_api import Browser
from websockets.exceptions import WebSocketException

from components.host_views import AbsenceReason
from tests.chaos.dashboard import Dashboard
from tests.harness.agents import AgentProcess, ContainerAgent, LightAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, why_away
from tests.harness.network import Loopback, Network
from tests.harness.node import transports
from tests.harness.process import still_alive
from tests.harness.transports import Closed
from tests.harness.wamp import Refused
from tests.harness.web import WebUser

FORMS: dict[str, type[AgentProcess]] = {"light-1": LightAgent, "light-2": LightAgent, "managed": ContainerAgent}
OWN = "hub-itself"
LOOK_SECONDS = 0.05
END_SECONDS = 60.0
START_SECONDS = 200.0
"""Patience with a machine that does much else; whether all is well again is counted from the end of the start."""
BOOT_ID = "boot-id"
"""A file that stands for that of the kernel."""


class World:
    """Everything that the scenarios act upon. `mended_at` is the moment from which all may be well again."""

    def __init__(self, network: Network | Loopback) -> None:
        self.network = network
        self.hub = Hub(edit=self._listen if network.separate else None)
        self.agents: dict[str, AgentProcess] = {}
        self.host_ids: dict[str, str] = {}
        self.mended_at = 0.0
        self.notes: dict[str, float] = {}
        self._view: LiveView | None = None
        self._away = False

    @staticmethod
    def _listen(config: dict[str, Any]) -> None:
        for transport in transports(config):
            if transport["id"] == "public":
                transport["endpoint"].pop("interface", None)

    def start(self, browser: Browser) -> World:
        """The hub, the agents with codes of their own, the page."""
        self.hub.launch().wait_ready(START_SECONDS)
        self.user: WebUser = self.hub.web()
        url = f"ws://{self.network.hub_address}:{self.hub.port}/ws"
        for name, form in FORMS.items():
            agent = self.agents[name] = form(url, name, code=make_code(self.hub, name))
            if self.network.separate:
                self.boot(name, Path("/proc/sys/kernel/random/boot_id").read_text())
                agent.prefix = self.network.inside(name, boot_id=agent.directory / BOOT_ID)
            agent.start()
        self.dashboard = Dashboard(browser, self.hub)
        self.until_well(time.time(), START_SECONDS)
        view = self.view()
        assert view
        self.host_ids = {name: view.by_name(name) for name in (*FORMS, OWN)}
        return self

    def end(self) -> None:
        """For finalizers."""
        for agent in self.agents.values():
            agent.end()
        self.hub.end()

    def logs(self) -> dict[str, str]:
        """All that hub and agents have written, by name."""
        return {"hub": self.hub.output(), **{name: agent.process.output() for name, agent in self.agents.items()}}

    # --- is all well? ---------------------------------------------------------------------------------------------------------------

    def view(self) -> LiveView | None:
        """A viewer's picture of the fleet, up to date; None while there is none to be had."""
        try:
            if self._view is None:
                self._view = self._open_view()
            if self._view is not None:
                self._view.follow(LOOK_SECONDS)
        except (Closed, Refused, OSError, WebSocketException):
            self._view = None
        return self._view

    def _open_view(self) -> LiveView | None:
        if requests.get(f"{self.hub.url}/healthz", timeout=5).status_code != 200:
            return None  # no ticket to be had yet
        return LiveView(self.hub.viewer(self.user))

    def is_well(self, since: float) -> bool:
        """Whether page and viewer both have every host up, with a sample that the hub got after this moment."""
        said = self.dashboard.says_well((*FORMS, OWN))
        view = self.view()
        if view is None:
            return False
        hosts = {host["name"]: host for host in view.hosts.values()}
        return said and all(
            name in hosts
            and hosts[name]["status"] == "up"
            and (hosts[name]["sample"] or {"at": 0})["at"] > since
            and not hosts[name]["duplicate_key"]
            for name in (*FORMS, OWN)
        )

    def until_well(self, since: float, seconds: float) -> float:
        """Wait for it; the moment when it was."""
        eventually(lambda: self.is_well(since), "all is well", seconds=seconds, explain=self._explain)
        return time.time()

    def _explain(self) -> str:
        view = self.view()
        keys = ("name", "status", "since", "absence", "duplicate_key", "refused")
        hosts = [{key: host[key] for key in keys} for host in view.hosts.values()] if view else []
        return f"the page shows {self.dashboard.look()}\nthe viewer knows {hosts}\n{self.hub.tail()}"

    def change_settings(self) -> float:
        """Change every host's settings; the seconds until every one of them has applied it."""
        view = self.view()
        assert view, "no view"
        on = not view.hosts[self.host_ids[OWN]]["config"]["settings"]["show_load"]
        started = time.monotonic()
        caller = self.hub.viewer(self.user)
        changed = caller.call("vedette.config.set", hosts=list(self.host_ids.values()), changes={"show_load": on})
        for host_id, revision in changed["revisions"].items():
            view.host_until(host_id, applied(revision), "the settings are applied")
        caller.drop()
        return time.monotonic() - started

    def until_said(self, met: Collection[str], words: str, since: float) -> None:
        """Wait until the page has said such words of all of them after this moment."""

        def said() -> bool:
            self.dashboard.look()
            return not met or self.dashboard.seconds_until_said(met, words, since) is not None

        eventually(said, f"the page says {words} of {', '.join(met)}", explain=lambda: str(self.dashboard.said[-20:]))

    def until_absent(self, names: Collection[str], reason: AbsenceReason | None) -> None:
        """Wait until a viewer knows and the page tells why these are, or were, away; None if nobody can."""
        if reason is None:
            return

        def known() -> bool:
            view = self.view()
            hosts = [view.hosts[self.host_ids[name]] for name in names] if view else []
            told = bool(hosts) and all(why_away(host) == reason for host in hosts)
            return told and self.dashboard.tells(names, reason)

        eventually(known, f"{', '.join(names)} are known as {reason}", explain=self._explain)

    def follow(self, seconds: float) -> None:
        """Look at the page for so long."""
        end = time.monotonic() + seconds
        eventually(lambda: self.dashboard.look() and time.monotonic() >= end, "the time is over", seconds=max(seconds, 0) + 10)

    def take_notes(self) -> dict[str, float]:
        """What a scenario has measured besides."""
        notes, self.notes = self.notes, {}
        return notes

    # --- what happens to the hub ------------------------------------------------------------------------------------------------------

    def stop_hub(self) -> None:
        """As Ctrl-C does."""
        self._away = True
        assert self.hub.stop() == 0

    def kill_hub(self) -> None:
        """Its controller, and wait until nothing of it is left."""
        self._kill(self.hub.process.pid)

    def kill_worker(self, worker: str) -> None:
        """One of its workers; the node then ends by itself."""
        self._kill(self.hub.workers()[worker])

    def _kill(self, pid: int) -> None:
        self._away = True
        family = self.hub.process.family()
        psutil.Process(pid).kill()
        alive = still_alive(family, END_SECONDS)
        assert not alive, f"{alive} outlive their hub"

    def start_hub(self) -> None:
        """As a supervisor does. It is mended once all of it has started."""
        started = time.monotonic()
        self.hub.launch().wait_ready(START_SECONDS)
        self.mended_at = time.time()
        self.notes["start, s"] = time.monotonic() - started
        self._away = False

    # --- what happens to agents -------------------------------------------------------------------------------------------------------

    def each_agent(self) -> Iterator[AgentProcess]:
        """All but the hub's own."""
        yield from self.agents.values()

    def boot(self, name: str, boot_id: str) -> None:
        """Let the machine of this agent have this boot id."""
        (self.agents[name].directory / BOOT_ID).write_text(boot_id)

    def cut(self, name: str) -> None:
        """See Network."""
        assert isinstance(self.network, Network)
        self.network.cut(name)

    def readdress(self, name: str) -> None:
        """See Network."""
        assert isinstance(self.network, Network)
        self.network.readdress(name)

    def agents_end(self) -> None:
        """Wait until nothing of those that were told to end is left."""
        for agent in self.each_agent():
            agent.process.wait(END_SECONDS)

    def signal_agents(self, number: int) -> None:
        """Every process of every agent."""
        for agent in self.each_agent():
            for process in agent.process.family():
                process.send_signal(number)

    def start_agents(self) -> None:
        """Those that do not run, as a supervisor does. It is mended once they try to connect."""
        started = time.monotonic()
        for agent in self.each_agent():
            if agent.process.exit_code is not None:
                agent.start()
        for agent in self.each_agent():
            eventually(partial(_is_ready, agent), "the agent tries to connect", seconds=START_SECONDS, explain=agent.process.tail)
        self.mended_at = time.time()
        self.notes["start, s"] = time.monotonic() - started

    def kill_sessions(self, **reason: str) -> None:
        """As an administrator of the router does, or a mistake: those of all agents, the hub's own too."""
        services = self.hub.services()
        for session_id in services.call("wamp.session.list", ["agent"]):
            services.call("wamp.session.kill", session_id, **reason)
        services.drop()
        self.mended_at = time.time()

    def restore(self) -> None:
        """Undo whatever a run that failed has left, and be well."""
        for name in self.agents:
            self.network.heal(name)
        for process in [*self.hub.process.family(), *(each for agent in self.each_agent() for each in agent.process.family())]:
            process.send_signal(signal.SIGCONT)
        if self.hub.process.exit_code is not None:
            self._away = True
            self.hub.launch()
        if self._away:
            self.hub.wait_ready(START_SECONDS)
            self._away = False
        self.start_agents()
        self.until_well(time.time(), START_SECONDS)
        self.take_notes()


def _is_ready(agent: AgentProcess) -> bool:
    return "Connecting to" in agent.process.output_of_this_start()
