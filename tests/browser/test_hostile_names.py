"""Hosts are hostile: their names, and those of their tags, disks, interfaces, sensors and processes, are nothing but text everywhere."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, cell, is_live, sideways
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.web import WebUser

MARKUP = """<img src=x onerror="hacked()"><script>hacked()</script>"""
HOSTILE = {
    "markup": MARKUP,
    "quotes": "\"'`&quot;&lt;\\",
    "right to left": "\u202egnp.exe\u202c \u05d0\u05d1\u05d2 \u2067x",
    "piled up": "z\u0351\u0353\u0354" * 20,
    "proto": "__proto__",
    "wide": "W" * 95,
}

LARGEST = 2.0**63

NEARLY_TOO_LONG = ("\ufdfd" * 3, "\u2e3b" * 3, "n" * 10, "n" * 12)
"""Few letters: some of them may be as wide as a sentence; of the others some just fit, whatever the font, and some may not."""

OVERFLOWING = """() => [...document.querySelectorAll(
  "#fleet :is(.cell-line, .cell-tags, .cell-tags .host-tag, .host-name, .host-facts, .metric-label, .metric-text):not([data-long])")]
  .filter(line => line.scrollWidth > line.clientWidth + 1).map(line => `${line.className}: ${line.textContent}`)"""

COUNTS_OUT_OF_SIGHT = """() => [...document.querySelectorAll("#fleet .group-count")].map(count => count.getBoundingClientRect())
  .filter(({left, right}) => left < 0 || right > innerWidth).length"""

VIEWS = {
    "view=table": ".table-row .host-link",
    "view=table&group=tag": ".table-group .group-count",
    "view=cards": ".host-card .host-name",
    "view=heat": ".heat-cell",
    "view=overlay&metric=cpu": ".overlay-chart canvas",
}
"""Each with what is nowhere else."""


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_on_a_card_and_in_the_admin(people: People, operator: WebUser, play_known: Play, text: str) -> None:
    """Of the host, its tags, disks and interfaces: on the live page and in the admin, on a narrow phone; nothing runs, nothing breaks."""
    name = f"{text[:80]} {secrets.token_hex(2)}"
    played = play_known(name)
    long = (text * 300)[:300]
    operator.save_host(played.host_id, tags=text.replace(",", "")[:40])
    facts = {"protocol": 1, "agent_version": "1", "cpu_count": 1, "memory_total_bytes": 1, "system": text}
    played.client.call("vedette.agent.report_facts", facts)
    played.publish(
        {
            "disk_total_bytes": {text: 100, long: 100},
            "disk_used_bytes": {text: 20, long: 99},
            "network_received_bytes_per_second": {text: 1, long: 1e15},
            "network_sent_bytes_per_second": {text: 1, long: 1e15},
        },
        failed={f"disk[{text[:50]}!]": text, "memory": text},
    )
    page = people.open(by=operator, **PHONE)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    shown = page.locator(f'[data-host="{played.host_id}"]')
    expect(shown.locator(".host-name")).to_have_text(name)
    expect(shown.locator(".host-tag")).to_have_text(text.replace(",", "")[:40])
    expect(shown.locator(".metric-label").filter(has_text=long)).to_have_count(2)
    expect(shown.locator("img, script, style, a:not(.host-settings, .host-link)")).to_have_count(0)
    assert sideways(page) == 0
    box = shown.bounding_box()
    assert box
    assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    assert shown.evaluate("card => [...card.querySelectorAll('*')].every(part => part.scrollHeight < 200 || part.matches('dl'))")
    shown.get_by_role("link", name="Admin").click()
    expect(page.get_by_label("Name:")).to_have_value(name)
    expect(page.locator(".field-facts_text")).to_contain_text(text)
    page.goto(f"{people.hub.url}/admin/django_app/host/")
    link = page.get_by_role("row").filter(has=cell(page, played.host_id, "status")).get_by_role("link")
    expect(link).to_have_text(name)
    link_box = link.bounding_box()
    assert link_box
    assert link_box["width"] < 300
    expect(page.locator("#result_list").locator("img, script")).to_have_count(0)


def metrics(text: str) -> dict[str, Any]:
    """Everything that has instances, called by this text and by 300 characters of it, and the largest numbers that the hub takes."""
    long = (text * 300)[:300]
    both = {text: 1e6, long: 2e6}
    return {
        "cpu_used_ratio": 0.5,
        "disk_total_bytes": {text: 100, long: 100},
        "disk_used_bytes": {text: 20, long: 99},
        "disk_available_bytes": {text: 80, long: 1},
        "disk_read_bytes_per_second": both,
        "disk_written_bytes_per_second": both,
        "network_received_bytes_per_second": both,
        "network_sent_bytes_per_second": both,
        "temperature_celsius": {text: 40, long: LARGEST},
        "uptime_seconds": LARGEST,
        "load_1m": LARGEST,
        "load_5m": LARGEST,
        "load_15m": LARGEST,
    }


def nothing_but_text(page: Page) -> None:
    """AssertionError if a name became an element, made the page wider than its window, or runs over what stands beside it."""
    expect(page.locator("#fleet").locator("img, script, iframe, style")).to_have_count(0)
    assert sideways(page) == 0, page.url
    assert page.evaluate(OVERFLOWING) == [], page.url
    assert page.evaluate(COUNTS_OUT_OF_SIGHT) == 0, page.url


def answer_processes(agent: PlayedAgent, name: str) -> None:
    """Answer the next question for processes with one of this name."""
    while True:
        query = agent.client.event().payload
        if query.get("kind") == "processes":
            break
    process = {"pid": 1, "name": name, "user": name[:32], "cpu_cores": 0.5, "memory_bytes": 1e6, "started_at": time.time() - 60}
    agent.client.call("vedette.agent.answer", {"id": query["id"], "result": {"at": time.time(), "count": 1, "processes": [process]}})


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["laptop", "phone"])
def test_in_every_view(people: People, operator: WebUser, play_known: Play, screen: dict[str, Any]) -> None:
    """Table, cards, heat map, overlay, each host's page and its processes, all of them at once."""
    played = {text: play_known(f"{text[:80]} {secrets.token_hex(2)}") for text in HOSTILE.values()}
    for text, agent in played.items():
        agent.publish(metrics(text))
        operator.save_host(agent.host_id, tags=text.replace(",", "")[:40])
    for text in NEARLY_TOO_LONG:
        play_known(text + secrets.token_hex(1)).publish(metrics(text))
    page = people.open("/#view=table", by=operator, **screen)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    is_live(page)
    for address, there in VIEWS.items():
        page.evaluate("address => { location.hash = address; }", address)
        expect(page.locator(".fleet-view").locator(there).first).to_be_visible()
        expect(page.locator(".fleet-view").get_by_text("__proto__").first).to_be_attached()
        nothing_but_text(page)
    for text, agent in played.items():
        agent.client.subscribe("vedette.agent.on_query")
        page.evaluate("address => { location.hash = address; }", f"host={agent.host_id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(agent.name)
        page.get_by_role("button", name="Show processes").click()
        answer_processes(agent, text[:60])
        expect(page.get_by_role("table", name="processes")).to_contain_text(text[:60])
        nothing_but_text(page)
