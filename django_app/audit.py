"""The audit log: who did what, when, from where. One entry is one sentence; nothing in it is a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.models import User
from django.http import HttpRequest

from components.checking import printable
from django_app.models import AuditEntry

Kind = AuditEntry.Kind

MOST_BY_STRANGERS = 10_000
"""Entries that anybody can cause: the oldest go. Those that somebody with an account caused are kept."""
NAME_TRIED_MOST = 60
"""Characters of a name that somebody tried to log in with."""
_BY_STRANGERS = (Kind.LOGIN_FAILED, Kind.LOCKED_OUT)
_TEXT_MOST = 500
_WHO_MOST = 150

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """What is recorded meanwhile was done by this request: by its user, unless the entry says by whom, and from its address."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def has_request() -> bool:
    """Whether a request does what is done now; otherwise it is a command, or the hub itself."""
    return _request.get() is not None


def record(*entries: AuditEntry) -> None:
    """Store these entries, with what they tell of in one transaction if the caller has begun one.

    Whoever has an account (`by_id`) is also written by its name, which may change later; `who` is for what has none.
    """
    for entry in entries:
        _complete(entry)
    names = dict(User.objects.filter(pk__in={entry.by_id for entry in entries if entry.by_id}).values_list("pk", "username"))
    for entry in entries:
        entry.who = printable(entry.who or names.get(entry.by_id or 0, ""), _WHO_MOST)
        entry.by_id = entry.by_id if entry.by_id in names else None  # who deletes the own account is gone by now
        entry.text = printable(entry.text, _TEXT_MOST)
    AuditEntry.objects.bulk_create(entries)
    if any(entry.kind in _BY_STRANGERS for entry in entries):
        _forget_oldest()


def _complete(entry: AuditEntry) -> None:
    """By whom and from where, if the entry does not say so and the request does."""
    request = _request.get()
    if request is None:
        return
    entry.address = entry.address or request.META.get("REMOTE_ADDR", "")[:64]
    if entry.by_id is None and not entry.who and entry.kind not in _BY_STRANGERS:
        # within a middleware there may be no user yet
        user = getattr(request, "user", None)
        if isinstance(user, User):
            entry.by_id, entry.who = user.pk, user.get_username()


def _forget_oldest() -> None:
    by_strangers = AuditEntry.objects.filter(kind__in=_BY_STRANGERS).order_by("-id")
    last = by_strangers.values_list("pk", flat=True)[MOST_BY_STRANGERS : MOST_BY_STRANGERS + 1].first()
    if last is not None:
        AuditEntry.objects.filter(kind__in=_BY_STRANGERS, pk__lte=last).delete()
