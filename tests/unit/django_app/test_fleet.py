"""Presence, facts, and the rows behind the live page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from components.payloads import Facts
from components.protocol import Event
from django_app import fleet, services
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
    services.change_hosts(alice.pk, [host.id], {"disabled": True}, {}, now=NOW)
    row = services.fleet_rows([host.id])[host.id]
    assert row.config
    assert (row.disabled, row.config["revision"], row.config["status"]) == (True, 2, "pending")


def test_since_when_a_host_is_disabled(make_host: MakeHost, alice: User) -> None:
    """Since the first of the revisions after which it was not enabled again; nothing is said of one that is enabled."""
    host, other = make_host(), make_host()
    revisions: list[dict[str, object]] = [{"disabled": True}, {"disabled": False}, {"disabled": True}, {"interval": 5.0}]
    for seconds, changes in enumerate(revisions):
        services.change_hosts(alice.pk, [host.id], changes, {}, now=NOW + seconds)
    rows = services.fleet_rows()
    assert rows[host.id].disabled_at == pytest.approx(NOW + 2, abs=0.9)
    assert (rows[host.id].enrolled_at, rows[other.id].disabled_at) == (host.enrolled_at, None)
    services.change_hosts(alice.pk, [host.id], {"disabled": False}, {}, now=NOW + 9)
    assert services.fleet_rows([host.id])[host.id].disabled_at is None


def test_a_host_that_began_disabled_is_so_since_it_was_added(make_host: MakeHost) -> None:
    host = make_host(disabled=True)
    assert services.fleet_rows()[host.id].disabled_at == NOW


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
    """Whose are new is said, so that the live page is told."""
    assert services.record_facts([(host.id, FACTS)]) == [host.id]
    host.refresh_from_db()
    assert host.facts == dict(FACTS)
    assert services.record_facts([(host.id, FACTS)]) == []
    assert services.record_facts([(host.id, Facts(**{**FACTS, "agent_version": "2.0"}))]) == [host.id]


@pytest.mark.parametrize(
    ("before", "boot_id", "restarted"),
    [
        ({}, "b", False),
        ({"boot_id": "b"}, "b", False),
        ({"boot_id": "a"}, "b", True),
        ({"boot_id": "a"}, "", False),
        ({"boot_id": ""}, "b", False),
    ],
)
def test_another_boot_id_is_another_start_of_the_machine(
    before: dict[str, str], boot_id: str, restarted: bool, make_host: MakeHost
) -> None:
    """And an unknown one says nothing."""
    host = make_host(facts=before, absence="lost")
    services.record_facts([(host.id, Facts(**{**FACTS, "boot_id": boot_id}))])
    host.refresh_from_db()
    assert (host.absence, host.facts["boot_id"]) == ("restarted" if restarted else "lost", boot_id)


def absence(host: Host) -> Any:
    """What the live page is told of it."""
    return services.fleet_rows([host.id])[host.id].absence


def test_why_a_host_went(host: Host) -> None:
    """Its connection was lost, unless it has said that it stops since it came."""
    assert absence(host) is None
    services.record_presence([(host.id, services.Presence(True, NOW))])
    services.record_presence([(host.id, services.Presence(False, NOW + 1))])
    assert absence(host) == {"reason": "lost", "text": ""}
    services.record_presence([(host.id, services.Presence(True, NOW + 2))])
    services.record_stop(host.id, "tea", NOW + 3)
    services.record_presence([(host.id, services.Presence(False, NOW + 3))])
    assert absence(host) == {"reason": "stopped", "text": "tea"}
    services.record_presence([(host.id, services.Presence(False, NOW + 4))])
    assert absence(host) == {"reason": "stopped", "text": "tea"}


def test_why_hosts_went_when_the_hub_was_away(make_host: MakeHost) -> None:
    """Who had said before that it stops has stopped; who was away already stays away for its own reason."""
    there = make_host(connected=True)
    stopping, gone = make_host(connected=True, stopped="tea"), make_host(absence="lost")
    services.forget_presence(NOW)
    assert [absence(host)["reason"] for host in (there, stopping, gone)] == ["hub", "stopped", "lost"]


def test_duplicate_keys(make_host: MakeHost, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    """Those and no others; only what changed is announced."""
    one, two, three = (make_host().id for _ in range(3))

    def record(*host_ids: str) -> list[str]:
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            services.record_duplicates(host_ids)
        return sorted(host_id for event in sent for host_id in event.payload["hosts"])

    def told() -> set[str]:
        return {host_id for host_id, row in services.fleet_rows().items() if row.duplicate_key}

    assert record(one, two, "zzzzzzzzzzzz") == sorted([one, two])
    assert told() == {one, two}
    assert record(two, three) == sorted([one, three])
    assert told() == {two, three}
    assert record(two, three) == []
    services.forget_presence(NOW)
    assert told() == set()


def test_only_hosts_that_are_held_are_written(make_host: MakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that another transaction changes in between is left to the next time."""
    told, new, late = make_host(duplicate_key=True).id, make_host().id, make_host(duplicate_key=True).id
    held: list[str] = []

    def hold(host_ids: list[str]) -> None:
        held.extend(host_ids)
        Host.objects.filter(pk=late).update(duplicate_key=False)

    monkeypatch.setattr(fleet, "hold", hold)
    services.record_duplicates([new, late])
    assert sorted(held) == sorted([told, new])
    assert list(Host.objects.filter(duplicate_key=True).values_list("pk", flat=True)) == [new]


@pytest.mark.django_db
def test_nobody_is_no_error() -> None:
    """A host may be deleted while its report is on the way."""
    assert services.record_facts([("zzzzzzzzzzzz", FACTS)]) == []
    services.record_stop("zzzzzzzzzzzz", "", NOW)
    services.record_presence([("zzzzzzzzzzzz", services.Presence(True, NOW))])
    services.ping()


def test_facts_that_an_older_version_stored_lack_what_it_did_not_know(make_host: MakeHost) -> None:
    """They are empty or 0 until the host has joined again."""
    old, new, none = make_host(facts={"system": "Linux", "boot_id": "b"}), make_host(facts=dict(FACTS)), make_host()
    rows = services.fleet_rows()
    assert rows[old.id].facts == {"system": "Linux", "cpu_model": "", "cpu_count": 0, "memory_total_bytes": 0.0, "agent_version": ""}
    assert rows[new.id].facts == {"system": "Linux", "cpu_model": "x", "cpu_count": 4, "memory_total_bytes": 1e9, "agent_version": "1.0"}
    assert rows[none.id].facts is None
