"""What all components of the hub have in common."""

from __future__ import annotations

from typing import Any

from components.base import HubComponent


class _Transport:
    """One that takes messages while it is open."""

    def __init__(self) -> None:
        self.open = True
        self.sent: list[Any] = []

    def isOpen(self) -> bool:  # noqa: N802  # autobahn's name
        return self.open

    def send(self, message: Any) -> None:
        self.sent.append(message)


def test_after_the_session_is_lost_nothing_is_published_and_nothing_fails() -> None:
    """Between the loss of the router and the end of the process, beats go on."""
    component, transport = HubComponent(), _Transport()
    component._transport, component._session_id = transport, 1
    component.publish("vedette.fleet.on_update", {"tick": 1})
    transport.open = False
    component.publish("vedette.fleet.on_update", {"tick": 2})
    assert [message.args for message in transport.sent] == [({"tick": 1},)]
