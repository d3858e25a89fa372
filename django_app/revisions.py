"""Settings: changing them, offering them to hosts, and what became of each revision."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from components.checking import printable
from components.errors import InvalidPayload, UnknownHost
from components.host_settings import SETTING, check_settings
from components.payloads import ConfigReport
from components.protocol import HOST_ID
from django_app import announce, audit, words
from django_app.hosts import checked_name
from django_app.models import AuditEntry, Host, Hub, Revision
from django_app.people import require_operator

MOST_TAGS = 20
TAG_MOST = 40
"""Characters in one tag."""

Report = tuple[str, ConfigReport, float]
"""Host id, what it said, when the hub received it."""


def get_configs(host_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The settings that the approved hosts among these should have, as they travel, by host id."""
    hosts = list(Host.objects.filter(pk__in=host_ids, access=Host.Access.APPROVED))
    epoch = Hub.current_epoch()
    return {host.id: _payload(host, epoch) for host in hosts}


def pending_configs(host_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The settings of those of these hosts whose newest revision has no outcome yet, by host id."""
    newest = Revision.objects.filter(host__in=host_ids, number=F("host__revision"), status=Revision.Status.PENDING)
    waiting = newest.filter(host__access=Host.Access.APPROVED).select_related("host")
    epoch = Hub.current_epoch()
    return {revision.host_id: _payload(revision.host, epoch) for revision in waiting}


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
        hosts = _locked(host_ids)
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
            epoch = Hub.current_epoch()
            announce.settings_changed([_payload(host, epoch) for host in touched])
    return {host.id: host.revision for host in hosts}


def restore_revision(user_id: int, host_id: str, number: int, now: float) -> int | None:
    """Give a host the settings of its revision `number` again, as a new one; its number, or None if these are its settings already.

    A setting that the revision does not have keeps its value; one that the hub no longer has is left out. NotAllowed, UnknownHost;
    InvalidPayload if there is no such revision, or if a value is out of today's bounds.
    """
    require_operator(user_id)
    with transaction.atomic():
        (host,) = _locked([host_id])
        revision = Revision.objects.filter(host=host, number=number).first()
        if revision is None:
            raise InvalidPayload(f"{host.name} has no revision {number}")
        known = {name: value for name, value in revision.settings.items() if name in SETTING}
        newest = set_settings(user_id, [host_id], known, now=now, origin=f"restored rev {number}")[host_id]
    return newest if newest != host.revision else None


def describe_host(user_id: int, host_id: str, *, now: float, name: str | None = None, tags: Sequence[str] | None = None) -> None:
    """Change the name or the tags of a host: what people see, not what the agent does, so its revision stays.

    NotAllowed, InvalidPayload, UnknownHost.
    """
    require_operator(user_id)
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = checked_name(name)
    if tags is not None:
        changes["tags"] = checked_tags(tags)
    with transaction.atomic():
        host = Host.objects.select_for_update().filter(pk=host_id).first()
        if host is None:
            raise UnknownHost(f"no host has the id {printable(host_id, 20)!r}")
        changes = {field: value for field, value in changes.items() if getattr(host, field) != value}
        if not changes:
            return
        Host.objects.filter(pk=host_id).update(**changes)
        text = f"{host.name}: {'; '.join(_described(field, value) for field, value in changes.items())}"
        audit.record(AuditEntry(kind=AuditEntry.Kind.DESCRIBED, text=text, at=now, by_id=user_id, host=host_id))
        announce.hosts_changed([host_id])


def checked_tags(tags: Sequence[str]) -> list[str]:
    """The tags without repetition, in order, or InvalidPayload."""
    kept = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(kept) > MOST_TAGS:
        raise InvalidPayload(f"{len(kept)} tags; at most {MOST_TAGS} are taken")
    for tag in kept:
        if printable(tag, TAG_MOST) != tag or "," in tag:
            raise InvalidPayload(f"the tag {printable(tag, 60)!r} is not at most {TAG_MOST} printable characters without a comma")
    return kept


def report_configs(reports: Sequence[Report]) -> list[str]:
    """Store what hosts say became of their newest revision; the ids of hosts whose stored outcome changed.

    Only exactly the desired revision counts. Its first outcome stops the clock; a later one (an agent that was upgraded, another lock
    file) says how it is now.
    """
    epoch = Hub.current_epoch()
    rows = Revision.objects.filter(host__in={host_id for host_id, _, _ in reports}, number=F("host__revision"))
    newest = {row.host_id: row for row in rows}
    counting = [
        (row, report, received_at)
        for host_id, report, received_at in reports
        if (row := newest.get(host_id)) and (report.epoch, report.revision) == (epoch, row.number)
    ]
    news = [(row, report, at) for row, report, at in counting if row.status == Revision.Status.PENDING or _outcome(report) != _stored(row)]
    if not news:
        return []
    with transaction.atomic():
        changed = {row.host_id: None for row, report, received_at in news if _record(row, report, received_at)}
    return list(changed)


def _record(row: Revision, report: ConfigReport, received_at: float) -> bool:
    outcome = _outcome(report)
    # revision 1 comes with the host itself: nobody saved it, so nobody waited for it
    waited = None if row.number == 1 else max(0.0, received_at - row.at) * 1000
    if Revision.objects.filter(pk=row.pk, status=Revision.Status.PENDING).update(**outcome, milliseconds=waited, outcome_at=received_at):
        return True
    newest = Revision.objects.filter(pk=row.pk, number=F("host__revision")).exclude(status=Revision.Status.SUPERSEDED)
    return bool(Revision.objects.filter(pk__in=newest.values("pk")).update(**outcome, outcome_at=received_at))


def _outcome(report: ConfigReport) -> dict[str, Any]:
    return {"status": report.status, "error": report.error, "locked": report.locked}


def _stored(row: Revision) -> dict[str, Any]:
    return {"status": row.status, "error": row.error, "locked": row.locked}


def _described(field: str, value: Any) -> str:
    return f"tags {', '.join(value) or 'none'}" if field == "tags" else f"{field} {value}"


def _audited(host: Host, what: str, user_id: int, now: float) -> AuditEntry:
    text = f"rev {host.revision} of {host.name}: {what}"
    return AuditEntry(kind=AuditEntry.Kind.SETTINGS, text=text, at=now, by_id=user_id, host=host.id)


def _locked(host_ids: Sequence[str]) -> list[Host]:
    """These hosts, in the order of their ids, which keeps two such transactions from waiting for each other."""
    wanted = [host_id for host_id in host_ids if HOST_ID.fullmatch(host_id)]
    hosts = list(Host.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    found = {host.id for host in hosts}
    for host_id in host_ids:
        if host_id not in found:
            raise UnknownHost(f"no host has the id {printable(str(host_id), 20)!r}; nothing was changed")
    return hosts


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
