"""A real agent is asked and watched: what it answers, what its lock file forbids, and what stays as it is."""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

import pytest

from components.protocol import host_of
from tests.conftest import KeepAgent
from tests.harness.agents import AgentProcess, LightAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView
from tests.harness.wamp import Refused, WampClient


class Scene:
    """One fresh host with a real agent, and somebody who looks at it."""

    def __init__(self, hub: Hub, agent: AgentProcess) -> None:
        self.hub = hub
        self.agent = agent
        self.live = LiveView(hub.viewer())
        self.live.until(lambda hosts: any(host["name"] == agent.name and host["sample"] for host in hosts.values()), 15, "it is live")
        self.host = self.live.by_name(agent.name)
        self.viewer: WampClient = hub.viewer()

    def ask(self, kind: str, **arguments: Any) -> dict[str, Any]:
        """Its answer."""
        answer: dict[str, Any] = self.viewer.call("vedette.host.query", host=self.host, kind=kind, arguments=arguments)
        return answer

    def refusal(self, kind: str) -> Refused:
        """Why it does not answer."""
        with pytest.raises(Refused) as refused:
            self.ask(kind)
        return refused.value

    def lock(self, content: str) -> None:
        """Write the lock file of its owner, whole."""
        new = self.agent.lock.with_suffix(".new")
        new.write_text(content)
        os.replace(new, self.agent.lock)


@pytest.fixture
def scene(hub: Hub, keep_agent: KeepAgent) -> Scene:
    """A fresh host, enrolled with a code."""
    name = f"asked-{secrets.token_hex(4)}"
    return Scene(hub, keep_agent(LightAgent(hub.websocket_url, name, code=make_code(hub, name))).start())


def test_processes_are_named_and_the_lock_file_says_how_far(scene: Scene) -> None:
    """Without arguments unless it allows them, not at all if it forbids them, and only ping if nobody can read it."""

    def own() -> dict[str, Any]:
        processes = {process["pid"]: process for process in scene.ask("processes", limit=50)["processes"]}
        found: dict[str, Any] = processes[scene.agent.process.pid]
        return found

    assert own()["name"].startswith("python")
    assert own()["memory_bytes"] > 2**24
    assert "command" not in own()
    scene.lock(json.dumps({"process_arguments": True}))
    told = eventually(lambda: own().get("command"), 5, "the answer is another one, with commands")
    assert told.endswith("-m components.agent")
    scene.lock(json.dumps({"forbidden": ["processes"]}))
    refused = scene.refusal("processes")
    assert refused.uri == "vedette.error.query_refused"
    assert "the lock file of this host forbids processes" in str(refused)
    scene.lock("{")
    assert "every query but ping is forbidden" in str(scene.refusal("processes"))
    assert abs(scene.ask("ping")["at"] - scene.live.hosts[scene.host]["sample"]["taken_at"]) < 60


def test_watched_samples_come_beside_the_regular_ones(scene: Scene) -> None:
    """Ten a second, with numbers of their own; the regular ones stay what they are, and the lease ends when it is given back."""
    samples = scene.hub.services()
    samples.subscribe("vedette.agent.on_sample")

    def came(seconds: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        events = samples.events(seconds)
        own = [event.payload for event in events if host_of(event.details["publisher_authid"]) == scene.host]
        return [sample for sample in own if sample["watched"]], [sample for sample in own if not sample["watched"]]

    assert scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.1)["interval"] == 0.1
    samples.event()
    watched, regular = came(3.0)
    assert len(watched) > 10
    assert [sample["seq"] for sample in watched] == list(range(watched[0]["seq"], watched[0]["seq"] + len(watched)))
    assert all("cpu_used_ratio" in sample["metrics"] for sample in watched)
    assert 1 <= len(regular) <= 4
    assert [sample["seq"] for sample in regular] == list(range(regular[0]["seq"], regular[0]["seq"] + len(regular)))
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=None)
    eventually(lambda: not came(0.5)[0], 10, "the lease has ended")
    watched, regular = came(2.0)
    assert watched == []
    assert 1 <= len(regular) <= 3
