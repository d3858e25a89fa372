"""A person changes settings in the admin; every open page follows by itself."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.pages import PHONE, Marked, card, cell, count, host_form, is_live, row, save_host, sideways
from tests.conftest import Play
from tests.harness.agents import LightAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.sampling import spacing
from tests.harness.wamp import EVENT
from tests.harness.web import WebUser

APPLIED = re.compile(r"^rev (\d+) · applied in \d+ ms$")


@pytest.fixture
def agent(hub: Hub) -> Iterator[LightAgent]:
    """A real agent, whose first settings are applied."""
    name = f"light-{secrets.token_hex(4)}"
    agent = LightAgent(hub.websocket_url, name, code=make_code(hub, name))
    agent.start()
    try:
        eventually(lambda: hub.sql(FIRST_APPLIED, name), "the agent has enrolled", explain=agent.process.tail)
        yield agent
    finally:
        agent.end()


FIRST_APPLIED = (
    "SELECT host.id FROM django_app_host host JOIN django_app_revision revision ON revision.host_id = host.id"
    " WHERE host.name = ? AND revision.status = 'applied'"
)


@pytest.fixture
def host_id(hub: Hub, agent: LightAgent) -> str:
    """Its id."""
    return str(hub.sql(FIRST_APPLIED, agent.name)[0][0])


def test_unticking_show_cpus_takes_them_off_every_page(
    people: People, operator: WebUser, viewer: WebUser, agent: LightAgent, host_id: str
) -> None:
    """No page is loaded again, the admin's list says how long it took, and ticking brings the CPUs back."""
    pages = [people.open(by=operator), people.open(by=viewer)]
    rows = [row(card(page, agent.name), "CPU") for page in pages]
    for shown in rows:
        expect(shown).to_be_visible()
    listed = people.open("/admin/django_app/host/", by=operator)
    expect(cell(listed, host_id, "age")).to_have_text(re.compile("ago"))
    marked = [Marked(page) for page in (*pages, listed)]
    admin = people.open("/admin/", by=operator)

    for revision, ticked in ((2, False), (3, True)):
        save_host(admin, host_id, Show_CPUs=ticked)
        for shown in rows:
            expect(shown).to_have_count(int(ticked))
        expect(row(card(pages[0], agent.name), "Memory")).to_be_visible()
        for where in (cell(listed, host_id, "config"), cell(admin, host_id, "config"), card(pages[0], agent.name).locator(".host-config")):
            expect(where).to_have_text(re.compile(rf"^rev {revision} · applied in \d+ ms$"))
    for mark in marked:
        mark.check()


def test_the_form_shows_who_changed_what_when_and_the_outcome(people: People, operator: WebUser, agent: LightAgent, host_id: str) -> None:
    """Newest first."""
    admin = people.open("/admin/", by=operator)
    save_host(admin, host_id, Show_load=False, Interval="0.5")
    expect(cell(admin, host_id, "config")).to_have_text(APPLIED)
    host_form(admin, host_id)
    table = admin.get_by_role("table").filter(has=admin.get_by_role("columnheader", name="Outcome"))
    newest = table.get_by_role("row").nth(1).get_by_role("cell")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    for place, text in enumerate(["2", today, "admin, admin", "interval 0.5 s, show_load off", "applied in"]):
        expect(newest.nth(place)).to_contain_text(text)
    expect(table.get_by_role("row").nth(2)).to_contain_text("enrolment with the code")
    admin.set_viewport_size(PHONE["viewport"])
    around = admin.get_by_role("region", name="revisions")
    assert around.evaluate("box => { box.scrollLeft = 9999; return box.scrollLeft; }") > 0, "a narrow screen cuts the table off"
    assert sideways(admin) == 0


