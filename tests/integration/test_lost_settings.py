"""Settings survive whatever gets lost: messages, agents, databases; and what a host pins or refuses is shown."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable

import pytest

from components.host_settings import SETTING
from tests.conftest import KeepAgent, MakeHub, Play
from tests.harness import postgresql
from tests.harness.agents import AgentProcess, ContainerAgent, LightAgent, make_code
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, metrics_of
from tests.harness.sampling import spacing
from tests.harness.web import WebUser
from tests.integration.scene import Scene, has, look_on

LOSE_ANNOUNCEMENTS = "from django_app import bridge\nbridge.send = lambda events: None\n"


@pytest.fixture
def set_scene(hub: Hub, keep_agent: KeepAgent) -> Callable[..., Scene]:
    """Sets the scene for an agent that was not started, by default a light one without a lock file; its samples come in."""

    def set_scene(agent: AgentProcess | None = None) -> Scene:
        name = f"light-{secrets.token_hex(4)}"
        scene = look_on(hub, keep_agent(agent or LightAgent(hub.websocket_url, name, code=make_code(hub, name))).start())
        scene.until_applied(1)
        return scene

    return set_scene


@pytest.fixture
def scene(set_scene: Callable[..., Scene]) -> Scene:
    """A light agent without a lock file."""
    return set_scene()


@pytest.fixture
def admin(hub: Hub) -> WebUser:
    return hub.admin


@pytest.fixture
def live(hub: Hub, admin: WebUser) -> LiveView:
    return LiveView(hub.viewer(admin))


def test_what_was_saved_while_the_host_was_off_is_in_force_when_it_comes_back(scene: Scene) -> None:
    """Until then the admin says how long it has been off."""
    assert scene.agent.process.stop() == 0
    scene.until(lambda shown: shown["status"] == "down", "it is down")
    scene.save(show_cpus=False, interval="0.5")
    scene.until(lambda shown: shown["config"]["status"] == "pending", "rev 2 is pending")
    assert re.fullmatch(r"rev 2 · pending \(offline \d+ s\)", scene.config_cell())
    scene.agent.start()
    scene.until_applied(2)
    scene.until(lambda shown: shown["status"] == "up", "it is up")
    back = scene.samples.next(3)
    assert {sample["revision"] for sample in back} == {2}
    assert not any(name.startswith("cpu_") for sample in back for name in sample["metrics"])


def test_a_lost_enable_reaches_a_disabled_host(hub: Hub, scene: Scene) -> None:
    """A disabled host sends nothing, and is offered what it missed all the same."""
    scene.save(disabled=True)
    scene.until(lambda shown: applied(2)(shown) and shown["status"] == "disabled", "it is disabled")
    hub.django.run(
        LOSE_ANNOUNCEMENTS
        + "services.change_hosts(User.objects.get(username='admin').pk, [host], {'disabled': False}, {}, now=time.time())",
        host=scene.host,
    )
    hub.forget_django()
    scene.until(lambda shown: applied(3)(shown) and shown["status"] == "up", "it is enabled all the same")
    assert scene.samples.next(1, revision=3)


def test_settings_are_offered_until_an_outcome_is_reported(admin: WebUser, live: LiveView, play: Play) -> None:
    """To a host that hears and does not answer, after growing delays; its report ends that."""
    agent = play("deaf").listen()
    agent.obey()
    live.until(lambda hosts: agent.host_id in hosts, "it is there")
    admin.save_host(agent.host_id, interval="2")
    offers = [agent.offered(2) for _ in range(2)]
    assert {offer["revision"] for offer in offers} == {2}
    agent.report(offers[-1])
    live.host_until(agent.host_id, applied(2), "rev 2 is applied")
    agent.client.events(0.05)  # what was on its way
    assert agent.client.events(3.5) == []  # the next would have come after two


def test_an_answer_for_another_revision_or_epoch_is_no_outcome(admin: WebUser, live: LiveView, play: Play) -> None:
    """Only exactly the desired revision of this database counts."""
    agent = play("confused").listen()
    agent.obey()
    live.until(lambda hosts: agent.host_id in hosts, "it is there")
    admin.save_host(agent.host_id, interval="2")
    offer = agent.offered(2)
    agent.report({**offer, "revision": 1})
    agent.report({**offer, "revision": 3})
    agent.report({**offer, "epoch": "0" * 32})
    assert agent.offered(2)["revision"] == 2
    assert admin.host_cell(agent.host_id, "config") == "rev 2 · pending"
    agent.report(offer)
    live.host_until(agent.host_id, applied(2), "rev 2 is applied")


def test_a_revision_that_fails_is_offered_once_and_its_reason_shown(hub: Hub, scene: Scene) -> None:
    """The agent keeps the last good settings. An impossible interval needs a way past every check of the hub."""
    [(settings,)] = hub.sql("SELECT settings FROM django_app_revision WHERE host_id = ?", scene.host)
    hub.sql(
        "INSERT INTO django_app_revision (host_id, number, settings, origin, at, status, error, locked) "
        "VALUES (?, 2, ?, 'test', ?, 'pending', '', '{}')",
        *(scene.host, settings, time.time()),
    )
    hub.sql("UPDATE django_app_host SET interval = 0.05, revision = 2 WHERE id = ?", scene.host)
    scene.until(lambda shown: shown["config"]["status"] == "failed", "rev 2 has failed")
    reason = "failed: interval 0.05 s is below 0.2 s (kept rev 1)"
    assert scene.config_cell() == f"rev 2 · {reason}"
    assert scene.live.hosts[scene.host]["config"]["error"] == reason.removeprefix("failed: ")
    kept = scene.samples.next(5)  # the next offer would come after two seconds
    assert {sample["revision"] for sample in kept} == {1}
    assert 0.8 < spacing(kept) < 1.5
    assert scene.agent.process.output().count("Settings rev 2 failed") == 1


def test_pinned_fields_keep_the_local_value_and_are_shown(hub: Hub, set_scene: Callable[..., Scene]) -> None:
    """The rest is applied."""
    agent = LightAgent(hub.websocket_url, "pinning", code=make_code(hub, "pinning"))
    agent.pin(interval=0.5, show_network=False)
    scene = set_scene(agent)
    scene.save(interval="30", show_load=False)
    scene.until_applied(2)
    assert scene.live.hosts[scene.host]["config"]["locked"] == {"interval": 0.5, "show_network": False}
    assert scene.admin.get(f"/admin/django_app/host/?q={scene.host}").text.count("interval 0.5 s, show_network off") == 1
    scene.until(lambda shown: not has("load")(shown), "load is gone")
    assert not has("network")(scene.live.hosts[scene.host])
    assert 0.4 < spacing(scene.samples.next(6)) < 0.8


def test_a_lock_file_that_became_unusable_pins_everything(scene: Scene) -> None:
    """Its owner wants something, and nobody knows what: everything stays as it is, and the hub is told so."""
    scene.agent.lock.write_text('{"pinned": {')
    scene.save(show_cpus=False)
    scene.until_applied(2)
    assert set(scene.live.hosts[scene.host]["config"]["locked"]) == set(SETTING)
    assert has("cpu")({"sample": {"metrics": scene.samples.next(1, revision=2)[0]["metrics"]}})
    assert "so every setting is pinned" in scene.agent.process.output()


def test_an_agent_that_starts_with_an_unusable_lock_file_sends_nothing(hub: Hub, live: LiveView, keep_agent: KeepAgent) -> None:
    """That may be what its owner wanted. It joins all the same, and says that it is disabled by its lock."""
    agent = LightAgent(hub.websocket_url, "torn lock", code=make_code(hub, "torn lock"))
    agent.lock.write_text('{"pinned": {')
    keep_agent(agent).start()
    live.until(lambda hosts: any(host["name"] == "torn lock" and applied(1)(host) for host in hosts.values()), "it has reported")
    host = live.by_name("torn lock")
    assert live.hosts[host]["config"]["locked"]["disabled"] is True
    live.follow(2.0)
    assert live.hosts[host].get("sample") is None


@pytest.mark.skipif(postgresql.VARIABLE in os.environ, reason="replaces the file of SQLite")
def test_a_restored_older_database_wins_over_what_the_agents_remember(make_hub: MakeHub, keep_agent: KeepAgent) -> None:
    """The hub is killed, its database replaced by an older one. Agents of both forms join again by themselves and obey the older
    revision; then the next one counts as new. What they say when they are stopped is stored.
    """
    hub = make_hub().start()
    agents = {
        name: keep_agent(form(hub.websocket_url, name, code=make_code(hub, name))).start()
        for name, form in (("light", LightAgent), ("container", ContainerAgent))
    }
    live = LiveView(hub.viewer())
    live.until(lambda hosts: {*agents, "hub-itself"} <= {host["name"] for host in hosts.values() if applied(1)(host)}, "all have reported")
    ids = {name: live.by_name(name) for name in agents}
    hub.sql("VACUUM INTO ?", str(hub.directory / "backup.sqlite3"))
    for revision, interval in enumerate(("5", "7", "9"), start=2):
        for host in ids.values():
            hub.admin.save_host(host, interval=interval)
            live.host_until(host, applied(revision), f"rev {revision} is applied")
    hub.forget_django()
    hub.process.end()
    for leftover in hub.data.glob("vedette.sqlite3*"):
        leftover.unlink()
    (hub.directory / "backup.sqlite3").rename(hub.data / "vedette.sqlite3")
    hub.start()
    live = LiveView(hub.viewer())
    live.until(
        lambda hosts: all(host["status"] == "up" and applied(1)(host) and metrics_of(host) for host in hosts.values()), "all are back"
    )
    for host in ids.values():
        hub.admin.save_host(host, interval="0.5")
        live.host_until(host, applied(2), "rev 2 is applied anew")
    for agent in agents.values():
        after_the_last = agent.process.output().rpartition("Settings rev 4 applied")[2]
        assert "Settings rev 1 applied" in after_the_last
        assert "Settings rev 2 applied" in after_the_last
        assert agent.process.stop() == 0
    stopped = dict(hub.sql("SELECT name, stopped FROM django_app_host"))
    assert stopped == {"light": "the agent was stopped", "container": "the node stops", "hub-itself": ""}
