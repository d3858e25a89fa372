"""One host, looked at closely: further samples under a lease, queries, and its last ten minutes."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from components.leases import LEASE_SECONDS
from tests.conftest import KeepAgent, Play
from tests.harness.agents import LightAgent, PlayedAgent, make_code
from tests.harness.eventually import PATIENCE_SECONDS, STANDSTILL_SECONDS, eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, metrics_of
from tests.harness.sampling import Sample, Samples, spacing
from tests.harness.wamp import Refused, WampClient


@dataclass
class Scene:
    """A real agent at 1 Hz, that of the hub's own machine, a viewer who may watch it, and what agents publish, as the services hear it."""

    hub: Hub
    host: str
    viewer: WampClient
    samples: Samples

    def until_spaced(self, least: float, most: float) -> None:
        """Wait until its watched samples are so many seconds apart."""

        def are_spaced(samples: list[Sample]) -> bool:
            watched = [sample for sample in samples if sample["watched"]][-8:]
            return len(watched) == 8 and least < spacing(watched) < most

        self.samples.until(are_spaced, f"watched samples are {least:g} to {most:g} s apart")

    def until_unwatched(self) -> None:
        """Wait until only regular samples come."""
        self.samples.until(lambda samples: [sample["watched"] for sample in samples[-2:]] == [False, False], "only regular samples come")


@pytest.fixture
def scene(hub: Hub) -> Iterator[Scene]:
    live, viewer = LiveView(hub.viewer()), hub.viewer()
    live.until(lambda hosts: any(host["name"] == "hub-itself" and metrics_of(host) for host in hosts.values()), "the agent is live")
    viewer.subscribe("vedette.host.on_sample")
    host = live.by_name("hub-itself")
    scene = Scene(hub, host, viewer, Samples(hub, host))
    scene.until_unwatched()
    yield scene
    for client in (live.client, viewer, scene.samples.client):
        client.drop()


def test_a_watched_host_is_seen_ten_times_a_second_until_the_lease_runs_out(scene: Scene) -> None:
    """By numbers of their own. Its regular samples keep their rate and their numbers, and nothing else changes for anybody else."""
    granted_at = time.monotonic()
    assert scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.1) == {"interval": 0.1, "seconds": LEASE_SECONDS}
    assert scene.viewer.event().payload["host"] == scene.host
    published = scene.samples.until(lambda samples: sum(not sample["watched"] for sample in samples) == 5, "five regular samples come")
    regular, watched = ([sample for sample in published if sample["watched"] is kind] for kind in (False, True))
    assert 0.8 < spacing(regular) < 1.5
    assert 0.05 < spacing(watched) < 0.3
    for kind in (regular, watched):  # each counts by itself; a hub that is behind gets not all of them
        numbers = [sample["seq"] for sample in kind]
        assert numbers == sorted(set(numbers))
    assert all("cpu_used_ratio" in sample["metrics"] for sample in watched)
    last = watched[-1]["at"]
    seen = scene.viewer.events(PATIENCE_SECONDS, until=lambda event: event.payload["sample"]["taken_at"] >= last)
    assert {event.payload["sample"]["taken_at"] for event in seen} >= {sample["at"] for sample in watched[1:]}
    last_seen = LiveView(scene.hub.viewer()).hosts[scene.host]["sample"]["taken_at"]
    assert last_seen not in {sample["at"] for sample in watched}
    scene.until_unwatched()
    assert time.monotonic() - granted_at >= LEASE_SECONDS - 1


def test_a_lease_ends_with_its_session_and_the_looser_one_goes_on(scene: Scene) -> None:
    """Whether that says so, or just goes."""
    closer = scene.hub.viewer()
    closer.call("vedette.host.watch", host=scene.host, interval=0.1)
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=0.5)
    scene.until_spaced(0.05, 0.3)
    closer.drop()
    scene.until_spaced(0.4, 0.9)
    scene.viewer.call("vedette.host.watch", host=scene.host, interval=None)
    scene.until_unwatched()


def test_the_clock_of_a_host_is_compared_soon_after_it_joined(scene: Scene) -> None:
    """On one machine it is the same clock; anybody may ask for it too."""
    view = LiveView(scene.hub.viewer())
    view.host_until(scene.host, lambda host: host["clock_offset"] is not None, "its clock was compared")
    assert abs(view.hosts[scene.host]["clock_offset"]) < 0.25 + STANDSTILL_SECONDS
    asked_at = time.time()
    assert asked_at - 0.1 <= scene.viewer.call("vedette.host.query", host=scene.host, kind="ping")["at"] <= time.time() + 0.1


