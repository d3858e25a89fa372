"""Every page, also for those who may not see it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Field
from django.test import Client
from django.utils import timezone

from components.host_settings import SETTINGS
from components.protocol import ticket_of
from django_app import bridge, fleet, health, services
from django_app.models import Host, Ticket
from tests.unit.django_app.conftest import NOW, browser


def test_a_stranger_is_sent_to_the_login(charlies: Client) -> None:
    for path in ("/", "/admin/", "/admin/django_app/host/"):
        response = charlies.get(path, follow=True)
        assert response.redirect_chain[-1][0].startswith("/login/?next="), path
        assert response.status_code == 200


@pytest.mark.parametrize(("path", "cookie"), [("/?q=%00", ""), ("/?%00", ""), ("/%00/", ""), ("/", 'sessionid="aaaaaaaa\\000"')])
def test_a_nul_is_refused(path: str, cookie: str, charlies: Client) -> None:
    """Also in a cookie, where a quoted one may have it: one database takes no such text."""
    response = charlies.get(path, headers={"cookie": cookie})
    assert (response.status_code, response.content) == (400, b"A NUL is no text.\n")


def test_an_operators_dashboard(alices: Client) -> None:
    page = alices.get("/").content.decode()
    assert 'data-role="operator"' in page
    assert 'data-hosts-url="/admin/django_app/host/"' in page
    for part in (
        '<main id="fleet"',
        '<p id="connection" role="status">',
        '<div id="counts"',
        '<div id="filters">',
        "alice",
        'action="/logout/"',
    ):
        assert part in page


def test_the_dashboard_carries_the_table_of_settings(alices: Client) -> None:
    """From which the page makes its form: every setting, called as in the admin's form."""
    page = alices.get("/").content.decode()
    carried = json.loads(page.partition('<script id="settings" type="application/json">')[2].partition("</script>")[0])
    assert [setting["name"] for setting in carried] == [setting.name for setting in SETTINGS]
    for setting in carried:
        field = Host._meta.get_field(setting["name"])
        assert isinstance(field, Field)
        assert setting["label"] == field.verbose_name
        assert str(field.help_text).startswith(setting["help"])
        assert setting["default"] == field.default
    assert carried[0] | {"help": ""} == {
        "name": "interval", "default": 1.0, "help": "", "minimum": 0.2, "maximum": 3600.0, "unit": "s", "label": "interval"
    }  # fmt: skip


def test_a_viewers_dashboard(bobs: Client) -> None:
    page = bobs.get("/").content.decode()
    assert 'data-role="viewer"' in page
    assert "/admin/" not in page


