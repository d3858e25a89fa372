"""The audit log: what is recorded, of whom, and who may read it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client

from components.limits import LOGIN_FAILURES
from django_app import audit, services
from django_app.descriptions import describe_host
from django_app.hosts import revoke_hosts
from django_app.models import AuditEntry, Host
from django_app.revisions import set_settings
from tests.unit.django_app.conftest import NOW, MakeHost, browser

Kind = AuditEntry.Kind
LOG = "/admin/django_app/auditentry/"
HERE = {"x-real-ip": "192.0.2.7"}


def entries(*kinds: Kind) -> list[tuple[str, str, str, str]]:
    """Kind, who, address and text, oldest first."""
    found = AuditEntry.objects.filter(kind__in=kinds or Kind.values).order_by("id")
    return [(entry.kind, entry.who, entry.address, entry.text) for entry in found]


# --- logging in -------------------------------------------------------------------------------------------------------------------


def test_logging_in_and_out(bob: User, charlies: Client) -> None:
    charlies.post("/login/", {"username": "bob", "password": "bob's password"}, headers=HERE)
    charlies.post("/logout/", headers=HERE)
    assert entries(Kind.LOGIN, Kind.LOGOUT) == [("login", "bob", "192.0.2.7", ""), ("logout", "bob", "192.0.2.7", "")]
    assert set(AuditEntry.objects.filter(kind__in=[Kind.LOGIN, Kind.LOGOUT]).values_list("by", flat=True)) == {bob.pk}


def test_a_failed_login_has_the_name_and_never_the_password(bob: User, charlies: Client) -> None:
    """Bounded and printable, whether there is such an account or not."""
    for name in ("bob", "no\x1bbody", "x" * 100):
        charlies.post("/login/", {"username": name, "password": "planted secret"}, headers=HERE)
    assert [text for *_, text in entries(Kind.LOGIN_FAILED)] == ["as “bob”", "as “no�body”", f"as “{'x' * 60}”"]
    assert {(who, address) for _, who, address, _ in entries(Kind.LOGIN_FAILED)} == {("", "192.0.2.7")}
    assert "planted" not in str(list(AuditEntry.objects.values_list()))


def test_a_pause_is_one_entry_and_tries_during_it_are_none(bob: User, charlies: Client) -> None:
    for _ in range(int(LOGIN_FAILURES.most) + 5):
        charlies.post("/login/", {"username": "bob", "password": "wrong"}, headers=HERE)
    kinds = [kind for kind, *_ in entries(Kind.LOGIN_FAILED, Kind.LOCKED_OUT)]
    assert kinds == ["login-failed"] * int(LOGIN_FAILURES.most) + ["locked-out"]
    assert entries(Kind.LOCKED_OUT)[0][2:] == ("192.0.2.7", "no log-in from 192.0.2.7 for 10 min: 10 have failed")


# Sorted: a set has an order of its own in every process, and pytest-xdist wants the same names in all.
@pytest.mark.parametrize("kinds", audit.MOST_OF, ids=lambda kinds: ", ".join(sorted(kinds)))
def test_what_can_be_caused_at_will_is_bounded_and_pushes_out_nothing_else(
    kinds: frozenset[Kind], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest of the same go; what an operator did stays."""
    monkeypatch.setitem(audit.MOST_OF, kinds, 5)
    others = [kind for kind in Kind if kind not in kinds]
    audit.record(*(AuditEntry(kind=kind, at=NOW, by_id=bob.pk) for kind in others))
    kept = len(entries(*others))
    often, rare = sorted(kinds)
    for number in range(12):
        audit.record(AuditEntry(kind=often, at=NOW, text=str(number)))
    audit.record(AuditEntry(kind=rare, at=NOW, text="the last"))
    assert [text for *_, text in entries(*kinds)] == ["8", "9", "10", "11", "the last"]
    assert len(entries(*others)) == kept >= len(others)


# --- hosts ------------------------------------------------------------------------------------------------------------------------


def test_settings_are_one_entry_for_each_host_that_changed(make_host: MakeHost, alice: User) -> None:
    """With what changed there, the revision and the origin."""
    one, two, same = make_host("one"), make_host("two", show_cpus=False), make_host("same", show_cpus=False, interval=5)
    changes = {"interval": 5, "show_cpus": False}
    set_settings(alice.pk, [one.id, two.id, same.id], changes, now=NOW, origin="admin, bulk")
    assert sorted(entries(Kind.SETTINGS)) == [
        ("settings", "alice", "", "rev 2 of one: interval 5 s, show_cpus off (admin, bulk)"),
        ("settings", "alice", "", "rev 2 of two: interval 5 s (admin, bulk)"),
    ]
    assert set(AuditEntry.objects.filter(kind=Kind.SETTINGS).values_list("host", "by")) == {(one.id, alice.pk), (two.id, alice.pk)}


