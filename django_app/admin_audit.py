"""The admin's audit log: to look at, filter and search, never to change."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from django_app import words
from django_app.admin_parts import ForOperators, moment
from django_app.generics import EntryModelAdmin
from django_app.models import AuditEntry, Host

EVENTS_SHOWN = 20
_DAY_SECONDS = 86_400.0
_SPANS = {
    "hour": ("past hour", 3_600.0),
    "day": ("past 24 hours", _DAY_SECONDS),
    "week": ("past 7 days", 7 * _DAY_SECONDS),
    "month": ("past 30 days", 30 * _DAY_SECONDS),
}


class WhenFilter(admin.SimpleListFilter):
    """How long ago at most. Django's own filter of dates knows no seconds since the epoch."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The spans."""
        return [(span, text) for span, (text, _) in _SPANS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Entries of the chosen span."""
        chosen = _SPANS.get(self.value() or "")
        return queryset.filter(at__gte=time.time() - chosen[1]) if chosen else queryset


class WhoFilter(admin.SimpleListFilter):
    """Which account, as it was called then: also those that are gone."""

    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The accounts, and not the many hosts that enrolled."""
        accounts = AuditEntry.objects.exclude(kind=AuditEntry.Kind.ENROLLED).exclude(who="")
        return [(who, who) for who in accounts.order_by("who").values_list("who", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Entries of the chosen account."""
        chosen = self.value()
        return queryset.filter(who=chosen) if chosen else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ForOperators, EntryModelAdmin):
    """Who did what, when, from where; newest first."""

    list_display = ("when", "kind", "who_text", "address_text", "host_link", "text")
    list_display_links = None
    list_filter = (WhenFilter, "kind", WhoFilter)
    search_fields = ("who", "text", "address", "host")
    fields = ("when", "kind", "who_text", "address_text", "host_link", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Entries, each with the name that its host has now in `host_name`."""
        return super().get_queryset(request).annotate(host_name=Subquery(Host.objects.filter(pk=OuterRef("host")).values("name")))

    @admin.display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        """In UTC."""
        return moment(entry.at)

    @admin.display(description="who", ordering="who")
    def who_text(self, entry: AuditEntry) -> str:
        """The account, as it was called then."""
        return entry.who or words.MISSING

    @admin.display(description="address", ordering="address")
    def address_text(self, entry: AuditEntry) -> str:
        """Where the request came from."""
        return entry.address or words.MISSING

    @admin.display(description="host")
    def host_link(self, entry: AuditEntry) -> str:
        """To the host; the id alone of one that is gone, or not in yet."""
        name = getattr(entry, "host_name", None)
        if name is None:
            return entry.host or words.MISSING
        return format_html('<a href="{}">{}</a>', reverse("admin:django_app_host_change", args=[entry.host]), name)


def events_of(host: Host) -> str:
    """A table of the newest entries that concern this host."""
    rows = [
        {"at": moment(entry.at), "kind": entry.get_kind_display(), "who": entry.who, "address": entry.address, "text": entry.text}
        for entry in AuditEntry.objects.filter(host=host.pk)[:EVENTS_SHOWN]
    ]
    return render_to_string("django_app/admin/events.html", {"rows": rows, "most": EVENTS_SHOWN, "host": host})
