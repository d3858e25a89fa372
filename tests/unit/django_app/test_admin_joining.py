"""The admin of who may join: codes, and keys that wait for approval."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from components.protocol import fingerprint
from django_app import admin_forms
from django_app.approval import deny_requests
from django_app.models import EnrolmentCode, Host, JoinRequest
from tests.unit.django_app.conftest import NOW, MakeHost, browser
from tests.unit.django_app.test_approval import HERE, KEY, ask, key, waiting, waiting_id

HOSTS = "/admin/django_app/host/"
CODES = "/admin/django_app/enrolmentcode/"
KEYS = "/admin/django_app/joinrequest/"

pytestmark = pytest.mark.django_db

# --- codes ----------------------------------------------------------------------------------------------------------------------


def test_adding_a_host_shows_the_code_once(alices: Client, alice: User) -> None:
    assert f'href="{CODES}add/"' in alices.get(HOSTS).content.decode()
    response = alices.post(f"{CODES}add/", {"name": "web9"})
    page = response.content.decode()
    code = EnrolmentCode.objects.get()
    found = re.search(r'<code id="code">(\w+)\.(\w{32})</code>', page)
    assert found
    assert found[1] == code.id
    assert f"VEDETTE_HUB=ws://localhost:8080/ws VEDETTE_ENROL_CODE={found[1]}.{found[2]} vedette-agent" in page
    assert (code.name, code.by) == ("web9", alice)
    assert "no-store" in response.headers["Cache-Control"]
    for path in (CODES, f"{CODES}{code.id}/change/", HOSTS):
        assert found[2] not in alices.get(path, follow=True).content.decode()


def test_the_state_of_codes(alices: Client) -> None:
    EnrolmentCode.objects.create(id="used00000000", name="used", key="", at=NOW, expires_at=NOW + 600, used=1, used_at=NOW)
    EnrolmentCode.objects.create(id="old000000000", name="old", key="", at=NOW - 700, expires_at=NOW - 100)
    EnrolmentCode.objects.create(id="open00000000", name="open", key="", at=NOW, expires_at=time.time() + 600)  # NOW may be minutes ago
    several = {"key": "", "at": NOW, "used_at": NOW}
    EnrolmentCode.objects.create(id="some00000000", name="some", uses=5, used=2, expires_at=time.time() + 3 * 3600, **several)
    EnrolmentCode.objects.create(id="late00000000", name="late", uses=5, used=3, expires_at=NOW - 9, **several)
    EnrolmentCode.objects.create(id="full00000000", name="full", uses=2, used=2, expires_at=NOW + 600, **several)
    page = alices.get(CODES).content.decode()
    states = re.findall(r'field-state">([^<]*)<', page)
    assert [re.sub(" [0-9-]{10}.*", "", state) for state in sorted(states)] == [
        "2 of 2 used, the last",
        "2 of 5 used, open for 2 h",
        "3 of 5 used, expired",
        "expired",
        "open for 9 min",
        "used",
    ]
    assert alices.get(f"{CODES}open00000000/change/").status_code == 200
    assert alices.post(f"{CODES}open00000000/change/", {"name": "x"}).status_code == 403


def test_a_code_for_several_hosts(alices: Client) -> None:
    """The page says for how many and how long."""
    assert "30 days" in alices.get(f"{CODES}add/").content.decode()
    page = alices.post(f"{CODES}add/", {"name": "rack", "uses": "5", "valid": "8h"}).content.decode()
    assert "to be used 5 times within 8 h." in page
    code = EnrolmentCode.objects.get()
    assert (code.uses, code.used, round(code.expires_at - code.at)) == (5, 0, 8 * 3600)


@pytest.mark.parametrize("fields", [{"uses": "0"}, {"uses": "10001"}, {"uses": "many"}, {"valid": "31d"}, {"valid": "1s"}])
def test_what_the_form_of_codes_refuses(fields: dict[str, str], alices: Client) -> None:
    response = alices.post(f"{CODES}add/", {"name": "rack", "uses": "1", "valid": "10min", **fields})
    assert set(response.context["adminform"].form.errors) == set(fields)
    assert not EnrolmentCode.objects.exists()


@pytest.mark.parametrize("valid", admin_forms.VALIDITIES)
def test_every_time_that_the_form_offers_is_taken(valid: str, alices: Client) -> None:
    assert alices.post(f"{CODES}add/", {"name": "rack", "uses": "1", "valid": valid}).status_code == 200
    assert EnrolmentCode.objects.exists()


def test_viewers_make_no_codes(bob: User, charlies: Client) -> None:
    """Nor strangers."""
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert browser(bob).post(f"{CODES}add/", {"name": "mine"}).status_code == 403
    assert charlies.post(f"{CODES}add/", {"name": "mine"}).status_code == 302
    assert not EnrolmentCode.objects.exists()


def test_a_code_needs_a_name(alices: Client) -> None:
    alices.post(f"{CODES}add/", {"name": " \x00"})
    assert not EnrolmentCode.objects.exists()


# --- keys -----------------------------------------------------------------------------------------------------------------------


def act(client: Client, action: str, *ids: str, at: str = KEYS) -> str:
    """The page after a bulk action."""
    response = client.post(at, {"action": action, "_selected_action": ids}, follow=True)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_the_list_shows_who_asks(alices: Client) -> None:
    """The fingerprint first; the name is only what it proposes."""
    ask(now=time.time() - 200)
    ask(now=time.time() - 61)
    page = alices.get(KEYS).content.decode()
    cells = dict(re.findall(r'class="field-(\w+)">(?:<a[^>]*>)?([^<]*)<', page))
    assert cells["fingerprint_text"] == fingerprint(KEY)
    assert (cells["proposed"], cells["address_text"], cells["seen"], cells["state"]) == ("“web1”", HERE, "1 min ago", "waiting")
    assert "untrusted" in page.lower()


def test_a_name_is_shown_harmlessly(alices: Client) -> None:
    evil = "<script>alert(1)</script>"
    ask(name=evil)
    page = alices.get(KEYS).content.decode()
    assert evil not in page
    assert html.escape(evil) in page


def test_approving_and_denying_in_bulk(alices: Client) -> None:
    for number in range(3):
        ask(key(number))
    ids = [waiting_id(key(number)) for number in range(3)]
    assert "2 keys approved." in act(alices, "approve", *ids[:2])
    assert "1 key denied." in act(alices, "deny", ids[2])
    assert set(Host.objects.values_list("pk", flat=True)) == set(ids[:2])
    assert JoinRequest.objects.get().denied_at is not None
    assert "1 denial forgotten." in act(alices, "forget", ids[2])
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize(("query", "keys"), [("", {key(1), key(2)}), ("state=waiting", {key(1)}), ("state=denied", {key(2)})])
def test_the_filter(query: str, keys: set[str], alice: User, alices: Client) -> None:
    ask(key(1))
    ask(key(2))
    deny_requests(alice.pk, [waiting_id(key(2))], now=NOW)
    response: Any = alices.get(f"{KEYS}?{query}")
    assert {request.public_key for request in response.context["cl"].result_list} == keys


def test_waiting_keys_are_noticed(alices: Client, alice: User) -> None:
    """On the index and above the hosts, as long as there are any."""
    link = f'<a href="{KEYS}?state=waiting">'
    for path in ("/admin/", HOSTS):
        assert link not in alices.get(path).content.decode()
    ask(key(1))
    for path in ("/admin/", HOSTS):
        assert f"{link}1 key waits for approval</a>" in alices.get(path).content.decode()
    ask(key(2))
    ask(key(3))
    deny_requests(alice.pk, [waiting_id(key(3))], now=NOW)
    for path in ("/admin/", HOSTS):
        assert f"{link}2 keys wait for approval</a>" in alices.get(path).content.decode()


def test_strangers_and_viewers_see_none_of_it(charlies: Client, bob: User) -> None:
    """And decide nothing, also not with staff status."""
    ask()
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bobs, request_id = browser(bob), waiting_id()
    assert charlies.get(KEYS).status_code == 302
    assert bobs.get(KEYS).status_code == 403
    assert "approval" not in bobs.get("/admin/").content.decode()
    for action in ("approve", "deny", "forget"):
        for client in (bobs, charlies):
            assert client.post(KEYS, {"action": action, "_selected_action": [request_id]}).status_code in {302, 403}
    assert waiting() == {KEY}
    assert not Host.objects.exists()


def test_nobody_makes_or_changes_requests_by_hand(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    ask()
    client, request_id = browser(alice), waiting_id()
    for path in (f"{KEYS}add/", f"{KEYS}{request_id}/change/", f"{KEYS}{request_id}/delete/"):
        assert client.post(path, {"name": "mine", "post": "yes"}).status_code == 403
    client.post(KEYS, {"action": "delete_selected", "_selected_action": [request_id], "post": "yes"})
    assert JoinRequest.objects.get().name == "web1"


def test_revoked_hosts_are_let_in_again_from_the_list(make_host: MakeHost, alices: Client) -> None:
    revoked, inside = make_host("revoked", access="revoked"), make_host("inside")
    assert "1 host approved." in act(alices, "approve", revoked.id, inside.id, at=HOSTS)
    assert set(Host.objects.values_list("access", flat=True)) == {"approved"}


def test_who_may_only_look_lets_nobody_in_again(make_host: MakeHost, bob: User) -> None:

    revoked = make_host("revoked", access="revoked")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_host"))
    client = browser(User.objects.get(pk=bob.pk))
    assert 'value="approve"' not in client.get(HOSTS).content.decode()
    act(client, "approve", revoked.id, at=HOSTS)
    assert Host.objects.get().access == "revoked"


def test_a_duplicate_key_is_told_with_the_remedy(make_host: MakeHost, alices: Client) -> None:
    """In the status of the list, on the host's page, and by a filter."""
    twin, single = make_host("twin", connected=True, duplicate_key=True), make_host("single", connected=True)
    page = alices.get(HOSTS).content.decode()
    assert page.count("up · duplicate key") == 1
    assert "delete the agent&#x27;s key file" in alices.get(f"{HOSTS}{twin.id}/change/").content.decode()
    assert "delete the agent" not in alices.get(f"{HOSTS}{single.id}/change/").content.decode()
    response: Any = alices.get(f"{HOSTS}?status=duplicate+key")
    assert [host.name for host in response.context["cl"].result_list] == ["twin"]
