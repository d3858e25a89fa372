"""Keys that wait for approval on the live page: who sees them, who decides, and what they can say."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import nacl.signing
import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from components.protocol import MAX_HOST_NAME_CHARACTERS, fingerprint
from tests.browser.conftest import People
from tests.browser.pages import PHONE, Marked, card, count, is_live, row, sideways
from tests.browser.test_looks import check_ids, has_visible_focus
from tests.conftest import KeepAgent
from tests.harness.agents import LightAgent
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView
from tests.harness.wamp import Refused, public_key
from tests.harness.web import WebUser

EVENT, RESULT = 36, 50
EXPIRE = "from django_app.approval import expire_requests\nexpire_requests(now=time.time() + 1e6)"


class Strangers:
    """Keys without a code, each from an address of its own."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.keys: list[nacl.signing.SigningKey] = []

    def ask(self, name: str) -> str:
        """A new key asks to be let in; its fingerprint."""
        self.keys.append(nacl.signing.SigningKey.generate())
        client = self.hub.websocket(source=f"127.0.1.{len(self.keys)}")
        with pytest.raises(Refused):
            client.join_key(self.keys[-1], name=name)
        client.drop()
        return fingerprint(public_key(self.keys[-1]))

    def deny_all(self, user: WebUser) -> None:
        """Whoever still waits is denied, by another operator's hand."""
        client = self.hub.viewer(user)
        waiting = [host_id for host_id, host in LiveView(client).hosts.items() if host["status"] == "unapproved"]
        client.call("vedette.auth.deny", hosts=waiting)
        client.drop()


@pytest.fixture
def strangers(hub: Hub, operator: WebUser) -> Iterator[Strangers]:
    """Nobody waits before the test, nor after it."""
    strangers = Strangers(hub)
    strangers.deny_all(operator)
    yield strangers
    strangers.deny_all(operator)


def section(page: Page) -> Locator:
    """All that the page says of keys that wait."""
    return page.locator("section.approval")


def key(page: Page, name: str) -> Locator:
    """The row of the key that calls itself so."""
    return section(page).get_by_role("listitem", name=f"calls itself “{name}”", exact=True)


def test_an_agent_without_a_code_is_let_in_by_a_click(
    people: People, operator: WebUser, strangers: Strangers, keep_agent: KeepAgent
) -> None:
    """It is shown with the fingerprint that its agent prints, and is a live host soon after, all without a reload."""
    page = people.open(by=operator)
    is_live(page)
    mark = Marked(page)
    name = f"web-{secrets.token_hex(2)}"
    agent = keep_agent(LightAgent(people.hub.websocket_url, name)).start()
    waiting = key(page, name)
    expect(waiting).to_contain_text("from 127.0.0.1 · first asked")
    shown = waiting.locator(".fingerprint").inner_text()
    eventually(lambda: shown in agent.process.output(), "the agent prints it too", explain=agent.process.tail)
    expect(page.locator("#counts")).to_contain_text("1 waits for approval")
    expect(page.locator("[aria-live=polite]")).to_contain_text("A new key waits for approval.")
    expect(card(page, name)).to_have_count(0)
    waiting.get_by_role("button", name="Approve").click()
    expect(section(page)).to_be_hidden()
    expect(row(card(page, name), "CPU")).to_be_visible()
    mark.check()


def test_denying_asks_first(people: People, operator: WebUser, strangers: Strangers) -> None:
    """No, Escape, yes; then the key is gone from the page, and its agent is told."""
    strangers.ask("unwanted")
    page = people.open(by=operator)
    deny, question = key(page, "unwanted").get_by_role("button", name="Deny"), page.get_by_role("dialog", name="Deny this key?")
    deny.click()
    expect(question).to_contain_text("“unwanted” from 127.0.1.1")
    question.get_by_role("button", name="Cancel").click()
    deny.click()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(deny).to_be_focused()
    deny.click()
    question.get_by_role("button", name="Deny").click()
    expect(section(page)).to_be_hidden()
    with pytest.raises(Refused, match="key_denied"):
        people.hub.websocket().join_key(strangers.keys[0])


def test_all_are_approved_that_the_question_names(people: People, operator: WebUser, strangers: Strangers) -> None:
    """And not the one that comes while it is open. Whatever filter and search are set, the keys are there."""
    shown = [strangers.ask(name) for name in ("first", "second")]
    page = people.open("/#show=disabled&search=nothing", by=operator)
    expect(section(page).get_by_role("listitem")).to_have_count(2)
    section(page).get_by_role("button", name="Approve all").click()
    question = page.get_by_role("dialog", name="Approve all 2 keys?")
    expect(question.locator(".fingerprint")).to_have_text(shown)
    strangers.ask("third")
    expect(page.locator("#counts")).to_contain_text("3 wait for approval")
    question.get_by_role("button", name="Approve 2 keys").click()
    expect(section(page).get_by_role("heading", level=3)).to_have_text(["calls itself “third”"])
    count(page, "hosts?").click()
    page.get_by_role("searchbox").fill("")
    expect(card(page, "first")).to_contain_text("down")
    expect(card(page, "second")).to_be_visible()
    expect(card(page, "third")).to_have_count(0)
    expect(section(page).get_by_role("button", name="Approve all")).to_be_hidden()


