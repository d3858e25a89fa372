"""The audit log: who did what, when, from where. One entry is one sentence; nothing in it is a secret."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.models import User
from django.http import HttpRequest

from components.checking import printable
from django_app.locks import delete_unlocked
from django_app.models import ADDRESS_MOST, AuditEntry

Kind = AuditEntry.Kind

MOST_OF = {frozenset({Kind.LOGIN_FAILED, Kind.LOCKED_OUT}): 10_000, frozenset({Kind.LOGIN, Kind.LOGOUT}): 50_000}
"""Entries that anybody, or anybody with an account, can cause as often as he likes: the oldest of them go. All others are kept."""
NAME_TRIED_MOST = 60
"""Characters of a name that somebody tried to log in with."""
_BY_STRANGERS = (Kind.LOGIN_FAILED, Kind.LOCKED_OUT)
_TEXT_MOST = 500
_WHO_MOST = 150

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_address: ContextVar[str] = ContextVar("address", default="")


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """What is recorded meanwhile was done by this request: by its user, unless the entry says by whom, and from its address."""
    token = _request.set(request)
    try:
        with done_from(str(request.META.get("REMOTE_ADDR", ""))):
            yield
    finally:
        _request.reset(token)


@contextmanager
def done_from(address: str) -> Iterator[None]:
    """What is recorded meanwhile was done from this address, unless the entry says from where."""
    token = _address.set(address[:ADDRESS_MOST])
    try:
        yield
    finally:
        _address.reset(token)


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
    for kinds, most in MOST_OF.items():
        if any(entry.kind in kinds for entry in entries):
            _forget_oldest(kinds, most)


def _complete(entry: AuditEntry) -> None:
    """From where and by whom, if the entry does not say so and what goes on around it does."""
    entry.address = entry.address or _address.get()
    request = _request.get()
    if request is not None and entry.by_id is None and not entry.who and entry.kind not in _BY_STRANGERS:
        # within a middleware there may be no user yet
        user = getattr(request, "user", None)
        if isinstance(user, User):
            entry.by_id, entry.who = user.pk, user.get_username()


def _forget_oldest(kinds: Collection[str], most: int) -> None:
    of_these = AuditEntry.objects.filter(kind__in=kinds).order_by("-id")
    last = of_these.values_list("pk", flat=True)[most : most + 1].first()
    if last is not None:
        delete_unlocked(AuditEntry.objects.filter(kind__in=kinds, pk__lte=last))
