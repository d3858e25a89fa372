"""What a person finds on the hub's pages, by what it is called there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def is_live(page: Page) -> None:
    """Wait until the live page says that it is."""
    expect(page.get_by_role("status")).to_contain_text("Live")


def card(page: Page, name: str) -> Locator:
    """The card of the host with this name."""
    return page.get_by_role("list", name="hosts").get_by_role("listitem", name=name, exact=True)


def row(card: Locator, label: str) -> Locator:
    """One row of a card, by its label."""
    return card.locator(".metric-row").filter(has=card.page.get_by_text(label, exact=True))


def count(page: Page, word: str) -> Locator:
    """The count of hosts that are so, which shows them: `hosts` are all."""
    return page.get_by_role("group", name="hosts to show").get_by_role("button", name=re.compile(f"{word}$"))


def cell(page: Page, host_id: str, field: str) -> Locator:
    """One cell of the admin's list of hosts."""
    return page.locator(f'[data-host="{host_id}"][data-field="{field}"]')


@dataclass(frozen=True)
class Marked:
    """A page that is not loaded again from now on."""

    page: Page

    def __post_init__(self) -> None:
        self.page.evaluate("() => { window.vedetteTestMark = true; }")

    def check(self) -> None:
        """AssertionError if it was."""
        assert self.page.evaluate("() => window.vedetteTestMark === true"), "the page was loaded again"


def host_form(page: Page, host_id: str) -> None:
    """Go to the admin's form of this host."""
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin, page.url
    page.goto(f"{origin[0]}/admin/django_app/host/{host_id}/change/")


def save_host(page: Page, host_id: str, **fields: Any) -> None:
    """Change fields, by their labels with `_` for blanks, in the admin's form of this host and press Save."""
    host_form(page, host_id)
    for name, value in fields.items():
        field = page.get_by_label(re.compile(f"^{name.replace('_', ' ')}:?$", re.IGNORECASE))
        field.set_checked(value) if isinstance(value, bool) else field.fill(str(value))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    excess: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return excess
