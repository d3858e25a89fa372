"""What several threads and processes write of the same hosts at once, each in an order of its own, as a hub of many hosts does."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from components.payloads import ConfigReport
from django_app import revisions, services
from django_app.approval import approve_hosts, deny_requests, forget_denials
from django_app.hosts import hold
from django_app.models import Host, Hub, JoinRequest, Revision
from tests.harness.eventually import eventually
from tests.unit.django_app.conftest import NOW, MakeHost, browser
from tests.unit.django_app.test_fleet import FACTS

HOSTS = 16
ROUNDS = 8
THREADS = 4
GOING = 4
"""So many hosts are deleted in each round."""

LOCKS_ROWS = pytest.mark.skipif(not connection.features.has_select_for_update, reason="SQLite has one writer at a time")


@contextmanager
def ending() -> Iterator[None]:
    """A thread has a connection of its own."""
    try:
        yield
    finally:
        connection.close()


def somebody_waits() -> None:
    """For a lock, on the server."""

    def waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    eventually(waiting, 10, "the other waits for a lock")


@pytest.mark.django_db(transaction=True)
def test_none_fails_because_of_another(make_host: MakeHost) -> None:
    """Of two that wait for each other PostgreSQL ends one with an error, and SQLite has one writer at a time."""
    operator = User.objects.create_superuser("olga")
    ids = [make_host(f"web{number}").id for number in range(HOSTS)]
    going = [make_host(f"old{number}").id for number in range(ROUNDS * GOING)]
    epoch = Hub.current_epoch()

    def save(number: int, hosts: list[str]) -> None:
        services.change_hosts(operator.pk, hosts, {"interval": 2.0 + number}, {"add": [f"tag {number % 2}"]}, now=NOW)

    def report(number: int, hosts: list[str]) -> None:
        newest = dict(Host.objects.values_list("pk", "revision"))
        known = [host for host in [*going, *hosts] if host in newest]
        said = [ConfigReport(epoch, newest[host], "applied", f"try {number}", {"interval": 2.0}, NOW) for host in known]
        services.report_configs([(host, one, NOW + number) for host, one in zip(known, said, strict=True)])

    def come(number: int, hosts: list[str]) -> None:
        services.record_presence([(host, services.Presence(connected=bool(number % 2), at=NOW + number)) for host in hosts])

    def tell(number: int, hosts: list[str]) -> None:
        services.record_facts([(host, {**FACTS, "boot_id": str(number)}) for host in hosts])

    def be_two(number: int, hosts: list[str]) -> None:
        services.record_duplicates(hosts[: number % HOSTS])

    def delete(number: int, _hosts: list[str]) -> None:
        chosen = [going.pop() for _ in range(GOING)]
        answer = browser(operator).post("/admin/django_app/host/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
        assert answer.status_code == 302

    def run(number: int, what: Callable[[int, list[str]], Any]) -> None:
        with ending():
            what(number, random.Random(number).sample(ids, HOSTS))

    doings = (save, report, come, tell, be_two, delete)
    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(run, number, doings[number % len(doings)]) for number in range(ROUNDS * len(doings))]
        assert [str(one.exception()) for one in done if one.exception()] == []
    assert dict(Host.objects.values_list("pk", "revision")) == dict.fromkeys(ids, ROUNDS + 1)
    assert not Revision.objects.filter(status="pending", number__lt=ROUNDS + 1).exists()


@LOCKS_ROWS
@pytest.mark.django_db(transaction=True)
def test_a_deletion_waits_for_what_is_stored_of_the_host(make_host: MakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes nothing meanwhile that the other needs."""
    user, host = User.objects.create_superuser("olga"), make_host()
    report = ConfigReport(Hub.current_epoch(), 1, "applied", "", {}, NOW)

    def delete() -> None:
        with ending():
            browser(user).post(f"/admin/django_app/host/{host.id}/delete/", {"post": "yes"})

    with ThreadPoolExecutor(1) as pool:

        def hold_and_look_on(host_ids: Collection[str]) -> None:
            hold(host_ids)
            deleted.append(pool.submit(delete))
            somebody_waits()

        deleted: list[Future[None]] = []
        monkeypatch.setattr(revisions, "hold", hold_and_look_on)
        assert services.report_configs([(host.id, report, NOW)]) == [host.id]
        deleted[0].result()
    assert not Host.objects.exists()


@LOCKS_ROWS
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("doing", "denied"), [(deny_requests, False), (forget_denials, True)])
def test_keys_are_decided_upon_in_one_order(doing: Callable[..., list[str]], denied: bool) -> None:
    """Not in that in which they came."""
    user = User.objects.create_superuser("olga")
    times = {"at": NOW, "seen_at": NOW, "denied_at": NOW if denied else None}
    for key in ("b", "a"):
        JoinRequest.objects.create(id=key * 12, public_key=key * 64, name=key, **times)

    def other() -> list[str]:
        with ending():
            return doing(user.pk, ["a" * 12, "b" * 12], now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            JoinRequest.objects.select_for_update().get(pk="a" * 12)
            done = pool.submit(other)
            somebody_waits()
            assert approve_hosts(user.pk, ["b" * 12, "a" * 12], now=NOW) == ["a" * 12, "b" * 12]
        assert done.result() == []


@pytest.mark.django_db(transaction=True)
def test_hosts_are_held_for_a_transaction_only(make_host: MakeHost) -> None:
    """On every database: SQLite, which has no such locks, would not notice."""
    with pytest.raises(TransactionManagementError):
        hold([make_host().id])
