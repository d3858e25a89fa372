"""One host, looked at closely: further samples under a lease, queries, and its last ten minutes."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from components.leases import LEASE_SECONDS
from tests.conftest import KeepAgent, Play
from tests.harness.agents import AgentProcess, LightAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, metrics_of
from tests.harness.wamp import Refused, WampClient

PROMPTLY = 10.0


@dataclass
class Scene:
    """A real agent at 1 Hz, a viewer who may watch it, and what agents publish, as the services hear it."""

    hub: Hub
    agent: AgentProcess
    host: str
    viewer: WampClient
    samples: WampClient

    def published(self, seconds: float) -> list[dict[str, Any]]:
        """What the agent publishes from now on, within so many seconds."""
        self.samples.events(0.05)
        return [event.payload for event in self.samples.events(seconds) if event.details["publisher_authid"] == f"host:{self.host}"]

    def until_unwatched(self, seconds: float) -> None:
        """Wait until only regular samples come."""
        eventually(lambda: not any(sample["watched"] for sample in self.published(0.7)), seconds, "no watched sample comes any more")


@pytest.fixture
def scene(hub: Hub, keep_agent: KeepAgent) -> Iterator[Scene]:
    name = f"watched-{secrets.token_hex(4)}"
    agent = keep_agent(LightAgent(hub.websocket_url, name, code=make_code(hub, name))).start()
    live = LiveView(hub.viewer())
    live.until(lambda hosts: any(host["name"] == name and metrics_of(host) for host in hosts.values()), 15, "the agent is live")
    viewer, samples = hub.viewer(), hub.services()
    viewer.subscribe("vedette.host.on_sample")
    samples.subscribe("vedette.agent.on_sample")
    yield Scene(hub, agent, live.by_name(name), viewer, samples)
    for client in (live.client, viewer, samples):
        client.drop()


def test_a_watched_host_is_seen_ten_times_a_second_until_the_lease_runs_out(scene: Scene) -> None:
    """Its regular samples keep their rate and their numbers, and nothing else changes for anybody else."""
    granted_at = time.monotonic()
    assert scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.1) == {"interval": 0.1, "seconds": LEASE_SECONDS}
    assert scene.viewer.event(2.0).payload["host"] == scene.host
    published = scene.published(5.0)
    regular, watched = ([sample for sample in published if sample["watched"] is kind] for kind in (False, True))
    assert 4 <= len(regular) <= 6
    assert [sample["seq"] for sample in regular] == list(range(regular[0]["seq"], regular[0]["seq"] + len(regular)))
    assert 35 <= len(watched) <= 55
    assert {name for sample in watched for name in sample["metrics"]} >= {"cpu_used_ratio", "network_received_bytes_per_second"}
    seen = [event.payload["sample"] for event in scene.viewer.events(0.5)]
    assert {sample["taken_at"] for sample in seen} >= {round(sample["at"], 3) for sample in watched[1:]}
    last_seen = LiveView(scene.hub.viewer()).hosts[scene.host]["sample"]["taken_at"]
    assert last_seen not in {sample["at"] for sample in watched}
    scene.until_unwatched(LEASE_SECONDS + 5)
    assert time.monotonic() - granted_at >= LEASE_SECONDS - 1
    assert len(scene.published(2.5)) in (2, 3)


def test_a_lease_ends_with_its_session_and_the_looser_one_goes_on(scene: Scene) -> None:
    """Whether that says so, or just goes."""
    closer = scene.hub.viewer()
    closer.call("vedette.host.watch", host=scene.host, interval=0.1)
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.5)
    eventually(lambda: len(scene.published(1.0)) > 7, PROMPTLY, "it samples closely")
    closer.drop()
    eventually(lambda: 2 <= len(scene.published(1.0)) <= 5, PROMPTLY, "it samples every half second")
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=None)
    scene.until_unwatched(PROMPTLY)


def test_a_host_answers_what_it_is_asked(scene: Scene) -> None:
    """Its clock, and its processes: this test is one of them."""
    asked_at = time.time()
    assert asked_at - 0.1 <= scene.viewer.call("vedette.host.query", host=scene.host, kind="ping")["at"] <= time.time() + 0.1
    answer = scene.viewer.call("vedette.host.query", host=scene.host, kind="processes", arguments={"limit": 50})
    assert answer["count"] >= len(answer["processes"]) > 5
    assert all(process["name"] and process["memory_bytes"] >= 0 and "command" not in process for process in answer["processes"])


def test_the_clock_of_a_host_is_compared_soon_after_it_joined(scene: Scene) -> None:
    """On one machine it is the same clock."""
    view = LiveView(scene.viewer)
    view.host_until(scene.host, lambda host: host["clock_offset"] is not None, PROMPTLY, "its clock was compared")
    assert abs(view.hosts[scene.host]["clock_offset"]) < 0.25


def test_a_lock_file_forbids_it(scene: Scene) -> None:
    """Named to who asks; the regular samples are shown all the same."""
    scene.agent.lock.write_text('{"forbidden": ["processes", "watch"]}')
    with pytest.raises(Refused, match="lock file of this host forbids processes") as refused:
        scene.viewer.call("vedette.host.query", host=scene.host, kind="processes")
    assert refused.value.uri == "vedette.error.query_refused"
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.1)
    assert 1 <= len([event for event in scene.viewer.events(2.5) if event.payload["host"] == scene.host]) <= 4
    assert scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.1)["interval"] == 1.0


def test_a_host_that_does_not_answer(scene: Scene) -> None:
    """Is named in time, also when it is gone altogether."""
    scene.agent.process.signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(Refused, match=r"did not answer within 5 s|lost its connection") as refused:
            scene.viewer.call("vedette.host.query", host=scene.host, kind="processes")
        assert time.monotonic() - started < 7
    finally:
        scene.agent.process.signal(signal.SIGCONT)
    assert refused.value.uri == "vedette.error.no_answer"
    assert scene.agent.name in refused.value.text
    scene.agent.process.stop()
    view = LiveView(scene.viewer)
    view.host_until(scene.host, lambda host: host["status"] == "down", PROMPTLY, "it is down")
    with pytest.raises(Refused, match=f"{scene.agent.name} is not connected"):
        scene.viewer.call("vedette.host.query", host=scene.host, kind="ping")


def test_the_last_minutes_are_what_was_sampled(hub: Hub, play: Play) -> None:
    """Asked for by a viewer, in buckets of a second."""
    agent, viewer = play("kept"), hub.viewer()
    agent.obey()
    LiveView(hub.viewer()).until(lambda hosts: agent.host_id in hosts, PROMPTLY, "it is known")
    for number in range(4):
        agent.publish({"load_1m": float(number), "disk_used_bytes": {"/<b>": 1000.0 * number}})
        agent.client.events(1.0)
    question = {"hosts": [agent.host_id, "zzzzzzzzzzzz"], "metrics": ["load_1m", "disk_used_bytes", "cpu_used_ratio"], "points": 600}
    answer = viewer.call("vedette.history.get_series", **question)
    assert set(answer) == {agent.host_id}
    columns = answer[agent.host_id]
    assert set(columns) == {"at", "load_1m", "disk_used_bytes"}
    known = [(at, mean) for at, mean in zip(columns["at"], columns["load_1m"]["mean"], strict=True) if mean is not None]
    assert {mean for _, mean in known} == {0, 1, 2, 3}
    assert known[-1][0] == pytest.approx(time.time(), abs=5)
    assert {most for most in columns["disk_used_bytes"]["/<b>"]["max"] if most is not None} == {0, 1000, 2000, 3000}
    with pytest.raises(Refused, match="points is 1; it must be") as refused:
        viewer.call("vedette.history.get_series", **{**question, "points": 1})
    assert refused.value.uri == "vedette.error.invalid_payload"


def test_tags_of_many_hosts_change_at_once(hub: Hub, play: Play) -> None:
    """Everybody sees it without a reload."""
    agents, live = [play(f"tagged-{number}") for number in range(3)], LiveView(hub.viewer())
    ids = [agent.host_id for agent in agents]
    live.until(lambda hosts: set(ids) <= set(hosts), PROMPTLY, "they are known")
    hub.viewer().call("vedette.config.set", hosts=ids, tags={"add": ["web", "berlin"]})
    live.until(lambda hosts: all(hosts[each]["tags"] == ["web", "berlin"] for each in ids), PROMPTLY, "they have the tags")
    with pytest.raises(Refused, match="the tag 'a,b' is not"):
        hub.viewer().call("vedette.config.set", hosts=ids, tags={"add": ["a,b"]})
