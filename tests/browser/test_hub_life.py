"""The hub's first start and its restarts, as the person in front of the browser sees them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.pages import Marked, card, cell, is_live, row
from tests.conftest import MakeHub
from tests.harness.hub import Hub
from tests.harness.web import WebUser

COMMAND = ".venv/bin/python manage.py addhost NAME"
GONE = "net::ERR_|status of 50[234]|WebSocket connection to"


def test_from_the_first_password_to_the_first_host(make_hub: MakeHub, people: People) -> None:
    """The password on the terminal opens the page, the hub's own host is live on it, and without any host it says how to add one."""
    fresh: Hub = make_hub(password=None).start()
    first = fresh.data / "first-login"
    said = dict(line.split(": ", 1) for line in first.read_text().splitlines())
    assert said["password"] in fresh.output()

    page = people.open(hub=fresh)
    page.get_by_label("Username").fill(said["username"])
    page.get_by_label("Password").fill(said["password"])
    page.keyboard.press("Enter")
    expect(row(card(page, "hub-itself"), "CPU")).to_be_visible()
    assert not first.exists()

    page.keyboard.press("a")
    how = page.get_by_role("dialog", name="Add a host")
    expect(how.get_by_text(COMMAND, exact=True)).to_be_visible()
    expect(how.get_by_role("link", name="Make a code in the admin")).to_have_attribute("href", "/admin/django_app/enrolmentcode/add/")
    page.keyboard.press("Escape")
    expect(how).to_be_hidden()

    mark = Marked(page)
    admin = page.context.new_page()
    admin.goto(f"{fresh.url}/admin/django_app/host/")
    admin.get_by_role("row").filter(has_text="hub-itself").get_by_role("checkbox").check()
    admin.get_by_label("Action:").select_option("delete_selected")
    admin.get_by_role("button", name="Go").click()
    admin.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.get_by_role("heading", name="No hosts yet")).to_be_visible()
    hosts = page.get_by_role("region", name="hosts", exact=True)
    expect(hosts.get_by_text(COMMAND, exact=True)).to_be_visible()
    expect(hosts.get_by_text("An agent that is started without a code appears here too")).to_be_visible()
    expect(page.get_by_role("region", name="1 key waits for approval")).to_contain_text("hub-itself")
    expect(page.get_by_role("heading", name="No hosts yet")).to_be_visible()
    mark.check()


def test_the_page_lives_through_a_restart_of_the_hub(people: People, operator: WebUser, hub: Hub) -> None:
    """It says that it is offline, greys what it knows, and is live again by itself with fresh values; so does the admin's list."""
    people.expect(GONE)
    page, admin = people.open(by=operator), people.open("/admin/django_app/host/", by=operator)
    shown = card(page, "hub-itself")
    expect(row(shown, "CPU")).to_be_visible()
    [(own,)] = hub.sql("SELECT id FROM django_app_host WHERE name = 'hub-itself'")
    marks = [Marked(page), Marked(admin)]
    hub.stop()
    expect(page.get_by_role("status")).to_contain_text("Offline, reconnecting")
    expect(shown).to_be_visible()
    told = admin.get_by_text("no connection to the hub")
    expect(told).to_be_visible()
    hub.start()
    is_live(page)
    expect(shown.locator(".host-age")).to_have_text(re.compile(r"^[0-2] s ago$"))
    expect(shown.locator(".host-status")).to_have_text(re.compile(r"^up \d+ s$"))
    expect(cell(admin, own, "age")).to_have_text(re.compile(r"^[0-2] s ago$"))
    expect(told).to_be_hidden()
    for mark in marks:
        mark.check()