def test_a_disabled_host_leaves_the_list_and_comes_back(people: People, operator: WebUser, agent: LightAgent, host_id: str) -> None:
    """It is counted meanwhile, and a filter shows it."""
    page, admin = people.open(by=operator), people.open("/admin/", by=operator)
    shown, counts = card(page, agent.name), page.locator("#counts")
    expect(shown).to_be_visible()
    expect(counts.get_by_text("disabled")).to_be_hidden()
    mark = Marked(page)

    save_host(admin, host_id, Disabled=True)
    expect(shown).to_have_count(0)
    expect(counts.get_by_text("1 disabled")).to_be_visible()
    count(page, "disabled").click()
    expect(shown).to_contain_text("disabled")
    expect(cell(admin, host_id, "status")).to_contain_text("disabled")

    save_host(admin, host_id, Disabled=False)
    expect(page.get_by_text("No host is disabled.")).to_be_visible()
    count(page, "hosts?").click()
    expect(row(shown, "Memory")).to_be_visible()
    expect(shown.locator(".host-age")).to_have_text(re.compile("^[0-2] s ago$"))
    mark.check()


def test_an_interval_of_a_fifth_of_a_second_reaches_the_page(people: People, operator: WebUser, agent: LightAgent, host_id: str) -> None:
    """About five samples a second arrive there."""
    save_host(people.open("/admin/", by=operator), host_id, Interval="0.2")
    page = people.open(None, by=operator)
    with page.expect_websocket() as opened:
        page.goto(people.hub.url)
    is_live(page)
    expect(card(page, agent.name).locator(".host-config")).to_have_text(APPLIED)
    samples: list[dict[str, float]] = []

    def is_last(frame: str | bytes) -> bool:
        message = json.loads(frame)
        update = message[4][0] if message[0] == EVENT else {}
        sample = (update.get("hosts", {}).get(host_id) or {}).get("sample")
        if sample:
            samples.append({"at": sample["taken_at"]})
        return len(samples) > 15

    with opened.value.expect_event("framereceived", is_last):
        pass
    assert 0.15 < spacing(samples) < 0.5


def test_what_a_host_pins_is_said(people: People, operator: WebUser, agent: LightAgent, host_id: str) -> None:
    """On its card and in the admin; the local value is in force whatever is saved."""
    agent.process.stop()
    agent.pin(show_cpus=False)
    agent.start()
    page, admin = people.open(by=operator), people.open("/admin/", by=operator)
    save_host(admin, host_id, Show_memory=False)
    shown = card(page, agent.name)
    expect(shown).to_contain_text("Show CPUs pinned on the host: off")
    expect(shown.locator(".host-config")).to_have_text(APPLIED)
    expect(row(shown, "Load")).to_be_visible()
    for label in ("CPU", "Memory"):
        expect(row(shown, label)).to_have_count(0)
    admin.reload()
    expect(admin.get_by_role("row").filter(has_text=agent.name)).to_contain_text("show_cpus off")


def test_settings_wait_for_a_host_that_does_not_answer(people: People, operator: WebUser, play: Play) -> None:
    """Pending; offline, with since when; then why they failed."""
    played = play("slow").listen()
    first = played.obey()
    page, admin = people.open(by=operator), people.open("/admin/", by=operator)
    config = card(page, "slow").locator(".host-config")
    expect(config).to_have_text("rev 1 · applied")
    mark = Marked(page)

    save_host(admin, played.host_id, Interval="5")
    expect(config).to_have_text("rev 2 · pending")
    listed = cell(admin, played.host_id, "config")
    expect(listed).to_have_text("rev 2 · pending")

    played.client.drop()
    for where in (config, listed):
        expect(where).to_have_text(re.compile(r"^rev 2 · pending \(offline \d+ s\)$"))

    played.join().report({**first, "revision": 2}, "failed", error="interval 5 s: <b>no</b> room (kept rev 1)")
    for where in (config, listed):
        expect(where).to_have_text("rev 2 · failed: interval 5 s: <b>no</b> room (kept rev 1)")
    mark.check()


@pytest.mark.parametrize(("interval", "complaint"), [("0.1", "0.2"), ("3601", "3600"), ("", "required")])
def test_an_impossible_interval_is_refused(people: People, operator: WebUser, play: Play, interval: str, complaint: str) -> None:
    """By the browser or by the hub: the form stays and says why."""
    admin = people.open("/admin/", by=operator)
    host_form(admin, play("bounded").host_id)
    here = admin.url
    admin.locator("form#host_form").evaluate("form => { form.noValidate = true; }")
    admin.get_by_label("Interval:").fill(interval)
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("Please correct the error below.")).to_be_visible()
    expect(admin.locator(".field-interval")).to_contain_text(complaint)
    expect(admin).to_have_url(here)
