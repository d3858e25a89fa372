"""Where things lie: the hub's data directory, and what is in the directory of a Crossbar.io node."""

from __future__ import annotations

import json
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


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


def tell_node_directory() -> None:
    """Have Django's settings look for the node where this process runs: a worker runs in its node directory, whatever `--cbdir` was."""
    if Path("node.pid").exists():
        os.environ["CROSSBAR_DIR"] = os.getcwd()


def data_directory() -> Path:
    """The hub's data directory: VEDETTE_DATA, or `data` in the repository, from which a relative one counts."""
    return (REPOSITORY / Path(os.environ.get("VEDETTE_DATA") or "data").expanduser()).resolve()


def local_agent_data() -> Path:
    """Where the hub's own agent keeps its key."""
    return data_directory() / "agent"
