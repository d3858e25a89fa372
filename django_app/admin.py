"""The admin: hosts, their settings and revisions; people. The rest of it is in `admin_joining` and `admin_audit`."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import smart_split

from components.host_settings import SETTING
from django_app import admin_audit, admin_joining, admin_revisions, words
from django_app.admin_filters import ConfigFilter, StatusFilter, TagFilter
from django_app.admin_forms import HostForm
from django_app.admin_parts import HeldForDeletion, counted, moment, user_id
from django_app.approval import approve_hosts
from django_app.descriptions import describe_host
from django_app.generics import HostModelAdmin, PersonAdmin
from django_app.hosts import disabled_at, revoke_hosts
from django_app.locks import hold, hold_work_of
from django_app.models import Host, Revision
from django_app.people import OPERATORS
from django_app.revisions import set_settings

__all__ = ["HostAdmin", "PeopleAdmin", "admin_audit", "admin_joining"]

DUPLICATE_REMEDY = "on the copy, delete the agent's key file (agent.key in its data directory), and enrol it anew."


@admin.register(Host)
class HostAdmin(HeldForDeletion, HostModelAdmin):
    """Hosts. The cells with `data-host` are correct from the database; static/js/admin-hosts.js keeps them live."""

    form = HostForm
    hold = staticmethod(hold)
    list_display = ("name", "address", "status_cell", "config_cell", "pinned", "age_cell", "tags_text")
    list_filter = (StatusFilter, ConfigFilter, "access", "disabled", TagFilter)
    search_fields = ("name", "address", "id", "public_key")
    actions = ("enable", "disable", "revoke", "approve")
    readonly_fields = (
        *("status_cell", "config_cell", "pinned", "age_cell", "stopped", "duplicate"),
        *("id", "public_key", "access", "address", "enrolled", "facts_text", "revisions_table", "events_table"),
    )
    fieldsets = (
        (None, {"fields": ("name", "tags", "seen")}),
        ("Settings", {"fields": tuple(SETTING), "description": "Saving pushes what changed to the host, which answers at once."}),
        ("State", {"fields": ("status_cell", "config_cell", "pinned", "age_cell", "stopped")}),
        ("Identity", {"fields": ("id", "public_key", "access", "address", "enrolled")}),
        ("Facts", {"fields": ("facts_text",)}),
        ("Revisions", {"fields": ("revisions_table",)}),
        ("What happened to this host", {"fields": ("events_table",)}),
    )

    class Media:
        js = (Script("js/admin-hosts.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Host]:
        """Hosts, each with its newest revision in `newest`."""
        newest = Revision.objects.filter(number=F("host__revision"))
        hosts: QuerySet[Host] = super().get_queryset(request).annotate(disabled_at=disabled_at("pk"))
        return hosts.prefetch_related(Prefetch("revisions", newest, to_attr="newest"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Host], search_term: str) -> tuple[QuerySet[Host], bool]:
        """Each word in some column or in some tag. SQLite keeps tags as JSON, where `münchen` is `m\\u00fcnchen`, so they are read."""
        tagged = list(Host.objects.values_list("pk", "tags"))
        for word in smart_split(search_term):
            found, _ = super().get_search_results(request, queryset, word)
            sought = word.strip("\"'").casefold()
            by_tag = [host_id for host_id, tags in tagged if any(sought in tag.casefold() for tag in tags)]
            queryset = queryset.filter(Q(pk__in=found.order_by().values("pk")) | Q(pk__in=by_tag))
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: a host adds itself, with an enrolment code."""
        return False

    def save_model(self, request: HttpRequest, obj: Host, form: Any, change: bool) -> None:
        """Through the same functions as every other change; of a form only what was edited in it."""
        assert isinstance(form, HostForm)  # noqa: S101  # see `form` above
        settings, about = form.edited_settings(), form.edited_about()
        if settings:
            set_settings(user_id(request), [obj.pk], settings, now=time.time(), origin="admin")
        if about:
            describe_host(user_id(request), obj.pk, now=time.time(), **about)
        for text in form.overtaken():
            messages.warning(request, text)
        obj.refresh_from_db()

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[dict[str, Any]]:
        """For Django's own log: the fields that were edited."""
        return [{"changed": {"fields": sorted({**form.edited_settings(), **form.edited_about()})}}]

    def get_fieldsets(self, request: HttpRequest, obj: Host | None = None) -> Any:
        """With the remedy if two agents share the host's key."""
        warned = obj is not None and obj.duplicate_key
        return [
            (name, {**options, "fields": ("duplicate", *options["fields"])} if name == "State" and warned else options)
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_urls(self) -> list[Any]:
        """With the page that compares revisions."""
        compare = self.admin_site.admin_view(self.compare_revisions)
        return [path("<path:object_id>/revisions/", compare, name="django_app_host_revisions"), *super().get_urls()]

    def compare_revisions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two revisions side by side, for who may look; restore one of them, for who may change."""
        host = self.get_object(request, object_id)
        if host is None:
            raise Http404("there is no such host")
        if not self.has_view_permission(request, host):
            raise PermissionDenied
        may_change = self.has_change_permission(request, host)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return admin_revisions.restore(request, host)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "may_change": may_change}
        return admin_revisions.compare_page(request, host, context)

    # --- cells ---

    @admin.display(description="status", ordering="connected")
    def status_cell(self, host: Host) -> SafeString:
        """`up 3 h`, `down 3 h · connection lost`."""
        return _cell(host, "status", words.status_text(host, time.time()))

    @admin.display(description="duplicate key")
    def duplicate(self, host: Host) -> str:
        """What to do about it."""
        return "Two agents run with the key of this host. Give each machine a key of its own: " + DUPLICATE_REMEDY

    @admin.display(description="settings")
    def config_cell(self, host: Host) -> SafeString:
        """`rev 12 · applied in 38 ms`."""
        newest = _newest(host)
        return _cell(host, "config", words.config_text(host, newest, time.time()) if newest else words.MISSING)

    @admin.display(description="pinned")
    def pinned(self, host: Host) -> str:
        """What the host's lock file keeps as it is."""
        newest = _newest(host)
        return ", ".join(words.setting_text(name, value) for name, value in sorted(newest.locked.items())) if newest else ""

    @admin.display(description="last seen")
    def age_cell(self, host: Host) -> SafeString:
        """`3 h ago`."""
        return _cell(host, "age", words.age_text(host, time.time()))

    @admin.display(description="tags")
    def tags_text(self, host: Host) -> str:
        """`web, berlin`."""
        return ", ".join(host.tags)

    @admin.display(description="enrolled")
    def enrolled(self, host: Host) -> str:
        """When the host became one."""
        return moment(host.enrolled_at)

    @admin.display(description="the host says")
    def facts_text(self, host: Host) -> str:
        """What the host says of itself: untrusted."""
        return format_html_join(SafeString("<br>"), "{}: {}", sorted(host.facts.items())) or words.MISSING

    @admin.display(description="newest first")
    def revisions_table(self, host: Host) -> str:
        """Who changed what, when, and what became of it."""
        return admin_revisions.table_of(host)

    @admin.display(description="newest first")
    def events_table(self, host: Host) -> str:
        """The newest entries of the audit log that concern it."""
        return admin_audit.events_of(host)

    # --- actions ---

    @admin.action(description="Enable: send samples again", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """All chosen hosts send samples again."""
        self._set_disabled(request, queryset, disabled=False)

    @admin.action(description="Disable: send no samples", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """All chosen hosts stop sending samples, and stay connected."""
        self._set_disabled(request, queryset, disabled=True)

    @admin.action(description="Revoke: shut out until approved again", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """End the sessions of all chosen hosts and let none of them in again without a new code or an approval."""
        with transaction.atomic():
            revoked = revoke_hosts(user_id(request), _ids(queryset), now=time.time())
            self.log_actions(request, queryset.filter(pk__in=revoked), "Revoked.")
        self.message_user(request, f"{counted(len(revoked), 'host')} revoked.", messages.SUCCESS)

    @admin.action(description="Approve: let revoked hosts in again", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """The chosen hosts that were revoked need no new code."""
        with transaction.atomic():
            approved = approve_hosts(user_id(request), _ids(queryset), now=time.time())
            self.log_actions(request, queryset.filter(pk__in=approved), "Approved again.")
        self.message_user(request, f"{counted(len(approved), 'host')} approved.", messages.SUCCESS)

    def _set_disabled(self, request: HttpRequest, queryset: QuerySet[Host], *, disabled: bool) -> None:
        host_ids = _ids(queryset)
        set_settings(user_id(request), host_ids, {"disabled": disabled}, now=time.time(), origin="admin, bulk")
        self.message_user(request, f"{counted(len(host_ids), 'host')} {'disabled' if disabled else 'enabled'}.", messages.SUCCESS)

    def log_actions(self, request: HttpRequest, queryset: QuerySet[Host], text: str) -> None:
        """Leave a line in Django's own log for each host."""
        for host in queryset:
            self.log_change(request, host, text)


class PeopleAdmin(HeldForDeletion, PersonAdmin):
    """Django's, which says what the group of operators is for."""

    hold = staticmethod(hold_work_of)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With one sentence at the permissions."""
        note = (
            f"Every active account may look at the live page. Members of the group “{OPERATORS}” may also change settings; "
            "to do so in this admin they need the staff status too."
        )
        return [
            (name, {**options, "description": note} if name == "Permissions" else options)
            for name, options in super().get_fieldsets(request, obj)
        ]


admin.site.unregister(User)
admin.site.register(User, PeopleAdmin)


def _ids(queryset: QuerySet[Host]) -> list[str]:
    return list(queryset.order_by().values_list("pk", flat=True))


def _newest(host: Host) -> Revision | None:
    found: list[Revision] = getattr(host, "newest", [])
    return found[0] if found else None


def _cell(host: Host, field: str, text: str) -> SafeString:
    newest = _newest(host)
    outcome = newest.status if newest else ""
    return format_html(
        '<span data-host="{}" data-field="{}" data-status="{}" data-outcome="{}">{}</span>', host.pk, field, host.status, outcome, text
    )
