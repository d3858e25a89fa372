"""Why hosts are away, and what is shown of them meanwhile."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, card, is_live, row, sideways
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import STANDSTILL_SECONDS
from tests.harness.hub import Hub
from tests.harness.wamp import Refused
from tests.harness.web import WebUser

CLOSED_MS = 1_000 + STANDSTILL_SECONDS * 1000
"""So soon a host is shown down whose connection was closed."""
READABLE = 4.5
"""The least contrast of text, WCAG 2.2 AA."""
FACTS = {"protocol": 1, "agent_version": "1", "system": "", "cpu_model": "", "cpu_count": 1, "memory_total_bytes": 1.0}

ADD = """
from django.db import transaction
from django_app import announce
from django_app.hosts import Newcomer, make_host
with transaction.atomic():
    result = make_host(Newcomer(key, "never-seen", "test"), time.time()).id
    announce.hosts_changed([result])
"""
DISABLE = 'services.change_hosts(User.objects.get(username="admin").pk, [host_id], {"disabled": True}, {}, now=time.time())'

CONTRAST = """element => {
  const luminance = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
    const [red, green, blue] = parts.map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  let behind = element;
  while (/^rgba\\(.*, 0\\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  const [low, high] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def status(page: Page, name: str) -> Locator:
    """What the card of this host says of its status."""
    return card(page, name).locator(".host-status")


def test_a_closed_connection_is_seen_within_a_second(people: People, operator: WebUser, play_known: Play) -> None:
    """Each of several hosts, one after another, by name and reason."""
    fallen = [play_known(f"closes-{number}") for number in range(4)]
    page = people.open("/#search=closes", by=operator)
    for played in fallen:
        expect(status(page, played.name)).to_have_text(re.compile(r"^up \d+ s$"))
    for played in fallen:
        played.client.drop()
        expect(status(page, played.name)).to_have_text(re.compile(r"^down \d+ s · connection lost$"), timeout=CLOSED_MS)


def test_a_host_says_why_it_was_away(people: People, operator: WebUser, play_known: Play) -> None:
    """Stopped with its own words; once it is back, only that the machine was started anew."""
    played = play_known("traveller")
    page = people.open("/#search=traveller", by=operator)
    played.client.call("vedette.agent.report_facts", {**FACTS, "boot_id": "first"})
    played.client.call("vedette.agent.report_stop", {"reason": "the node stops"})
    played.client.drop()
    expect(status(page, "traveller")).to_have_text(re.compile(r"^down \d+ s · stopped: the node stops$"))
    played.join()
    expect(status(page, "traveller")).to_have_text(re.compile(r"^up \d+ s$"))
    played.client.drop()
    played.join().client.call("vedette.agent.report_facts", {**FACTS, "boot_id": "second"})
    expect(status(page, "traveller")).to_have_text(re.compile(r"^up \d+ s · host restarted$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_last_values_stay_readable(people: People, operator: WebUser, play_known: Play, scheme: str) -> None:
    """Grey, with their age, and marked in words and shape too; all text keeps its contrast."""
    played = play_known("faded")
    played.publish({"memory_total_bytes": 100, "memory_used_bytes": 10, "load_1m": 1}, failed={"cpu": "no answer"})
    page = people.open("/#search=faded", by=operator, color_scheme=scheme)
    shown = card(page, "faded")
    icon = shown.locator(".status-icon path")
    expect(row(shown, "Memory")).to_contain_text("10 / 100 B")
    live = (row(shown, "Memory").locator(".metric-value").evaluate("e => getComputedStyle(e).color"), icon.get_attribute("d"))
    played.client.drop()
    expect(status(page, "faded")).to_contain_text("down")
    expect(row(shown, "Memory")).to_contain_text("10 / 100 B")
    past = (row(shown, "Memory").locator(".metric-value").evaluate("e => getComputedStyle(e).color"), icon.get_attribute("d"))
    assert live[0] != past[0]
    assert live[1] != past[1]
    expect(shown.locator(".host-age")).to_have_text(re.compile(r"^\d+ s ago$"))
    for part in (".host-name", ".host-status", ".host-age", ".metric-label", ".metric-value", ".metric-text", ".host-config"):
        for text in shown.locator(part).all():
            assert text.evaluate(CONTRAST) >= READABLE, part


def test_the_page_of_a_host_that_is_not_up(people: People, operator: WebUser, hub: Hub, play_known: Play) -> None:
    """Since when, and why; what was is grey; and nothing is left of the host that was open before."""
    played = play_known("fallen")
    disk = {"disk_total_bytes": {"/home": 6e11}, "disk_used_bytes": {"/home": 5e11}, "disk_available_bytes": {"/home": 1e11}}
    played.publish({**disk, "load_1m": 1})
    never = hub.django.run(ADD, key=secrets.token_hex(32))
    page = people.open(f"/#host={played.host_id}", by=operator)
    head, space = page.locator(".host-page-head"), page.get_by_role("table", name="disk space")
    plot = page.locator(".chart-plot").first
    page.set_viewport_size(PHONE["viewport"])
    expect(space).to_be_visible()
    assert space.evaluate("({parentElement: place}) => place.scrollWidth <= place.clientWidth")
    expect(plot).to_have_css("filter", "none")
    played.client.drop()
    expect(head.locator(".host-status")).to_have_text(re.compile(r"^down \d+ s · connection lost$"))
    expect(plot).to_have_css("filter", "grayscale(1)")
    hub.django.run(DISABLE, host_id=played.host_id)
    expect(head.locator(".host-status")).to_have_text(re.compile(r"^disabled \d+ s · connection lost$"))
    expect(head.locator(".host-since")).to_have_text(re.compile("^since "))
    page.evaluate("id => { location.hash = `host=${id}`; }", never)
    expect(head.locator(".host-status")).to_have_text(re.compile(r"^down \d+ s · never connected$"))
    expect(space).to_be_hidden()


def test_a_key_of_two_machines_is_told_with_what_to_do(people: People, operator: WebUser, hub: Hub, play_known: Play) -> None:
    """Until one of them has gone."""
    older = play_known("copied")
    page = people.open("/#search=copied", by=operator)
    is_live(page)
    newer = hub.websocket().join_key(older.key, run="newer")
    older.client.seconds_until_closed()
    with pytest.raises(Refused):
        older.join()
    warning = card(page, "copied").get_by_text("Another machine uses this host's key: give one of them its own.")
    expect(warning).to_be_visible()
    newer.drop()
    older.join()
    expect(warning).to_be_hidden()


HOSTILE = {
    "markup": "<img src=x onerror='hacked()'>",
    "right to left": "\u202egnp.exe \u2067\u05d0\u05d1",
    "long": "W" * 300,
}


@pytest.mark.parametrize("reason", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_reasons_are_nothing_but_text(people: People, operator: WebUser, play_known: Play, reason: str) -> None:
    """They break neither the card nor what stands beside them."""
    played: PlayedAgent = play_known(f"liar-{secrets.token_hex(2)}")
    page = people.open(f"/#search={played.name}", by=operator, **PHONE)
    played.client.call("vedette.agent.report_stop", {"reason": reason})
    played.client.drop()
    expect(status(page, played.name)).to_contain_text(reason[:200])
    shown = card(page, played.name)
    expect(shown.locator("img")).to_have_count(0)
    assert sideways(page) == 0
    assert shown.locator(".host-about").evaluate("e => e.clientHeight") < 90
    assert shown.locator(".host-status").evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
