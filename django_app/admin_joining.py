"""The admin of who may join: codes for new hosts, and keys that wait for approval."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from django_app import words
from django_app.admin_forms import EnrolmentCodeForm
from django_app.admin_parts import ForOperators, HeldForDeletion, counted, moment, user_id
from django_app.admission import join_command, join_hint, make_code
from django_app.approval import approve_hosts, deny_requests, forget_denials
from django_app.generics import CodeModelAdmin, RequestModelAdmin
from django_app.locks import hold_codes
from django_app.models import EnrolmentCode, JoinRequest


@admin.register(EnrolmentCode)
class EnrolmentCodeAdmin(HeldForDeletion, CodeModelAdmin):
    """Codes for new hosts. Adding one shows it, once."""

    form = EnrolmentCodeForm
    hold = staticmethod(hold_codes)
    list_display = ("name", "state", "by", "made", "hosts_text")
    list_select_related = ("by",)
    search_fields = ("name", "id")
    readonly_fields = ("id", "state", "by", "made", "hosts_text")

    def get_fields(self, request: HttpRequest, obj: EnrolmentCode | None = None) -> Any:
        """A new one needs a name, uses and a time; an old one shows what became of it."""
        return ("name", *self.readonly_fields) if obj else ("name", "uses", "valid")

    def has_change_permission(self, request: HttpRequest, obj: EnrolmentCode | None = None) -> bool:
        """Never: a code is used or expires."""
        return False

    def save_model(self, request: HttpRequest, obj: EnrolmentCode, form: Any, change: bool) -> None:
        """Make the code, whose text `obj` carries until the answer is written."""
        seconds = words.parse_duration(form.cleaned_data["valid"])
        made = make_code(obj.name, by_id=user_id(request), now=time.time(), uses=form.cleaned_data["uses"], seconds=seconds)
        obj.pk, obj.text = made.pk, made.text
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: EnrolmentCode, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the code once; nothing keeps it, and no cache may."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Add the host {obj.name}" if obj.uses == 1 else f"Add {obj.uses} hosts: {obj.name}",
            "opts": self.opts,
            "code": obj.text,
            "command": join_command(obj.text),
            "hint": join_hint(),
            "times": words.times(obj.uses),
            "valid": words.duration(obj.expires_at - obj.at),
        }
        return TemplateResponse(request, "django_app/admin/code.html", context, headers={"Cache-Control": "no-store"})

    @admin.display(description="state")
    def state(self, code: EnrolmentCode) -> str:
        """Whether it can still be used."""
        used = f"{code.used} of {code.uses} used" if code.uses > 1 else ""
        if code.used >= code.uses and code.used_at is not None:
            return f"{used}, the last {moment(code.used_at)}" if used else f"used {moment(code.used_at)}"
        left = code.expires_at - time.time()
        return ", ".join(part for part in (used, f"open for {words.duration(left)}" if left > 0 else "expired") if part)

    @admin.display(description="hosts")
    def hosts_text(self, code: EnrolmentCode) -> str:
        """The hosts that enrolled with it."""
        return ", ".join(code.hosts.values_list("name", flat=True)) or words.MISSING

    @admin.display(description="made", ordering="at")
    def made(self, code: EnrolmentCode) -> str:
        """When it was made."""
        return moment(code.at)


class RequestFilter(admin.SimpleListFilter):
    """Waiting or denied."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states."""
        return [(state, state) for state in _REQUEST_STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> QuerySet[JoinRequest]:
        """Keys in the chosen state."""
        return queryset.filter(_REQUEST_STATES.get(self.value() or "", Q()))


_REQUEST_STATES = {"waiting": Q(denied_at=None), "denied": Q(denied_at__isnull=False)}


@admin.register(JoinRequest)
class JoinRequestAdmin(ForOperators, RequestModelAdmin):
    """Keys that came without a code. Their names are their own invention: the fingerprint says who it is."""

    list_display = ("fingerprint_text", "proposed", "state", "address_text", "asked", "seen")
    list_display_links = None
    list_filter = (RequestFilter,)
    search_fields = ("name", "address", "public_key")
    actions = ("approve", "deny", "forget")
    fields = ("fingerprint_text", "proposed", "state", "address_text", "asked", "seen")

    @admin.display(description="fingerprint", ordering="public_key")
    def fingerprint_text(self, key: JoinRequest) -> str:
        """The same as the agent writes into its log."""
        return key.fingerprint

    @admin.display(description="proposed name (untrusted)", ordering="name")
    def proposed(self, key: JoinRequest) -> str:
        """What it wants to be called."""
        return f"“{key.name}”"

    @admin.display(description="address", ordering="address")
    def address_text(self, key: JoinRequest) -> str:
        """Where it last asked from."""
        return key.address or words.MISSING

    @admin.display(description="first asked", ordering="at")
    def asked(self, key: JoinRequest) -> str:
        """How long ago."""
        return f"{words.duration(time.time() - key.at)} ago"

    @admin.display(description="last seen", ordering="seen_at")
    def seen(self, key: JoinRequest) -> str:
        """How long ago it last asked."""
        return f"{words.duration(time.time() - key.seen_at)} ago"

    @admin.display(description="state", ordering="denied_at")
    def state(self, key: JoinRequest) -> str:
        """`waiting`, `denied 3 h ago`."""
        return "waiting" if key.denied_at is None else f"denied {words.duration(time.time() - key.denied_at)} ago"

    @admin.action(description="Approve: let in as hosts", permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        """Make a host of each chosen key, under the name that it proposes. Its agent is in at its next try."""
        approved = approve_hosts(user_id(request), _ids(queryset), now=time.time())
        self.message_user(request, f"{counted(len(approved), 'key')} approved.", messages.SUCCESS)

    @admin.action(description="Deny: keep out for good", permissions=["view"])
    def deny(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        """The chosen keys need not ask again."""
        denied = deny_requests(user_id(request), _ids(queryset), now=time.time())
        self.message_user(request, f"{counted(len(denied), 'key')} denied.", messages.SUCCESS)

    @admin.action(description="Forget the denial: let it ask again", permissions=["view"])
    def forget(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        """The chosen denied keys wait for approval when they ask again."""
        forgotten = forget_denials(user_id(request), _ids(queryset), now=time.time())
        self.message_user(request, f"{counted(len(forgotten), 'denial')} forgotten.", messages.SUCCESS)


def _ids(queryset: QuerySet[JoinRequest]) -> list[str]:
    return list(queryset.order_by().values_list("pk", flat=True))
