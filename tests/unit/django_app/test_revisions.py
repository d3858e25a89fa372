"""Changing settings, offering them, and storing what became of them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from components.errors import InvalidPayload, NotAllowed, UnknownHost
from components.host_settings import SETTINGS
from components.payloads import ConfigReport
from components.protocol import Event
from django_app import services
from django_app.models import Host, Hub, Revision
from django_app.revisions import set_settings
from tests.unit.django_app.conftest import NOW, MakeHost


def applied(revision: int = 1, **changes: Any) -> ConfigReport:
    """A report that fits this database."""
    return replace(ConfigReport(Hub.current_epoch(), revision, "applied", "", {}, NOW), **changes)


def newest(host: Host) -> Revision:
    return Revision.objects.filter(host=host).latest("number")


def test_get_config(host: Host) -> None:
    config = services.get_configs([host.id])[host.id]
    assert config == {
        "host": host.id,
        "epoch": Hub.current_epoch(),
        "revision": 1,
        **{setting.name: setting.default for setting in SETTINGS},
    }


def test_nobody_else_has_settings(host: Host, make_host: MakeHost) -> None:
    revoked = make_host(access="revoked")
    assert set(services.get_configs([host.id, revoked.id, "", "zzzzzzzzzzzz", "\x1b[31m"])) == {host.id}


# --- changing ---------------------------------------------------------------------------------------------------------------------


def test_a_change_is_a_revision(host: Host, alice: User) -> None:
    """With who, when, and the full settings."""
    assert set_settings(alice.pk, [host.id], {"show_cpus": False, "interval": 5}, now=NOW, origin="admin") == {host.id: 2}
    host.refresh_from_db()
    assert (host.revision, host.show_cpus, host.interval) == (2, False, 5.0)
    revision = newest(host)
    assert (revision.number, revision.by, revision.origin, revision.status) == (2, alice, "admin", "pending")
    assert revision.settings == host.settings()
    assert revision.at == pytest.approx(NOW, abs=5)


def test_nothing_changed_is_no_revision(host: Host, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert services.change_hosts(alice.pk, [host.id], {"show_cpus": True}, {}, now=NOW) == {host.id: 1}
    assert Revision.objects.count() == 1
    assert sent == []


def test_only_hosts_that_change_get_a_revision(make_host: MakeHost, alice: User) -> None:
    on, off = make_host(), make_host(disabled=True)
    assert services.change_hosts(alice.pk, [on.id, off.id, on.id], {"disabled": True}, {}, now=NOW) == {on.id: 2, off.id: 1}


def test_a_newer_revision_supersedes_one_that_waits(host: Host, alice: User) -> None:
    services.change_hosts(alice.pk, [host.id], {"interval": 2}, {}, now=NOW)
    services.change_hosts(alice.pk, [host.id], {"interval": 3}, {}, now=NOW)
    assert list(Revision.objects.order_by("number").values_list("status", flat=True)) == ["superseded", "superseded", "pending"]


def test_a_change_is_announced_after_the_commit(
    make_host: MakeHost, alice: User, sent: list[Event], django_capture_on_commit_callbacks: Any
) -> None:
    """In one message, however many hosts: the config component reads what waits for them, and pushes it."""
    hosts = sorted(make_host().id for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        services.change_hosts(alice.pk, hosts, {"interval": 2}, {}, now=NOW)
        assert sent == []
    assert sent == [Event("vedette.config.on_change", {"hosts": hosts}, {})]
    assert services.pending_configs(hosts) == services.get_configs(hosts)


def test_viewers_strangers_and_the_deactivated_may_not(host: Host, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for user_id in (bob.pk, alice.pk, 999):
        with pytest.raises(NotAllowed, match="operators"):
            services.change_hosts(user_id, [host.id], {"interval": 2}, {}, now=NOW)
    assert newest(host).number == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"interval": 0.1}, "interval 0.1 s is below 0.2 s"),
        ({"interval": 3601}, "above 3600"),
        ({"interval": "5"}, "must be (a number|finite)"),
        ({"interval": float("nan")}, "must be (a number|finite)"),
        ({"show_cpus": 1}, "true or false"),
        ({"show_cpu": True}, "no setting 'show_cpu'"),
        ({"revision": 9}, "no setting 'revision'"),
    ],
)
def test_bad_settings_change_nothing(changes: dict[str, Any], words: str, host: Host, alice: User) -> None:
    with pytest.raises(InvalidPayload, match=words):
        services.change_hosts(alice.pk, [host.id], {"disabled": True, **changes}, {}, now=NOW)
    host.refresh_from_db()
    assert not host.disabled


def test_one_unknown_host_changes_nothing(host: Host, alice: User) -> None:
    with pytest.raises(UnknownHost, match="zzzzzzzzzzzz"):
        services.change_hosts(alice.pk, [host.id, "zzzzzzzzzzzz"], {"interval": 2}, {}, now=NOW)
    assert newest(host).number == 1


def test_500_hosts_take_under_a_second(make_host: MakeHost, alice: User, django_assert_max_num_queries: Any) -> None:
    """And queries that do not grow with the hosts, but for SQLite's limit on values in one."""
    hosts = [make_host(f"host {number}").id for number in range(500)]
    started = time.thread_time()  # what it takes, not what others take meanwhile
    with django_assert_max_num_queries(30):
        revisions = services.change_hosts(alice.pk, hosts, {"disabled": True}, {}, now=NOW)
    assert time.thread_time() - started < 1.0
    assert set(revisions.values()) == {2}
    with django_assert_max_num_queries(2):
        assert len(services.pending_configs(hosts)) == 500


