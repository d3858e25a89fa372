"""The order in which rows are locked, seen at each transaction that might take it in another: only a real server has such locks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from string import ascii_lowercase
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from components.limits import REQUEST_ASKS_SECONDS, REQUEST_UNSEEN_SECONDS, REQUESTS_PER_ADDRESS
from components.payloads import ConfigReport
from components.protocol import enrolment_proof, host_authid
from django_app import revisions, services
from django_app.admission import make_code
from django_app.approval import approve_hosts, ask, deny_requests, expire_requests, forget_denials
from django_app.hosts import AgentHello, Enrolment
from django_app.locks import hold
from django_app.models import EnrolmentCode, Host, Hub, JoinRequest, Revision, Ticket
from django_app.tickets import TICKET_SECONDS
from tests.harness.eventually import PATIENCE_SECONDS, eventually
from tests.unit.django_app.conftest import NOW, MakeHost, browser

pytestmark = [
    pytest.mark.skipif(not connection.features.has_select_for_update, reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]

A, B = "a" * 12, "b" * 12
ADDRESS = "192.0.2.1"

Start = Callable[[Callable[[], Any]], "Future[Any]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Does something in a thread, which has a connection of its own."""

    def run(doing: Callable[[], Any]) -> Any:
        try:
            return doing()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda doing: pool.submit(run, doing)


@pytest.fixture
def olga() -> User:
    """Who decides."""
    return User.objects.create_superuser("olga")


@pytest.fixture
def hosts(make_host: MakeHost) -> list[Host]:
    """Two of them, the first one stored behind the other."""
    first, second = sorted((make_host("one"), make_host("two")), key=lambda host: host.id)
    Host.objects.filter(pk=first.id).update(address=ADDRESS)
    return [first, second]


def somebody_waits() -> None:
    """For a lock, on the server."""

    def waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    eventually(waiting, "the other waits for a lock")


