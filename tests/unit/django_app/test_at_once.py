"""What several threads and processes write of the same hosts at once, each in an order of its own, as a hub of many hosts does."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from components.payloads import ConfigReport
from django_app import services
from django_app.models import Host, Hub, Revision
from tests.unit.django_app.conftest import NOW, MakeHost
from tests.unit.django_app.test_fleet import FACTS

HOSTS = 16
ROUNDS = 8
THREADS = 4


@pytest.mark.django_db(transaction=True)
def test_none_fails_because_of_another(make_host: MakeHost) -> None:
    """Of two that wait for each other PostgreSQL ends one with an error, and SQLite has one writer at a time."""
    operator = User.objects.create_superuser("olga")
    ids = [make_host(f"web{number}").id for number in range(HOSTS)]
    epoch = Hub.current_epoch()

    def save(number: int, hosts: list[str]) -> None:
        services.change_hosts(operator.pk, hosts, {"interval": 2.0 + number}, {"add": [f"tag {number % 2}"]}, now=NOW)

    def report(number: int, hosts: list[str]) -> None:
        revisions = dict(Host.objects.values_list("pk", "revision"))
        said = [ConfigReport(epoch, revisions[host], "applied", f"try {number}", {"interval": 2.0}, NOW) for host in hosts]
        services.report_configs([(host, one, NOW + number) for host, one in zip(hosts, said, strict=True)])

    def come(number: int, hosts: list[str]) -> None:
        services.record_presence([(host, services.Presence(connected=bool(number % 2), at=NOW + number)) for host in hosts])

    def tell(number: int, hosts: list[str]) -> None:
        services.record_facts([(host, {**FACTS, "boot_id": str(number)}) for host in hosts])

    def be_two(number: int, hosts: list[str]) -> None:
        services.record_duplicates(hosts[: number % HOSTS])

    def run(number: int, what: Callable[[int, list[str]], Any]) -> None:
        try:
            what(number, random.Random(number).sample(ids, HOSTS))
        finally:
            connection.close()

    doings = (save, report, come, tell, be_two)
    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(run, number, doings[number % len(doings)]) for number in range(ROUNDS * len(doings))]
        assert [str(one.exception()) for one in done if one.exception()] == []
    revisions = Host.objects.values_list("revision", flat=True)
    assert set(revisions) == {ROUNDS + 1}
    assert not Revision.objects.filter(status="pending", number__lt=ROUNDS + 1).exists()
