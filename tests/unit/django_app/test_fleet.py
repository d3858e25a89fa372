"""Presence, facts, and the rows behind the live page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from components.payloads import Facts
from django_app import services
from django_app.models import Host
from tests.unit.django_app.conftest import NOW, MakeHost

FACTS = Facts(protocol=1, agent_version="1.0", boot_id="b", system="Linux", cpu_model="x", cpu_count=4, memory_total_bytes=1e9)


def test_a_row_says_what_is_stored(make_host: MakeHost) -> None:
    host = make_host("web1", tags=["berlin"], address="192.0.2.7", connected=True, since=NOW, last_seen_at=NOW)
    row = services.fleet_rows()[host.id]
    assert (row.name, row.address, row.tags, row.disabled, row.since) == ("web1", "192.0.2.7", ["berlin"], False, NOW)
    assert row.config == {
        "revision": 1,
        "status": "pending",
        "at": NOW,
        "milliseconds": None,
        "error": "",
        "locked": {},
        "settings": host.settings(),
    }


def test_the_row_follows_the_newest_revision(host: Host, alice: User) -> None:
    services.set_settings(alice.pk, [host.id], {"disabled": True}, now=NOW)
    row = services.fleet_rows([host.id])[host.id]
    assert row.config
    assert (row.disabled, row.config["revision"], row.config["status"]) == (True, 2, "pending")


def test_who_is_revoked_stays_and_who_is_unknown_is_absent(make_host: MakeHost) -> None:
    stays, revoked = make_host(), make_host(access="revoked")
    rows = services.fleet_rows()
    assert {host_id: row.revoked for host_id, row in rows.items()} == {stays.id: False, revoked.id: True}
    assert rows[revoked.id].absence == {"reason": "revoked", "text": ""}
    assert set(services.fleet_rows([revoked.id, "zzzzzzzzzzzz"])) == {revoked.id}
    assert services.fleet_rows([]) == {}


@pytest.mark.parametrize("count", [1, 20])
def test_rows_are_two_queries(count: int, make_host: MakeHost, django_assert_num_queries: Any) -> None:
    """One of the hosts, one of the keys that wait for approval."""
    for _ in range(count):
        make_host()
    with django_assert_num_queries(2):
        assert len(services.fleet_rows()) == count


def test_coming_and_going(host: Host) -> None:
    """`since` moves only when it turns; in one batch the last word counts."""
    services.record_presence([(host.id, services.Presence(True, NOW, "192.0.2.7"))])
    services.record_presence([(host.id, services.Presence(True, NOW + 5, None))])
    host.refresh_from_db()
    assert (host.connected, host.since, host.last_seen_at, host.address) == (True, NOW, NOW + 5, "192.0.2.7")
    services.record_presence([(host.id, services.Presence(True, NOW + 8)), (host.id, services.Presence(False, NOW + 9))])
    host.refresh_from_db()
    assert (host.connected, host.since, host.last_seen_at, host.address) == (False, NOW + 9, NOW + 9, "192.0.2.7")


def test_a_stop_is_remembered_until_it_is_back(host: Host) -> None:
    services.record_stop(host.id, "SIGTERM\x1b", NOW)
    host.refresh_from_db()
    assert host.stopped == "SIGTERM�"
    services.record_presence([(host.id, services.Presence(True, NOW + 1))])
    host.refresh_from_db()
    assert host.stopped == ""


def test_a_start_of_the_hub_forgets_who_was_there(make_host: MakeHost) -> None:
    there, gone = make_host(connected=True, since=NOW - 9), make_host(since=NOW - 9)
    services.forget_presence(NOW)
    rows = services.fleet_rows()
    assert services.connected_hosts() == set()
    assert rows[there.id].since == NOW
    assert rows[gone.id].since == NOW - 9


def test_facts_are_stored(host: Host) -> None:
    services.record_facts(host.id, FACTS)
    host.refresh_from_db()
    assert host.facts == dict(FACTS)


@pytest.mark.django_db
def test_nobody_is_no_error() -> None:
    """A host may be deleted while its report is on the way."""
    services.record_facts("zzzzzzzzzzzz", FACTS)
    services.record_stop("zzzzzzzzzzzz", "", NOW)
    services.record_presence([("zzzzzzzzzzzz", services.Presence(True, NOW))])
    services.ping()