@pytest.fixture
def saved(host: Host, alice: User) -> Host:
    """A host whose settings somebody saved: revision 2."""
    services.change_hosts(alice.pk, [host.id], {"interval": 2}, {}, now=NOW)
    return host


# --- outcomes ---------------------------------------------------------------------------------------------------------------------


def test_an_outcome_is_stored(saved: Host) -> None:
    """With the time from commit to receipt, on the hub's clock."""
    report = applied(2, locked={"interval": 2.0}, at=NOW + 9999)
    assert services.report_configs([(saved.id, report, NOW + 9)]) == [saved.id]
    revision = newest(saved)
    assert (revision.status, revision.locked, revision.outcome_at) == ("applied", {"interval": 2.0}, NOW + 9)
    assert revision.milliseconds == pytest.approx((NOW + 9 - revision.at) * 1000)


def test_the_first_revision_has_no_delay(host: Host) -> None:
    """It comes with the host: nobody saved it, so nobody waited for it."""
    services.report_configs([(host.id, applied(), NOW + 9)])
    assert (newest(host).status, newest(host).milliseconds) == ("applied", None)


def test_a_failure_keeps_its_reason(host: Host) -> None:
    services.report_configs([(host.id, applied(status="failed", error="disk is full (kept rev 0)"), NOW)])
    assert (newest(host).status, newest(host).error) == ("failed", "disk is full (kept rev 0)")


def test_the_first_outcome_stops_the_clock(saved: Host) -> None:
    services.report_configs([(saved.id, applied(2), NOW + 1)])
    milliseconds = newest(saved).milliseconds
    assert services.report_configs([(saved.id, applied(2), NOW + 2)]) == []
    assert services.report_configs([(saved.id, applied(2, locked={"interval": 2.0}), NOW + 3)]) == [saved.id]
    assert (newest(saved).locked, newest(saved).milliseconds) == ({"interval": 2.0}, milliseconds)


def test_of_what_comes_together_the_last_counts_and_the_first_stops_the_clock(saved: Host) -> None:
    """Also if the last is what is stored already: a lock file that was changed, and changed back."""
    services.report_configs([(saved.id, applied(2, status="failed", error="no"), NOW + 1), (saved.id, applied(2), NOW + 2)])
    revision = newest(saved)
    assert (revision.status, revision.error, revision.outcome_at) == ("applied", "", NOW + 2)
    assert revision.milliseconds == pytest.approx((NOW + 1 - revision.at) * 1000)
    assert services.report_configs([(saved.id, applied(2, status="failed", error="no"), NOW + 3), (saved.id, applied(2), NOW + 4)]) == []
    assert newest(saved).status == "applied"


def test_an_agent_that_was_mended_reports_anew(saved: Host) -> None:
    services.report_configs([(saved.id, applied(2, status="failed", error="too new for me (kept rev 1)"), NOW + 1)])
    assert services.report_configs([(saved.id, applied(2), NOW + 3600)]) == [saved.id]
    assert (newest(saved).status, newest(saved).error) == ("applied", "")


def test_only_exactly_the_desired_revision_counts(host: Host, alice: User) -> None:
    services.change_hosts(alice.pk, [host.id], {"interval": 2}, {}, now=NOW)
    wrong = [applied(1), applied(3), applied(2, epoch="another")]
    assert services.report_configs([(host.id, report, NOW) for report in wrong]) == []
    assert newest(host).status == "pending"
    assert services.report_configs([(host.id, applied(2), NOW)]) == [host.id]


def test_a_batch_of_reports(make_host: MakeHost) -> None:
    """Repeated and unknown ones among them."""
    one, two = make_host(), make_host()
    reports = [(one.id, applied(), NOW), (two.id, applied(), NOW), (one.id, applied(), NOW), ("zzzzzzzzzzzz", applied(), NOW)]
    assert services.report_configs(reports) == [one.id, two.id]
    assert services.report_configs([]) == []


def test_what_waits_is_offered(make_host: MakeHost, alice: User) -> None:
    """Hosts whose newest revision has an outcome, and revoked ones, are not among them."""
    waits, done, failed, revoked = make_host(), make_host(), make_host(), make_host(access="revoked")
    services.report_configs([(done.id, applied(), NOW), (failed.id, applied(status="failed", error="no"), NOW)])
    hosts = [waits.id, done.id, failed.id, revoked.id]
    assert services.pending_configs(hosts) == services.get_configs([waits.id])
    services.change_hosts(alice.pk, [done.id], {"disabled": True}, {}, now=NOW)
    assert set(services.pending_configs(hosts)) == {waits.id, done.id}
    assert services.pending_configs([]) == {}
