"""Accounts and hosts that are deleted while somebody does something: a clear refusal, and nothing half-stored."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from components.errors import NotAllowed
from django_app import admin, approval, descriptions, hosts, people, preferences, revisions, views
from django_app.admission import make_code
from django_app.models import AuditEntry, EnrolmentCode, Host, JoinRequest, Revision
from tests.unit.django_app.conftest import NOW

DELETED = "your account was deleted meanwhile"

Do = Callable[[int, str, str], Any]
"""Does something as this user, to this host or this waiting key."""

DOINGS: dict[str, tuple[ModuleType, Do]] = {
    "settings": (revisions, lambda user, host, _: revisions.set_settings(user, [host], {"interval": 2.0}, now=NOW)),
    "both": (
        revisions,
        lambda user, host, _: revisions.change_hosts(user, [host], {"interval": 2.0}, {"add": ["x"]}, now=NOW),
    ),
    "a name": (descriptions, lambda user, host, _: descriptions.describe_host(user, host, now=NOW, name="other")),
    "tags": (descriptions, lambda user, host, _: descriptions.tag_hosts(user, [host], {"add": ["x"]}, now=NOW)),
    "a revocation": (hosts, lambda user, host, _: hosts.revoke_hosts(user, [host], now=NOW)),
    "an approval": (approval, lambda user, _, key: approval.approve_hosts(user, [key], now=NOW)),
    "a denial": (approval, lambda user, _, key: approval.deny_requests(user, [key], now=NOW)),
}


@pytest.fixture
def waiting(db: None) -> JoinRequest:
    """A key that waits for approval."""
    return JoinRequest.objects.create(id="w" * 12, public_key="e" * 64, name="waits", at=NOW, seen_at=NOW)


def stored() -> list[Any]:
    """Whatever any of these would change."""
    kept: tuple[Any, ...] = (Host.objects, Revision.objects, JoinRequest.objects, AuditEntry.objects.exclude(kind=AuditEntry.Kind.ACCOUNT))
    return [list(rows.order_by("pk").values()) for rows in kept]


def vanish_after_check(monkeypatch: pytest.MonkeyPatch, where: ModuleType) -> None:
    """Whoever is asked for the right has it, and is deleted right afterwards."""

    def require(user_id: int) -> None:
        people.require_operator(user_id)
        User.objects.filter(pk=user_id).delete()

    monkeypatch.setattr(where, "require_operator", require)


@pytest.mark.parametrize("what", DOINGS)
def test_who_is_deleted_while_saving_has_saved_nothing(
    alice: User, host: Host, waiting: JoinRequest, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Without a look at the account in the same transaction, only its end would notice, and nobody would know what was wrong."""
    where, do = DOINGS[what]
    Host.objects.update(interval=9.0)
    before = stored()
    vanish_after_check(monkeypatch, where)
    with pytest.raises(NotAllowed, match=DELETED):
        do(alice.pk, host.pk, waiting.pk)
    assert stored() == before


def test_nobody_leaves_a_code_behind(alice: User) -> None:
    gone = alice.pk
    alice.delete()
    with pytest.raises(NotAllowed, match=DELETED):
        make_code("new", by_id=gone, now=NOW)
    assert not EnrolmentCode.objects.exists()


def test_the_admin_says_so(alices: Client, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a page that names the reason."""
    vanish_after_check(monkeypatch, revisions)
    answer = alices.post("/admin/django_app/host/", {"action": "disable", "_selected_action": [host.pk]})
    assert answer.status_code == 403
    assert DELETED in answer.content.decode()
    assert not Host.objects.get(pk=host.pk).disabled


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_notices_is_refused_too(bob: User, bobs: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as preferences of an account that is gone; a broken database is another matter."""

    def keep(user_id: int, values: dict[str, Any]) -> dict[str, str]:
        User.objects.filter(pk=user_id).delete()
        return preferences.keep_preferences(user_id, values)

    monkeypatch.setattr(views, "keep_preferences", keep)
    asked = {"user": str(bob.pk), "values": {"view": "table"}}
    answer = bobs.post("/preferences/", asked, content_type="application/json")
    assert answer.status_code == 403
    assert DELETED in answer.content.decode().lower()


def test_a_host_that_vanishes_from_a_selection_is_named(alices: Client, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others of the selection are left as they were."""
    monkeypatch.setattr(admin, "_ids", lambda queryset: [host.pk, "z" * 12])
    answer = alices.post("/admin/django_app/host/", {"action": "disable", "_selected_action": [host.pk]})
    assert answer.status_code == 404
    assert "zzzzzzzzzzzz" in answer.content.decode()
    assert not Host.objects.get(pk=host.pk).disabled
