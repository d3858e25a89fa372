"""A first start: secrets, tables, the hub's epoch, the first operator, static files. A second one changes nothing."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from django_app import staticfiles
from django_app.models import Hub
from django_project import environment

FIRST_USER = "admin"


@dataclass(frozen=True)
class FirstLogin:
    """The first operator and the random password, which also stands in `path` until the first login."""

    username: str
    password: str
    path: Path


def prepare(now: float) -> FirstLogin | None:
    """Make everything ready that Django needs. What to show on the terminal if a password was made up, None otherwise."""
    environment.kept_secret(settings.PROXY_SECRET_FILE)
    _migrate()
    staticfiles.collect(settings.STATIC_ROOT)
    Hub.current_epoch()
    return None if User.objects.exists() else _first_operator(now)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _first_operator(now: float) -> FirstLogin | None:
    given = environment.secret("VEDETTE_ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    with transaction.atomic():
        if not given:
            environment.write_private(settings.FIRST_LOGIN_FILE, f"username: {FIRST_USER}\npassword: {password}")
        User.objects.create_superuser(FIRST_USER, password=password, date_joined=datetime.datetime.fromtimestamp(now, datetime.UTC))
    return None if given else FirstLogin(FIRST_USER, password, settings.FIRST_LOGIN_FILE)


def forget_first_login(user: User) -> None:
    """The first operator has logged in: the password need not lie in a file any more."""
    if user.get_username() == FIRST_USER:
        Path(settings.FIRST_LOGIN_FILE).unlink(missing_ok=True)
