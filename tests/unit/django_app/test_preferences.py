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
GOOD: dict[str, Any] = {"view": "heat", "hidden columns": ["load", "uptime"], "rate": 10, "window": 300}


def post(client: Client, body: object) -> int:
    """The status of what `body` comes to, as JSON unless it is text."""
    text = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(PATH, text, content_type="application/json").status_code


def carried(client: Client) -> dict[str, Any]:
    """What the page is given."""
    page = client.get("/").content.decode()
    found: dict[str, Any] = json.loads(page.partition('<script id="preferences" type="application/json">')[2].partition("</script>")[0])
    return found


def test_another_machine_shows_the_same(bob: User, bobs: Client) -> None:
    """Each name by itself: the last one counts."""
    assert carried(bobs) == {}
    assert post(bobs, GOOD) == 204
    assert post(bobs, {"view": "cards"}) == 204
    assert carried(browser(bob)) == {**GOOD, "view": "cards"}


def test_nobody_elses(bobs: Client, alices: Client, alice: User) -> None:
    """A name in the body changes nothing about whose they are."""
    assert post(bobs, {"view": "heat"}) == 204
    assert post(bobs, {"view": "cards", "user": alice.pk}) == 400
    assert carried(alices) == {}


def test_a_stranger_may_not(charlies: Client, bob: User) -> None:
    assert post(charlies, GOOD) == 401
    bob.is_active = False
    bob.save()
    assert post(browser(bob), GOOD) == 401
    assert not Preferences.objects.exists()


def test_another_sites_page_may_not(bob: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"x-vedette-proxy": "the proxy's secret"})
    client.force_login(bob)
    assert post(client, GOOD) == 403
    client.get("/")
    token = client.cookies["csrftoken"].value
    for headers, status in (({"origin": "https://evil.example"}, 403), ({}, 204)):
        answer = client.post(PATH, json.dumps(GOOD), content_type="application/json", headers={"x-csrftoken": token, **headers})
        assert answer.status_code == status
    assert client.get(PATH).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[" * 4000, b'{"view":' * 500, b'{"rate": NaN}', b'{"rate": 1e999}', b'{"rate": ' + b"9" * 4000 + b"}",
        [], "heat", None, 7,
        {"__proto__": {}}, {"theme": "dark"}, {"": ""}, {"x" * 3000: 1},
        {"view": "<b>heat</b>"}, {"view": "h" * 41}, {"view": ["heat"]}, {"view": None}, {"view": "heat\x00"}, {"view": "\ud800"},
        {"hidden columns": "load"}, {"hidden columns": ["load"] * 65}, {"hidden columns": [["load"]]}, {"hidden columns": {"load": 1}},
        {"rate": "5"}, {"rate": True}, {"rate": 0}, {"rate": -1}, {"rate": 1e7},
        {**GOOD, "window": {}},
        {"view": "heat", "hidden columns": ["l" * 40] * (MOST_BYTES // 40)},
    ],
)  # fmt: skip
def test_hostile_preferences_are_refused_whole(body: object, bobs: Client) -> None:
    assert post(bobs, body) == 400
    assert not Preferences.objects.exists()


def test_a_body_above_the_limit_is_not_read_at_all(bobs: Client) -> None:
    assert post(bobs, b'{"view": "heat"' + b" " * MOST_BYTES + b"}") == 400
    assert post(bobs, b" " * (3 * 2**20)) == 400


def test_what_another_version_kept_does_not_reach_the_page(bob: User, bobs: Client) -> None:
    Preferences.objects.create(user=bob, values={"view": "heat", "gone": 1, "rate": "fast"})
    assert carried(bobs) == {"view": "heat"}
    keep_preferences(bob.pk, {"rate": 2})
    assert preferences_of(bob.pk) == {"view": "heat", "rate": 2}


def test_they_go_with_their_user(bob: User, bobs: Client) -> None:
    post(bobs, GOOD)
    bob.delete()
    assert not Preferences.objects.exists()


def test_the_page_has_no_preference_that_the_hub_does_not_know() -> None:
    """By the names that stand in its modules."""
    sources = "\n".join(path.read_text() for path in (REPOSITORY / "static" / "js").glob("*.js"))
    names = set(re.findall(r'references\.[gs]et\("([^"]+)"', sources)) | set(re.findall(r'PREFERENCE = "([^"]+)"', sources))
    assert names == set(KNOWN)
