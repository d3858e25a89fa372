"""Tickets: how a browser that is logged in to Django gets its WAMP session, and when it loses it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypedDict, TypeVar

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import constant_time_compare

from components.errors import TicketExpired, TicketForged, TicketUsed
from components.protocol import Role, host_of, require_user, ticket_of, user_authid
from django_app import audit
from django_app.admission import Principal
from django_app.locks import delete_unlocked
from django_app.models import ADDRESS_MOST, Host, Ticket
from django_app.people import operators, role_of

P = ParamSpec("P")
R = TypeVar("R")

TICKET_SECONDS = 30.0
_FORGOTTEN_AT_ONCE = 1000
"""The others go next time: a database takes only so many ids in one question."""
_signer = TimestampSigner(salt="vedette.ticket")


def issue_ticket(user: User, session_key: str, *, now: float) -> tuple[str, str]:
    """The authid and the ticket for one WAMP session of this user's logged-in Django session."""
    ticket = Ticket.objects.create(user=user, session_key=session_key, auth_hash=user.get_session_auth_hash(), role=role_of(user), at=now)
    return user_authid(user.pk, ticket.pk), _signer.sign(ticket.pk)


def admit_ticket(ticket: str, *, address: str | None, now: float) -> Principal:
    """Whom the ticket lets in, once, for a session from this address. TicketForged, TicketExpired or TicketUsed."""
    try:
        ticket_id = _signer.unsign(ticket)
    except (BadSignature, UnicodeEncodeError):  # JSON can write half a surrogate pair, which nothing encodes
        raise TicketForged("this hub did not sign the ticket; load the page again") from None
    row = _judged(now).filter(pk=ticket_id).first()
    if row is None or now - row.at > TICKET_SECONDS:
        raise TicketExpired(f"the ticket is older than {TICKET_SECONDS:g} s; load the page again")
    if not _fits(row):
        raise TicketExpired("the login that the ticket stood for has ended; log in again")
    if not Ticket.objects.filter(pk=ticket_id, used_at=None).update(used_at=now, address=(address or "")[:ADDRESS_MOST]):
        raise TicketUsed("a session joined with this ticket before; every session needs its own")
    return Principal(user_authid(row.user_id, row.pk), _role(row))


def for_session(authid: str | None, service: Callable[Concatenate[int, P], R]) -> Callable[P, R]:
    """`service` as the user of this session does it: with their id, and in the audit log from where the session comes.

    NotAllowed at once if the authid is not a user's.
    """
    user_id, ticket_id = require_user(authid), ticket_of(authid)

    @wraps(service)
    def serve(*args: P.args, **kwargs: P.kwargs) -> R:
        address = Ticket.objects.filter(pk=ticket_id).values_list("address", flat=True).first()
        with audit.done_from(address or ""):  # the ticket of a session that is just being ended may be gone
            return service(user_id, *args, **kwargs)

    return serve


def unfit(authids: Collection[str], *, keys: Mapping[str, str], now: float) -> set[str]:
    """Those among the live authids that may no longer be here. Authids of neither hosts nor users are not judged.

    `keys` has the public key each host's session was admitted with, by authid.
    """
    host_ids = {authid: host_id for authid in authids if (host_id := host_of(authid))}
    ticket_ids = {authid: ticket_id for authid in authids if (ticket_id := ticket_of(authid))}
    return _unfit_hosts(host_ids, keys) | _unfit_tickets(ticket_ids, now)


def expire_tickets(live: Collection[str], *, now: float) -> None:
    """Forget the logins that have expired, and the tickets that let in nobody any more: those of the authids in `live` are still needed."""
    _forget(Session.objects.all(), list(Session.objects.filter(expire_date__lt=_moment(now)).values_list("pk", flat=True)))
    needed = {ticket_of(authid) for authid in live}
    old = Ticket.objects.filter(at__lt=now - 2 * TICKET_SECONDS).values_list("pk", flat=True)
    _forget(Ticket.objects.all(), [ticket_id for ticket_id in old if ticket_id not in needed])


def _forget(rows: QuerySet[Any], ids: list[str]) -> None:
    if ids:  # so that nothing is written when there is nothing to forget
        delete_unlocked(rows.filter(pk__in=ids[:_FORGOTTEN_AT_ONCE]))


def _unfit_hosts(host_ids: dict[str, str], keys: Mapping[str, str]) -> set[str]:
    if not host_ids:
        return set()
    approved = Host.objects.filter(pk__in=host_ids.values(), access=Host.Access.APPROVED)
    keys_now = dict(approved.values_list("pk", "public_key"))
    fit = {authid for authid, host_id in host_ids.items() if host_id in keys_now and keys.get(authid) == keys_now[host_id]}
    return host_ids.keys() - fit


def _unfit_tickets(ticket_ids: dict[str, str], now: float) -> set[str]:
    if not ticket_ids:
        return set()
    rows = _judged(now).filter(pk__in=ticket_ids.values(), used_at__isnull=False)
    fit = {user_authid(row.user_id, row.pk) for row in rows if _fits(row)}
    return ticket_ids.keys() - fit


class _Judgement(TypedDict):
    session_lives: bool
    may_change: bool


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    _Judged = WithAnnotations[Ticket, _Judgement]


def _judged(now: float) -> QuerySet[_Judged]:
    """Tickets with their user, `session_lives` and `may_change`, in one query."""
    return Ticket.objects.select_related("user").annotate(
        session_lives=Exists(Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=_moment(now))),
        may_change=Exists(operators().filter(pk=OuterRef("user_id"))),
    )


def _moment(now: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(now, datetime.UTC)


def _fits(row: _Judged) -> bool:
    return (
        row.user.is_active
        and row.session_lives
        and row.role == _role(row)
        and constant_time_compare(row.auth_hash, row.user.get_session_auth_hash())
    )


def _role(row: _Judged) -> Role:
    return "operator" if row.may_change else "viewer"