def delete(by: User, what: str, *ids: str | int) -> None:
    """As one does in the admin's list."""
    answer = browser(by).post(f"/admin/{what}/", {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    assert answer.status_code == 302


def delete_one(by: User, what: str, which: str) -> None:
    """As one does on its own page."""
    answer = browser(by).post(f"/admin/{what}/{which}/delete/", {"post": "yes"})
    assert answer.status_code == 302


def make_request(key: str, **columns: Any) -> JoinRequest:
    return JoinRequest.objects.create(id=key * 12, public_key=key * 64, name=key, **{"at": NOW, "seen_at": NOW, **columns})


def locked(request_id: str) -> JoinRequest:
    return JoinRequest.objects.select_for_update().get(pk=request_id)


@pytest.mark.parametrize("delete", [delete, delete_one])
def test_a_deletion_waits_for_what_is_stored_of_the_host(
    olga: User, make_host: MakeHost, start: Start, monkeypatch: pytest.MonkeyPatch, delete: Callable[..., None]
) -> None:
    """And takes nothing meanwhile that the other needs."""
    host = make_host()
    report = ConfigReport(Hub.current_epoch(), 1, "applied", "", {}, NOW)
    deleted: list[Future[None]] = []

    def hold_and_look_on(host_ids: Collection[str]) -> None:
        hold(host_ids)
        deleted.append(start(lambda: delete(olga, "django_app/host", host.id)))
        somebody_waits()

    monkeypatch.setattr(revisions, "hold", hold_and_look_on)
    assert services.report_configs([(host.id, report, NOW)]) == [host.id]
    deleted[0].result()
    assert not Host.objects.exists()


def test_whoever_is_deleted_leaves_settings_alone_until_their_hosts_are_free(olga: User, hosts: list[Host], start: Start) -> None:
    """Their revisions lose their author: rows that others write, too."""
    peter = User.objects.create_superuser("peter")
    services.change_hosts(peter.pk, [host.id for host in hosts], {"interval": 2.0}, {}, now=NOW)
    with transaction.atomic():
        hold([hosts[0].id])
        deleted = start(lambda: delete(olga, "auth/user", peter.pk))
        somebody_waits()
        Revision.objects.filter(host=hosts[1], number=2).update(status="applied")
        Revision.objects.filter(host=hosts[0], number=2).update(status="applied")
    deleted.result()
    assert Revision.objects.filter(number=2, status="applied", by=None).count() == 2


def test_a_code_is_deleted_behind_its_hosts(olga: User, hosts: list[Host], start: Start) -> None:
    """In the order in which everybody holds them."""
    code = make_code("rack", by_id=olga.pk, now=NOW, uses=2)
    Host.objects.filter(pk=hosts[1].id).update(code=code)
    Host.objects.filter(pk=hosts[0].id).update(code=code)
    with transaction.atomic():
        hold([hosts[0].id])
        deleted = start(lambda: delete(olga, "django_app/enrolmentcode", code.pk))
        somebody_waits()
        hold([host.id for host in hosts])
    deleted.result()
    assert not EnrolmentCode.objects.exists()
    assert Host.objects.filter(code=None).count() == 2


def test_whoever_is_deleted_lets_an_enrolment_end_first(olga: User, hosts: list[Host], start: Start) -> None:
    """It takes the code, and then the host that it lets in again."""
    peter = User.objects.create_superuser("peter")
    services.change_hosts(peter.pk, [hosts[0].id], {"interval": 2.0}, {}, now=NOW)
    code = make_code("again", by_id=peter.pk, now=NOW)
    with transaction.atomic():
        EnrolmentCode.objects.select_for_update().get(pk=code.pk)
        deleted = start(lambda: delete(olga, "auth/user", peter.pk))
        somebody_waits()
        hold([hosts[0].id])
    deleted.result()
    assert not User.objects.filter(pk=peter.pk).exists()


@pytest.mark.parametrize(("doing", "denied"), [(deny_requests, False), (forget_denials, True)])
def test_keys_are_decided_upon_in_one_order(olga: User, start: Start, doing: Callable[..., list[str]], denied: bool) -> None:
    """Not in that in which they came."""
    for key in ("b", "a"):
        make_request(key, denied_at=NOW if denied else None)
    with transaction.atomic():
        locked(A)
        done = start(lambda: doing(olga.pk, [A, B], now=NOW))
        somebody_waits()
        assert approve_hosts(olga.pk, [B, A], now=NOW) == [A, B]
    assert done.result() == []


def test_a_key_that_is_being_approved_enrols_after_that(olga: User, start: Start) -> None:
    """It makes no host before, for which the approval would have to wait."""
    request = make_request("a")
    code = make_code("web", by_id=olga.pk, now=NOW)
    hello = AgentHello(request.public_key, enrolment=Enrolment(code.pk, enrolment_proof(code.key, code.pk, request.public_key)))
    with transaction.atomic():
        locked(A)
        joined = start(lambda: services.admit_agent(hello, address=ADDRESS, now=NOW))
        somebody_waits()
        assert approve_hosts(olga.pk, [A], now=NOW) == [A]
    assert joined.result().authid == host_authid(A)
    assert Host.objects.get().name == "web"


def test_a_key_that_asks_again_waits_for_no_other(olga: User, start: Start) -> None:
    """Room is made without those that somebody just decides upon, who may want this one as well."""
    make_request("a", seen_at=NOW - REQUEST_ASKS_SECONDS.most - 1, address=ADDRESS, neighbourhood=ADDRESS)
    for key in ascii_lowercase[2 : int(REQUESTS_PER_ADDRESS.most) + 1]:
        make_request(key, address=ADDRESS, neighbourhood=ADDRESS)
    moved = make_request("b", address="198.51.100.1", neighbourhood="198.51.100.1")
    with transaction.atomic():
        locked(A)
        start(lambda: ask(AgentHello(moved.public_key), address=ADDRESS, now=NOW)).result(PATIENCE_SECONDS)
        assert approve_hosts(olga.pk, [A, B], now=NOW) == [A, B]


def test_what_is_cleared_up_waits_for_nobody(olga: User, start: Start) -> None:
    """It goes the next time."""
    make_request("a", seen_at=NOW - REQUEST_UNSEEN_SECONDS.most - 1)
    make_request("b", seen_at=NOW - REQUEST_UNSEEN_SECONDS.most - 1)
    for ticket_id in ("old", "older"):
        Ticket.objects.create(id=ticket_id, user=olga, session_key="gone", role="viewer", at=NOW - 3 * TICKET_SECONDS)
    with transaction.atomic():
        locked(A)
        Ticket.objects.select_for_update().get(pk="old")
        start(lambda: expire_requests(now=NOW)).result(PATIENCE_SECONDS)
        start(lambda: services.expire_tickets(set(), now=NOW)).result(PATIENCE_SECONDS)
    assert [request.pk for request in JoinRequest.objects.all()] == [A]
    assert Ticket.objects.filter(session_key="gone").count() == 1
