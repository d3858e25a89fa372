"""People at real browsers, who notice everything that a browser complains of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, expect

from tests.browser.chromium import chromium
from tests.conftest import OUTPUT, Play
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import Hub, running
from tests.harness.live import LiveView
from tests.harness.web import WebUser

expect.set_options(timeout=PATIENCE_SECONDS * 1000)

WIDE = {"width": 1280, "height": 800}

VIEWER = "vera"
AS_NEW = 'Host.objects.exclude(name="hub-itself").delete(); Preferences.objects.all().delete()'

NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI, sourceFile}) =>
  console.error(`CSP violation: ${effectiveDirective} ${blockedURI} ${sourceFile}`));
"""


class People:
    """Opens pages, each in a browser profile of its own. Whatever a page complains of or asks of another origin is kept in `complaints`."""

    def __init__(self, browser: Browser, hub: Hub) -> None:
        self.hub = hub
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []

    def open(self, path: str | None = "/", *, by: WebUser | None = None, hub: Hub | None = None, **options: Any) -> Page:
        """A page in a new profile that is logged in as `by`; nobody without. It goes nowhere yet if `path` is None. `options` are those of
        a Playwright context.
        """
        hub = hub or self.hub
        context = self._browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.add_init_script(NOTE_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        self._contexts.append(context)
        if by:
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": hub.url} for cookie in by.http.cookies])
        page = context.new_page()
        if path is not None:
            page.goto(hub.url + path)
        return page

    def expect(self, *patterns: str) -> None:
        """Complaints that match one of these are what the test is about."""
        self._expected += patterns

    def unexpected(self) -> list[str]:
        """What nobody expected."""
        return [text for text in self.complaints if not any(re.search(pattern, text) for pattern in self._expected)]

    def photograph(self, name: str) -> None:
        """Every open page, into tests/output/."""
        OUTPUT.mkdir(exist_ok=True)
        for number, page in enumerate(page for context in self._contexts for page in context.pages):
            page.screenshot(path=OUTPUT / f"{name}-{number}.png")

    def leave(self) -> None:
        """Close everything. For finalizers."""
        for context in self._contexts:
            context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:")):
            self.complaints.append(f"asks elsewhere: {request.url}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Leave pictures of the pages that a failed test looked at."""
    report = yield
    people = getattr(item, "funcargs", {}).get("people")
    if report.failed and report.when == "call" and people:
        people.photograph(_file_name(item))
    return report


@pytest.fixture(scope="package")
def hub() -> Iterator[Hub]:
    """The hub that all tests here share. Whoever changes a host makes one of their own."""
    with running() as hub:
        yield hub


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def people(browser: Browser, hub: Hub, request: pytest.FixtureRequest) -> Iterator[People]:
    """Opens pages of the shared hub, whose fleet is its own host at first, and which knows nobody's preferences.

    No test passes while a page complains: of an error, a violated policy, or something from another origin.
    """
    hub.django.run(AS_NEW)
    people = People(browser, hub)
    yield people
    if people.unexpected():
        people.photograph(_file_name(request.node))
    people.leave()
    assert not people.unexpected()


@pytest.fixture(scope="package")
def operator(hub: Hub) -> WebUser:
    """`admin`, logged in once for all tests that don't log out."""
    return hub.web()


@pytest.fixture(scope="package")
def viewer(hub: Hub) -> WebUser:
    """Somebody who may look and nothing else."""
    return hub.viewing(VIEWER)


@pytest.fixture
def play_known(hub: Hub, operator: WebUser, play: Play) -> Play:
    """Makes agents played by the test, whose host every page knows already: a sample that comes earlier is ignored."""

    def start(name: str) -> PlayedAgent:
        played = play(name)
        watcher = hub.viewer(operator)
        LiveView(watcher).host_until(played.host_id, bool, f"{name} is there")
        watcher.drop()
        return played

    return start


def _file_name(item: pytest.Item) -> str:
    return re.sub(r"[^\w\[\]-]+", "_", item.name)[:80]
