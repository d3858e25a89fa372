"""The documentation of the wire is enough: the example agent, in JavaScript and without any of our code, is a host like any other."""

from __future__ import annotations

import secrets
import signal
import stat
from collections.abc import Callable
from typing import Any

import pytest

from components.collectors import COLLECTORS
from tests.conftest import KeepAgent
from tests.harness.agents import JavaScriptAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, metrics_of, why_away
from tests.harness.sampling import Samples, spacing

FAMILIES = {"cpu", "memory", "disk", "load", "uptime"}
"""Network is left out by the example."""
METRICS = {metric.name for collector in COLLECTORS for metric in collector.metrics}


class Scene:
    """The example at the shared hub, and one who watches."""

    def __init__(self, hub: Hub, agent: JavaScriptAgent) -> None:
        self.hub = hub
        self.agent = agent
        self.live = LiveView(hub.viewer())
        self.live.until(
            lambda hosts: any(host["name"] == agent.name and families(host) >= FAMILIES for host in hosts.values()), "it is live"
        )
        self.host = self.live.by_name(agent.name)

    def until(self, check: Callable[[dict[str, Any]], Any], what: str) -> None:
        """Wait for what a browser knows of the host."""
        self.live.host_until(self.host, check, what)

    def save(self, **settings: Any) -> None:
        """Save in the admin."""
        self.hub.admin.save_host(self.host, **settings)


def families(host: dict[str, Any]) -> set[str]:
    """Which families of metrics its newest sample has."""
    return {name.partition("_")[0] for name in metrics_of(host)}


@pytest.fixture
def scene(hub: Hub, keep_agent: KeepAgent) -> Scene:
    """A fresh host, enrolled with a code."""
    name = f"javascript-{secrets.token_hex(4)}"
    agent = JavaScriptAgent(hub.websocket_url, name, code=make_code(hub, name))
    keep_agent(agent).start()
    return Scene(hub, agent)


def test_it_enrols_and_is_a_host_like_any_other(hub: Hub, scene: Scene) -> None:
    """With a code, a key of its own, facts, an outcome for its settings, and samples of documented metrics."""
    scene.until(applied(1), "rev 1 is applied")
    host = scene.live.hosts[scene.host]
    assert host["status"] == "up"
    assert metrics_of(host).keys() <= METRICS
    assert host["sample"]["failed"] == {}
    assert host.get("refused") is None
    facts = eventually(lambda: hub.django.run("result = Host.objects.get(pk=host).facts", host=scene.host), "facts are stored")
    assert facts["agent_version"] == "example"
    assert facts["memory_total_bytes"] == metrics_of(host)["memory_total_bytes"]
    scene.until(lambda host: host["clock_offset"] is not None, "its clock is known, for it answers ping")
    key = scene.agent.data / "agent-key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(scene.agent.data.stat().st_mode) == 0o700
    assert scene.agent.environment["VEDETTE_ENROL_CODE"].partition(".")[2] not in scene.agent.process.output() + hub.output()


def test_it_obeys(scene: Scene) -> None:
    """A family is hidden and shown, the interval is kept, a disabled host sends nothing and still reports."""
    samples = Samples(scene.hub, scene.host)
    scene.save(show_memory=False, interval="0.2")
    scene.until(applied(2), "rev 2 is applied")
    assert scene.live.hosts[scene.host]["config"]["milliseconds"] > 0
    scene.until(lambda host: families(host) == FAMILIES - {"memory"}, "memory is gone")
    newer = samples.next(7, revision=2)
    assert 0.15 < spacing(newer) < 0.5  # with the interval before it would be one
    assert [sample["seq"] for sample in newer] == list(range(newer[0]["seq"], newer[0]["seq"] + len(newer)))
    scene.save(show_memory=True, disabled=True)
    scene.until(lambda host: applied(3)(host) and host["status"] == "disabled", "it is disabled")
    assert [sample for sample in samples.follow(1.0) if sample["revision"] > 2] == []
    scene.save(disabled=False)
    scene.until(lambda host: applied(4)(host) and families(host) >= FAMILIES, "it is enabled")


def test_impossible_settings_fail_and_the_last_good_ones_are_kept(hub: Hub, scene: Scene) -> None:
    """The reason stands in the admin. Such settings need a way past every check of the hub."""
    settings = hub.django.run(
        "settings = Revision.objects.get(host=host).settings\n"
        "Revision.objects.create(host_id=host, number=2, settings=settings, origin='test', at=time.time())\n"
        "Host.objects.filter(pk=host).update(interval=0.05, revision=2)\n"
        "result = services.get_configs([host])[host]",
        host=scene.host,
    )
    hub.services().publish("vedette.agent.on_config", settings, eligible_authid=[f"host:{scene.host}"])
    scene.until(lambda host: host["config"]["status"] == "failed", "rev 2 has failed")
    assert scene.live.hosts[scene.host]["config"]["error"] == "interval is 0.05; it must be 0.2 to 3600 seconds (kept rev 1)"
    taken_at = scene.live.hosts[scene.host]["sample"]["at"]
    scene.until(lambda host: host["sample"]["at"] > taken_at, "it goes on as before")


def test_it_comes_back_and_stops_cleanly(hub: Hub, scene: Scene) -> None:
    """After its session was cut, under the same host id; SIGTERM is reported, and ends it with exit code 0."""
    hub.services().call("wamp.session.kill_by_authid", f"host:{scene.host}")
    scene.until(lambda host: why_away(host) == "lost", "it was down")
    scene.save(show_load=False)
    scene.until(lambda host: host["status"] == "up" and applied(2)(host) and "load" not in families(host), "it is back and obeys")
    scene.agent.process.signal(signal.SIGTERM)
    assert scene.agent.process.wait() == 0
    scene.until(lambda host: host["absence"] == {"reason": "stopped", "text": "the agent was stopped"}, "it is down again, and says why")


def test_without_a_code_it_waits_until_it_is_approved(hub: Hub, keep_agent: KeepAgent) -> None:
    """It says why, and which key it has. Ctrl-C ends it at any time, also while it waits."""
    name = f"stranger-{secrets.token_hex(4)}"
    agent = JavaScriptAgent(hub.websocket_url, name)
    keep_agent(agent).start()
    live = LiveView(hub.viewer())
    live.until(lambda hosts: any(host["name"] == name for host in hosts.values()), "it waits")
    host = live.by_name(name)
    eventually(lambda: "vedette.error.not_approved" in agent.process.output(), "it says why", explain=agent.process.tail)
    eventually(lambda: live.hosts[host]["fingerprint"] in agent.process.output(), "and which key it has", explain=agent.process.tail)
    assert agent.process.stop() == 0
    hub.viewer().call("vedette.auth.approve", hosts=[host])
    agent.start()
    live.host_until(host, lambda shown: shown["status"] == "up" and families(shown) >= FAMILIES, "it is in")