def test_a_change_that_fails_is_no_entry(host: Host, alice: User) -> None:
    from components.errors import UnknownHost

    with pytest.raises(UnknownHost):
        services.change_hosts(alice.pk, [host.id, "zzzzzzzzzzzz"], {"interval": 5}, {}, now=NOW)
    assert entries(Kind.SETTINGS) == []


def test_a_new_name_and_tags(host: Host, alice: User) -> None:
    """Once, and not for what stays as it was."""
    for _ in range(2):
        describe_host(alice.pk, host.id, now=NOW, name="db1", tags=["db", "berlin"])
    describe_host(alice.pk, host.id, now=NOW, tags=[])
    assert entries(Kind.DESCRIBED) == [
        ("described", "alice", "", "web1: name db1; tags db, berlin"),
        ("described", "alice", "", "db1: tags none"),
    ]


def test_the_address_of_the_request(host: Host, alices: Client) -> None:
    """Whatever is done by it."""
    alices.post("/admin/django_app/host/", {"action": "disable", "_selected_action": [host.id]}, headers=HERE)
    alices.post("/admin/django_app/host/", {"action": "revoke", "_selected_action": [host.id]}, headers=HERE)
    alices.post("/admin/django_app/enrolmentcode/add/", {"name": "web9", "uses": "1", "valid": "10min"}, headers=HERE)
    found = entries(Kind.SETTINGS, Kind.REVOKED, Kind.CODE)
    assert [(kind, who, address) for kind, who, address, _ in found] == [
        ("settings", "alice", "192.0.2.7"),
        ("revoked", "alice", "192.0.2.7"),
        ("code", "alice", "192.0.2.7"),
    ]


def test_outside_of_requests_there_is_no_address(host: Host, alice: User) -> None:
    revoke_hosts(alice.pk, [host.id], now=NOW)
    call_command("addhost", "web9", "--quiet")
    found = entries(Kind.REVOKED, Kind.CODE)
    assert [(kind, who, address) for kind, who, address, _ in found] == [("revoked", "alice", ""), ("code", "addhost", "")]


def test_deleting_a_host(host: Host, alice: User) -> None:
    """With who did it, whom Django's signal does not know."""
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    host_id = host.id
    browser(alice).post(f"/admin/django_app/host/{host_id}/delete/", {"post": "yes"}, headers=HERE)
    assert not Host.objects.exists()
    assert entries(Kind.DELETED) == [("deleted", "alice", "192.0.2.7", "host web1")]
    assert AuditEntry.objects.get(kind=Kind.DELETED).host == host_id


# --- accounts ---------------------------------------------------------------------------------------------------------------------


