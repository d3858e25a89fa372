"""The dashboard in a real browser, and everything it said, with the moment it said so."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from components.host_views import AbsenceReason
from tests.browser.chromium import log_in
from tests.browser.pages import Marked
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import PASSWORD, Hub

CONNECTION = "connection"
"""Who says whether the page itself is live; all others are hosts, by name."""
OFFLINE = "Offline, reconnecting"
ABSENCE_WORDS: dict[AbsenceReason, str] = {
    "stopped": "stopped",
    "lost": "connection lost",
    "restarted": "host restarted",
    "hub": "hub was away",
    "revoked": "revoked",
}

FOLLOW = """() => {
  const last = new Map();
  window.vedetteSaid = [];
  function note(who, text) {
    if (last.get(who) === text) return;
    last.set(who, text);
    window.vedetteSaid.push({at: Date.now() / 1000, who, text});
  }
  setInterval(() => {
    note("connection", document.querySelector("#connection > span").textContent);
    for (const card of document.querySelectorAll("[data-host]")) {
      note(card.querySelector(".host-name").textContent, card.querySelector(".host-status").textContent);
    }
  }, 20);
}"""

LOOK = """() => ({
  state: document.querySelector("#connection").dataset.state,
  stale: document.querySelector("#fleet").hasAttribute("data-stale"),
  cards: Object.fromEntries([...document.querySelectorAll("[data-host]")].map(card => [card.querySelector(".host-name").textContent, {
    status: card.dataset.status,
    words: card.querySelector(".host-status").textContent,
    age: card.querySelector(".host-age").textContent,
    late: card.hasAttribute("data-late"),
    rows: card.querySelectorAll(".metric-row").length,
    color: getComputedStyle(card.querySelector(".host-metrics")).color,
  }])),
})"""


@dataclass(frozen=True)
class Said:
    """Words that came onto the page, without their numbers. `at` is in seconds since the epoch."""

    at: float
    who: str
    text: str


class Dashboard:
    """One page that is opened once and never loaded again, whatever happens to the hub."""

    def __init__(self, browser: Browser, hub: Hub) -> None:
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        log_in(self.page, hub.url, "admin", PASSWORD)
        self.page.evaluate(FOLLOW)
        self.said: list[Said] = []
        self._mark = Marked(self.page)

    def look(self) -> dict[str, Any]:
        """What it shows now, and keep what it said until now."""
        found = self.page.evaluate("() => window.vedetteSaid.splice(0)")
        self.said += [Said(each["at"], each["who"], without_numbers(each["text"])) for each in found]
        shown: dict[str, Any] = self.page.evaluate(LOOK)
        return shown

    def says_well(self, names: Collection[str]) -> bool:
        """Whether it is live and shows all of these up, with fresh values."""
        shown = self.look()
        cards = [shown["cards"].get(name) for name in names]
        return shown["state"] == "live" and all(
            card and card["status"] == "up" and not card["late"] and card["rows"] and re.fullmatch("[0-3] s ago", card["age"])
            for card in cards
        )

    def tells(self, names: Collection[str], reason: AbsenceReason) -> bool:
        """Whether it says now of all these why they are away. Of one that is back, it only says that its machine was started anew."""
        cards = [self.look()["cards"][name] for name in names]
        return all(
            ABSENCE_WORDS[reason] in card["words"] if card["status"] == "down" or reason == "restarted" else card["status"] == "up"
            for card in cards
        )

    def seconds_until_said(self, met: Collection[str], words: str, since: float) -> float | None:
        """How long after this moment it had said such words of all of them; None if it has not, or nobody is asked for."""
        moments = [self._first(who, words, since) for who in met]
        return max(moment for moment in moments if moment is not None) - since if moments and None not in moments else None

    def texts(self, since: float) -> tuple[str, ...]:
        """All different words since this moment, in the order of the first time."""
        return tuple(dict.fromkeys(said.text for said in self.said if said.at >= since))

    def check(self) -> None:
        """AssertionError if it was loaded again."""
        self._mark.check()

    def _first(self, who: str, words: str, since: float) -> float | None:
        return next((said.at for said in self.said if said.who == who and said.at >= since and re.search(words, said.text)), None)


def without_numbers(text: str) -> str:
    """`down 3 s` and `down 2 min` are the same words."""
    return re.sub(r"\s*\b\d[\d.,]* ?(ms|s|min|h|d|days?)?\b", "", text).strip()
