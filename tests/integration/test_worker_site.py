"""What the workers leave out, in a hub that runs."""

from __future__ import annotations

import psutil

from tests.harness.hub import Hub
from tests.unit.test_upstream_imports import HEAVY


def loaded(pid: int) -> set[str]:
    """Which of the heavy packages a process has libraries of in its memory."""
    paths = [mapped.path for mapped in psutil.Process(pid).memory_maps()]
    return {name for name in HEAVY for path in paths if f"/{name}" in path}


def test_no_worker_has_loaded_what_it_never_uses(hub: Hub) -> None:
    """Only the controller has, which makes the node's key."""
    assert loaded(hub.process.pid) >= {"numpy", "pydantic", "aiohttp"}
    assert {name: loaded(pid) for name, pid in hub.workers().items()} == {name: set() for name in ("router", "django", "services", "agent")}
