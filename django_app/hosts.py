"""Which hosts there are: making one, shutting it out, letting it in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, FloatField, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from components.checking import printable
from components.errors import InvalidPayload, UnknownHost
from components.protocol import HOST_ID, new_host_id
from django_app import announce, audit
from django_app.models import NAME_MOST, AuditEntry, EnrolmentCode, Host, Revision
from django_app.people import hold_operator, require_operator


@dataclass(frozen=True)
class Enrolment:
    """What a new agent shows instead of the code's secret: `proof` is components.protocol.enrolment_proof, hex."""

    code_id: str
    proof: str


@dataclass(frozen=True)
class AgentHello:
    """What an agent says of itself before it is known: all of it untrusted."""

    public_key: str
    name: str = ""
    run: str = ""
    """Which start of the agent this is; empty if it does not say."""
    enrolment: Enrolment | None = None


def checked_name(text: str) -> str:
    """A host's name as a person gave it, or InvalidPayload."""
    name = text.strip()
    if not name or len(name) > NAME_MOST or printable(name, NAME_MOST) != name:
        raise InvalidPayload(f"the name {printable(name, 60)!r} is not 1 to {NAME_MOST} printable characters")
    return name


def proposed_name(text: str) -> str:
    """A name that a host proposes, made fit to be one."""
    return printable(text, NAME_MOST).strip() or "unnamed"


@dataclass(frozen=True)
class Newcomer:
    """A key that is to become a host, and by what right."""

    public_key: str
    name: str
    origin: str
    """What its first revision is said to come from."""
    address: str | None = None
    code: EnrolmentCode | None = None
    by_id: int | None = None
    host_id: str = field(default_factory=new_host_id)


def make_host(newcomer: Newcomer, now: float) -> Host:
    """The approved host with this key: new, or one that was revoked and is let in again. Within a transaction of the caller's."""
    name, code = newcomer.name, newcomer.code
    host, made = Host.objects.get_or_create(
        public_key=newcomer.public_key,
        defaults={"id": newcomer.host_id, "name": name, "address": newcomer.address or "", "enrolled_at": now, "code": code},
    )
    if made:
        first = {"number": host.revision, "settings": host.settings(), "by_id": newcomer.by_id, "origin": newcomer.origin, "at": now}
        Revision.objects.create(host=host, **first)
    else:
        host.access, host.name, host.code = Host.Access.APPROVED, name, code
        host.save(update_fields=["access", "name", "code"])
    return host


def revoke_hosts(user_id: int, host_ids: Sequence[str], *, now: float) -> list[str]:
    """Shut these hosts out; the ids of those that were in. NotAllowed unless the user may change settings."""
    require_operator(user_id)
    with transaction.atomic():
        inside = Host.objects.select_for_update().filter(pk__in=host_ids, access=Host.Access.APPROVED)
        revoked = list(inside.order_by("pk"))
        hold_operator(user_id)
        ids = [host.id for host in revoked]
        Host.objects.filter(pk__in=ids).update(access=Host.Access.REVOKED, connected=False, since=now, absence="")
        for host in revoked:
            audit.record(AuditEntry(kind=AuditEntry.Kind.REVOKED, text=host.name, at=now, by_id=user_id, host=host.id))
            announce.revoked("host", host.id)
        announce.hosts_changed(ids)
    return ids


def locked_hosts(host_ids: Sequence[str]) -> list[Host]:
    """These hosts, within the caller's transaction; UnknownHost. In the order of their ids, which keeps two such transactions from
    waiting for each other.
    """
    wanted = [host_id for host_id in host_ids if HOST_ID.fullmatch(host_id)]
    hosts = list(Host.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    found = {host.id for host in hosts}
    for host_id in host_ids:
        if host_id not in found:
            raise UnknownHost(f"no host has the id {printable(str(host_id), 20)!r}; nothing was changed")
    return hosts


def disabled_at(host: str) -> Case:
    """For a query, in which `host` is the path to a host's id: since when it is disabled, or null if it is not.

    That is when the first of its revisions was made after which it was not enabled again.
    """
    enabled = Revision.objects.filter(host=OuterRef(OuterRef(host)), settings__disabled=False).order_by("-number").values("number")[:1]
    first = Revision.objects.filter(host=OuterRef(host), number=Coalesce(Subquery(enabled), 0) + 1).values("at")
    is_disabled = {"disabled" if host == "pk" else f"{host}__disabled": True}
    return Case(When(**is_disabled, then=Subquery(first)), output_field=FloatField())
