"""The agent from the built wheel, in an environment with neither Crossbar.io nor Django."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.conftest import KeepAgent
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, metrics_of
from tests.harness.wheel import InstalledAgent, install_agent, run


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed."""
    return install_agent(tmp_path_factory.mktemp("wheel"))


def test_the_installed_agent_needs_neither_crossbar_nor_django(environment: Path) -> None:
    """Importing all of it brings nothing else in."""
    python = str(environment / "bin" / "python")
    code = "import sys, components.agent.__main__; print(sorted({'crossbar', 'django', 'numpy', 'web3'} & sys.modules.keys()))"
    assert run(python, "-c", code, cwd=environment).strip() == "[]"
    packages = run(str(environment / "bin" / "pip"), "list", "--format", "freeze").lower()
    assert "autobahn==" in packages
    assert "crossbar==" not in packages
    assert "django==" not in packages
    assert run(str(environment / "bin" / "vedette-agent"), "--version").startswith("vedette-agent 0.")


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_the_installed_agent_is_a_host_and_stops_cleanly(hub: Hub, environment: Path, keep_agent: KeepAgent, number: str) -> None:
    """It enrols, is live, obeys; on SIGINT and SIGTERM it says that it stops, tells the hub, and ends with 0."""
    agent = InstalledAgent(hub, environment, f"from the wheel, {number}")
    keep_agent(agent).start()
    user = hub.web()
    live = LiveView(hub.viewer(user))
    live.until(lambda hosts: any(host["name"] == agent.name and metrics_of(host) for host in hosts.values()), "it is live")
    host_id = live.by_name(agent.name)
    user.save_host(host_id, show_load=False)
    live.host_until(host_id, lambda host: "load_1m" not in metrics_of(host), "it obeys")
    agent.process.signal(signal.Signals[number])
    assert agent.process.wait() == 0
    assert "Stopped" in agent.process.output()
    live.host_until(host_id, lambda host: host["status"] == "down", "it is down")
    stopped = eventually(lambda: hub.sql("SELECT stopped FROM django_app_host WHERE id = ?", host_id)[0][0], "the reason is stored")
    assert stopped == "the agent was stopped"
