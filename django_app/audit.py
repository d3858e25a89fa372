"""The audit log: who did what, when, from where. One entry is one sentence; nothing in it is a secret."""

from __future__ import annotations

from django.contrib.auth.models import User

from components.checking import printable
from django_app.models import AuditEntry

Kind = AuditEntry.Kind

MOST_BY_STRANGERS = 10_000
"""Entries that anybody can cause: the oldest go. Those that somebody with an account caused are kept."""
_BY_STRANGERS = (Kind.LOGIN_FAILED, Kind.LOCKED_OUT)
_TEXT_MOST = 500
_WHO_MOST = 150


def record(*entries: AuditEntry) -> None:
    """Store these entries, with what they tell of in one transaction if the caller has begun one.

    Whoever has an account (`by_id`) is also written by its name, which may change later; `who` is for what has none.
    """
    names = dict(User.objects.filter(pk__in={entry.by_id for entry in entries if entry.by_id}).values_list("pk", "username"))
    for entry in entries:
        entry.who = printable(entry.who or names.get(entry.by_id or 0, ""), _WHO_MOST)
        entry.text = printable(entry.text, _TEXT_MOST)
        entry.address = entry.address or ""
    AuditEntry.objects.bulk_create(entries)
    if any(entry.kind in _BY_STRANGERS for entry in entries):
        _forget_oldest()


def _forget_oldest() -> None:
    by_strangers = AuditEntry.objects.filter(kind__in=_BY_STRANGERS).order_by("-id")
    last = by_strangers.values_list("pk", flat=True)[MOST_BY_STRANGERS : MOST_BY_STRANGERS + 1].first()
    if last is not None:
        AuditEntry.objects.filter(kind__in=_BY_STRANGERS, pk__lte=last).delete()
