"""Whoever loses a right is announced, after the commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from components.protocol import Event
from django_app import services
from django_app.models import Host
from tests.unit.django_app.conftest import NOW, browser

Change = Callable[[User], Any]


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def change_password(user: User, *_: Any) -> None:
    user.set_password("another")
    user.save()


CHANGES: dict[str, Change] = {
    "deactivated": deactivate,
    "password": change_password,
    "groups": lambda user: user.groups.clear(),
    "groups, from the group": lambda user: user.groups.get().user_set.clear(),
    "permissions": lambda user: user.user_permissions.add(Permission.objects.get(codename="change_host")),
    "permissions of the group": lambda _: Group.objects.get(name="operators").permissions.clear(),
    "group deleted": lambda _: Group.objects.get(name="operators").delete(),
    "deleted": lambda user: user.delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_people(change: Change, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change(alice)
        assert sent == []
    assert sent
    assert {event.topic for event in sent} == {"vedette.auth.on_revoke"}
    assert {event.payload["kind"] for event in sent} == {"user"}


def test_logging_in_announces_nothing(bob: User, charlies: Client, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        charlies.post("/login/", {"username": "bob", "password": "bob's password"})
    assert sent == []


def test_logging_out_names_the_user_and_not_the_session(bob: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """The session's key is a secret."""
    client = browser(bob)
    ticket = client.post("/ticket/").json()["ticket"]
    services.admit_ticket(ticket, address=None, now=NOW)
    key = client.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/logout/")
    assert [event.payload for event in sent] == [{"kind": "session", "id": str(bob.pk)}]
    assert str(key) not in str(sent)


def test_logging_out_without_a_live_page(bobs: Client, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bobs.post("/logout/")
    assert sent == []


def test_a_deleted_host(host: Host, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    host_id = host.id
    with django_capture_on_commit_callbacks(execute=True):
        host.delete()
    assert [(event.topic, event.payload) for event in sent] == [
        ("vedette.auth.on_revoke", {"kind": "host", "id": host_id}),
        ("vedette.config.on_change", {"hosts": [host_id]}),
    ]