def test_a_viewer_sees_them_and_cannot_decide(people: People, viewer: WebUser, strangers: Strangers) -> None:
    shown = strangers.ask("looked-at")
    page = people.open(by=viewer)
    expect(key(page, "looked-at")).to_contain_text(shown)
    expect(section(page).get_by_role("button")).to_have_count(0)
    expect(section(page)).to_contain_text("An operator can approve or deny them.")


def test_by_keyboard_alone(people: People, operator: WebUser, strangers: Strangers) -> None:
    """One sees where one is, and a key pressed twice decides nothing about the next one."""
    for name in ("one", "two"):
        strangers.ask(name)
    page = people.open(by=operator)
    expect(key(page, "two")).to_be_visible()
    check_ids(page)
    page.get_by_role("link", name="To the hosts").focus()
    page.keyboard.press("Enter")
    for wanted in (section(page).get_by_role("button", name="Approve all"), key(page, "one").get_by_role("button", name="Approve")):
        page.keyboard.press("Tab")
        expect(wanted).to_be_focused()
        assert has_visible_focus(wanted)
    expect(wanted).to_have_accessible_description(re.compile("calls itself “one” ([0-9a-f]{4} ?){8}"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(key(page, "one")).to_have_count(0)
    expect(key(page, "two")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(key(page, "two").get_by_role("button", name="Deny")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(section(page)).to_be_hidden()
    expect(page.get_by_role("main")).to_be_focused()


class Line:
    """The page's connection, from which the test holds back kinds of messages."""

    def __init__(self, page: Page) -> None:
        self.held: set[int] = set()
        self._kept: list[Any] = []
        page.route_web_socket(re.compile("/ws$"), self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        self._page, server = route, route.connect_to_server()
        server.on_message(self._from_server)

    def _from_server(self, message: Any) -> None:
        if json.loads(message)[0] in self.held:
            self._kept.append(message)
        else:
            self._page.send(message)

    def release(self) -> None:
        """Hold nothing back any more."""
        self.held.clear()
        while self._kept:
            self._page.send(self._kept.pop(0))


def test_what_did_not_happen_is_said(people: People, operator: WebUser, strangers: Strangers) -> None:
    """A decision is pending until the hub has answered; a key that has gone meanwhile is named, and remains until dismissed."""
    for name in ("late", "later"):
        strangers.ask(name)
    page = people.open(None, by=operator)
    line = Line(page)
    page.goto(people.hub.url)
    expect(key(page, "later")).to_be_visible()
    line.held = {EVENT, RESULT}
    people.hub.django.run(EXPIRE)
    key(page, "late").get_by_role("button").first.click()
    expect(key(page, "late").get_by_role("button", name="Approving…")).to_have_attribute("aria-disabled", "true")
    expect(key(page, "late").get_by_role("button", name="Deny")).to_have_attribute("aria-disabled", "true")
    expect(key(page, "later").get_by_role("button", name="Deny")).not_to_have_attribute("aria-disabled", "true")
    line.release()
    told = section(page).get_by_role("alert")
    expect(told).to_contain_text("“\u2068late\u2069” waits no longer")
    expect(section(page).get_by_role("listitem")).to_have_count(0)
    section(page).get_by_role("button", name="Dismiss").click()
    expect(section(page)).to_be_hidden()


def test_rows_that_move_take_no_clicks_for_a_moment(people: People, operator: WebUser, strangers: Strangers) -> None:
    """So that nobody approves another key than the one aimed at."""
    for name in ("goes", "moves"):
        strangers.ask(name)
    page = people.open(by=operator)
    expect(key(page, "moves")).to_be_visible()
    page.evaluate("""() => {
      const list = document.querySelector(".waiting-keys");
      const note = () => { window.held = getComputedStyle(list).pointerEvents; };
      new MutationObserver(() => { window.held ?? note(); }).observe(list, {attributes: true});
    }""")
    key(page, "goes").get_by_role("button", name="Approve").click()
    expect(key(page, "goes")).to_have_count(0)
    assert page.evaluate("() => window.held") == "none"
    key(page, "moves").get_by_role("button", name="Approve").click()
    expect(section(page)).to_be_hidden()


HOSTILE = {
    "markup": "<img src=x onerror='hacked()'><b>bold",
    "quotes": "”\"'`&quot;\\",
    "right to left": "\u202egnp.exe \u2067\u05d0\u05d1\u05d2",
    "long": "W" * 300,
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_are_nothing_but_text(people: People, operator: WebUser, strangers: Strangers, name: str) -> None:
    """On a phone, in the row and in the question; nothing runs, nothing breaks, and the address is not touched."""
    strangers.ask(name)
    page = people.open(by=operator, **PHONE)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    waiting = section(page).get_by_role("listitem")
    cut = waiting.locator(".waiting-name bdi").inner_text()
    assert name.startswith(cut)
    assert len(cut) == min(len(name), MAX_HOST_NAME_CHARACTERS)
    expect(waiting).to_contain_text("from 127.0.1.1 · first asked")
    assert waiting.locator("bdi").first.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    waiting.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("dialog")).to_contain_text(cut)
    expect(page.locator("main img, main b, dialog img, dialog b")).to_have_count(0)
    assert sideways(page) == 0
    for button in page.get_by_role("dialog").get_by_role("button").all():
        expect(button).to_be_in_viewport(ratio=1)
