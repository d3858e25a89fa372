"""Everybody who could try something at a hub: each role with a session, and the bridge, which has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.harness.agents import PlayedAgent
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import Hub
from tests.harness.wamp import Refused, WampClient
from tests.harness.web import WebUser

ROLE_OF = {"agent": "agent", "another agent": "agent", "viewer": "viewer", "operator": "operator", "idle": "idle", "services": "services"}
"""Everybody with a session; the bridge has none, and can only publish and call."""


@dataclass
class Cast:
    """Everybody. `clients` are the sessions by who has them."""

    hub: Hub
    agent: PlayedAgent
    another_agent: PlayedAgent
    viewer: WebUser
    operator: WebUser
    clients: dict[str, WampClient]

    def do(self, who: str, operation: str, uri: str, *args: Any, **options: Any) -> Any:
        """One operation by one of the cast; Refused by name."""
        if who == "bridge":
            return self._bridge(operation, uri, *args, **options)
        return getattr(self.clients[who], operation)(uri, *args, **options)

    def _bridge(self, operation: str, uri: str, *args: Any, **options: Any) -> Any:
        service, name = {"call": ("call", "procedure"), "publish": ("publish", "topic")}[operation]
        answer = self.hub.bridge(service, {name: uri, "args": list(args), **({"options": options} if options else {})})
        if "error" in answer:
            raise Refused(answer["error"], str(answer.get("args")))
        return (answer.get("args") or [None])[0]

    def asked(self, agent: PlayedAgent) -> dict[str, Any]:
        """What reaches an agent when the viewer asks it for its processes; the viewer does not wait."""
        agent.client.subscribe("vedette.agent.on_query")
        self.clients["viewer"].call_blindly("vedette.host.query", host=agent.host_id, kind="processes", arguments={"limit": 7})
        # settings and the hub's own questions come too
        (*_, event) = agent.client.events(PATIENCE_SECONDS, until=lambda event: event.payload.get("kind") == "processes")
        payload: dict[str, Any] = event.payload
        return payload


@contextmanager
def everybody(hub: Hub) -> Iterator[Cast]:
    """All of them, with their sessions; whoever came is gone in the end, also if somebody else could not come."""
    with ExitStack() as ends:
        clients: dict[str, WampClient] = {}

        def came(who: str, client: WampClient) -> None:
            ends.callback(client.drop)
            clients[who] = client

        agents: list[PlayedAgent] = []
        for name in ("agent", "another agent"):
            agents.append(PlayedAgent(hub, name).enrol())
            came(name, agents[-1].client)
        viewer, operator = hub.viewing("stranger-viewer"), hub.admin
        came("viewer", hub.viewer(viewer))
        came("operator", hub.viewer(operator))
        came("idle", hub.unix("agent").join_anonymous())
        came("services", hub.services())
        assert {who: client.authrole for who, client in clients.items()} == ROLE_OF
        yield Cast(hub, agents[0], agents[1], viewer, operator, clients)
