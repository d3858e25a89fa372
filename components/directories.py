"""Where things lie: the hub's data directory, and what is in the directory of a Crossbar.io node."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
DATA = "VEDETTE_DATA"
SECRET_KEY = "secret-key"  # noqa: S105  # names of files
PROXY_SECRET = "proxy-secret"  # noqa: S105


def make_run_directory(node: Path) -> None:
    """Make `run/` in the node directory 0700 and empty of sockets.

    Crossbar makes unix sockets that everybody may use, so their directory guards them; and it does not listen on a socket that a killed
    node left. While a node runs, `node.pid` keeps a second one out, so no socket there can be in use.
    """
    run = node / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    run.chmod(0o700)
    for socket in run.glob("*.sock"):
        socket.unlink()


def hub_address(node: Path) -> str:
    """The loopback address of this node's own `/ws`, from its configuration, where the port is the user's to edit."""
    for worker in json.loads((node / "config.json").read_text())["workers"]:
        for transport in worker.get("transports", ()):
            if "ws" in transport.get("paths", {}) and transport["endpoint"]["type"] == "tcp":
                port = transport["endpoint"]["port"]
                return f"ws://127.0.0.1:{os.environ[port[1:]] if isinstance(port, str) else port}/ws"
    raise LookupError(f"{node / 'config.json'} has no web transport with a path 'ws'")


def workers_at(where: Path, node: Path) -> list[str]:
    """Ids of the workers whose components connect to this unix socket, by the configuration of the node; none if that cannot be read."""
    try:
        workers = json.loads((node / "config.json").read_text())["workers"]
        return [worker["id"] for worker in workers if any(node / path == where for path in _unix_paths(worker))]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []  # edited meanwhile


def _unix_paths(worker: Any) -> list[str]:
    endpoints = [component["transport"]["endpoint"] for component in worker.get("components", ()) if "transport" in component]
    return [endpoint["path"] for endpoint in endpoints if endpoint["type"] == "unix"]


def tell_node_directory() -> None:
    """Have Django's settings look for the node where this process runs: a worker runs in its node directory, whatever `--cbdir` was."""
    if Path("node.pid").exists():
        os.environ["CROSSBAR_DIR"] = os.getcwd()


def data_directory() -> Path:
    """The hub's data directory: VEDETTE_DATA, or `data` in the repository, from which a relative one counts."""
    return (REPOSITORY / Path(os.environ.get(DATA) or "data").expanduser()).resolve()


def local_agent_data() -> Path:
    """Where the hub's own agent keeps its key."""
    return data_directory() / "agent"
