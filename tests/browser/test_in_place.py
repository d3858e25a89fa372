"""Operators change hosts on the live page itself, by pointer and by keys; viewers look."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, count, is_live, sideways
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.web import WebUser


@pytest.fixture
def pair(play_known: Play) -> list[PlayedAgent]:
    """Two hosts whose first settings are applied."""
    played = [play_known(name).listen() for name in ("in-place-1", "in-place-2")]
    for agent in played:
        agent.obey()
    return played


def open_cards(people: People, user: WebUser, search: str = "in-place", **options: Any) -> Page:
    """The cards of these hosts."""
    page = people.open(f"/#view=cards&search={search}", by=user, **options)
    is_live(page)
    return page


def dialog(page: Page) -> Locator:
    """The dialog of settings."""
    return page.get_by_role("dialog", name=re.compile("^Settings of"))


def progress(page: Page) -> Locator:
    """What becomes of the changes made here."""
    return page.get_by_role("region", name="changes made here")


def test_settings_of_a_selection(people: People, operator: WebUser, pair: list[PlayedAgent]) -> None:
    """Only what was touched is sent; the line counts outcomes, names who failed, and shows each host's milliseconds."""
    operator.save_host(pair[0].host_id, interval="5")
    pair[0].report(pair[0].offered(2))
    page = open_cards(people, operator)
    for agent in pair:
        page.get_by_role("checkbox", name=f"mark {agent.name}").check()
    bar = page.get_by_role("region", name="marked hosts")
    expect(bar).to_contain_text("2 hosts marked")
    bar.get_by_role("button", name="Settings…").click()
    form = dialog(page)
    expect(form.get_by_role("heading")).to_have_text("Settings of 2 hosts")
    expect(form).to_contain_text("differs: 1 s, 5 s")
    expect(form.get_by_role("spinbutton", name="Interval")).to_have_value("")

    form.get_by_role("spinbutton", name="Interval").fill("0.1")
    expect(form.get_by_text("Interval 0.1 s is below 0.2 s.")).to_be_visible()
    form.get_by_role("button", name="Save for 2 hosts").click()
    expect(form).to_be_visible()
    form.get_by_role("button", name="Undo Interval").click()
    form.get_by_role("checkbox", name="Show load").uncheck()
    form.get_by_role("button", name="Save for 2 hosts").click()
    expect(form).to_be_hidden()

    line = progress(page)
    expect(line).to_contain_text("0 of 2 applied, 2 pending")
    first, second = pair[0].offered(3), pair[1].offered(2)
    assert (first["interval"], first["show_load"], second["interval"], second["show_load"]) == (5, False, 1, False)
    pair[0].report(first)
    expect(line).to_contain_text("1 of 2 applied, 1 pending")
    pair[1].report(second, "failed", error="<b>no</b> room (kept rev 1)")
    expect(line).to_contain_text(re.compile(r"1 of 2 applied, 1 failed: .*in-place-2"))
    line.get_by_text("Hosts").click()
    outcomes = line.get_by_role("list", name="outcomes").get_by_role("listitem")
    expect(outcomes.nth(0)).to_contain_text(re.compile(r"in-place-1\s*applied in \d+ ms"))
    expect(outcomes.nth(1)).to_contain_text("failed: <b>no</b> room (kept rev 1)")
    expect(page.locator("[aria-live=polite]")).to_contain_text("Show load off: 1 of 2 applied, 1 failed")
    line.get_by_role("button", name="Dismiss").click()
    expect(line).to_be_hidden()
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()


def test_tags_and_disabling_of_a_selection(people: People, operator: WebUser, pair: list[PlayedAgent]) -> None:
    """By keys alone; tags are added to what a host has, and nothing is lost when the hub refuses."""
    operator.save_host(pair[0].host_id, tags="web, old")
    page = open_cards(people, operator)
    page.locator("[data-host]").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="marked hosts")).to_contain_text("2 hosts marked")
    page.get_by_role("button", name="Tags…").press("Enter")
    form = dialog(page)
    expect(form.get_by_role("combobox", name="Tags")).to_be_focused()
    page.keyboard.type(",".join(f"t{number}" for number in range(21)))
    page.get_by_role("button", name="Save for 2 hosts").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("at most 20")
    expect(form.get_by_role("listitem").filter(has_text="t20")).to_be_visible()
    for number in range(21):
        form.get_by_role("button", name=f"remove t{number}", exact=True).press("Enter")
    form.get_by_role("button", name="remove old").press("Enter")
    form.get_by_role("button", name="give web to all").press("Enter")
    form.get_by_role("combobox", name="Tags").fill("prod")
    page.get_by_role("button", name="Save for 2 hosts").press("Enter")
    expect(progress(page)).to_contain_text("tags of 2 hosts changed")
    for card in page.locator("[data-host]").all():
        expect(card.get_by_role("list", name="tags").get_by_role("listitem")).to_have_text(["web", "prod"])

    search = page.get_by_role("searchbox")
    search.fill("in-place-1")
    expect(page.get_by_role("region", name="marked hosts")).to_contain_text("2 hosts marked, 1 not shown")
    disable = page.get_by_role("button", name="Disable", exact=True)
    disable.click()
    question = page.get_by_role("dialog", name="Disable 2 hosts, 1 of them not shown?")
    expect(question.get_by_role("listitem")).to_have_text(["in-place-2"])
    question.get_by_role("button", name="Cancel").click()
    search.fill("in-place")
    expect(page.locator("[aria-live=polite]")).to_contain_text("2 hosts found.")
    disable.click()
    expect(progress(page).get_by_text("Disabled on")).to_have_count(1)
    disable.hover()
    page.mouse.down(click_count=2)  # a slow double click: the hub has answered in between
    page.mouse.up(click_count=2)
    for agent in pair:
        offered = agent.offered(2)
        assert offered["disabled"] is True
        agent.report(offered)
    expect(progress(page)).to_contain_text("2 of 2 applied")
    expect(page.get_by_text("The one host that is not disabled does not match")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="marked hosts")).to_be_hidden()
    page.get_by_role("button", name="Show 2 disabled").click()
    expect(page.locator("[data-host]")).to_have_count(2)
    expect(page).to_have_url(re.compile("show=disabled&search=in-place"))
    expect(progress(page).get_by_text("Disabled on")).to_have_count(1)


