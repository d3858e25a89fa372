"""How a browser gets its session, and when it loses it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from components.errors import JoinRefused, NotAllowed, TicketExpired, TicketForged, TicketUsed, UnknownHost
from components.protocol import host_authid, ticket_of, user_authid
from django_app import services, tickets
from django_app.models import AuditEntry, Host, Ticket
from django_app.tickets import issue_ticket
from tests.unit.django_app.conftest import NOW, MakeHost, browser

HERE = "192.0.2.7"


def issue(client: Client, user: User, now: float = NOW) -> tuple[str, str]:
    key = client.session.session_key
    assert key
    return issue_ticket(user, key, now=now)


def live(client: Client, user: User) -> str:
    """The authid of a session that this browser has joined with."""
    authid, ticket = issue(client, user)
    assert services.admit_ticket(ticket, address=HERE, now=NOW).authid == authid
    return authid


def test_an_operators_ticket(alices: Client, alice: User) -> None:
    authid, ticket = issue(alices, alice)
    assert services.admit_ticket(ticket, address=HERE, now=NOW + 1) == services.Principal(authid, "operator")


def test_a_viewers_ticket(bobs: Client, bob: User) -> None:
    authid, ticket = issue(bobs, bob)
    assert services.admit_ticket(ticket, address=HERE, now=NOW + 1) == services.Principal(authid, "viewer")


def test_a_ticket_lets_in_once(bobs: Client, bob: User) -> None:
    _, ticket = issue(bobs, bob)
    services.admit_ticket(ticket, address=HERE, now=NOW)
    with pytest.raises(TicketUsed):
        services.admit_ticket(ticket, address=HERE, now=NOW)


@pytest.mark.parametrize("ticket", ["\ud800", "\ud800:x:y", "x:y:\ud800"])
def test_half_a_surrogate_pair_is_a_forgery(ticket: str) -> None:
    """JSON can write one, and nothing can encode it."""
    with pytest.raises(TicketForged):
        services.admit_ticket(ticket, address=HERE, now=NOW)


def test_a_ticket_lasts_30_seconds(bobs: Client, bob: User) -> None:
    _, ticket = issue(bobs, bob)
    with pytest.raises(TicketExpired, match="30 s"):
        services.admit_ticket(ticket, address=HERE, now=NOW + 30.1)
    services.admit_ticket(ticket, address=HERE, now=NOW + 29.9)


@pytest.mark.django_db
@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", "\x00", "é:1:2"])
def test_nonsense_is_forged(ticket: str) -> None:
    with pytest.raises(TicketForged):
        services.admit_ticket(ticket, address=HERE, now=NOW)


def test_a_changed_ticket_is_forged(alices: Client, alice: User, bobs: Client, bob: User) -> None:
    """Neither another id nor another signature passes."""
    _, alices_ticket = issue(alices, alice)
    _, bobs_ticket = issue(bobs, bob)
    swapped = alices_ticket.split(":")[0] + ":" + bobs_ticket.partition(":")[2]
    with pytest.raises(TicketForged):
        services.admit_ticket(swapped, address=HERE, now=NOW)


def test_logged_out_before_joining(bobs: Client, bob: User) -> None:
    _, ticket = issue(bobs, bob)
    bobs.logout()
    with pytest.raises(TicketExpired, match="log in"):
        services.admit_ticket(ticket, address=HERE, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_four_race_for_one_ticket() -> None:
    """Exactly one of them gets in."""
    user = User.objects.create_user("bob")
    _, ticket = issue(browser(user), user)

    def join(_: int) -> str:
        try:
            return services.admit_ticket(ticket, address=HERE, now=NOW).role
        except JoinRefused as error:
            return error.uri
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(join, range(4)))
    assert outcomes == ["vedette.error.ticket_used"] * 3 + ["viewer"]


def test_old_tickets_go(bobs: Client, bob: User) -> None:
    """After a minute, unless somebody is here with them: of pages that were closed nothing is kept."""
    issue(bobs, bob)
    here, left = live(bobs, bob), live(bobs, bob)
    services.expire_tickets({here, "host:abc", "hub"}, now=NOW + 60)
    assert Ticket.objects.count() == 3
    services.expire_tickets({here, "host:abc", "hub"}, now=NOW + 61)
    assert [ticket.pk for ticket in Ticket.objects.all()] == [ticket_of(here)]
    services.expire_tickets({left}, now=NOW + 61)
    assert not Ticket.objects.exists()


def test_many_old_tickets_go_in_parts(bobs: Client, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "_FORGOTTEN_AT_ONCE", 2)
    for _ in range(3):
        issue(bobs, bob)
    services.expire_tickets(set(), now=NOW + 61)
    assert Ticket.objects.count() == 1


def test_expired_logins_go(alices: Client, alice: User, bobs: Client, bob: User) -> None:
    """And the ticket of a session that lived of one is unfit, as before."""
    authid = live(bobs, bob)
    Session.objects.filter(session_key=bobs.session.session_key).update(expire_date="2001-01-01T00:00:00Z")
    services.expire_tickets({authid}, now=NOW)
    assert [session.session_key for session in Session.objects.all()] == [alices.session.session_key]
    assert services.unfit({authid, live(alices, alice)}, keys=keys(), now=NOW) == {authid}


def test_when_nothing_is_old_nothing_is_written(bobs: Client, bob: User, django_assert_num_queries: Any) -> None:
    authid = live(bobs, bob)
    with django_assert_num_queries(2):
        services.expire_tickets({authid}, now=NOW + 100)


# --- what a session does -----------------------------------------------------------------------------------------------------------


def test_what_a_session_does_stands_in_the_audit_log_with_its_address(alices: Client, alice: User, host: Host) -> None:
    """Of each its own; and without one once its ticket is gone."""
    here, there = live(alices, alice), live(alices, alice)
    Ticket.objects.filter(pk=ticket_of(there)).update(address="2001:db8::1")
    gone = user_authid(alice.pk, "gone")
    for interval, authid in enumerate((here, there, gone), 2):
        services.for_session(authid, services.change_hosts)([host.id], {"interval": interval}, {"add": [f"t{interval}"]}, now=NOW)
    entries = AuditEntry.objects.filter(host=host.id, kind__in=("settings", "described")).order_by("id")
    assert list(entries.values_list("who", "address")) == [("alice", address) for address in (HERE, "2001:db8::1", "") for _ in "12"]


def test_what_is_recorded_afterwards_has_no_address(alices: Client, alice: User, host: Host) -> None:
    """Also if the service failed."""
    authid = live(alices, alice)
    with pytest.raises(UnknownHost):
        services.for_session(authid, services.change_hosts)(["zzzzzzzzzzzz"], {"interval": 2}, {}, now=NOW)
    services.change_hosts(alice.pk, [host.id], {"interval": 2}, {}, now=NOW)
    assert AuditEntry.objects.get(host=host.id, kind="settings").address == ""


@pytest.mark.parametrize("authid", [None, "host:abcdefghijkl", "hub", "user:1", "user:x:y"])
def test_who_is_no_user_does_nothing(authid: str | None) -> None:
    """Refused before anything is asked of the database."""
    with pytest.raises(NotAllowed):
        services.for_session(authid, services.change_hosts)


# --- unfit ------------------------------------------------------------------------------------------------------------------------


def test_who_fits_stays(alices: Client, alice: User, bobs: Client, bob: User, host: Host) -> None:
    authids = {live(alices, alice), live(bobs, bob), host_authid(host.id)}
    assert services.unfit(authids, keys=keys(), now=NOW) == set()


def test_others_are_not_judged(db: None) -> None:
    assert services.unfit({"", "hub", "host:short", "user:1"}, keys=keys(), now=NOW) == set()


Change = Callable[[User, Client], Any]


def change_password(user: User, *_: Any) -> None:
    user.set_password("another")
    user.save()


CHANGES: dict[str, Change] = {
    "deactivated": lambda user, _: User.objects.filter(pk=user.pk).update(is_active=False),
    "deleted": lambda user, _: user.delete(),
    "password changed": change_password,
    "out of the group": lambda user, _: user.groups.clear(),
    "group lost the permission": lambda *_: Group.objects.get(name="operators").permissions.clear(),
    "group deleted": lambda *_: Group.objects.all().delete(),
    "logged out": lambda _, client: client.logout(),
    "session expired": lambda *_: Session.objects.update(expire_date="2001-01-01T00:00:00Z"),
    "ticket gone": lambda *_: Ticket.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_who_lost_the_right_is_unfit(change: Change, alices: Client, alice: User, bobs: Client, bob: User) -> None:
    authid = live(alices, alice)
    change(alice, alices)
    assert services.unfit({authid}, keys=keys(), now=NOW) == {authid}


def test_who_gained_a_right_is_unfit_too(bobs: Client, bob: User) -> None:
    """The session's role is the old one; the page joins again with the new one."""
    authid = live(bobs, bob)
    bob.user_permissions.add(Permission.objects.get(codename="change_host"))
    assert services.unfit({authid}, keys=keys(), now=NOW) == {authid}


