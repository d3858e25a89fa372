"""A real agent is asked: what it answers, and what its lock file forbids."""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

import pytest

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
        self.live.until(lambda hosts: any(host["name"] == agent.name and host["sample"] for host in hosts.values()), "it is live")
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
        # only the busiest are told, and others may be that for a while
        return eventually(listed, "the agent is among the busiest")

    def listed() -> dict[str, Any] | None:
        processes = {process["pid"]: process for process in scene.ask("processes", limit=50)["processes"]}
        return processes.get(scene.agent.process.pid)

    assert own()["name"].startswith("python")
    assert own()["memory_bytes"] > 2**24
    assert "command" not in own()
    scene.lock(json.dumps({"process_arguments": True}))
    told = eventually(lambda: own().get("command"), "the answer is another one, with commands")
    assert told.endswith("-m components.agent")
    scene.lock(json.dumps({"forbidden": ["processes"]}))
    refused = scene.refusal("processes")
    assert refused.uri == "vedette.error.query_refused"
    assert "the lock file of this host forbids processes" in str(refused)
    scene.lock("{")
    assert "every query but ping is forbidden" in str(scene.refusal("processes"))
    assert abs(scene.ask("ping")["at"] - scene.live.hosts[scene.host]["sample"]["taken_at"]) < 60
