"""axe finds nothing to complain of, light and dark, on any page and in any state of the live one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, is_live
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.process import REPOSITORY
from tests.harness.web import WebUser

AXE = (REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """async rules => (await axe.run(document, {resultTypes: ["violations"], ...rules})).violations.flatMap(({id, nodes}) =>
  nodes.map(({target, html, failureSummary}) => `${id}: ${target} ${html.slice(0, 160)} ${failureSummary.replaceAll("\\n", " ")}`))"""

DARKEST, LIGHTEST = 0x40, 0xC0
"""Mean of red, green and blue of what a dark page stands on, at most; of a light one, at least."""

IS_SHOWN = """([scheme, darkest, lightest]) => {
  const parts = [document.body, document.documentElement].map(part => getComputedStyle(part).backgroundColor.match(/[\\d.]+/g).map(Number));
  const [red, green, blue] = parts.find(([, , , opacity = 1]) => opacity === 1);
  const mean = (red + green + blue) / 3;
  return scheme === "dark" ? mean <= darkest : mean >= lightest;
}"""

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
"""Dark is the same page in other colours (tests/js/dark.test.js), so what axe says of anything else it has said in the light."""

AXE_STYLES = "inline style|style-src"
"""The policy does not let axe style the page for its looks at it. It can do without."""

METRICS: dict[str, Any] = {
    "cpu_used_ratio": 0.5,
    "cpu_core_used_ratio": {"0": 0.25, "1": 0.95},
    "memory_total_bytes": 2**34,
    "memory_used_bytes": 2**33,
    "memory_available_bytes": 2**33,
    "swap_total_bytes": 2**30,
    "swap_used_bytes": 2**20,
    "disk_total_bytes": {"/": 2**40, "/var": 2**40},
    "disk_used_bytes": {"/": 2**39, "/var": 2**40 - 2**30},
    "disk_available_bytes": {"/": 2**39, "/var": 2**30},
    "network_received_bytes_per_second": {"eth0": 1e6},
    "network_sent_bytes_per_second": {"eth0": 1e5},
    "load_1m": 0.5,
    "load_5m": 0.4,
    "load_15m": 0.3,
    "uptime_seconds": 86_400,
    "temperature_celsius": {"cpu": 61},
}


IS_STILL = "() => document.getAnimations().every(one => !(one instanceof CSSTransition) || one.playState === 'finished')"


@pytest.fixture
def fleet(play_known: Play) -> list[PlayedAgent]:
    """Hosts in every state: up, late with its settings, failed, down, disabled."""
    played = [play_known(f"axe-{state}").listen() for state in ("up", "pending", "failed", "down")]
    for agent in played:
        settings = agent.obey()
        agent.publish(METRICS)
        if agent.name == "axe-failed":
            agent.report(settings, "failed", error="no room (kept rev 1)")
    played[3].client.drop()
    return played


def is_shown(page: Page, scheme: str) -> None:
    """Wait until the page stands on what is light or dark, and was drawn so."""
    page.wait_for_function(IS_SHOWN, arg=[scheme, DARKEST, LIGHTEST])
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    page.wait_for_function(IS_STILL)  # the admin's buttons change their colours by and by


def violations(page: Page, where: str) -> list[str]:
    """What axe finds in the page as it is now, in both looks, one after the other."""
    found = []
    for scheme, rules in LOOKS.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        is_shown(page, scheme)
        found += [f"{where}, {scheme}: {violation}" for violation in page.evaluate(RUN, rules)]
    return found


def look(page: Page, address: str) -> None:
    """Show this part of the live page."""
    page.evaluate("address => { location.hash = address; }", address)


def settings_dialog(page: Page) -> None:
    """With something touched and something wrong."""
    look(page, "view=cards&search=axe")
    page.get_by_role("checkbox", name="mark axe-up").check()
    page.get_by_role("checkbox", name="mark axe-pending").check()
    page.get_by_role("region", name="marked hosts").get_by_role("button", name="Settings…").click()
    page.get_by_role("spinbutton", name="Interval").fill("0.1")
    page.get_by_role("checkbox", name="Show load").uncheck()


def progress_line(page: Page) -> None:
    """Of a change that waits for its hosts."""
    page.get_by_role("button", name="Undo Interval").click()
    page.get_by_role("button", name="Save for 2 hosts").click()
    page.get_by_role("region", name="changes made here").get_by_text("Hosts").click()


def help_sheet(page: Page) -> None:
    """The sheet of keys."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def adding_a_host(page: Page) -> None:
    """How to add one."""
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Add a host")).to_be_visible()


def host_page(page: Page) -> None:
    """One host, whose charts are drawn."""
    page.keyboard.press("Escape")
    look(page, "search=axe&view=cards")
    page.get_by_role("link", name="axe-up").click()
    expect(page.get_by_role("heading", name="axe-up", level=1)).to_be_visible()


STATES: dict[str, Callable[[Page], None]] = {
    "table": lambda page: look(page, "view=table&search=axe"),
    "grouped table": lambda page: look(page, "view=table&group=tag"),
    "cards": lambda page: look(page, "view=cards"),
    "heat map": lambda page: look(page, "view=heat"),
    "overlay": lambda page: look(page, "view=overlay&metric=cpu"),
    "nothing matches": lambda page: look(page, "search=nobody"),
    "a wrong search": lambda page: look(page, "search=cpu+%3E+x"),
    "settings": settings_dialog,
    "progress": progress_line,
    "keys": help_sheet,
    "adding a host": adding_a_host,
    "host": host_page,
}


def test_the_live_page(people: People, operator: WebUser, fleet: list[PlayedAgent]) -> None:
    """Every view, the dialogs, and a host."""
    people.expect(AXE_STYLES)
    page = people.open(by=operator)
    is_live(page)
    page.evaluate(AXE)
    found = []
    for name, show in STATES.items():
        show(page)
        found += violations(page, name)
    assert not found, "\n".join(found)


def test_the_other_pages(people: People, operator: WebUser, fleet: list[PlayedAgent]) -> None:
    """Login, the admin's list of hosts and a host's form; and the live page on a phone whose system is dark from the start."""
    people.expect("status of 404", AXE_STYLES)
    found = []
    host = fleet[0].host_id
    for path in ("/login/", "/nothing", "/admin/django_app/host/", f"/admin/django_app/host/{host}/change/", "/#view=cards"):
        options = {**PHONE, "color_scheme": "dark"} if path.startswith("/#") else {}
        page = people.open(path, by=None if path == "/login/" else operator, **options)
        if path.startswith("/#"):
            is_live(page)
            page.get_by_role("link", name=re.compile("^axe-")).first.wait_for()
            is_shown(page, "dark")
        page.evaluate(AXE)
        found += violations(page, path)
    assert not found, "\n".join(found)
