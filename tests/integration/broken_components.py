"""The hub's components, each with a planted failure in what must be done before anybody may rely on it."""

from __future__ import annotations

from typing import Any

from components import agent_container, auth, config, fleet, setup


class PlantedFailure(RuntimeError):
    """What a bug or a broken disk would raise."""


class _Broken:
    async def start(self, details: Any) -> None:
        """Do everything, then fail at the very end."""
        await super().start(details)  # type: ignore[misc]  # the real component is the next base
        raise PlantedFailure("planted failure")


class Setup(_Broken, setup.Setup):
    """See _Broken."""


class Auth(_Broken, auth.Auth):
    """See _Broken."""


class Config(_Broken, config.Config):
    """See _Broken."""


class Fleet(_Broken, fleet.Fleet):
    """See _Broken."""


class AgentHolder(_Broken, agent_container.AgentHolder):
    """See _Broken."""
