"""Keys that came without an enrolment code: they wait until an operator approves or denies them.

How many may wait is bounded so that nobody keeps out a stranger from another address: see REQUESTS in `components/limits.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from components.addresses import neighbourhood
from components.errors import JoinRefused, KeyDenied, NotApproved
from components.limits import REQUEST_ASKS_SECONDS, REQUEST_UNSEEN_SECONDS, REQUESTS, REQUESTS_PER_ADDRESS
from components.protocol import fingerprint
from django_app import announce, audit
from django_app.hosts import AgentHello, Newcomer, make_host, proposed_name
from django_app.locks import delete_unlocked
from django_app.models import AuditEntry, Host, JoinRequest
from django_app.people import hold_operator, require_operator


def ask(hello: AgentHello, *, address: str | None, now: float) -> JoinRefused:
    """Let this key wait for approval; how to refuse it until then."""
    with transaction.atomic():
        request = JoinRequest.objects.select_for_update().filter(public_key=hello.public_key).first()
        if request is not None and request.denied_at is not None:
            return KeyDenied(f"an operator denied the key with the fingerprint {request.fingerprint}; ask one to approve it")
        if request is not None:
            waits = _see_again(request, address, now)
        else:
            # it may have been approved since it was looked for among the hosts: then it is in at its next try
            waits = Host.objects.filter(public_key=hello.public_key).exists() or _add(hello, address, now)
    key = f"the key with the fingerprint {fingerprint(hello.public_key)}"
    if not waits:
        return NotApproved(f"{key} is not shown to operators yet: too many of its address wait for approval; use a code, or wait")
    return NotApproved(f"{key} waits until an operator approves it, or use a code")


def approve_hosts(user_id: int, host_ids: Sequence[str], *, now: float) -> list[str]:
    """Let these in: keys that wait or were denied, and hosts that were revoked; the ids of those that were not in. NotAllowed."""
    require_operator(user_id)
    with transaction.atomic():
        requests = list(_locked(host_ids))
        revoked = list(Host.objects.select_for_update().filter(pk__in=host_ids, access=Host.Access.REVOKED).order_by("pk"))
        hold_operator(user_id)
        approved = [_approve(request, user_id, now) for request in requests]
        approved += [_let_in_again(host, user_id, now) for host in revoked]
        announce.hosts_changed(approved)
    return approved


def deny_requests(user_id: int, host_ids: Sequence[str], *, now: float) -> list[str]:
    """Deny these waiting keys for good; the ids of those that waited. NotAllowed."""
    require_operator(user_id)
    with transaction.atomic():
        denied = list(_locked(host_ids).filter(denied_at=None))
        hold_operator(user_id)
        ids = [request.id for request in denied]
        JoinRequest.objects.filter(pk__in=ids).update(denied_at=now)
        for request in denied:
            audit.record(_entry(AuditEntry.Kind.DENIED, request, user_id, now))
        announce.hosts_changed(ids)
    return ids


def forget_denials(user_id: int, request_ids: Sequence[str], *, now: float) -> list[str]:
    """Let these denied keys ask again; the ids of those that were denied. NotAllowed."""
    require_operator(user_id)
    with transaction.atomic():
        denied = list(_locked(request_ids).filter(denied_at__isnull=False))
        hold_operator(user_id)
        JoinRequest.objects.filter(pk__in=[request.pk for request in denied]).delete()
        for request in denied:
            audit.record(_entry(AuditEntry.Kind.DELETED, request, user_id, now, "denial of "))
    return [request.pk for request in denied]


def expire_requests(*, now: float) -> None:
    """Forget waiting keys that have not asked again for long."""
    _forget(list(JoinRequest.objects.filter(denied_at=None, seen_at__lt=now - REQUEST_UNSEEN_SECONDS.most).values_list("pk", flat=True)))


def forget(public_key: str) -> None:
    """This key need not wait any more. Whoever decides upon it just now has done so first."""
    ids = list(JoinRequest.objects.select_for_update().filter(public_key=public_key).values_list("pk", flat=True))
    if ids:
        JoinRequest.objects.filter(pk__in=ids).delete()
        announce.hosts_changed(ids)


def _locked(request_ids: Sequence[str]) -> QuerySet[JoinRequest]:
    """These keys, for the caller's transaction alone. In the order of their ids, which keeps two such transactions from waiting for each
    other.
    """
    return JoinRequest.objects.select_for_update().filter(pk__in=request_ids).order_by("pk")


def _add(hello: AgentHello, address: str | None, now: float) -> bool:
    """Whether it waits from now on."""
    around = neighbourhood(address)
    if not _find_room(around, now):
        return False
    asked = {"name": proposed_name(hello.name), "address": address or "", "neighbourhood": around, "at": now, "seen_at": now}
    # the same key may ask twice at once, where the database lets two transactions begin to write
    request, added = JoinRequest.objects.get_or_create(public_key=hello.public_key, defaults=asked)
    if added:
        announce.hosts_changed([request.pk])
    return True


def _see_again(request: JoinRequest, address: str | None, now: float) -> bool:
    """Whether it still waits."""
    around = neighbourhood(address)
    if around != request.neighbourhood:
        if not _find_room(around, now, but=request):
            _forget([request.pk])
            return False
        announce.hosts_changed([request.pk])
    JoinRequest.objects.filter(pk=request.pk).update(seen_at=now, address=address or "", neighbourhood=around)
    return True


def _find_room(around: str, now: float, but: JoinRequest | None = None) -> bool:
    """Whether there is room for one more key from the neighbourhood `around`, be it that of a key which is forgotten for it.

    Agents ask again and again. If each newcomer pushed out another, a few more than there is room for would do so without end, and nobody
    could decide on any of them.
    """
    waiting = JoinRequest.objects.filter(denied_at=None).exclude(pk=but.pk if but else "")
    own = waiting.filter(neighbourhood=around)
    count = own.count()
    if count < REQUESTS_PER_ADDRESS.most and waiting.count() < REQUESTS.most:
        return True
    leaving = own.filter(seen_at__lt=now - REQUEST_ASKS_SECONDS.most).order_by("seen_at")
    if count < REQUESTS_PER_ADDRESS.most:
        busiest = waiting.values("neighbourhood").annotate(keys=Count("pk"), first=Min("at")).order_by("-keys", "first")[0]
        if count == 0 or busiest["keys"] > count + 1:
            leaving = waiting.filter(neighbourhood=busiest["neighbourhood"]).order_by("-at")
    ids = list(leaving.values_list("pk", flat=True)[:1])
    _forget(ids)
    return bool(ids)


def _forget(ids: list[str]) -> None:
    if ids:
        with transaction.atomic():
            delete_unlocked(JoinRequest.objects.filter(pk__in=ids))
            announce.hosts_changed(ids)


def _approve(request: JoinRequest, user_id: int, now: float) -> str:
    newcomer = Newcomer(request.public_key, request.name, "approval", request.address, by_id=user_id, host_id=request.id)
    host = make_host(newcomer, now)
    audit.record(_entry(AuditEntry.Kind.APPROVED, request, user_id, now))
    request.delete()
    return host.id


def _let_in_again(host: Host, user_id: int, now: float) -> str:
    Host.objects.filter(pk=host.pk).update(access=Host.Access.APPROVED)
    text = f"{host.name}, which was revoked"
    audit.record(AuditEntry(kind=AuditEntry.Kind.APPROVED, text=text, at=now, by_id=user_id, host=host.id))
    return host.id


def _entry(kind: AuditEntry.Kind, request: JoinRequest, user_id: int, now: float, what: str = "") -> AuditEntry:
    text = f"{what}{request.name} from {request.address or 'an unknown address'}, fingerprint {request.fingerprint}"
    return AuditEntry(kind=kind, text=text, at=now, by_id=user_id, host=request.id)
