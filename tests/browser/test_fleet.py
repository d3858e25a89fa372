"""Hosts come, change, go down, come back and are shut out, while somebody looks."""

from __future__ import annotations

import re
import secrets
import signal

from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.pages import Marked, card, cell, is_live, row, save_host
from tests.conftest import KeepAgent, Play
from tests.harness.agents import LightAgent, make_code
from tests.harness.eventually import STANDSTILL_SECONDS
from tests.harness.hub import Hub
from tests.harness.web import WebUser

SOON_MS = 2_000 + STANDSTILL_SECONDS * 1000


def test_a_host_appears_by_itself(people: People, operator: WebUser, hub: Hub, keep_agent: KeepAgent) -> None:
    """The command that the admin shows for a new host is all it takes; both open pages get it."""
    page, admin = people.open(by=operator), people.open("/admin/django_app/host/", by=operator)
    is_live(page)
    mark = Marked(page)
    name = f"newcomer-{secrets.token_hex(4)}"
    admin.get_by_role("link", name="Add host").click()
    admin.get_by_label("Name:").fill(name)
    admin.get_by_role("button", name="Save", exact=True).click()
    command = admin.locator("#command").inner_text()
    assigned = dict(word.split("=", 1) for word in command.split() if "=" in word)
    assert assigned["VEDETTE_HUB"] == hub.websocket_url
    assert command.split()[-1] == "vedette-agent"
    keep_agent(LightAgent(hub.websocket_url, "", code=assigned["VEDETTE_ENROL_CODE"])).start()
    expect(row(card(page, name), "CPU")).to_be_visible()
    expect(card(page, name)).to_contain_text("127.0.0.1")
    mark.check()
    admin.get_by_role("link", name="To the hosts").click()
    expect(admin.get_by_role("link", name=name)).to_be_visible()


def test_a_host_changes_its_name_and_tags(people: People, operator: WebUser, play: Play) -> None:
    """On its card, which also moves to its new place in the order, and under the search."""
    host_id = play("before").host_id
    page, admin = people.open(by=operator), people.open("/admin/", by=operator)
    expect(card(page, "before")).to_be_visible()
    mark = Marked(page)
    save_host(admin, host_id, Name="zz-after", Tags="web, berlin")
    expect(card(page, "before")).to_have_count(0)
    expect(card(page, "zz-after").get_by_role("list", name="tags").get_by_role("listitem")).to_have_text(["web", "berlin"])
    expect(page.locator("[data-host]").last).to_have_attribute("data-host", host_id)
    page.get_by_role("searchbox").fill("BERLIN")
    expect(page.locator("[data-host]")).to_have_count(1)
    mark.check()


def test_a_killed_agent_is_shown_down_and_comes_back(people: People, operator: WebUser, hub: Hub, keep_agent: KeepAgent) -> None:
    """Within two seconds, its last values greyed; live again by itself, and announced to those who cannot see it."""
    name = f"mortal-{secrets.token_hex(4)}"
    agent = keep_agent(LightAgent(hub.websocket_url, name, code=make_code(hub, name))).start()
    page = people.open(f"/#search={name}", by=operator)
    shown = card(page, name)
    values = shown.locator(".host-metrics")
    expect(row(shown, "CPU")).to_be_visible()
    colour = values.evaluate("element => getComputedStyle(element).color")
    agent.process.signal(signal.SIGKILL)
    agent.process.wait()
    expect(shown.locator(".host-status")).to_have_text(re.compile(r"^down \d+ s · connection lost$"), timeout=SOON_MS)
    expect(row(shown, "CPU")).to_be_visible()
    expect(values).not_to_have_css("color", colour)
    expect(page).to_have_title(re.compile(r"^\(\d+ down\) Vedette$"))
    expect(page.locator("[aria-live=polite]")).to_have_text(f"{name} is down.")
    agent.start()
    expect(shown.locator(".host-status")).to_have_text(re.compile(r"^up \d+ s$"))
    expect(values).to_have_css("color", colour)


def test_a_revoked_host_is_shown_down(people: People, operator: WebUser, play: Play) -> None:
    """By the action of the admin's list; it stays in view until somebody deletes it."""
    played = play("unwanted")
    page, admin = people.open(by=operator), people.open("/admin/django_app/host/", by=operator)
    expect(card(page, "unwanted")).to_be_visible()
    mark = Marked(page)
    admin.get_by_role("row").filter(has_text="unwanted").filter(has=cell(admin, played.host_id, "status")).get_by_role("checkbox").check()
    admin.get_by_label("Action:").select_option("revoke")
    admin.get_by_role("button", name="Go").click()
    expect(admin.get_by_text("1 host revoked.")).to_be_visible()
    expect(card(page, "unwanted").locator(".host-status")).to_have_text(re.compile(r"^down \d+ s · revoked$"), timeout=SOON_MS)
    expect(cell(admin, played.host_id, "status")).to_contain_text("revoked")
    played.client.seconds_until_closed()
    mark.check()


def test_what_could_not_be_collected_is_said_in_its_place(people: People, operator: WebUser, play_known: Play) -> None:
    """And a refused sample is told with its reason, until the next good one."""
    played = play_known("troubled")
    played.publish({"load_1m": 0.25, "load_5m": 0.5, "load_15m": 1}, failed={"disk[/mnt/slow]": "no answer within 0.5 s"})
    page = people.open(by=operator)
    shown = card(page, "troubled")
    expect(row(shown, "/mnt/slow")).to_contain_text("no answer within 0.5 s")
    expect(row(shown, "Load")).to_contain_text("0.25 0.50 1.00")
    played.publish({"cpu_used_ratio": 7})
    expect(shown.get_by_text(re.compile("sample was refused: cpu_used_ratio is 7"))).to_be_visible()
    expect(row(shown, "Load")).to_contain_text("0.25")
    played.publish({"load_1m": 3})
    expect(row(shown, "Load")).to_contain_text("3.00")
    expect(shown.get_by_text("refused")).to_be_hidden()
