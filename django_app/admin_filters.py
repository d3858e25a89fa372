"""The filters beside the admin's host list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from django_app.models import Host, Revision
from django_app.words import DUPLICATE_KEY

_APPROVED = Q(access=Host.Access.APPROVED)
_STATUSES = {
    "up": _APPROVED & Q(disabled=False, connected=True),
    "down": _APPROVED & Q(disabled=False, connected=False),
    "disabled": _APPROVED & Q(disabled=True),
    "revoked": ~_APPROVED,
    DUPLICATE_KEY: Q(duplicate_key=True),
}


class StatusFilter(admin.SimpleListFilter):
    """Up, down, disabled, revoked, or two of one key."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The statuses."""
        return [(status, status) for status in _STATUSES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Host]) -> QuerySet[Host]:
        """Hosts of the chosen status."""
        return queryset.filter(_STATUSES.get(self.value() or "", Q()))


class ConfigFilter(admin.SimpleListFilter):
    """What became of the newest settings."""

    title = "settings"
    parameter_name = "settings"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What can become of a newest revision."""
        return [(status.value, status.value) for status in Revision.Status if status != Revision.Status.SUPERSEDED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Host]) -> QuerySet[Host]:
        """Hosts whose newest revision has the chosen outcome."""
        chosen = self.value()
        return queryset.filter(revisions__number=F("revision"), revisions__status=chosen) if chosen else queryset


class TagFilter(admin.SimpleListFilter):
    """One tag. SQLite cannot look into a list, so the tags are read: a short column of one row a host."""

    title = "tag"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All tags there are."""
        return [(tag, tag) for tag in sorted({tag for tags in Host.objects.values_list("tags", flat=True) for tag in tags})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Host]) -> QuerySet[Host]:
        """Hosts with the chosen tag."""
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(pk__in=[host_id for host_id, tags in Host.objects.values_list("pk", "tags") if chosen in tags])
