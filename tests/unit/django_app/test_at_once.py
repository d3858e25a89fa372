"""What several threads and processes write of the same hosts at once, each in an order of its own, as a hub of many hosts does."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.transaction import TransactionManagementError

from components.payloads import ConfigReport
from django_app import services
from django_app.locks import hold
from django_app.models import Host, Hub, Revision
from tests.unit.django_app.conftest import NOW, MakeHost, browser
from tests.unit.django_app.test_fleet import FACTS

HOSTS = 16
ROUNDS = 8
THREADS = 4
GOING = 4
"""So many hosts are deleted in each round."""


@contextmanager
def ending() -> Iterator[None]:
    """A thread has a connection of its own."""
    try:
        yield
    finally:
        connection.close()


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


@pytest.mark.django_db(transaction=True)
def test_hosts_are_held_for_a_transaction_only(make_host: MakeHost) -> None:
    """On every database: SQLite, which has no such locks, would not notice."""
    with pytest.raises(TransactionManagementError):
        hold([make_host().id])
