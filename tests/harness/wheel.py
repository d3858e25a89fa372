"""The agent as its users install it: the built wheel, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.harness.agents import LightAgent, make_code
from tests.harness.hub import Hub
from tests.harness.process import REPOSITORY

INSTALL_SECONDS = 400.0
"""Patience with a machine that does much else."""


def install_agent(directory: Path) -> Path:
    """Build the wheel and install it, with what the agent's lock names, into a fresh virtual environment below `directory`."""
    environment = directory / "env"
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(directory), cwd=REPOSITORY)
    run(sys.executable, "-m", "venv", str(environment))
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        (environment / "bin" / "uv").symlink_to(uv)
    run(str(REPOSITORY / "requirements" / "install.sh"), str(environment), str(REPOSITORY / "requirements" / "agent.txt"))
    wheel = next(directory.glob("*.whl"))
    run(str(environment / "bin" / "pip"), "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    return environment


def run(*command: str, cwd: Path | None = None) -> str:
    """The standard output of a command that must succeed."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


class InstalledAgent(LightAgent):
    """`vedette-agent`, as the wheel installs it."""

    def __init__(self, hub: Hub, environment: Path, name: str) -> None:
        super().__init__(hub.websocket_url, name, code=make_code(hub, name))
        self._command = environment / "bin" / "vedette-agent"

    @property
    def command(self) -> list[str]:
        """The installed command."""
        return [str(self._command)]

    @property
    def working_directory(self) -> Path:
        """Far from the repository."""
        return self.directory
