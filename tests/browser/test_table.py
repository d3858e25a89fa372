"""The fleet as a table: read, sorted, searched, walked, marked."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, is_live, sideways
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.web import WebUser


def names(page: Page) -> Locator:
    """Of the hosts, as the table has them."""
    return page.get_by_role("grid", name="hosts").locator("[data-host] .host-link")


def table_row(page: Page, played: PlayedAgent) -> Locator:
    """The row of a host."""
    return page.get_by_role("grid", name="hosts").locator(f'[data-host="{played.host_id}"]')


@pytest.fixture
def trio(play_known: Play) -> list[PlayedAgent]:
    """Three hosts, the first of which is the busiest."""
    played = [play_known(f"row-{number}") for number in range(3)]
    for number, agent in enumerate(played):
        agent.publish({"cpu_used_ratio": 0.9 - 0.3 * number, "cpu_core_used_ratio": {"0": 0.25, "1": 0.75}})
    return played


def test_it_is_a_grid_that_sorts_and_is_walked(people: People, operator: WebUser, trio: list[PlayedAgent]) -> None:
    """For ears, keys and the pointer; Enter opens a host, Back comes back to the same order."""
    page = people.open("/#view=table&search=row-", by=operator)
    grid = page.get_by_role("grid", name="hosts")
    expect(grid).to_have_attribute("aria-rowcount", "4")
    expect(table_row(page, trio[2])).to_have_attribute("aria-rowindex", "4")
    expect(grid.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    expect(grid.get_by_role("columnheader", name="Temp.")).to_have_count(0)
    expect(table_row(page, trio[0]).get_by_role("img", name="2 cores, the busiest 75%")).to_be_visible()
    grid.get_by_role("button", name="CPU").click()
    expect(grid.get_by_role("columnheader", name="CPU")).to_have_attribute("aria-sort", "descending")
    grid.get_by_role("button", name="CPU").click()
    expect(page).to_have_url(re.compile("#view=table&search=row-&sort=cpu$"))
    expect(names(page)).to_have_text(["row-2", "row-1", "row-0"])

    table_row(page, trio[2]).focus()
    page.keyboard.press("ArrowDown")
    expect(table_row(page, trio[1])).to_be_focused()
    trio[2].publish({"cpu_used_ratio": 0.31, "temperature_celsius": {"cpu": 50}})
    expect(table_row(page, trio[2])).to_contain_text("31%")
    page.evaluate("location.hash += '&status=up'")  # as Back or a link does: the focus stays where it was
    expect(grid.get_by_role("columnheader", name="Temp.")).to_be_visible()
    expect(table_row(page, trio[1])).to_be_focused()
    grid.get_by_role("button", name="CPU").focus()
    trio[2].publish({"cpu_used_ratio": 0.32, "temperature_celsius": {"cpu": 50}, "load_1m": 1})
    expect(grid.get_by_role("columnheader", name="Load")).to_be_visible()
    expect(grid.get_by_role("button", name="CPU")).to_be_focused()
    table_row(page, trio[1]).focus()
    page.keyboard.press("Space")
    expect(table_row(page, trio[1])).to_have_attribute("aria-selected", "true")
    expect(table_row(page, trio[1]).get_by_role("checkbox", name="mark row-1")).to_be_checked()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="row-0", level=1)).to_be_visible()
    page.go_back()
    expect(table_row(page, trio[0])).to_be_visible()
    expect(names(page)).to_have_text(["row-2", "row-1", "row-0"])


def test_hosts_are_found_by_conditions(people: People, operator: WebUser, trio: list[PlayedAgent]) -> None:
    """What is wrong with one is said under the field, with its place and the remedy, and the hosts stay as they were."""
    page = people.open("/#view=table", by=operator)
    page.get_by_role("searchbox").fill("row- cpu > 50")
    expect(page.locator("[data-host]")).to_have_count(2)
    expect(page.get_by_text("2 of 4 hosts", exact=True)).to_be_visible()
    page.get_by_role("searchbox").fill("row- cpu > 50G")
    problem = page.locator(".search-problem")
    expect(problem).to_contain_text("“50G” is no share. Write a number: cpu > 80 or 80%.")
    expect(problem.locator("mark")).to_have_text("50G")
    expect(page.get_by_role("searchbox")).to_have_accessible_description(re.compile("is no share"))
    expect(page.locator("[data-host]")).to_have_count(2)
    page.get_by_role("searchbox").fill("memory_usd_bytes > 1G")
    expect(problem).to_be_hidden()
    expect(page.get_by_text("No host reports memory_usd_bytes.")).to_be_visible()


# a pointer that rests does not hold the order for long, and a busy machine takes long
UNSTEADY_HAND = """setInterval(() => {
  for (const host of document.querySelectorAll("[data-host]:hover"))
    host.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse" }));
}, 500)"""


def test_rows_do_not_move_under_the_pointer(people: People, operator: WebUser, trio: list[PlayedAgent]) -> None:
    """New values are shown, and the order waits until the pointer has left."""
    page = people.open("/#view=table&search=row-&sort=-cpu", by=operator)
    expect(page.locator("[data-host]")).to_have_count(3)
    table_row(page, trio[0]).hover()
    page.evaluate(UNSTEADY_HAND)
    trio[2].publish({"cpu_used_ratio": 1})
    expect(table_row(page, trio[2])).to_contain_text("100%")
    expect(page.get_by_text("order held")).to_be_visible()
    expect(names(page)).to_have_text(["row-0", "row-1", "row-2"])
    page.get_by_role("searchbox").hover()
    expect(page.locator("[data-host] .host-link").first).to_have_text("row-2")


MINUTE_A_SECOND = "() => { const now = Date.now, start = now(); Date.now = () => start + 60 * (now() - start); }"


def test_the_page_does_not_scroll_beside_the_table(people: People, operator: WebUser, trio: list[PlayedAgent]) -> None:
    """It ends where the window does, however many hosts there are. Nor does it stand still beside the time when nothing comes."""
    page = people.open("/#view=table", by=operator)
    expect(table_row(page, trio[2])).to_be_visible()
    # as high as that of a hundred hosts, until the page next arranges it
    frame, window = page.locator(".table-body").evaluate("""body => {
        body.style.height = "5000px";
        return [body.closest(".table-frame").scrollHeight, document.documentElement.scrollHeight - innerHeight];
    }""")
    assert (frame > 5000, window) == (True, 0)
    course = table_row(page, trio[2]).locator(".sparkline-line").first
    expect(course).to_have_attribute("d", re.compile("^M"))
    drawn = course.get_attribute("d") or ""
    page.evaluate(MINUTE_A_SECOND)
    expect(course).not_to_have_attribute("d", drawn)


def test_groups_tags_and_columns(people: People, operator: WebUser, trio: list[PlayedAgent]) -> None:
    """A host stands under each of its tags; which columns one wants is remembered, by the hub, so that another machine knows."""
    operator.save_host(trio[0].host_id, tags="web, db")
    operator.save_host(trio[1].host_id, tags="web")
    page = people.open("/#view=table&search=row-&group=tag", by=operator)
    headings = page.locator(".table-group")
    expect(headings).to_have_text(["tag db 1", "tag web 2", "hosts without tags 1"])
    expect(page.locator("[data-host]")).to_have_count(4)
    table_row(page, trio[1]).get_by_role("button", name="web").click()
    expect(headings).to_have_text(["tag web 2"])
    expect(page.get_by_label("tag", exact=True)).to_have_value("web")
    page.get_by_role("checkbox", name=f"mark {trio[1].name}").check()
    page.get_by_role("button", name="Columns").click()
    page.keyboard.press("Escape")  # what is open takes it alone
    expect(page.get_by_role("checkbox", name="CPU")).to_be_hidden()
    expect(page.get_by_role("region", name="marked hosts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="marked hosts")).to_be_hidden()
    page.get_by_role("button", name="Columns").click()
    with page.expect_response("**/preferences/") as kept:
        page.get_by_role("checkbox", name="CPU").uncheck()
    assert kept.value.json() == {"refused": {}}
    expect(page.get_by_role("columnheader", name="CPU")).to_have_count(0)
    page.reload()
    for machine in (page, people.open("/#view=table", by=operator)):
        expect(machine.get_by_role("columnheader", name="Name")).to_be_visible()
        expect(machine.get_by_role("columnheader", name="CPU")).to_have_count(0)


def test_the_fleet_says_how_late_it_is(people: People, operator: WebUser) -> None:
    """The hub's own host answers pings, so its samples have a known way; the delay is that of this machine, and never negative."""
    page = people.open("/#view=table", by=operator)
    is_live(page)
    expect(page.locator("#latency")).to_have_text(re.compile(r"^latency \d+ m?s · p99 \d+ m?s$"))
    expect(page.locator('[data-column="age"] .cell-quiet').first).to_have_text(re.compile(r"^\d+ m?s$"))