def test_a_host_that_does_not_answer(hub: Hub, keep_agent: KeepAgent) -> None:
    """Because it may not, cannot, or is gone: each is named, in time."""
    name = f"silent-{secrets.token_hex(4)}"
    agent = keep_agent(LightAgent(hub.websocket_url, name, code=make_code(hub, name))).start()
    live, viewer = LiveView(hub.viewer()), hub.viewer()
    live.until(lambda hosts: any(host["name"] == name and metrics_of(host) for host in hosts.values()), "the agent is live")
    host = live.by_name(name)
    agent.lock.write_text('{"forbidden": ["watch"]}')
    watch = partial(viewer.call, "vedette.host.watch", host=host, interval=0.1)
    eventually(lambda: watch()["interval"] == 1.0, "its lock file forbids it, so it goes on as before")
    agent.process.signal(signal.SIGSTOP)
    started = time.monotonic()
    try:
        refused = _refusal(viewer, host)
    finally:
        agent.process.signal(signal.SIGCONT)
    assert time.monotonic() - started < 7 + STANDSTILL_SECONDS
    assert refused.text in (f"{name} did not answer within 5 s", f"{name} lost its connection")
    agent.process.stop()
    live.host_until(host, lambda shown: shown["status"] == "down", "it is down")
    # it may have lost its connection before, and have come back
    eventually(lambda: _refusal(viewer, host).text == f"{name} is not connected", "it is said to be away")


def _refusal(viewer: WampClient, host: str) -> Refused:
    with pytest.raises(Refused) as refused:
        viewer.call("vedette.host.query", host=host, kind="processes")
    assert refused.value.uri == "vedette.error.no_answer"
    return refused.value


def test_the_last_minutes_are_what_was_sampled(hub: Hub, play: Play) -> None:
    """Asked for by a viewer, in buckets of a second."""
    agent, viewer = play("kept"), hub.viewer()
    agent.obey()
    live = LiveView(hub.viewer())
    live.until(lambda hosts: agent.host_id in hosts, "it is known")
    for number in range(4):
        agent.publish({"load_1m": float(number), "disk_used_bytes": {"/<b>": 1000.0 * number}})
        until_kept(live, agent)
    question = {"hosts": [agent.host_id, "zzzzzzzzzzzz"], "metrics": ["load_1m", "disk_used_bytes", "cpu_used_ratio"], "points": 600}
    answer = viewer.call("vedette.history.get_series", **question)
    assert set(answer) == {agent.host_id}
    columns = answer[agent.host_id]
    assert set(columns) == {"at", "load_1m", "disk_used_bytes"}
    known = [(at, mean) for at, mean in zip(columns["at"], columns["load_1m"]["mean"], strict=True) if mean is not None]
    assert {mean for _, mean in known} == {0, 1, 2, 3}
    assert known[-1][0] == pytest.approx(time.time(), abs=PATIENCE_SECONDS)
    assert {most for most in columns["disk_used_bytes"]["/<b>"]["max"] if most is not None} == {0, 1000, 2000, 3000}
    with pytest.raises(Refused, match="points is 1; it must be") as refused:
        viewer.call("vedette.history.get_series", **{**question, "points": 1})
    assert refused.value.uri == "vedette.error.invalid_payload"


def until_kept(live: LiveView, agent: PlayedAgent) -> None:
    """Wait until the newest sample has come, and a second has passed: samples that come closer together are kept as one."""
    live.host_until(agent.host_id, lambda host: host["sample"] and host["sample"]["taken_at"] == agent.sampled_at, "it has come")
    come_at = live.hosts[agent.host_id]["sample"]["at"]
    eventually(lambda: time.time() > come_at + 1, "a second has passed")


def test_tags_of_many_hosts_change_at_once(hub: Hub, play: Play) -> None:
    """Everybody sees it without a reload."""
    agents, live = [play(f"tagged-{number}") for number in range(3)], LiveView(hub.viewer())
    ids = [agent.host_id for agent in agents]
    live.until(lambda hosts: set(ids) <= set(hosts), "they are known")
    hub.viewer().call("vedette.config.set", hosts=ids, tags={"add": ["web", "berlin"]})
    live.until(lambda hosts: all(hosts[each]["tags"] == ["web", "berlin"] for each in ids), "they have the tags")
    with pytest.raises(Refused, match="the tag 'a,b' is not"):
        hub.viewer().call("vedette.config.set", hosts=ids, tags={"add": ["a,b"]})
