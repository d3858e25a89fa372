"""For every hand, eye and ear: keyboard, phone, dark, less motion, names and roles."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, card, count, is_live, row, sideways
from tests.conftest import Play
from tests.harness.web import WebUser

DARKEST, LIGHTEST = 0x40, 0xC0
"""Mean of red, green and blue of a dark page, at most; of a light one, at least."""


@pytest.fixture
def trio(play_known: Play) -> list[str]:
    """Three hosts, one of which is down."""
    names = ["alpha-1", "alpha-2", "beta"]
    for name in names:
        played = play_known(name)
        played.publish({"cpu_used_ratio": 0.5, "cpu_core_used_ratio": {"0": 0.25, "1": 0.75}, "disk_total_bytes": {"/": 100.0}})
        if name == "beta":
            played.client.drop()
    return names


def has_visible_focus(target: Locator) -> bool:
    """Whether one sees that it has the focus."""
    return bool(target.evaluate("e => e === document.activeElement && getComputedStyle(e).outlineStyle !== 'none'"))


def test_by_keyboard_alone(people: People, operator: WebUser, trio: list[str]) -> None:
    """Search, filters and hosts are reached and worked by keys, and one always sees where one is."""
    page = people.open(by=operator)
    expect(card(page, "beta")).to_contain_text("down")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the hosts")).to_be_focused()
    assert has_visible_focus(page.get_by_role("link", name="To the hosts"))

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert has_visible_focus(page.get_by_role("searchbox"))
    page.keyboard.type("alpha/")
    expect(page.get_by_text("hosts matches")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.locator("[data-host]")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(card(page, "alpha-1")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("alpha")
    expect(page.locator("[data-host]")).to_have_count(2)

    page.keyboard.press("Tab")
    while not page.locator("[data-host]:focus").count():
        assert has_visible_focus(page.locator(":focus"))
        page.keyboard.press("Tab")
    expect(card(page, "alpha-1")).to_be_focused()
    assert has_visible_focus(card(page, "alpha-1"))
    page.keyboard.press("ArrowRight")
    expect(card(page, "alpha-2")).to_be_focused()
    page.keyboard.press("Home")
    expect(card(page, "alpha-1")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card(page, "alpha-1").get_by_role("link", name="alpha-1")).to_be_focused()

    down = count(page, "down")
    down.focus()
    page.keyboard.press("Enter")
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("The one host that is down does not match")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("Backspace")
    expect(card(page, "beta")).to_be_visible()


def test_a_choice_survives_in_the_address(people: People, operator: WebUser, trio: list[str]) -> None:
    """A link to it shows the same to somebody else."""
    page = people.open(by=operator)
    count(page, "down").click()
    page.get_by_role("searchbox").fill("bet")
    expect(page).to_have_url(f"{people.hub.url}/#view=cards&show=down&search=bet")
    other = people.open(page.url.removeprefix(people.hub.url), by=operator)
    expect(count(other, "down")).to_have_attribute("aria-pressed", "true")
    expect(other.get_by_role("searchbox")).to_have_value("bet")
    expect(card(other, "beta")).to_be_visible()
    expect(card(other, "alpha-1")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/login/", "/nothing", "/admin/django_app/host/", "/admin/django_app/enrolmentcode/add/"])
def test_pages_fit_a_phone(people: People, operator: WebUser, trio: list[str], path: str) -> None:
    """Nothing is wider than 360 pixels, and what is tapped is high enough to be met."""
    people.expect("status of 404")
    page = people.open(path, by=None if path == "/login/" else operator, **PHONE)
    if path == "/":
        expect(card(page, "beta")).to_be_visible()
        for button in page.get_by_role("group", name="hosts to show").get_by_role("button").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 24
        is_live(page)
        name, out = page.get_by_role("link", name="Vedette").bounding_box(), page.get_by_role("button", name="Log out").bounding_box()
        assert name
        assert out
        assert out["y"] < name["y"] + name["height"], "the tools do not stand beside the name"
    assert sideways(page) == 0


def test_the_header_leaves_room_for_the_hosts(people: People, operator: WebUser, trio: list[str]) -> None:
    """On a tablet, and with text twice as large, it takes three lines, what leads elsewhere in the first; in a low window it scrolls."""
    page = people.open("/#view=table", by=operator, viewport={"width": 768, "height": 1024})
    is_live(page)
    header = page.get_by_role("banner")
    boxes = [part.bounding_box() for part in (header, page.get_by_role("link", name="Vedette"), page.get_by_role("button", name="Log out"))]
    (_, height), (_, name_height), (out_top, _) = [(box["y"], box["height"]) for box in boxes if box]
    assert height < 6 * name_height
    assert out_top < name_height
    expect(header).to_have_css("position", "sticky")
    page.set_viewport_size({"width": 720, "height": 440})
    twice = header.bounding_box()
    assert twice
    assert twice["height"] < 6 * name_height
    expect(header).to_have_css("position", "static")
    assert sideways(page) == 0


@pytest.mark.parametrize("path", ["/", "/login/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(people: People, operator: WebUser, scheme: str, path: str) -> None:
    """As the system is set."""
    page = people.open(path, by=operator if path == "/" else None, color_scheme=scheme)
    page_is, text_is = (
        sum(page.evaluate(f"() => getComputedStyle(document.{part}).{name}.match(/\\d+/g).slice(0, 3).map(Number)")) / 3
        for part, name in (("documentElement", "backgroundColor"), ("body", "color"))
    )
    assert (page_is < DARKEST) if scheme == "dark" else (page_is > LIGHTEST)
    assert (text_is > LIGHTEST) if scheme == "dark" else (text_is < DARKEST)


def test_nothing_moves_for_who_asked_for_less_motion(people: People, operator: WebUser, play_known: Play) -> None:
    """New values are there at once."""
    played = play_known("still")
    played.publish({"memory_total_bytes": 100, "memory_used_bytes": 10})
    page = people.open(by=operator, reduced_motion="reduce")
    meter = row(card(page, "still"), "Memory").get_by_role("meter")
    expect(meter).to_have_attribute("aria-valuenow", "10")
    played.publish({"memory_total_bytes": 100, "memory_used_bytes": 90})
    expect(meter).to_have_attribute("aria-valuenow", "90")
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_names_and_roles(people: People, operator: WebUser, trio: list[str]) -> None:
    """What a screen reader says of the page: landmarks, the list, each host, each value."""
    page = people.open(by=operator)
    is_live(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for landmark in (page.get_by_role("banner"), page.get_by_role("main"), page.get_by_role("navigation", name="you")):
        expect(landmark).to_be_visible()
    expect(page.get_by_role("searchbox", name="search by words and conditions")).to_be_visible()
    expect(page.get_by_role("group", name="hosts to show").get_by_role("button")).to_have_text(["4 hosts", "3 up", "1 down"])
    expect(count(page, "hosts")).to_have_attribute("aria-pressed", "true")
    shown = card(page, "alpha-1")
    expect(shown.get_by_role("heading", name="alpha-1", level=2)).to_be_visible()
    expect(shown.get_by_role("img", name="CPU 50%, 2 cores, the busiest 75%")).to_be_visible()
    expect(shown.get_by_role("meter", name="/", exact=True)).to_have_attribute("aria-valuetext", "0%, 0 / 100 B")
    expect(shown.get_by_role("button", name="Settings")).to_have_accessible_description("alpha-1")
    check_ids(page)


def check_ids(page: Page) -> None:
    """AssertionError if an id is used twice, or one is referred to that is not there."""
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(({id}) => id)")
    assert len(ids) == len(set(ids))
    asked = page.evaluate(
        "() => ['aria-labelledby', 'aria-describedby', 'for'].flatMap(name => [...document.querySelectorAll(`[${name}]`)]"
        ".map(element => element.getAttribute(name)))"
    )
    assert set(" ".join(asked).split()) <= set(ids)
