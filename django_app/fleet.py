"""What the hub's services read and write of all hosts: presence, facts, and the rows behind the live page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, FloatField, Value, When

from components.checking import printable
from components.payloads import Facts
from components.protocol import HostConfig
from django_app.models import Host, Hub, Revision


@dataclass(frozen=True)
class Presence:
    """A host came or went, at `at`; `address` is where the router saw it, None to leave it as it was."""

    connected: bool
    at: float
    address: str | None = None


@dataclass(frozen=True)
class FleetRow:
    """What the database knows of one approved host."""

    name: str
    address: str | None
    tags: list[str]
    disabled: bool
    since: float | None
    """When it last came or went."""
    config: HostConfig


def fleet_rows(host_ids: Collection[str] | None = None) -> dict[str, FleetRow]:
    """The approved hosts among these (None: all of them), by id; whoever is absent is gone. One query."""
    newest = Revision.objects.filter(number=F("host__revision"), host__access=Host.Access.APPROVED)
    if host_ids is not None:
        newest = newest.filter(host__in=host_ids)
    return {revision.host_id: _row(revision.host, revision) for revision in newest.select_related("host").order_by("host")}


def record_presence(changes: Iterable[tuple[str, Presence]]) -> None:
    """Store who came and went: host ids, in the order of what happened."""
    with transaction.atomic():
        for host_id, presence in changes:
            _record(host_id, presence)


def connected_hosts() -> set[str]:
    """The ids of the approved hosts that are stored as connected."""
    return set(Host.objects.filter(connected=True, access=Host.Access.APPROVED).values_list("pk", flat=True))


def forget_presence(now: float) -> None:
    """Nobody is connected: the hub has just started."""
    Host.objects.filter(connected=True).update(connected=False, since=now)


def record_facts(host_id: str, facts: Facts) -> None:
    """Store what a host says of itself."""
    Host.objects.filter(pk=host_id).update(facts=dict(facts))


def record_stop(host_id: str, reason: str, now: float) -> None:
    """The agent stops cleanly, and says why."""
    Host.objects.filter(pk=host_id).update(stopped=printable(reason, 200), last_seen_at=now)


def ping() -> None:
    """Read one row, which a database without a sign of life, or without tables, does not give: DatabaseError."""
    Hub.objects.first()


def _row(host: Host, revision: Revision) -> FleetRow:
    return FleetRow(
        name=host.name,
        address=host.address or None,
        tags=host.tags,
        disabled=host.disabled,
        since=host.since,
        config=host_config(host, revision),
    )


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
    if presence.address is not None:
        changes["address"] = presence.address
    turned = Case(When(connected=presence.connected, then=F("since")), default=Value(presence.at), output_field=FloatField())
    Host.objects.filter(pk=host_id).update(since=turned, **changes)