def change(user: User, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(user, name, value)
    user.save()


def new_password(user: User) -> None:
    user.set_password("planted secret")
    user.save()


ACCOUNTS: dict[str, tuple[Callable[[User], Any], list[str]]] = {
    "created": (lambda _: User.objects.create_user("carol", password="planted secret"), ["carol: created"]),
    "deactivated": (lambda user: change(user, is_active=False), ["alice: deactivated"]),
    "staff": (lambda user: change(user, is_staff=False), ["alice: no longer staff"]),
    "superuser": (lambda user: change(user, is_superuser=True), ["alice: now a superuser"]),
    "renamed": (lambda user: change(user, username="alicia"), ["alicia: was called alice"]),
    "password": (new_password, ["alice: password changed"]),
    "e-mail": (lambda user: change(user, email="alice@example.org"), []),
    "groups": (lambda user: user.groups.clear(), ["alice: removed all groups"]),
    "group": (lambda user: user.groups.remove(Group.objects.get()), ["alice: removed group operators"]),
    "no group": (lambda user: user.groups.set(Group.objects.all()), []),
    "group of another": (lambda _: Group.objects.get().user_set.add(User.objects.get(username="bob")), ["group operators: added user bob"]),
    "permission": (
        lambda user: user.user_permissions.add(Permission.objects.get(codename="delete_host")),
        ["alice: added permission Vedette | host | Can delete host"],
    ),
    "permissions of the group": (lambda _: Group.objects.get().permissions.clear(), ["group operators: removed all permissions"]),
    "group deleted": (lambda _: Group.objects.get().delete(), ["group operators: deleted"]),
    "deleted": (lambda user: user.delete(), ["alice: deleted"]),
}


@pytest.mark.parametrize(("act", "texts"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_accounts(act: Callable[[User], Any], texts: list[str], alice: User, bob: User) -> None:
    """One entry for each thing that changed; here without a request, by a command."""
    AuditEntry.objects.all().delete()
    act(alice)
    assert [entry[1:] for entry in entries()] == [("a command on the hub", "", text) for text in texts]


def test_a_password_hashed_anew_is_no_change_of_it(bob: User, charlies: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    AuditEntry.objects.all().delete()
    charlies.post("/login/", {"username": "bob", "password": "bob's password"})
    bob.refresh_from_db()
    assert bob.password.startswith("pbkdf2")
    assert [kind for kind, *_ in entries()] == ["login"]


def test_who_deletes_the_own_account(alice: User) -> None:
    """Nobody is left to point to; the name is."""
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    browser(alice).post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"}, headers=HERE)
    assert entries(Kind.ACCOUNT)[-1] == ("account", "alice", "192.0.2.7", "alice: deleted")
    assert set(AuditEntry.objects.values_list("by", flat=True)) == {None}


# --- the page ---------------------------------------------------------------------------------------------------------------------


def test_strangers_and_viewers_may_not_read_it(charlies: Client, bob: User, alice: User) -> None:
    assert charlies.get(LOG).headers["Location"].startswith("/login/?next=")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert browser(bob).get(LOG).status_code == 403
    assert "auditentry" not in browser(bob).get("/admin/").content.decode()
    assert "auditentry" in browser(alice).get("/admin/").content.decode()


def test_nobody_may_change_it(alice: User) -> None:
    """Not even a superuser, by hand."""
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    entry, client = AuditEntry.objects.first(), browser(alice)
    assert entry is not None
    assert client.get(f"{LOG}{entry.pk}/change/").status_code == 200
    for path in (f"{LOG}add/", f"{LOG}{entry.pk}/change/", f"{LOG}{entry.pk}/delete/"):
        assert client.post(path, {"text": "nothing happened", "post": "yes"}).status_code == 403
    client.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.filter(pk=entry.pk, text=entry.text).exists()


def texts(client: Client, query: str = "") -> list[str]:
    response: Any = client.get(f"{LOG}?{query}")
    assert response.status_code == 200
    return [entry.text for entry in response.context["cl"].result_list]


def test_newest_first_with_filters_and_search(alices: Client, alice: User, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    AuditEntry.objects.all().delete()
    monkeypatch.setattr("django_app.admin_audit.time.time", lambda: NOW)
    audit.record(AuditEntry(kind=Kind.LOGIN, at=NOW - 40 * 86_400, by_id=alice.pk, text="old"))
    audit.record(AuditEntry(kind=Kind.CODE, at=NOW - 2 * 3_600, who="addhost", text="code"))
    audit.record(AuditEntry(kind=Kind.ENROLLED, at=NOW - 60, who="web1", text="enrolled", address="192.0.2.9", host=host.id))
    assert texts(alices) == ["enrolled", "code", "old"]
    for query, found in {
        "when=hour": ["enrolled"],
        "when=day": ["enrolled", "code"],
        "when=month": ["enrolled", "code"],
        "when=nonsense": ["enrolled", "code", "old"],
        "kind__exact=code": ["code"],
        "who=alice": ["old"],
        "q=192.0.2.9": ["enrolled"],
        f"q={host.id}": ["enrolled"],
    }.items():
        assert texts(alices, query) == found, query
    page = alices.get(LOG).content.decode()
    assert f'<a href="/admin/django_app/host/{host.id}/change/">web1</a>' in page
    assert "?who=web1" not in page


def test_a_host_that_is_gone_has_no_link(alices: Client) -> None:
    audit.record(AuditEntry(kind=Kind.DENIED, at=NOW, host="zzzzzzzzzzzz", text="denied"))
    page = alices.get(LOG).content.decode()
    assert "zzzzzzzzzzzz" in page
    assert "host/zzzzzzzzzzzz" not in page


def test_what_strangers_write_is_shown_harmlessly(alices: Client, charlies: Client) -> None:
    evil = "<script>alert(1)</script>"
    charlies.post("/login/", {"username": evil, "password": "x"})
    page = alices.get(LOG).content.decode()
    assert evil not in page
    assert html.escape(evil) in page


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_asks_as_often_however_long_it_is(
    count: int, host: Host, alice: User, alices: Client, django_assert_max_num_queries: Any
) -> None:
    audit.record(*(AuditEntry(kind=Kind.SETTINGS, at=NOW, by_id=alice.pk, host=host.id, text=str(n)) for n in range(count)))
    with django_assert_max_num_queries(10):
        texts(alices)


def test_what_happened_to_a_host_stands_on_its_page(host: Host, alice: User, alices: Client) -> None:
    """The newest twenty, and a way to all of them."""
    for interval in range(2, 26):
        services.change_hosts(alice.pk, [host.id], {"interval": interval}, {}, now=NOW + interval)
    page = alices.get(f"/admin/django_app/host/{host.id}/change/").content.decode()
    table = page[page.index('aria-label="what happened to this host"') :]
    rows = re.findall(r"<tr><td>.*?</td></tr>", table)
    assert len(rows) == 20
    assert "rev 25 of web1: interval 25 s (dashboard)" in rows[0]
    assert f'href="{LOG}?q={host.id}"' in table
