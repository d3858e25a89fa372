"""The first start, and the second."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from django_app import services, staticfiles
from django_app.models import Host, Hub
from tests.unit.django_app.conftest import NOW


@pytest.fixture(autouse=True)
def _no_static_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staticfiles, "collect", lambda _: "digest")
    monkeypatch.delenv("VEDETTE_ADMIN_PASSWORD", raising=False)
    monkeypatch.delenv("VEDETTE_ADMIN_PASSWORD_FILE", raising=False)


@pytest.mark.django_db
def test_the_first_start_makes_an_operator(settings: Any, charlies: Client) -> None:
    """With a random password in a private file, which goes with the first login."""
    settings.PROXY_SECRET_FILE.unlink()
    first = services.prepare(NOW)
    assert first is not None
    assert (first.username, first.path) == ("admin", settings.FIRST_LOGIN_FILE)
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert first.password in first.path.read_text()
    assert stat.S_IMODE(settings.PROXY_SECRET_FILE.stat().st_mode) == 0o600
    settings.PROXY_SECRET_FILE.write_text("the proxy's secret")
    charlies.post("/login/", {"username": "admin", "password": "wrong"})
    assert first.path.exists()
    charlies.post("/login/", {"username": "admin", "password": first.password})
    assert not first.path.exists()
    assert charlies.get("/admin/django_app/host/").status_code == 200


@pytest.mark.django_db
def test_the_second_start_changes_nothing(settings: Any) -> None:
    services.prepare(NOW)
    before = (settings.FIRST_LOGIN_FILE.read_text(), Hub.current_epoch(), list(User.objects.values()))
    assert services.prepare(NOW + 1) is None
    assert (settings.FIRST_LOGIN_FILE.read_text(), Hub.current_epoch(), list(User.objects.values())) == before


@pytest.mark.django_db
def test_a_given_password_is_not_shown(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_ADMIN_PASSWORD", "given")
    assert services.prepare(NOW) is None
    assert not settings.FIRST_LOGIN_FILE.exists()
    assert User.objects.get().check_password("given")


def test_another_ones_login_leaves_the_file(bob: User, charlies: Client, settings: Any) -> None:
    settings.FIRST_LOGIN_FILE.write_text("x")
    charlies.post("/login/", {"username": "bob", "password": "bob's password"})
    assert settings.FIRST_LOGIN_FILE.exists()


def test_no_first_operator_where_people_are(bob: User) -> None:
    assert services.prepare(NOW) is None
    assert not User.objects.filter(username="admin").exists()


@pytest.mark.django_db
def test_migrations_made_the_group_and_the_epoch() -> None:
    permissions = Group.objects.get(name="operators").permissions.values_list("codename", flat=True)
    assert set(permissions) == {"view_host", "change_host", "view_revision", "view_enrolmentcode", "add_enrolmentcode"}
    assert len(Hub.objects.get().epoch) == 32


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_setting_in_the_table_has_its_column(tmp_path: Path) -> None:
    from components.host_settings import SETTING

    assert set(SETTING) <= {field.name for field in Host._meta.get_fields()}
