"""Keys that wait for approval: how many may, and who decides."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from components.errors import JoinRefused, KeyDenied, KeyRevoked, NotAllowed, NotApproved
from components.limits import REQUEST_ASKS_SECONDS, REQUEST_UNSEEN_SECONDS, REQUESTS, REQUESTS_PER_ADDRESS
from components.protocol import CONFIG_ON_CHANGE, Event, fingerprint, host_authid
from django_app import approval, services
from django_app.approval import approve_hosts, deny_requests, expire_requests, forget_denials
from django_app.models import AuditEntry, Host, JoinRequest, Revision
from tests.unit.django_app.conftest import NOW, MakeHost

KEYS = "/admin/django_app/joinrequest/"
HOSTS = "/admin/django_app/host/"
KEY = "ab" * 32
HERE, THERE = "192.0.2.7", "192.0.2.8"
EACH, ALL = int(REQUESTS_PER_ADDRESS.most), int(REQUESTS.most)

pytestmark = pytest.mark.django_db


def ask(key: str = KEY, *, address: str = HERE, name: str = "web1", now: float = NOW) -> type[JoinRefused]:
    """How this key is refused that has no code."""
    with pytest.raises(JoinRefused) as refused:
        services.admit_agent(services.AgentHello(key, name), address=address, now=now)
    return type(refused.value)


def key(number: int) -> str:
    """One of many keys."""
    return f"{number:064x}"


def waiting() -> set[str]:
    """The keys that wait."""
    return set(JoinRequest.objects.filter(denied_at=None).values_list("public_key", flat=True))


def waiting_id(public_key: str = KEY) -> str:
    return JoinRequest.objects.get(public_key=public_key).pk


# --- how many may wait --------------------------------------------------------------------------------------------------------------


def test_a_key_without_a_code_waits(sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """With the name that it proposes, made printable; it is announced once, however often it asks."""
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(name="web\x1b1") is NotApproved
        assert ask(now=NOW + 5) is NotApproved
    request = JoinRequest.objects.get()
    assert (request.name, request.address, request.at, request.seen_at) == ("web�1", HERE, NOW, NOW + 5)
    assert sent == [Event(CONFIG_ON_CHANGE, {"hosts": [request.pk]}, {})]
    assert not Host.objects.exists()


def test_more_than_there_is_room_for_do_not_push_each_other_out(alice: User) -> None:
    """Of one address, those who came first wait, however often the others ask; each that is decided on makes room for another."""
    keys = [key(number) for number in range(EACH + 3)]
    for second in range(0, 90, 9):
        for each in keys:
            assert ask(each, now=NOW + second) is NotApproved
        assert waiting() == set(keys[:EACH])
    assert approve_hosts(alice.pk, [waiting_id(keys[0])], now=NOW + 90) != []
    for each in keys[1:]:
        ask(each, now=NOW + 90)
    assert waiting() == set(keys[1 : EACH + 1])


def test_who_has_no_room_is_told_so() -> None:
    for number in range(EACH):
        ask(key(number))
    with pytest.raises(NotApproved, match="not shown to operators yet: too many of its address wait"):
        services.admit_agent(services.AgentHello(KEY), address=HERE, now=NOW)


def test_one_that_asks_no_more_makes_room(sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """The one that has been silent the longest, and that is announced."""
    for number in range(EACH):
        ask(key(number), now=NOW + number / EACH)
    ask(key(0), now=NOW + 2)
    silent = waiting_id(key(1))
    with django_capture_on_commit_callbacks(execute=True):
        ask(KEY, now=NOW + REQUEST_ASKS_SECONDS.most)
        assert KEY not in waiting()
        ask(KEY, now=NOW + REQUEST_ASKS_SECONDS.most + 1.5)
    assert waiting() == {KEY, key(0), *(key(number) for number in range(2, EACH))}
    assert [silent] in [event.payload["hosts"] for event in sent]


def test_an_ipv6_network_is_one_address() -> None:
    for number in range(EACH + 2):
        ask(key(number), address=f"2001:db8::{number:x}", now=NOW + number)
    ask(key(99), address="2001:db8:0:1::1")
    assert len(waiting()) == EACH + 1


def fill() -> None:
    """As many wait as may: as many as may of each of a few addresses, but one less of the last, and one alone."""
    ask(key(0), address="198.51.100.1", now=NOW - 9)
    for number in range(1, ALL):
        ask(key(number), address=f"203.0.113.{number // EACH}", now=NOW + number / 1000)
    assert len(waiting()) == ALL


def test_of_all_the_newest_of_the_busiest_address_goes() -> None:
    """Whoever came alone stays, and whoever comes alone is let in."""
    fill()
    ask(KEY, address="198.51.100.2", now=NOW + 1)
    assert waiting() == {KEY, *map(key, range(ALL))} - {key(2 * EACH - 1)}


def test_addresses_with_as_many_keys_do_not_push_each_other_out() -> None:
    fill()
    assert ask(KEY, address="203.0.113.0", now=NOW + 1) is NotApproved
    assert ask(KEY, address="203.0.113.0", now=NOW + REQUEST_ASKS_SECONDS.most) is NotApproved
    assert waiting() == set(map(key, range(ALL)))


def test_a_flood_of_keys_from_one_address_keeps_out_nobody() -> None:
    """A stranger from another address waits all the time, and so does one who comes last."""
    ask(KEY, address=THERE, now=NOW)
    for number in range(1_000):
        ask(secrets.token_hex(32), now=NOW + number / 1000)
    assert KEY in waiting()
    ask(key(1), address="192.0.2.9", now=NOW + 10)
    assert {KEY, key(1)} <= waiting()
    assert len(waiting()) == EACH + 2


def test_a_key_that_asks_no_more_is_forgotten(sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """Ten minutes after it was last seen, not after it first came."""
    ask(key(1), now=NOW)
    ask(key(2), now=NOW)
    ask(key(2), now=NOW + 300)
    gone = waiting_id(key(1))
    with django_capture_on_commit_callbacks(execute=True):
        expire_requests(now=NOW + REQUEST_UNSEEN_SECONDS.most)
        assert len(waiting()) == 2
        expire_requests(now=NOW + REQUEST_UNSEEN_SECONDS.most + 1)
    assert waiting() == {key(2)}
    assert [event.payload["hosts"] for event in sent] == [[gone]]


def test_a_key_that_moves_counts_where_it_is() -> None:
    """It stays the same request, and where there is no room for it, it has none."""
    ask(now=NOW + 50)
    before = waiting_id()
    for number in range(EACH - 1):
        ask(key(number), address=THERE, now=NOW + 50)
    assert ask(address=THERE, now=NOW + 60) is NotApproved
    request = JoinRequest.objects.get(public_key=KEY)
    assert (request.pk, request.address, request.neighbourhood, request.at, request.seen_at) == (before, THERE, THERE, NOW + 50, NOW + 60)
    ask(key(99), now=NOW + 60)
    assert ask(key(99), address=THERE, now=NOW + 70) is NotApproved
    assert waiting() == {KEY, *map(key, range(EACH - 1))}


def test_a_key_that_was_added_meanwhile(sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """By a transaction that this one did not see, as PostgreSQL allows: no error, and nothing new to tell."""
    ask()
    with django_capture_on_commit_callbacks(execute=True):
        approval._add(services.AgentHello(KEY, "again"), HERE, NOW + 1)
    assert JoinRequest.objects.get().name == "web1"
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_one_key_that_asks_many_times_at_once() -> None:
    """Is one request."""

    def join(_: int) -> type[JoinRefused]:
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(join, range(18))) == {NotApproved}
    assert JoinRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_that_asks_while_it_is_approved() -> None:
    """Is one host, and waits no longer once it is one."""
    alice = User.objects.create_user("alice")
    alice.groups.add(Group.objects.get_or_create(name="operators")[0])
    alice.is_superuser = True
    alice.save()
    ask()
    host_id = waiting_id()

    def join(_: int) -> str:
        try:
            return services.admit_agent(services.AgentHello(KEY, "web1"), address=HERE, now=NOW).authid
        except NotApproved:
            return "waits"
        finally:
            connection.close()

    def approve(_: int) -> list[str]:
        try:
            return approve_hosts(alice.pk, [host_id], now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        joins, approvals = pool.map(join, range(12)), pool.map(approve, range(4))
        assert set(joins) <= {"waits", host_authid(host_id)}
        assert sorted(map(len, approvals)) == [0, 0, 0, 1]
    assert join(0) == host_authid(host_id)
    assert (Host.objects.count(), JoinRequest.objects.count()) == (1, 0)


# --- deciding -----------------------------------------------------------------------------------------------------------------------


def test_an_approved_key_is_a_host(alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """Under the id that it waited with and the name that it proposed, with a first revision."""
    ask()
    host_id = waiting_id()
    with django_capture_on_commit_callbacks(execute=True):
        assert approve_hosts(alice.pk, [host_id, "zzzzzzzzzzzz"], now=NOW + 1) == [host_id]
    assert services.admit_agent(services.AgentHello(KEY), address=HERE, now=NOW + 2).authid == host_authid(host_id)
    host, revision = Host.objects.get(), Revision.objects.get()
    assert (host.id, host.name, host.public_key, host.access, host.enrolled_at) == (host_id, "web1", KEY, "approved", NOW + 1)
    assert (revision.by, revision.origin, revision.settings) == (alice, "approval", host.settings())
    assert waiting() == set()
    assert [event.payload["hosts"] for event in sent] == [[host_id]]
    entry = AuditEntry.objects.get(kind="approved")
    assert (entry.who, entry.host, entry.text) == ("alice", host_id, f"web1 from {HERE}, fingerprint {fingerprint(KEY)}")


def test_a_denied_key_is_remembered(alice: User) -> None:
    """Wherever it comes from, whatever it calls itself, and for good; other keys of that address may wait."""
    ask()
    request_id = waiting_id()
    assert deny_requests(alice.pk, [request_id], now=NOW) == [request_id]
    assert deny_requests(alice.pk, [request_id], now=NOW) == []
    expire_requests(now=NOW + 10 * 86_400)
    assert ask(address=THERE, name="somebody else", now=NOW + 11 * 86_400) is KeyDenied
    assert ask(key(2)) is NotApproved
    assert waiting() == {key(2)}
    assert AuditEntry.objects.get(kind="denied").host == request_id


def test_denied_keys_take_up_no_room(alice: User) -> None:
    for number in range(EACH):
        ask(key(number), now=NOW + number)
    deny_requests(alice.pk, list(JoinRequest.objects.values_list("pk", flat=True)), now=NOW)
    for number in range(EACH):
        ask(key(100 + number), now=NOW)
    assert (len(waiting()), JoinRequest.objects.count()) == (EACH, 2 * EACH)


def test_a_denied_key_can_be_approved_after_all(alice: User) -> None:
    ask()
    host_id = waiting_id()
    deny_requests(alice.pk, [host_id], now=NOW)
    assert approve_hosts(alice.pk, [host_id], now=NOW) == [host_id]
    assert services.admit_agent(services.AgentHello(KEY), address=HERE, now=NOW).authid == host_authid(host_id)


def test_a_forgotten_denial(alice: User) -> None:
    """The key may ask again; one that waits is not forgotten by it."""
    ask()
    ask(key(2))
    denied, waits = waiting_id(), waiting_id(key(2))
    deny_requests(alice.pk, [denied], now=NOW)
    assert forget_denials(alice.pk, [denied, waits], now=NOW) == [denied]
    assert ask(now=NOW + 1) is NotApproved
    assert waiting() == {KEY, key(2)}
    assert AuditEntry.objects.get(kind="deleted").text == f"denial of web1 from {HERE}, fingerprint {fingerprint(KEY)}"


def test_a_revoked_host_is_let_in_again(make_host: MakeHost, alice: User) -> None:
    """As the host that it was; one that is in is left alone."""
    revoked, inside = make_host("revoked", access="revoked"), make_host("inside")
    assert ask(revoked.public_key) is KeyRevoked
    assert approve_hosts(alice.pk, [revoked.id, inside.id], now=NOW) == [revoked.id]
    assert services.admit_agent(services.AgentHello(revoked.public_key), address=HERE, now=NOW).authid == host_authid(revoked.id)
    assert [entry.text for entry in AuditEntry.objects.filter(kind="approved")] == ["revoked, which was revoked"]


@pytest.mark.parametrize("decide", [approve_hosts, deny_requests, forget_denials])
def test_viewers_strangers_and_the_deactivated_may_not_decide(decide: Callable[..., Any], alice: User, bob: User) -> None:
    ask()
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for user_id in (bob.pk, alice.pk, 999):
        with pytest.raises(NotAllowed):
            decide(user_id, [waiting_id()], now=NOW)
    assert waiting() == {KEY}
