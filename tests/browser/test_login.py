"""Who is let in, who is not, and how they are told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import VIEWER, People
from tests.harness.eventually import STANDSTILL_SECONDS
from tests.harness.hub import PASSWORD, Hub
from tests.harness.web import WebUser

NOT_ALLOWED = "status of 403"


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/django_app/host/"])
def test_a_stranger_is_sent_to_the_login_and_back(people: People, hub: Hub, path: str) -> None:
    """Whatever page it was, it is there after the login."""
    page = people.open(path)
    expect(page).to_have_url(f"{hub.url}/login/?next={path}")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").press("Enter")
    expect(page).to_have_url(re.compile(re.escape(hub.url + path) + "(#.*)?$"))


def test_a_wrong_password_is_told_and_the_name_kept(people: People) -> None:
    """A clear sentence, announced to those who cannot see it, and only the password to be typed again."""
    page = people.open("/login/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("enter a correct username and password")
    expect(page.get_by_label("Username")).to_have_value("admin")
    expect(page.get_by_label("Password")).to_have_value("")


def test_somebody_logged_in_does_not_see_the_login(people: People, hub: Hub, operator: WebUser) -> None:
    """The login page leads on."""
    expect(people.open("/login/", by=operator)).to_have_url(re.compile(re.escape(hub.url) + "/(#.*)?$"))


def test_a_viewer_sees_hosts_and_nothing_to_change_them(people: People, viewer: WebUser) -> None:
    """No link to settings and none to the admin."""
    page = people.open(by=viewer)
    expect(page.get_by_role("listitem").filter(has_text="hub-itself")).to_contain_text("CPU")
    expect(page.get_by_text(VIEWER)).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    expect(page.get_by_role("button", name="Add a host")).to_have_count(0)


def test_a_viewer_is_told_why_the_admin_is_closed(people: People, viewer: WebUser) -> None:
    """By name, with the remedy, and a way back."""
    people.expect(NOT_ALLOWED)
    page = people.open("/admin/", by=viewer)
    expect(page.get_by_role("heading")).to_have_text("Not allowed")
    expect(page.get_by_text(f"The account {VIEWER} has no staff status")).to_be_visible()
    page.get_by_role("link", name="To the live page").click()
    expect(page.get_by_role("status")).to_contain_text("Live")


def test_logging_out_ends_the_other_tab_within_a_second(people: People, hub: Hub) -> None:
    """The other tab says so and leads back to where it was."""
    people.expect("status of 401")
    page = people.open(by=hub.web())
    other = page.context.new_page()
    other.goto(f"{hub.url}/#search=hub")
    expect(other.get_by_role("status")).to_contain_text("Live")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(f"{hub.url}/login/")
    expect(other.get_by_role("status")).to_contain_text("Logged out.", timeout=1000 * (1 + STANDSTILL_SECONDS))
    other.get_by_role("link", name="Log in again").click()
    other.get_by_label("Username").fill("admin")
    other.get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other).to_have_url(f"{hub.url}/#view=cards&search=hub")
    expect(other.get_by_role("searchbox")).to_have_value("hub")


def test_a_page_does_not_become_another_users(people: People, hub: Hub, viewer: WebUser) -> None:
    """Somebody else logs in in the same browser: what the page remembers is not kept for them, and it leads to their own page."""
    people.expect("status of 409")
    admin = hub.web()
    page = people.open("/#search=hub", by=admin)
    expect(page.get_by_role("status")).to_contain_text("Live")
    page.context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": hub.url} for cookie in viewer.http.cookies])
    with page.expect_response("**/preferences/") as told:
        page.get_by_role("button", name="Table").click()
    assert told.value.status == 409
    admin.log_out()
    expect(page.get_by_role("status")).to_contain_text("Somebody else is logged in here now.")
    page.get_by_role("link", name="Load the page again").click()
    expect(page.get_by_text(VIEWER)).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("hub")
    assert page.evaluate("JSON.parse(document.getElementById('preferences').textContent)") == {}
