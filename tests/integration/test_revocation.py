"""Whose right goes, goes at once: within a second with the bridge, within ten without."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.conftest import MakeHub, Play
from tests.harness.agents import PlayedAgent, make_code
from tests.harness.eventually import PATIENCE_SECONDS, STANDSTILL_SECONDS, eventually
from tests.harness.hub import READY_SECONDS, Hub
from tests.harness.live import LiveView
from tests.harness.node import only, transports
from tests.harness.transports import Closed
from tests.harness.wamp import Refused, WampClient
from tests.harness.web import WebUser

AT_ONCE = 1.0 + STANDSTILL_SECONDS
WITHOUT_BRIDGE = 10.0 + STANDSTILL_SECONDS
PASSWORD = "a long enough password"

MAKE_USER = "user = User.objects.create_user(name, password=password)\nuser.groups.add(Group.objects.get(name='operators'))"


def make_operator(hub: Hub, name: str) -> WebUser:
    """A new operator, logged in."""
    hub.django.run(MAKE_USER, name=name, password=PASSWORD)
    return hub.web(name, PASSWORD)


def edit_user(admin: WebUser, hub: Hub, name: str, **changes: Any) -> None:
    """In the admin's form of this user."""
    [(user_id,)] = hub.sql("SELECT id FROM auth_user WHERE username = ?", name)
    path = f"/admin/auth/user/{user_id}/change/"
    answer = admin.submit(admin.get(path), _save="Save", **changes)
    assert answer.url.endswith("/admin/auth/user/"), answer.text[:3000]


def deactivate(admin: WebUser, user: WebUser, hub: Hub, name: str) -> None:
    edit_user(admin, hub, name, is_active=None)


def leave_the_group(admin: WebUser, user: WebUser, hub: Hub, name: str) -> None:
    edit_user(admin, hub, name, groups=[])


def log_out(admin: WebUser, user: WebUser, hub: Hub, name: str) -> None:
    user.log_out()


def change_password(admin: WebUser, user: WebUser, hub: Hub, name: str) -> None:
    [(user_id,)] = hub.sql("SELECT id FROM auth_user WHERE username = ?", name)
    page = admin.get(f"/admin/auth/user/{user_id}/password/")
    answer = admin.submit(page, form="user_form", password1=PASSWORD + "!", password2=PASSWORD + "!")
    assert answer.url.endswith("/change/"), answer.text[:3000]


def delete(admin: WebUser, user: WebUser, hub: Hub, name: str) -> None:
    [(user_id,)] = hub.sql("SELECT id FROM auth_user WHERE username = ?", name)
    admin.post(f"/admin/auth/user/{user_id}/delete/", {"post": "yes"})
    assert not hub.sql("SELECT id FROM auth_user WHERE username = ?", name)


WAYS = [deactivate, leave_the_group, log_out, change_password, delete]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_persons_sessions_end_at_once(hub: Hub, way: Callable[..., None]) -> None:
    """Theirs alone: another browser of another person stays."""
    name = f"leaver-{way.__name__}"
    admin, user = hub.admin, make_operator(hub, name)
    leaver, bystander = hub.viewer(user), hub.viewer(hub.web())
    way(admin, user, hub, name)
    assert leaver.seconds_until_closed() < AT_ONCE
    assert bystander.is_alive()


def test_logging_out_one_browser_leaves_the_other(hub: Hub) -> None:
    """Of the same person."""
    one = make_operator(hub, "two-browsers")
    other = hub.web("two-browsers", PASSWORD)
    first, second = hub.viewer(one), hub.viewer(other)
    one.log_out()
    assert first.seconds_until_closed() < AT_ONCE
    assert second.is_alive()


def test_a_revoked_host_is_out_and_stays_out(hub: Hub, play: Play) -> None:
    """Its session ends, the page says why, its key is refused by name; with a new code it is back."""
    agent, bystander = play("revoked"), play("stays")
    admin = hub.admin
    live = LiveView(hub.viewer(admin))
    live.until(lambda hosts: agent.host_id in hosts, "it is there")
    admin.host_action("revoke", [agent.host_id])
    assert agent.client.seconds_until_closed() < AT_ONCE
    assert bystander.client.is_alive()
    live.host_until(agent.host_id, lambda host: host["absence"] == {"reason": "revoked", "text": ""}, "the page says why")
    assert live.hosts[agent.host_id]["status"] == "down"
    with pytest.raises(Refused) as refused:
        PlayedAgent(hub, "revoked", key=agent.key).join()
    assert refused.value.uri == "vedette.error.key_revoked"
    again = PlayedAgent(hub, "revoked", key=agent.key).enrol(make_code(hub, "revoked"))
    assert again.host_id == agent.host_id
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is back on the page")


def test_a_client_that_ignores_the_farewell_is_cut_off(hub: Hub, play: Play) -> None:
    """It answers no GOODBYE, and floods; nothing of it is delivered once it is out."""
    agent = play("stubborn")
    watcher, speaker = hub.services(), hub.services()
    watcher.subscribe("vedette.agent.on_sample")
    hub.admin.host_action("revoke", [agent.host_id])
    revoked_at = time.monotonic()
    with pytest.raises(Closed):
        _flood(agent, revoked_at + PATIENCE_SECONDS)
    assert time.monotonic() < revoked_at + AT_ONCE
    speaker.publish("vedette.agent.on_sample", "it is out")
    watcher.events(PATIENCE_SECONDS, until=lambda event: event.payload == "it is out")
    assert not any(event.details["publisher_authid"] == agent.client.authid for event in watcher.events(1.0))


def _flood(agent: PlayedAgent, until: float) -> None:
    while time.monotonic() < until:
        agent.client.publish_blindly("vedette.agent.on_sample", agent.sample())


def test_without_the_bridge_it_takes_a_little_longer(make_hub: MakeHub) -> None:
    """Django cannot announce anything, and the router notices all the same; nobody else is disturbed."""

    def no_bridge(config: dict[str, Any]) -> None:
        only("router", "django")(config)
        for worker in config["workers"]:
            worker["transports"] = [transport for transport in worker.get("transports", ()) if transport["id"] != "bridge"]
            if not worker["transports"]:
                del worker["transports"]
        assert "bridge" not in {transport["id"] for transport in transports(config)}

    hub = make_hub(edit=no_bridge).launch()
    eventually(lambda: _answers(hub), "Django answers", seconds=READY_SECONDS, explain=hub.tail)
    admin = hub.admin
    leavers: dict[str, WampClient] = {}
    agent, bystander = PlayedAgent(hub, "revoked").enrol(), PlayedAgent(hub, "stays").enrol()
    users = {way.__name__: make_operator(hub, way.__name__) for way in WAYS}
    for name, user in users.items():
        leavers[name] = hub.viewer(user)
    out_at: list[tuple[WampClient, float]] = []
    for way in WAYS:
        way(admin, users[way.__name__], hub, way.__name__)
        out_at.append((leavers[way.__name__], time.monotonic()))
    admin.host_action("revoke", [agent.host_id])
    out_at.append((agent.client, time.monotonic()))
    for client, at in out_at:
        client.seconds_until_closed()
        assert time.monotonic() - at < WITHOUT_BRIDGE
    assert bystander.client.is_alive()


def _answers(hub: Hub) -> bool:
    try:
        return requests.get(f"{hub.url}/login/", timeout=5).status_code == 200
    except requests.RequestException:
        return False