HOSTILE = "<img src=x onerror='hacked()'>\u202egnp.exe\u2067\u05d0 __proto__ "


def test_hostile_names_are_nothing_but_text(people: People, operator: WebUser, play_known: Play) -> None:
    """On a phone the table scrolls by itself, and the page does not."""
    played = play_known(f"{HOSTILE[:40]}{secrets.token_hex(2)}")
    long = (HOSTILE * 10)[:300]
    operator.save_host(played.host_id, tags=HOSTILE[:30])
    played.publish({"disk_total_bytes": {long: 100}, "disk_used_bytes": {long: 20}}, failed={})
    page = people.open("/#view=table&group=tag", by=operator, **PHONE)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    expect(table_row(page, played).locator(".host-link")).to_have_text(played.name)
    expect(page.locator("main img, main script")).to_have_count(0)
    assert sideways(page) == 0
    assert page.locator(".table-row").evaluate_all("rows => rows.every(row => row.clientHeight <= 48)")


def test_enter_in_the_search_goes_to_the_first_host(people: People, operator: WebUser, play_known: Play) -> None:
    """In the order that is seen, in every view, wherever the focus was before; also of what was pasted this very moment."""
    for number in range(1, 9):
        play_known(f"seek-{number}")
    page = people.open(by=operator)
    search, focused = page.get_by_role("searchbox"), page.locator("[data-host]:focus")
    for view in ("cards", "table", "heat"):
        page.evaluate("view => { location.hash = `view=${view}&search=seek-`; }", view)
        expect(page.locator("main [data-host]:visible")).to_have_count(8)
        for _ in range(2):
            page.keyboard.press("/")
            page.keyboard.press("Enter")
            expect(focused).to_contain_text("seek-1")
            page.keyboard.press("End")
            expect(focused).to_contain_text("seek-8")
        search.evaluate("""search => {
            search.focus();
            search.value = "seek-7";
            search.dispatchEvent(new Event("input"));
            search.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        }""")
        expect(focused).to_contain_text("seek-7")
    search.fill("cpu >")
    expect(search).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Enter")
    expect(search).to_be_focused()
