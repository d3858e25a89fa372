"""What users prefer is kept: their own, what is known, and no more than that."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from django_app.models import Preferences
from django_app.preferences import KNOWN, MOST_BYTES, keep_preferences, preferences_of
from tests.harness.process import REPOSITORY
from tests.unit.django_app.conftest import browser

PATH = "/preferences/"
GOOD: dict[str, Any] = {"view": "heat", "metric": "temp", "hidden columns": ["load", "uptime"], "rate": 10, "window": 300, "keys": "off"}


def post(client: Client, body: object) -> tuple[int, dict[str, Any]]:
    """The status and the answer that `body` comes to, as JSON unless it is text."""
    text = body if isinstance(body, bytes) else json.dumps(body)
    response = client.post(PATH, text, content_type="application/json")
    return response.status_code, response.json()


def of(user: User, values: object) -> dict[str, Any]:
    """What a page of `user` posts."""
    return {"user": str(user.pk), "values": values}


def carried(client: Client) -> dict[str, Any]:
    """What the page is given."""
    page = client.get("/").content.decode()
    found: dict[str, Any] = json.loads(page.partition('<script id="preferences" type="application/json">')[2].partition("</script>")[0])
    return found


def test_another_machine_shows_the_same(bob: User, bobs: Client) -> None:
    """Each name by itself: the last one counts."""
    assert carried(bobs) == {}
    assert post(bobs, of(bob, GOOD)) == (200, {"refused": {}})
    assert post(bobs, of(bob, {"view": "cards"})) == (200, {"refused": {}})
    assert carried(browser(bob)) == {**GOOD, "view": "cards"}


def test_a_page_that_was_opened_by_somebody_else_keeps_nothing(alice: User, alices: Client, bob: User, bobs: Client) -> None:
    """Bob logged in where Alice's page lies open: it says whose it is, and what she likes is not what he likes."""
    status, answer = post(bobs, of(alice, GOOD))
    assert (status, list(answer)) == (409, ["error"])
    assert "load it again" in answer["error"]
    assert carried(bobs) == carried(alices) == {}
    assert post(bobs, of(bob, GOOD))[0] == 200
    assert carried(alices) == {}


def test_a_stranger_may_not(charlies: Client, alice: User, bob: User) -> None:
    assert post(charlies, of(alice, GOOD))[0] == 401
    bob.is_active = False
    bob.save()
    assert post(browser(bob), of(bob, GOOD))[0] == 401
    assert not Preferences.objects.exists()


def test_another_sites_page_may_not(bob: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"x-vedette-proxy": "the proxy's secret"})
    client.force_login(bob)
    body = json.dumps(of(bob, GOOD))
    assert client.post(PATH, body, content_type="application/json").status_code == 403
    client.get("/")
    token = client.cookies["csrftoken"].value
    for headers, status in (({"origin": "https://evil.example"}, 403), ({}, 200)):
        answer = client.post(PATH, body, content_type="application/json", headers={"x-csrftoken": token, **headers})
        assert answer.status_code == status
    assert client.get(PATH).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[" * 4000, b'{"values":' * 400,
        [], "heat", None, 7, {},
        {"view": "heat"}, {"user": 7, "values": GOOD}, {"user": None, "values": GOOD}, {"user": "x" * 41, "values": GOOD}, {"values": GOOD},
        {"user": "7"}, {"user": "7", "values": None}, {"user": "7", "values": ["heat"]}, {"user": "7\x00", "values": {}},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_whole(body: object, bobs: Client) -> None:
    assert post(bobs, body)[0] == 400
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"__proto__": {}}, {"theme": "dark"}, {"": ""}, {"x" * 3000: 1}, {"user": "7"}, {"\ud800": "heat"},
        {"view": "<b>heat</b>"}, {"view": "h" * 41}, {"view": ["heat"]}, {"view": None}, {"view": "heat\x00"}, {"view": "\ud800"},
        {"hidden columns": "load"}, {"hidden columns": ["load"] * 65}, {"hidden columns": [["load"]]}, {"hidden columns": {"load": 1}},
        {"rate": "5"}, {"rate": True}, {"rate": 0}, {"rate": -1}, {"rate": 1e7},
        {"rate": float("nan")}, {"rate": float("inf")}, {"rate": 10**3000},
    ],
)  # fmt: skip
def test_what_is_refused_is_named_and_the_others_are_kept(bad: dict[str, object], bob: User, bobs: Client) -> None:
    keep_preferences(bob.pk, {"view": "cards", "hidden columns": ["load"], "rate": 2})
    status, answer = post(bobs, of(bob, {"window": 600, **bad}))
    assert (status, list(answer["refused"])) == (200, list(bad))
    assert all(answer["refused"].values())
    assert carried(bobs) == {"view": "cards", "hidden columns": ["load"], "rate": 2, "window": 600}


def test_a_body_above_the_limit_is_not_read_at_all(bob: User, bobs: Client) -> None:
    assert post(bobs, json.dumps(of(bob, {"view": "heat"})).encode() + b" " * MOST_BYTES)[0] == 400
    assert bobs.post(PATH, b" " * (3 * 2**20), content_type="application/json").status_code == 400
    assert not Preferences.objects.exists()


def test_what_another_version_kept_does_not_reach_the_page(bob: User, bobs: Client) -> None:
    Preferences.objects.create(user=bob, values={"view": "heat", "gone": 1, "rate": "fast"})
    assert carried(bobs) == {"view": "heat"}
    keep_preferences(bob.pk, {"rate": 2})
    assert preferences_of(bob.pk) == {"view": "heat", "rate": 2}


def test_they_go_with_their_user(bob: User, bobs: Client) -> None:
    post(bobs, of(bob, GOOD))
    bob.delete()
    assert not Preferences.objects.exists()


def test_the_page_has_no_preference_that_the_hub_does_not_know() -> None:
    """By the names that stand in its modules."""
    sources = "\n".join(path.read_text() for path in (REPOSITORY / "static" / "js").glob("*.js"))
    names = set(re.findall(r'references\.[gs]et\("([^"]+)"', sources)) | set(re.findall(r'PREFERENCE = "([^"]+)"', sources))
    assert names == set(KNOWN)
