"""The cast: alice is an operator, bob a viewer, charlie a stranger without an account."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connections
from django.test import Client

from components.protocol import Event
from django_app import bridge, services
from django_app.models import Host, Revision
from django_app.staticfiles import DigestStorage

NOW = float(int(time.time()))
"""About now: Django's sessions know the real time only."""
PROXY_SECRET = "the proxy's secret"

MakeHost = Callable[..., Host]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file, because tests of races write from several threads. A server has no need of one."""
    if connections["default"].vendor == "sqlite":
        connections["default"].settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _private_paths(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read or written outside the test's own directory."""
    (tmp_path / "data").mkdir(mode=0o700)
    settings.DATA_DIR = tmp_path / "data"
    settings.PROXY_SECRET_FILE = settings.DATA_DIR / "proxy-secret"
    settings.PROXY_SECRET_FILE.write_text(PROXY_SECRET + "\n")
    settings.FIRST_LOGIN_FILE = settings.DATA_DIR / "first-login"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.BRIDGE_SOCKET = tmp_path / "bridge.sock"
    settings.PUBLIC_URLS = ["http://localhost:8080", "http://127.0.0.1:8080"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(DigestStorage, "base_url", "/static/test/")
    cache.clear()  # the failed log-ins of the test before


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What was handed to the bridge."""
    events: list[Event] = []

    def send(more: Iterable[Event]) -> None:
        events.extend(more)

    monkeypatch.setattr(bridge, "send", send)
    return events


@pytest.fixture
def alice(db: None) -> User:
    """An operator who is staff."""
    user = User.objects.create_user("alice", password="alice's password", is_staff=True)
    user.groups.add(Group.objects.get(name="operators"))
    return user


@pytest.fixture
def bob(db: None) -> User:
    """A viewer."""
    return User.objects.create_user("bob", password="bob's password")


def browser(user: User | None = None) -> Client:
    """A browser that comes by the hub's proxy, logged in as `user`."""
    client = Client(headers={"x-vedette-proxy": PROXY_SECRET})
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def alices(alice: User) -> Client:
    """Alice's browser."""
    return browser(alice)


@pytest.fixture
def bobs(bob: User) -> Client:
    """Bob's browser."""
    return browser(bob)


@pytest.fixture
def charlies(db: None) -> Client:
    """The browser of a stranger."""
    return browser()


@pytest.fixture
def make_host(db: None) -> MakeHost:
    """Makes approved hosts; keywords are columns."""
    numbers = itertools.count(1)

    def make(name: str = "web1", **columns: Any) -> Host:
        host_id = services.enrol_local_host(f"{next(numbers):064x}", name, NOW)
        Host.objects.filter(pk=host_id).update(**columns)
        host = Host.objects.get(pk=host_id)
        Revision.objects.filter(host=host).update(settings=host.settings())
        return host

    return make


@pytest.fixture
def host(make_host: MakeHost) -> Host:
    """One approved host."""
    return make_host()
