"""What a database of an older version becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from django_app.models import EnrolmentCode, Host

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    """The models as they are after this migration."""
    target = [("django_app", name)]
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def old() -> Iterator[Any]:
    """The models of the version before keys could wait; afterwards the database is today's again."""
    yield migrate("0002_operators")
    call_command("migrate", verbosity=0)


def test_codes_keep_whether_they_were_used(old: Any) -> None:
    """A code knew its one host; now a host knows its code, which is used up."""
    codes, hosts = old.get_model("django_app", "EnrolmentCode"), old.get_model("django_app", "Host")
    for number in (1, 2):
        hosts.objects.create(id=f"host0000000{number}", public_key=f"{number:064x}", name=f"web{number}", enrolled_at=1.0)
    times = {"at": 1.0, "expires_at": 601.0}
    codes.objects.create(id="used00000000", key="k", name="web1", used_at=9.0, host_id="host00000001", **times)
    codes.objects.create(id="gone00000000", key="k", name="deleted", used_at=9.0, **times)
    codes.objects.create(id="open00000000", key="k", name="web3", **times)
    call_command("migrate", verbosity=0)
    found = {code.id: (code.uses, code.used, code.used_at) for code in EnrolmentCode.objects.all()}
    assert found == {"used00000000": (1, 1, 9.0), "gone00000000": (1, 1, 9.0), "open00000000": (1, 0, None)}
    assert dict(Host.objects.values_list("id", "code")) == {"host00000001": "used00000000", "host00000002": None}
    assert set(Host.objects.values_list("absence", "duplicate_key")) == {("", False)}


def test_nothing_is_left_to_migrate() -> None:
    """Models and migrations agree."""
    call_command("makemigrations", "django_app", check=True, dry_run=True, verbosity=0)
