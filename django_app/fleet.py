"""What the hub's services read and write of all hosts: presence, facts, and the rows behind the live page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Case, F, FloatField, Value, When

from components.checking import printable
from components.host_views import HostAbsence, HostConfig, HostFacts
from components.payloads import Facts
from django_app import announce
from django_app.hosts import disabled_at
from django_app.locks import hold
from django_app.models import STOPPED_MOST, Host, Hub, JoinRequest, Revision


@dataclass(frozen=True)
class Presence:
    """A host came or went, at `at`; `address` is where the router saw it, None to leave it as it was."""

    connected: bool
    at: float
    address: str | None = None


@dataclass(frozen=True)
class FleetRow:
    """What the database knows of one host, or of one key that waits for approval: that has a fingerprint."""

    name: str
    address: str | None
    since: float | None
    """When it last came or went; when a waiting key first asked."""
    tags: list[str] = field(default_factory=list)
    enrolled_at: float | None = None
    disabled: bool = False
    disabled_at: float | None = None
    revoked: bool = False
    stopped: str = ""
    """Why the agent said it stops, since its newest session began."""
    absence: HostAbsence | None = None
    duplicate_key: bool = False
    fingerprint: str | None = None
    facts: HostFacts | None = None
    config: HostConfig | None = None


def fleet_rows(host_ids: Collection[str] | None = None) -> dict[str, FleetRow]:
    """The hosts and waiting keys among these (None: all of them), by id; whoever is absent is gone."""
    newest, waiting = Revision.objects.filter(number=F("host__revision")), JoinRequest.objects.filter(denied_at=None)
    if host_ids is not None:
        newest, waiting = newest.filter(host__in=host_ids), waiting.filter(pk__in=host_ids)
    rows = {request.id: _waiting(request) for request in waiting}
    newest = newest.select_related("host").annotate(disabled_at=disabled_at("host"))
    return rows | {revision.host_id: _row(revision.host, revision, revision.disabled_at) for revision in newest}


def record_presence(changes: Collection[tuple[str, Presence]]) -> None:
    """Store who came and went: host ids, in the order of what happened."""
    with transaction.atomic():
        hold({host_id for host_id, _ in changes})
        for host_id, presence in changes:
            _record(host_id, presence)


def connected_hosts() -> set[str]:
    """The ids of the approved hosts that are stored as connected."""
    return set(Host.objects.filter(connected=True, access=Host.Access.APPROVED).values_list("pk", flat=True))


def forget_presence(now: float) -> None:
    """Nobody is connected: the hub has just started."""
    Host.objects.filter(connected=True).update(connected=False, since=now, absence=_why(Host.Absence.HUB))
    Host.objects.filter(duplicate_key=True).update(duplicate_key=False)


def record_facts(news: Collection[tuple[str, Facts]]) -> list[str]:
    """Store what hosts say of themselves; the ids of those that say something else than before. Another boot id: the machine was
    started anew.
    """
    facts = dict(news)
    with transaction.atomic():
        hold(facts)
        changed = [host for host in Host.objects.filter(pk__in=facts) if host.facts != facts[host.id]]
        restarted = [host.id for host in changed if _is_restarted(host.facts, facts[host.id])]
        for host in changed:
            host.facts = dict(facts[host.id])
        Host.objects.bulk_update(changed, ["facts"], batch_size=100)
        Host.objects.filter(pk__in=restarted).update(absence=Host.Absence.RESTARTED)
    return [host.id for host in changed]


def _is_restarted(before: Mapping[str, Any], after: Facts) -> bool:
    return bool(before.get("boot_id") and after["boot_id"] and before["boot_id"] != after["boot_id"])


def record_stop(host_id: str, reason: str, now: float) -> None:
    """The agent stops cleanly, and says why."""
    Host.objects.filter(pk=host_id).update(stopped=printable(reason, STOPPED_MOST), last_seen_at=now)


def record_duplicates(host_ids: Collection[str]) -> None:
    """Two agents run with the key of each of these hosts, and of no other."""
    told = list(Host.objects.filter(duplicate_key=True).exclude(pk__in=host_ids).values_list("pk", flat=True))
    new = list(Host.objects.filter(duplicate_key=False, pk__in=host_ids).values_list("pk", flat=True))
    with transaction.atomic():
        hold([*told, *new])
        Host.objects.filter(pk__in=told).update(duplicate_key=False)
        Host.objects.filter(pk__in=new).update(duplicate_key=True)
        announce.hosts_changed([*told, *new])


def ping() -> None:
    """Read one row, which a database without a sign of life, or without tables, does not give: DatabaseError."""
    Hub.objects.first()


def _row(host: Host, revision: Revision, disabled_at: float | None) -> FleetRow:
    return FleetRow(
        name=host.name,
        address=host.address or None,
        tags=host.tags,
        disabled=host.disabled,
        disabled_at=disabled_at,
        since=host.since,
        enrolled_at=host.enrolled_at,
        revoked=host.access == Host.Access.REVOKED,
        stopped=host.stopped,
        absence=_absence(host),
        duplicate_key=host.duplicate_key,
        facts=_facts(host),
        config=host_config(host, revision),
    )


def _facts(host: Host) -> HostFacts | None:
    """What an older version stored may lack something, which is empty or 0 until the host joins again."""
    if not host.facts:
        return None
    return HostFacts(
        system=host.facts.get("system", ""),
        cpu_model=host.facts.get("cpu_model", ""),
        cpu_count=host.facts.get("cpu_count", 0),
        memory_total_bytes=host.facts.get("memory_total_bytes", 0.0),
        agent_version=host.facts.get("agent_version", ""),
    )


def _waiting(request: JoinRequest) -> FleetRow:
    return FleetRow(name=request.name, address=request.address or None, since=request.at, fingerprint=request.fingerprint)


def _absence(host: Host) -> HostAbsence | None:
    if host.access == Host.Access.REVOKED:
        return HostAbsence(reason="revoked", text="")
    if not host.absence:
        return None
    return HostAbsence(reason=host.absence, text=host.stopped if host.absence == Host.Absence.STOPPED else "")  # type: ignore[typeddict-item]  # one of its values


def host_config(host: Host, revision: Revision) -> HostConfig:
    """The state of a host's newest settings, as browsers get it."""
    return HostConfig(
        revision=revision.number,
        status=revision.status,  # type: ignore[typeddict-item]  # the newest one is never superseded
        at=revision.at,
        milliseconds=revision.milliseconds,
        error=revision.error,
        locked=revision.locked,
        settings=host.settings(),
    )


def _record(host_id: str, presence: Presence) -> None:
    changes: dict[str, object] = {"connected": presence.connected, "last_seen_at": presence.at}
    if presence.connected:
        changes["stopped"] = ""
    else:
        changes["absence"] = Case(When(connected=True, then=_why(Host.Absence.LOST)), default=F("absence"))
    if presence.address is not None:
        changes["address"] = presence.address
    turned = Case(When(connected=presence.connected, then=F("since")), default=Value(presence.at), output_field=FloatField())
    Host.objects.filter(pk=host_id).update(since=turned, **changes)


def _why(otherwise: Host.Absence) -> Case:
    """Stopped, if the agent has said so since its newest session began."""
    return Case(When(stopped="", then=Value(otherwise)), default=Value(Host.Absence.STOPPED))
