"""The whole fleet at a glance: the heat map and the overlay."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.pages import is_live
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import eventually
from tests.harness.web import WebUser

BUSY = {"heat-calm": 0.05, "heat-half": 0.5, "heat-full": 0.97}


@pytest.fixture
def fleet(play_known: Play) -> dict[str, PlayedAgent]:
    """Three hosts that are up, of which one is calm, and one that is down."""
    played = {name: play_known(name) for name in [*BUSY, "heat-lost"]}
    for name, agent in played.items():
        agent.publish({"cpu_used_ratio": BUSY.get(name, 0.5), "network_received_bytes_per_second": {"eth0": 3e6}})
    played["heat-lost"].client.drop()
    return played


def colour(page: Page, name: str) -> str:
    """What the cell of this host is painted with."""
    cell = page.get_by_role("link", name=re.compile(f"^{name} "))
    return str(cell.evaluate("cell => getComputedStyle(cell).backgroundColor"))


def test_the_heat_map(people: People, operator: WebUser, fleet: dict[str, PlayedAgent]) -> None:
    """A cell for each host: its colour, its words, by pointer and by keys, for a metric that is chosen."""
    for agent in fleet.values():
        operator.save_host(agent.host_id, interval=3600)  # however slow the machine, none of them owes a sample
    page = people.open("/#view=heat&search=heat-", by=operator)
    is_live(page)
    for named in ("heat-calm 5%", "heat-half 50%", "heat-full 97%"):
        expect(page.get_by_role("link", name=f"{named}, CPU")).to_be_visible()
    expect(page.get_by_role("link", name="heat-lost down")).to_contain_text("down")
    colours = [colour(page, name) for name in (*BUSY, "heat-lost")]
    assert len(set(colours)) == len(colours)

    fleet["heat-calm"].publish({"cpu_used_ratio": 0.96})
    expect(page.get_by_role("link", name="heat-calm 96%, CPU")).to_have_css("background-color", colours[2])

    page.get_by_label("Colour by").select_option("Network in")
    expect(page).to_have_url(re.compile("metric=net.in"))
    expect(page.get_by_role("link", name="heat-full 2.9 MiB/s, Network in")).to_be_visible()

    page.get_by_role("link", name="heat-calm ").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="heat-full ")).to_be_focused()
    expect(page.locator(".heat-tooltip")).to_contain_text("heat-fullNetwork in 2.9 MiB/sup")
    page.keyboard.press("x")
    page.keyboard.press("Escape")  # the innermost takes it alone
    expect(page.locator(".heat-tooltip")).to_be_hidden()
    marked = page.get_by_role("region", name="marked hosts")
    expect(marked).to_contain_text("1 host marked")
    page.keyboard.press("Escape")
    expect(marked).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="heat-full", level=1)).to_be_visible()


def comes(agent: PlayedAgent, cpu: float, shown: Locator) -> None:
    """A newest value stands for seconds only: it is published again until a busy machine has shown it."""

    def is_shown() -> bool:
        agent.publish({"cpu_used_ratio": cpu})
        with suppress(AssertionError):
            expect(shown).to_be_visible(timeout=1000)
            return True
        return False

    eventually(is_shown, f"{cpu:.0%} is shown")


def test_the_overlay(people: People, operator: WebUser, fleet: dict[str, PlayedAgent]) -> None:
    """A line for each host, from what the hub remembers, then live; a line is hidden by its name, and stays so among other lines."""
    page = people.open("/#view=overlay&search=heat-", by=operator)
    expect(page.get_by_text("4 hosts. Shaded")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("heat-lost.*down"))).to_be_visible()
    line = page.get_by_role("button", name="heat-half")
    comes(fleet["heat-half"], 0.5, line.filter(has_text="50.0%"))
    comes(fleet["heat-half"], 0.75, line.filter(has_text="75.0%"))
    line.click()
    expect(line).to_have_attribute("aria-pressed", "false")
    comes(fleet["heat-calm"], 0.05, page.get_by_role("slider", name="CPU, chart").and_(page.locator('[aria-valuetext*="heat-calm 5.0%"]')))
    page.get_by_role("searchbox").fill("heat- -heat-lost")
    expect(page.get_by_text("3 hosts. Shaded")).to_be_visible()
    expect(line).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Metric").select_option("Network in")
    expect(page.get_by_role("slider", name="Network in, chart").locator("canvas")).to_be_visible()


def test_lines_stay_while_somebody_reads_them(people: People, operator: WebUser, fleet: dict[str, PlayedAgent]) -> None:
    """Also when another host comes to have what is searched for: it has its line afterwards."""
    page = people.open("/#view=overlay&search=heat-+cpu>40", by=operator)
    expect(page.get_by_text("2 hosts. Shaded")).to_be_visible()
    cursor = page.get_by_role("slider", name="CPU, chart")
    cursor.focus()
    page.keyboard.press("ArrowLeft")
    comes(fleet["heat-calm"], 0.9, page.locator(".fleet-summary").filter(has_text="3 of"))
    expect(cursor).to_be_focused()
    expect(page.get_by_text("2 hosts. Shaded")).to_be_visible()
    cursor.blur()
    expect(page.get_by_text("3 hosts. Shaded")).to_be_visible()
    expect(page.get_by_role("button", name="heat-calm")).to_be_visible()


def test_an_order_is_kept_where_it_is_not_to_be_seen(people: People, operator: WebUser, fleet: dict[str, PlayedAgent]) -> None:
    """The overlay has no order and no groups, so neither their controls; they are as they were in the view before."""
    operator.save_host(fleet["heat-calm"].host_id, tags="heat-tag")
    page = people.open("/#view=table&search=heat-&sort=-cpu&group=tag", by=operator)
    sort, group = page.get_by_label("sort by"), page.get_by_role("button", name="By tag")
    expect(group).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("4")
    expect(page.get_by_text("4 hosts. Shaded")).to_be_visible()
    expect(page.get_by_label("tag", exact=True)).to_be_visible()
    expect(sort).to_be_hidden()
    expect(group).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(group).to_have_attribute("aria-pressed", "true")
    expect(sort).to_have_value("cpu")
