"""Failed log-ins are counted by address, and paused."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core import checks
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from components.limits import LOGIN_FAILURES, LOGIN_PAUSE_SECONDS
from tests.unit.django_app.conftest import NOW, browser

MOST = int(LOGIN_FAILURES.most)
PAUSE = LOGIN_PAUSE_SECONDS.most
HERE = "192.0.2.7"


class Clock:
    """The time, as the cache and the login page know it."""

    def __init__(self) -> None:
        self.now = NOW

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test sets."""
    clock = Clock()
    for module in ("django.core.cache.backends.locmem", "django.core.cache.backends.base", "django_app.logins"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(time=clock.time))
    return clock


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names whose passwords were looked at."""
    names: list[str] = []
    whole = ModelBackend.authenticate

    def authenticate(self: ModelBackend, request: Any, username: str | None = None, **rest: Any) -> Any:
        names.append(str(username))
        return whole(self, request, username=username, **rest)

    monkeypatch.setattr(ModelBackend, "authenticate", authenticate)
    return names


def log_in(client: Client, password: str = "wrong", *, name: str = "bob", address: str = HERE) -> HttpResponse:
    """Try it once; `address` is where the hub's proxy saw the client."""
    response: Any = client.post("/login/", {"username": name, "password": password, "next": "/admin/"}, headers={"x-real-ip": address})
    return response  # type: ignore[no-any-return]  # the test client's own kind


def fail(client: Client, times: int, address: str = HERE) -> list[int]:
    """The answers' status codes."""
    return [log_in(client, address=address).status_code for _ in range(times)]


def test_too_many_failures_pause_the_login(bob: User, charlies: Client, clock: Clock, hashed: list[str]) -> None:
    """The right password does not help then, and is not looked at; after the pause it does."""
    assert fail(charlies, MOST) == [200] * (MOST - 1) + [429]
    response = log_in(charlies, "bob's password")
    assert (response.status_code, len(hashed)) == (429, MOST)
    clock.now += PAUSE - 1
    assert log_in(charlies, "bob's password").status_code == 429
    clock.now += 2
    assert log_in(charlies, "bob's password").status_code == 302


def test_the_page_says_how_long(bob: User, charlies: Client, clock: Clock) -> None:
    """In words, rounded up, and to programs; trying meanwhile prolongs nothing. Nothing may keep the page."""
    fail(charlies, MOST)
    for later, seconds, text in ((0, 600, "10 min"), (61, 539, "9 min"), (480, 59, "59 s")):
        clock.now += later
        response = log_in(charlies)
        page = response.content.decode()
        assert f"Too many log-ins from your address have failed. Try again in {text}." in page
        assert response.headers["Retry-After"] == str(seconds)
        assert "no-store" in response.headers["Cache-Control"]
        assert "<form" not in page
        assert 'href="/login/?next=/admin/"' in page


def test_nobody_is_locked_out_from_elsewhere(bob: User, charlies: Client) -> None:
    fail(charlies, MOST)
    assert log_in(charlies, "bob's password", address="192.0.2.8").status_code == 302


def test_who_is_logged_in_stays_so(bob: User, charlies: Client) -> None:
    client = browser()
    assert log_in(client, "bob's password").status_code == 302
    fail(charlies, MOST)
    assert client.get("/", headers={"x-real-ip": HERE}).status_code == 200


def test_a_network_of_ipv6_is_one_client(bob: User, charlies: Client) -> None:
    """A /64 belongs to one customer; the one beside it to another."""
    answers = [log_in(charlies, address=f"2001:db8::{number:x}").status_code for number in range(MOST)]
    assert answers[-1] == 429
    assert log_in(charlies, "bob's password", address="2001:db8:0:1::1").status_code == 302


def test_forwarded_headers_of_the_client_do_not_count(bob: User, charlies: Client) -> None:
    for number in range(MOST):
        headers = {"x-real-ip": HERE, "x-forwarded-for": f"10.0.0.{number}"}
        charlies.post("/login/", {"username": "bob", "password": "wrong"}, headers=headers)
    assert log_in(charlies).status_code == 429


def test_an_account_of_ones_own_buys_no_further_guesses(alice: User, bob: User, charlies: Client) -> None:
    """A success in between does not begin the count anew."""
    fail(charlies, MOST - 1)
    client = browser()
    assert log_in(client, "bob's password").status_code == 302
    assert fail(charlies, 1) == [429]


def test_failures_are_forgotten(bob: User, charlies: Client, clock: Clock) -> None:
    fail(charlies, MOST - 1)
    clock.now += PAUSE + 1
    assert fail(charlies, 1) == [200]


def test_it_is_logged_once_and_names_no_account(bob: User, charlies: Client, caplog: pytest.LogCaptureFixture) -> None:
    """People type passwords where the name belongs."""
    fail(charlies, MOST + 5)
    ours = [record.getMessage() for record in caplog.records if record.name == "django_app.logins"]
    assert ours == [f"no log-in from {HERE} for 10 min: {MOST} have failed"]
    assert [record.name for record in caplog.records] == ["django_app.logins"]
    assert "bob" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_guessing_in_parallel_gives_no_more_tries(hashed: list[str]) -> None:
    User.objects.create_user("bob", password="bob's password")
    start = threading.Barrier(8)

    def guess(_: int) -> list[int]:
        try:
            start.wait(10)
            return fail(browser(), 5)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = [status for statuses in pool.map(guess, range(8)) for status in statuses]
    assert (len(answers), answers.count(200), len(hashed)) == (40, MOST - 1, MOST)


def test_the_memory_for_counting_is_bounded(bob: User, charlies: Client) -> None:
    """Whoever comes from everywhere; what was counted last is kept."""
    memory: Any = caches["default"]
    for number in range(12_000):
        memory.set(f"stranger-{number}", 1, 600)
    fail(charlies, MOST)
    assert len(memory._cache) <= 10_000
    assert log_in(charlies).status_code == 429


@pytest.mark.django_db
def test_no_check_complains() -> None:
    assert [message for message in checks.run_checks() if not message.is_silenced()] == []


def test_the_form_is_there_meanwhile(bob: User, charlies: Client) -> None:
    """To look at it costs nothing; the pause may have ended."""
    fail(charlies, MOST)
    response = charlies.get("/login/", headers={"x-real-ip": HERE})
    assert response.status_code == 200
    assert re.search("<form", response.content.decode())
