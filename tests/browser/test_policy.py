"""The strict Content-Security-Policy: on every page, kept by every page, enforced by the browser. And what works without any script."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, cell, is_live, save_host, sideways
from tests.conftest import Play
from tests.harness.hub import PASSWORD, Hub
from tests.harness.web import WebUser

HOST = "/admin/django_app/host/"
CODE = "/admin/django_app/enrolmentcode/"
OWN_PAGES = ["/", "/login/", "/nothing"]
ADMIN_PAGES = [
    *("/admin/", "/admin/django_app/", "/admin/password_change/"),
    *(HOST, f"{HOST}?status=up&q=hub", f"{HOST}%s/change/", f"{HOST}%s/history/", f"{HOST}%s/delete/", f"{HOST}{'0' * 12}/change/"),
    *(CODE, f"{CODE}add/"),
    *(
        "/admin/auth/user/",
        "/admin/auth/user/add/",
        "/admin/auth/user/1/change/",
        "/admin/auth/user/1/password/",
        "/admin/auth/group/1/change/",
    ),
]
"""`%s` is the id of the hub's own host."""

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


class InlineFinder(HTMLParser):
    """Whatever in a page the policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_code = tag == "script" and given.get("type") not in ("application/json", "importmap")
        if tag == "style" or (is_code and "src" not in given):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            elsewhere = name in ("src", "href", "action") and re.match(
                r"(?!http://127\.0\.0\.1)([a-z]+:)?//|javascript:|data:", value or ""
            )
            if name == "style" or name.startswith("on") or elsewhere:
                self.found.append(f"<{tag} {name}={value}>")


@pytest.mark.parametrize("path", [*OWN_PAGES, *ADMIN_PAGES])
def test_every_page_has_the_policy_and_keeps_it(people: People, operator: WebUser, hub: Hub, path: str) -> None:
    """Nothing inline is delivered, the browser finds nothing to complain of, and nothing is asked of another origin."""
    people.expect("status of 404")
    [(own,)] = hub.sql("SELECT id FROM django_app_host WHERE name = 'hub-itself'")
    page = people.open(None, by=None if path == "/login/" else operator)
    answer = page.goto(hub.url + path.replace("%s", own))
    assert answer
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert {name: policy.get(name) for name in STRICT} == STRICT
    assert set(policy["connect-src"].split()) <= {"'self'", hub.url.replace("http", "ws")}
    assert InlineFinder(answer.text()).found == []
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in answer.headers
    page.wait_for_load_state()


def test_the_page_that_shows_a_code_keeps_the_policy(people: People, operator: WebUser) -> None:
    """No cache keeps the page, and the long command fits a phone."""
    page = people.open(f"{CODE}add/", by=operator, **PHONE)
    page.get_by_label("Name:").fill("new")
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#code")).to_contain_text(".")
    assert "no-store" in answer.value.headers["cache-control"]
    assert InlineFinder(answer.value.text()).found == []
    assert sideways(page) == 0


INLINE = "() => { const made = document.createElement('script'); made.textContent = 'window.ran = true'; document.head.append(made); }"
EXTERNAL = "() => { const made = new Image(); made.src = 'http://elsewhere.test/x.png'; document.body.append(made); }"


@pytest.mark.parametrize("deed", [INLINE, EXTERNAL], ids=["inline", "external"])
def test_the_browser_enforces_the_policy(people: People, operator: WebUser, deed: str) -> None:
    """What should slip in does not run or load, and these tests would notice."""
    people.expect("Content Security Policy", "CSP violation", "asks elsewhere: http://elsewhere.test/")
    page = people.open(by=operator)
    with page.expect_console_message(lambda message: "CSP violation" in message.text):
        page.evaluate(deed)
    assert page.evaluate("() => window.ran") is None
    assert any("CSP violation" in complaint for complaint in people.complaints)


FOREIGN = "http://foreign.test"


def test_another_origin_gets_nothing(people: People, operator: WebUser, hub: Hub) -> None:
    """Neither a ticket nor a connection, though the browser is logged in here."""
    people.expect(f"asks elsewhere: {FOREIGN}", "CORS", "Failed to load resource", "WebSocket connection to")
    page = people.open(by=operator)
    is_live(page)
    page.route(f"{FOREIGN}/", lambda route: serve(route, "<!doctype html><title>foreign</title>"))
    page.goto(f"{FOREIGN}/")
    ticket = "url => fetch(url, {method: 'POST', credentials: 'include'}).then(({status}) => status, error => error.name)"
    assert page.evaluate(ticket, f"{hub.url}/ticket/") == "TypeError"
    socket = """url => new Promise(resolve => {
      const socket = new WebSocket(url, ["wamp.2.json"]);
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
    })"""
    assert page.evaluate(socket, hub.websocket_url) == "refused"


def serve(route: Route, body: str) -> None:
    """Answer a request here."""
    route.fulfill(body=body, content_type="text/html")


@pytest.fixture
def plain(people: People, operator: WebUser) -> Page:
    """A page of the operator without JavaScript."""
    return people.open("/admin/", by=operator, java_script_enabled=False)


def test_the_admin_works_without_script(plain: Page, play: Play) -> None:
    """The states are right from the database, and Save saves."""
    played = play("scriptless").listen()
    played.obey()
    save_host(plain, played.host_id, Show_CPUs=False)
    expect(cell(plain, played.host_id, "config")).to_have_text("rev 2 · pending")
    expect(cell(plain, played.host_id, "status")).to_have_text(re.compile(r"^up \d+ s$"))
    played.report(played.offered(2))
    plain.reload()
    expect(cell(plain, played.host_id, "config")).to_have_text(re.compile(r"^rev 2 · applied in \d+ ms$"))
    played.client.drop()
    played.join()
    plain.get_by_role("link", name="scriptless").click()
    expect(plain.get_by_label("Show CPUs")).not_to_be_checked()


def test_without_script_the_live_page_says_what_it_needs(people: People, plain: Page, hub: Hub) -> None:
    """And leads to the list that works; logging in and out work too."""
    plain.goto(f"{hub.url}/")
    told = plain.locator("noscript p")
    expect(told).to_be_visible()
    told.locator("a").click()
    expect(plain.get_by_role("link", name="hub-itself")).to_be_visible()
    page = people.open("/login/", java_script_enabled=False)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{hub.url}/")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{hub.url}/login/")
