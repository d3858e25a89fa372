"""A wheel that turns over a page, and what its browser writes down of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.trace import CATEGORIES

READING_MS = 50


def turn_wheel(session: CDPSession, place: tuple[int, int], distance: int, speed: int) -> None:
    """Over this place of the window: so many pixels down, and up again, at so many a second."""
    x, y = place
    for direction in (-1, 1):
        gesture = {"x": x, "y": y, "yDistance": direction * distance, "speed": speed, "gestureSourceType": "mouse"}
        session.send("Input.synthesizeScrollGesture", gesture)


@contextmanager
def recorded(browser: Browser, page: Page) -> Iterator[list[dict[str, Any]]]:
    """
    The events of a trace, as `Trace` reads them: there after the block.

    By the browser's own session: Playwright's way writes down all that is not left out by name, which takes half a core.
    """
    events: list[dict[str, Any]] = []
    session = browser.new_browser_cdp_session()
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    config = {"includedCategories": CATEGORIES, "excludedCategories": ["*"]}
    session.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
    try:
        yield events
    finally:
        complete: list[bool] = []
        session.once("Tracing.tracingComplete", lambda _: complete.append(True))
        session.send("Tracing.end")
        while not complete:
            page.wait_for_timeout(READING_MS)  # lets Playwright read on
        session.detach()
