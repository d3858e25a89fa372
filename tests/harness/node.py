"""Node configurations: what is in one, and what a test changes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

ConfigEdit = Callable[[dict[str, Any]], None]
"""Changes a configuration in place."""


def only(*workers: str) -> ConfigEdit:
    """A node of these workers alone, for tests that need no more and shall not wait for the rest."""

    def edit(config: dict[str, Any]) -> None:
        config["workers"] = [worker for worker in config["workers"] if worker["id"] in workers]

    return edit


def transports(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All transports in a node configuration."""
    for worker in config["workers"]:
        yield from worker.get("transports", ())


def components(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All components in a node configuration."""
    for worker in config["workers"]:
        yield from worker.get("components", ())