def test_hosts_deleted_while_the_dialog_is_open(people: People, operator: WebUser, play_known: Play) -> None:
    """The dialog says so, and no change of nothing is shown as done."""
    played = [play_known(name) for name in ("going-1", "going-2")]
    page = open_cards(people, operator, search="going")
    for agent in played:
        page.get_by_role("checkbox", name=f"mark {agent.name}").check()
    page.keyboard.press("s")
    form = dialog(page)
    form.get_by_role("spinbutton", name="Interval").fill("7")
    people.hub.django.run("Host.objects.get(pk=pk).delete()", pk=played[0].host_id)
    expect(form.get_by_role("heading")).to_have_text("Settings of going-2")
    people.hub.django.run("Host.objects.get(pk=pk).delete()", pk=played[1].host_id)
    expect(form.get_by_role("alert")).to_have_text("Deleted meanwhile.")
    expect(form.get_by_role("heading")).to_have_text("Settings of going-2")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("Nothing was changed, because there is no host left to change.")
    expect(form.get_by_role("spinbutton", name="Interval")).to_have_value("7")
    form.get_by_role("button", name="Cancel").click()
    expect(progress(page)).to_be_hidden()


def test_viewers_see_values_and_no_controls(people: People, viewer: WebUser, pair: list[PlayedAgent]) -> None:
    """The same dialog, and nothing in it to change."""
    page = open_cards(people, viewer)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.locator("[data-host]").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="marked hosts")).to_be_hidden()
    page.keyboard.press("s")
    shown = dialog(page)
    expect(shown.get_by_role("heading")).to_have_text("Settings of in-place-1")
    for text in ("Interval", "1 s", "Show CPUs", "on"):
        expect(shown.get_by_text(text, exact=True).first).to_be_visible()
    expect(shown.locator("input, select, textarea")).to_have_count(0)
    expect(shown.get_by_role("button")).to_have_text(["Close"])
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


def test_the_dialog_fits_a_phone(people: People, operator: WebUser, pair: list[PlayedAgent]) -> None:
    """And so do the bar and the line."""
    page = open_cards(people, operator, **PHONE)
    page.get_by_role("checkbox", name="mark in-place-1").check()
    assert sideways(page) == 0
    page.get_by_role("button", name="Settings…").click()
    dialog(page).get_by_role("checkbox", name="Show disk").uncheck()
    assert sideways(page) == 0
    box = dialog(page).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(progress(page)).to_contain_text("0 of 1 applied, 1 pending")
    assert sideways(page) == 0


def test_keys_views_wall_and_tab(people: People, operator: WebUser, pair: list[PlayedAgent]) -> None:
    """The sheet of keys; the views by number; the wall screen in and out, kept by the address; the tab tells who is down."""
    page = open_cards(people, operator)
    expect(page).to_have_title("Vedette")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet.get_by_text("wall screen")).to_be_visible()
    page.keyboard.press("3")
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("3")
    page.get_by_role("button", name="Keys").click()
    expect(page).to_have_url(re.compile("view=cards"))
    sheet.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page).to_have_url(re.compile("view=heat"))
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("view=cards"))

    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("wall=on"))
    expect(page.get_by_role("navigation", name="you")).to_be_hidden()
    page.wait_for_function("() => parseFloat(getComputedStyle(document.documentElement).fontSize) > 20")
    page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("wall"))
    expect(page.get_by_role("navigation", name="you")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("w")
    expect(page.get_by_role("navigation", name="you")).to_be_hidden()
    expect(page.get_by_role("grid", name="hosts")).to_be_visible()
    page.keyboard.press("w")

    page.set_viewport_size({"width": 700, "height": 400})
    page.evaluate("() => { location.hash = 'view=cards&wall=on&show=up'; }")
    expect(page.locator(".heat-cells")).to_be_visible()  # no room for three cards
    expect(page).to_have_url(re.compile("view=cards"))
    expect(page.get_by_text("3 of 3 hosts: up")).to_be_visible()
    page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("listitem", name="in-place-1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("view=cards"))
    expect(page.get_by_text("3 of 3 hosts: up")).to_be_hidden()
    count(page, "hosts").click()

    pair[1].client.drop()
    expect(page).to_have_title("(1 down) Vedette")
    assert str(page.locator("link[rel=icon]").get_attribute("href")).endswith("icon-down.svg")
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator("[data-host]")).not_to_have_count(0)


def test_the_theme_that_one_chose(people: People, operator: WebUser) -> None:
    """By key or button, at once, in the admin too, and after a reload before anything is painted."""
    page = people.open(by=operator, color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    page.keyboard.press("t")
    page.keyboard.press("t")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    page.goto(f"{people.hub.url}/admin/")
    expect(root).to_have_attribute("data-theme", "dark")
    page.goto(people.hub.url)
    page.get_by_role("button", name="Colours: dark").click()
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-theme", "light")
    other = page.context.new_page()
    other.goto(people.hub.url)
    other.get_by_role("button", name="Colours: as the system").click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
