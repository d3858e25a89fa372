"""The one order in which rows are locked: enrolment codes, keys that wait, hosts, accounts, and then what hangs on them; of several, by
their ids.

Two transactions that write of the same rows, each in its own order, may wait for each other, which PostgreSQL ends with an error for one
of them. So whoever writes of several begins with these. A host's lock stands for its revisions too. What only clears up passes over what
somebody else has locked just now. SQLite has one writer at a time, and no such locks.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

from django_app.models import EnrolmentCode, Host, Revision


def hold(host_ids: Collection[str]) -> None:
    """Until the caller's transaction ends, nobody else changes these hosts or what became of their settings."""
    _hold(Host.objects.filter(pk__in=host_ids))


def hold_codes(code_ids: Collection[str]) -> None:
    """Nor these codes, and the hosts that enrolled with them."""
    _hold(EnrolmentCode.objects.filter(pk__in=code_ids))
    _hold(Host.objects.filter(code__in=code_ids))


def hold_work_of(user_ids: Collection[int]) -> None:
    """Nor what these people have made, codes and settings of hosts; and they make no more."""
    _hold(EnrolmentCode.objects.filter(by__in=user_ids))
    hold(set(Revision.objects.filter(by__in=user_ids).values_list("host_id", flat=True)))
    _hold(User.objects.filter(pk__in=user_ids))


def delete_unlocked(rows: QuerySet[Any]) -> None:
    """Those of them that nobody else has locked just now."""
    with transaction.atomic():
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        if free:
            rows.model._default_manager.filter(pk__in=free).delete()  # noqa: SLF001  # Django's documented name


def _hold(rows: QuerySet[Model]) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("rows are held for a transaction, and there is none")
    if connection.features.has_select_for_update:
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