def test_logging_out_one_browser_leaves_the_other(bob: User) -> None:
    phone, laptop = browser(bob), browser(bob)
    phones, laptops = live(phone, bob), live(laptop, bob)
    phone.logout()
    assert services.unfit({phones, laptops}, keys=keys(), now=NOW) == {phones}


def test_an_unused_ticket_is_no_session(bobs: Client, bob: User) -> None:
    authid, _ = issue(bobs, bob)
    assert services.unfit({authid}, keys=keys(), now=NOW) == {authid}


def test_another_users_id_with_a_real_ticket_is_unfit(alice: User, bobs: Client, bob: User) -> None:
    ticket_id = ticket_of(live(bobs, bob))
    assert ticket_id
    stolen = user_authid(alice.pk, ticket_id)
    assert services.unfit({stolen}, keys=keys(), now=NOW) == {stolen}


def keys() -> dict[str, str]:
    """The keys that the hosts' sessions were admitted with."""
    return {host_authid(host.id): host.public_key for host in Host.objects.all()}


def test_a_session_with_another_key_than_the_hosts_is_unfit(host: Host) -> None:
    authid = host_authid(host.id)
    assert services.unfit({authid}, keys={authid: host.public_key}, now=NOW) == set()
    assert services.unfit({authid}, keys={authid: "cd" * 32}, now=NOW) == {authid}
    assert services.unfit({authid}, keys={}, now=NOW) == {authid}


def test_revoked_and_deleted_hosts_are_unfit(make_host: MakeHost) -> None:
    stays, revoked, deleted = make_host(), make_host(access="revoked"), make_host()
    deleted_id = deleted.id
    deleted.delete()
    authids = {host_authid(stays.id), host_authid(revoked.id), host_authid(deleted_id)}
    assert services.unfit(authids, keys=keys(), now=NOW) == authids - {host_authid(stays.id)}


@pytest.mark.parametrize("count", [1, 20])
def test_unfit_asks_twice_however_many(count: int, make_host: MakeHost, bob: User, django_assert_num_queries: Any) -> None:
    """Once for all hosts, once for all people."""
    authids = {host_authid(make_host().id) for _ in range(count)} | {live(browser(bob), bob) for _ in range(count)}
    admitted = keys()
    with django_assert_num_queries(2):
        assert services.unfit(authids, keys=admitted, now=NOW) == set()
