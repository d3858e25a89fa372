"""Who may do what over HTTP: without the proxy, without a login, without the right, without the token."""

from __future__ import annotations

import json

import pytest
import requests

from components.protocol import user_of
from tests.conftest import Play
from tests.harness.hub import PASSWORD, Hub
from tests.harness.web import WebUser


@pytest.fixture(scope="module")
def viewer(hub: Hub) -> WebUser:
    """Somebody who may look and nothing else."""
    return hub.viewing("http-viewer")


@pytest.mark.parametrize("path", ["/", "/login/", "/admin/", "/healthz", "/ticket/", "/preferences/", "/nothing"])
def test_djangos_own_port_answers_the_proxy_alone(hub: Hub, path: str) -> None:
    """403 without the secret, with a wrong one, and with one in another place; the positive case is every other test."""
    for headers in ({}, {"X-Vedette-Proxy": "wrong"}, {"X-Vedette-Proxy": ""}, {"Cookie": "x-vedette-proxy=1"}):
        answer = requests.get(f"http://127.0.0.1:{hub.django_port}{path}", headers=headers, timeout=30)
        assert answer.status_code == 403


def test_the_secret_header_of_a_client_gets_no_further_than_the_proxy(hub: Hub) -> None:
    """Nor is the true one ever sent back."""
    answer = requests.get(f"{hub.url}/login/", headers={"X-Vedette-Proxy": "wrong"}, timeout=30)
    assert answer.status_code == 200
    secret = (hub.data / "proxy-secret").read_text().strip()
    assert secret not in answer.text + str(answer.headers)


def test_the_admin_without_a_login(hub: Hub) -> None:
    """Leads to the login page, which leads back."""
    answer = hub.web(None).get("/admin/django_app/host/")
    assert "/login/?next=/admin/django_app/host/" in answer.url
    assert 'name="password"' in answer.text


def test_the_admin_without_the_right(hub: Hub, viewer: WebUser, play: Play) -> None:
    """A viewer gets nowhere in it, staff without permissions changes nothing."""
    host_id = play("known").host_id
    for path in ("/admin/", "/admin/django_app/host/", f"/admin/django_app/host/{host_id}/change/", "/admin/auth/user/"):
        answer = viewer.get(path)
        assert answer.status_code == 403 or "/login/" in answer.url
        assert host_id not in answer.text
    hub.django.run("User.objects.create_user('stranger-staff', password=password, is_staff=True)", password=PASSWORD)
    staff = hub.web("stranger-staff", PASSWORD)
    assert staff.get("/admin/").status_code == 200
    for path in ("/admin/django_app/host/", "/admin/django_app/enrolmentcode/add/", "/admin/auth/user/1/change/"):
        assert staff.get(path).status_code == 403
    assert staff.post(f"/admin/django_app/host/{host_id}/change/", {"interval": "5"}).status_code == 403


@pytest.mark.parametrize("path", ["/ticket/", "/preferences/"])
def test_what_the_page_posts_needs_a_login_and_the_csrf_token(hub: Hub, viewer: WebUser, path: str) -> None:
    """401 without a login; 403 without the token, or from elsewhere; with both the same is taken."""
    posted = json.dumps({"user": str(user_of(viewer.ticket()["authid"])), "values": {}})
    nobody = hub.web(None)
    nobody.get("/login/")
    assert nobody.post(path, posted).status_code == 401
    assert nobody.get(path).status_code in (401, 405)
    for headers in ({"X-CSRFToken": ""}, {"X-CSRFToken": "x" * 32}, {"Origin": "https://evil.example"}):
        assert viewer.post(path, posted, headers=headers).status_code == 403
    assert viewer.post(path, posted).status_code == 200
