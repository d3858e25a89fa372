"""Settings: changing them, offering them to hosts, and what became of each revision."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from components.errors import InvalidPayload
from components.host_settings import SETTING, check_settings
from components.payloads import ConfigReport
from django_app import announce, audit, words
from django_app.descriptions import tag_hosts
from django_app.hosts import locked_hosts
from django_app.locks import hold
from django_app.models import AuditEntry, Host, Hub, Revision
from django_app.people import hold_operator, require_operator

Report = tuple[str, ConfigReport, float]
"""Host id, what it said, when the hub received it."""

_Outcome = tuple[Revision, ConfigReport, float, float | None]
"""The revision as it is stored, its newest outcome, when that was received, and the milliseconds until the first one was."""


def get_configs(host_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The settings that the approved hosts among these should have, as they travel, by host id."""
    hosts = list(Host.objects.filter(pk__in=host_ids, access=Host.Access.APPROVED))
    epoch = Hub.current_epoch()
    return {host.id: _payload(host, epoch) for host in hosts}


def pending_configs(host_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The settings of those of these hosts whose newest revision has no outcome yet, by host id."""
    hosts = Host.objects.filter(pk__in=host_ids, access=Host.Access.APPROVED)
    # the newest revision and no other: both conditions in one filter, so that they hold for the same row
    waiting = hosts.filter(revisions__number=F("revision"), revisions__status=Revision.Status.PENDING)
    # past the models, which take twice as long, in the router's process
    rows = list(waiting.values("revision", *SETTING, host=F("id")))
    if not rows:
        return {}
    epoch = Hub.current_epoch()
    return {row["host"]: {**row, "epoch": epoch} for row in rows}


def set_settings(
    user_id: int, host_ids: Sequence[str], changes: Mapping[str, object], *, now: float, origin: str = "dashboard"
) -> dict[str, int]:
    """Change these settings of these hosts; the newest revision of each, by id. Where nothing changes there is no new revision.

    NotAllowed, InvalidPayload, UnknownHost; then nothing is changed at all.
    """
    started = time.monotonic()
    require_operator(user_id)
    values = check_settings(changes, partial=True)
    with transaction.atomic():
        hosts = locked_hosts(host_ids)
        hold_operator(user_id)
        changed = {host.id: {name: value for name, value in values.items() if getattr(host, name) != value} for host in hosts}
        touched = [host for host in hosts if changed[host.id]]
        if touched:
            _store(touched, values)
            said = {host.id: ", ".join(words.setting_text(name, value) for name, value in changed[host.id].items()) for host in touched}
            audit.record(*(_audited(host, f"{said[host.id]} ({origin})", user_id, now) for host in touched))
            # waiting for the database is not the host's delay, so this is taken last before the commit
            at = now + time.monotonic() - started
            Revision.objects.bulk_create(
                Revision(host=host, number=host.revision, settings=host.settings(), by_id=user_id, origin=origin, at=at) for host in touched
            )
            announce.hosts_changed([host.id for host in touched])
    return {host.id: host.revision for host in hosts}


def restore_revision(user_id: int, host_id: str, number: int, now: float) -> int | None:
    """Give a host the settings of its revision `number` again, as a new one; its number, or None if these are its settings already.

    A setting that the revision does not have keeps its value; one that the hub no longer has is left out. NotAllowed, UnknownHost;
    InvalidPayload if there is no such revision, or if a value is out of today's bounds.
    """
    require_operator(user_id)
    with transaction.atomic():
        (host,) = locked_hosts([host_id])
        revision = Revision.objects.filter(host=host, number=number).first()
        if revision is None:
            raise InvalidPayload(f"{host.name} has no revision {number}")
        # in the order of that table: a database may keep another
        known = {name: revision.settings[name] for name in SETTING if name in revision.settings}
        newest = set_settings(user_id, [host_id], known, now=now, origin=f"restored rev {number}")[host_id]
    return newest if newest != host.revision else None


def change_hosts(
    user_id: int, host_ids: Sequence[str], changes: Mapping[str, object], tags: Mapping[str, object], *, now: float
) -> dict[str, int]:
    """Settings and tags in one go: `set_settings` and `tag_hosts`, of which both happen or neither does; the revision of each host."""
    with transaction.atomic():
        if tags:
            tag_hosts(user_id, host_ids, tags, now=now)
        return set_settings(user_id, host_ids, changes, now=now)


def report_configs(reports: Sequence[Report]) -> list[str]:
    """Store what hosts say became of their newest revision; the ids of hosts for whom that is news.

    Only exactly the desired revision counts. Its first outcome stops the clock; a later one (an agent that was upgraded, another lock
    file) says how it is now.
    """
    epoch = Hub.current_epoch()
    rows = Revision.objects.filter(host__in={host_id for host_id, _, _ in reports}, number=F("host__revision"))
    newest = {row.host_id: row for row in rows}
    outcomes: dict[str, _Outcome] = {}
    for host_id, report, received_at in reports:
        row = newest.get(host_id)
        if row is None or (report.epoch, report.revision) != (epoch, row.number):
            continue
        known = outcomes.get(host_id)
        outcomes[host_id] = (row, report, received_at, known[3] if known else _waited(row, received_at))
    news = {
        host_id: one for host_id, one in outcomes.items() if one[0].status == Revision.Status.PENDING or _said(one[1]) != _stored(one[0])
    }
    _store_outcomes(list(news.values()))
    return list(news)


def _store_outcomes(news: Sequence[_Outcome]) -> None:
    """With one prepared statement for all of them, past the ORM, which takes eight times as long, in the router's process.

    A revision that waited and has another status meanwhile keeps it: who saved something newer has set it aside.
    """
    if not news:
        return
    values = [
        (report.status, report.error, connection.ops.adapt_json_value(report.locked, None), received_at, waited, row.pk, row.status)
        for row, report, received_at, waited in news
    ]
    table = connection.ops.quote_name(Revision._meta.db_table)  # noqa: SLF001  # documented
    columns = "status = %s, error = %s, locked = %s, outcome_at = %s, milliseconds = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        hold([row.host_id for row, _, _, _ in news])
        cursor.executemany(f"UPDATE {table} SET {columns} WHERE id = %s AND status = %s", values)  # noqa: S608  # names only


def _waited(row: Revision, received_at: float) -> float | None:
    """Milliseconds from commit to receipt of the first outcome. Revision 1 comes with the host itself: nobody saved it, nobody waited."""
    if row.status != Revision.Status.PENDING or row.number == 1:
        return row.milliseconds
    return max(0.0, received_at - row.at) * 1000


def _said(report: ConfigReport) -> dict[str, Any]:
    return {"status": report.status, "error": report.error, "locked": report.locked}


def _stored(row: Revision) -> dict[str, Any]:
    return {"status": row.status, "error": row.error, "locked": row.locked}


def _audited(host: Host, what: str, user_id: int, now: float) -> AuditEntry:
    text = f"rev {host.revision} of {host.name}: {what}"
    return AuditEntry(kind=AuditEntry.Kind.SETTINGS, text=text, at=now, by_id=user_id, host=host.id)


def _store(hosts: Sequence[Host], values: Mapping[str, bool | float]) -> None:
    ids = [host.id for host in hosts]
    Host.objects.filter(pk__in=ids).update(revision=F("revision") + 1, **values)
    Revision.objects.filter(host__in=ids, status=Revision.Status.PENDING).update(status=Revision.Status.SUPERSEDED)
    for host in hosts:
        host.revision += 1
        for name, value in values.items():
            setattr(host, name, value)


def _payload(host: Host, epoch: str) -> dict[str, Any]:
    return {"host": host.id, "epoch": epoch, "revision": host.revision, **host.settings()}