@pytest.mark.parametrize("path", ["/", "/login/", "/nowhere/", "/admin/", "/admin/django_app/host/"])
def test_no_page_needs_more_than_the_policy_allows(path: str, alices: Client) -> None:
    """Nothing inline, nothing from elsewhere."""
    client = browser() if path == "/login/" else alices
    response = client.get(path)
    policy = response.headers["Content-Security-Policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self' ws://localhost:8080 ws://127.0.0.1:8080",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    page = response.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_logging_in_and_out(bob: User, charlies: Client) -> None:
    assert charlies.get("/login/").cookies["csrftoken"]["httponly"] == ""
    response = charlies.post("/login/", {"username": "bob", "password": "bob's password", "next": "/"})
    assert response.headers["Location"] == "/"
    assert response.cookies["sessionid"]["httponly"] is True
    assert response.cookies["sessionid"]["samesite"] == "Lax"
    assert charlies.get("/").status_code == 200
    assert charlies.get("/login/").headers["Location"] == "/"
    assert charlies.get("/logout/").status_code == 405
    assert charlies.post("/logout/").headers["Location"] == "/login/"
    assert charlies.get("/").status_code == 302


def test_a_wrong_password_and_a_deactivated_account(bob: User, charlies: Client) -> None:
    assert "correct username" in charlies.post("/login/", {"username": "bob", "password": "x"}).content.decode()
    User.objects.update(is_active=False)
    charlies.post("/login/", {"username": "bob", "password": "bob's password"})
    assert charlies.get("/").status_code == 302


def test_login_leads_nowhere_else(bob: User, charlies: Client) -> None:
    response = charlies.post("/login/", {"username": "bob", "password": "bob's password", "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


# --- tickets ----------------------------------------------------------------------------------------------------------------------


def test_a_ticket(bobs: Client, bob: User) -> None:
    response = bobs.post("/ticket/")
    body = response.json()
    assert set(body) == {"realm", "authid", "authmethod", "ticket", "path"}
    assert (body["realm"], body["authmethod"], body["path"]) == ("vedette", "ticket", "/ws")
    assert body["authid"].startswith(f"user:{bob.pk}:")
    assert "no-store" in response.headers["Cache-Control"]
    assert services.admit_ticket(body["ticket"], address=None, now=NOW).authid == body["authid"]
    assert Ticket.objects.get().pk == ticket_of(body["authid"])


def test_a_ticket_lets_the_login_last(bobs: Client) -> None:
    """So nobody is cut from a wall screen; the browser keeps the cookie as long as the hub the session."""
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    response = bobs.post("/ticket/")
    assert response.cookies["sessionid"]["max-age"] == 14 * 86_400
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)


def test_a_login_that_has_ended_does_not_come_back(bobs: Client) -> None:
    """Neither expired nor logged out, however many pages are open."""
    Session.objects.update(expire_date="2001-01-01T00:00:00Z")
    assert bobs.post("/ticket/").status_code == 401
    assert not Session.objects.filter(expire_date__gt=timezone.now()).exists()


def test_a_stranger_gets_no_ticket(charlies: Client) -> None:
    response = charlies.post("/ticket/")
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/json")
    assert charlies.get("/ticket/").status_code == 405


def test_another_sites_page_gets_no_ticket(bob: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"x-vedette-proxy": "the proxy's secret"})
    client.force_login(bob)
    assert client.post("/ticket/").status_code == 403
    client.get("/")
    token = client.cookies["csrftoken"].value
    assert client.post("/ticket/", headers={"x-csrftoken": token}).status_code == 200
    assert client.post("/ticket/", headers={"x-csrftoken": token, "origin": "https://evil.example"}).status_code == 403


# --- health -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def _fresh_health(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", None)


@pytest.mark.usefixtures("_fresh_health")
@pytest.mark.parametrize(
    ("error", "status", "parts"),
    [
        (None, 200, {"ok": True, "database": "ok", "router": "ok", "config": "ok"}),
        (bridge.BridgeRefused("no_such_procedure"), 503, {"ok": False, "database": "ok", "router": "ok", "config": "does not answer"}),
        (bridge.BridgeDown("timed out"), 503, {"ok": False, "router": "does not answer"}),
    ],
)
def test_healthz(error: Exception | None, status: int, parts: dict[str, Any], charlies: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for strangers; it says which part does not answer."""

    def ping() -> None:
        if error:
            raise error

    monkeypatch.setattr(bridge, "ping", ping)
    response = charlies.get("/healthz")
    body = json.loads(response.content)
    assert response.status_code == status
    assert parts.items() <= body.items()
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.usefixtures("_fresh_health")
def test_healthz_without_a_database(charlies: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fail() -> None:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(bridge, "ping", lambda: None)
    monkeypatch.setattr(fleet, "ping", fail)
    response = charlies.get("/healthz")
    assert (response.status_code, response.json()["database"]) == (503, "does not answer")
    assert "unable" not in response.content.decode()


@pytest.mark.usefixtures("_fresh_health")
def test_many_askers_cost_one_look(charlies: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    monkeypatch.setattr(bridge, "ping", lambda: looks.append(1))
    for _ in range(10):
        charlies.get("/healthz")
    assert len(looks) == 1


def test_the_icon(charlies: Client) -> None:
    assert charlies.get("/favicon.ico").headers["Location"] == "/static/test/icon.svg"


def test_error_pages(alices: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such page" in alices.get("/nowhere/").content.decode()

    def fail(_: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("django_app.views.role_of", fail)
    alices.raise_request_exception = False
    response = alices.get("/")
    assert response.status_code == 500
    assert "made a mistake" in response.content.decode()


# --- the inner door ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [{}, {"x-vedette-proxy": ""}, {"x-vedette-proxy": "wrong"}, {"x-vedette-proxy": "é"}])
@pytest.mark.parametrize("path", ["/", "/login/", "/healthz", "/ticket/", "/admin/", "/nowhere/"])
def test_without_the_proxys_secret(path: str, shown: dict[str, str], alice: User) -> None:
    """Not even somebody who is logged in."""
    client = Client(headers=shown)
    client.force_login(alice)
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (403, "text/plain")


def test_before_the_secret_is_made(charlies: Client, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An absent secret lets nobody in, also not with an empty header; once it is made the proxy gets in."""
    settings.PROXY_SECRET_FILE.unlink()
    assert charlies.get("/login/").status_code == 403
    assert Client(headers={"x-vedette-proxy": ""}).get("/login/").status_code == 403
    assert "crossbar start" in caplog.text
    settings.PROXY_SECRET_FILE.write_text("the proxy's secret")
    assert charlies.get("/login/").status_code == 200


def test_the_proxy_says_who_the_client_is(charlies: Client) -> None:
    headers = {
        "x-vedette-proxy": "the proxy's secret",
        "x-forwarded-for": "10.9.9.9, 192.0.2.7",
        "x-real-ip": "192.0.2.7",
        "x-forwarded-proto": "https",
    }
    request = charlies.get("/login/", headers=headers).wsgi_request
    assert (request.META["REMOTE_ADDR"], request.is_secure()) == ("192.0.2.7", True)
    assert "HTTP_X_VEDETTE_PROXY" not in request.META
