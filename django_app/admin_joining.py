"""The admin of who may join: codes for new hosts."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from django_app import words
from django_app.admin_forms import EnrolmentCodeForm
from django_app.admin_parts import moment, user_id
from django_app.admission import CODE_SECONDS, join_command, join_hint, make_code
from django_app.generics import CodeModelAdmin
from django_app.models import EnrolmentCode


@admin.register(EnrolmentCode)
class EnrolmentCodeAdmin(CodeModelAdmin):
    """Codes for new hosts. Adding one shows it, once."""

    form = EnrolmentCodeForm
    list_display = ("name", "state", "by", "made", "hosts_text")
    list_select_related = ("by",)
    search_fields = ("name", "id")
    readonly_fields = ("id", "state", "by", "made", "hosts_text")

    def get_fields(self, request: HttpRequest, obj: EnrolmentCode | None = None) -> Any:
        """A new one needs a name; an old one shows what became of it."""
        return ("name", *self.readonly_fields) if obj else ("name",)

    def has_change_permission(self, request: HttpRequest, obj: EnrolmentCode | None = None) -> bool:
        """Never: a code is used or expires."""
        return False

    def save_model(self, request: HttpRequest, obj: EnrolmentCode, form: Any, change: bool) -> None:
        """Make the code, whose text `obj` carries until the answer is written."""
        made = make_code(obj.name, by_id=user_id(request), now=time.time())
        obj.pk, obj.text = made.pk, made.text
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: EnrolmentCode, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the code once; nothing keeps it, and no cache may."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Add the host {obj.name}",
            "opts": self.opts,
            "code": obj.text,
            "command": join_command(obj.text),
            "hint": join_hint(),
            "minutes": f"{CODE_SECONDS / 60:.0f}",
        }
        return TemplateResponse(request, "django_app/admin/code.html", context, headers={"Cache-Control": "no-store"})

    @admin.display(description="state")
    def state(self, code: EnrolmentCode) -> str:
        """Whether it can still be used."""
        if code.used >= code.uses and code.used_at is not None:
            return f"used {moment(code.used_at)}"
        left = code.expires_at - time.time()
        return f"open for {words.duration(left)}" if left > 0 else "expired"

    @admin.display(description="hosts")
    def hosts_text(self, code: EnrolmentCode) -> str:
        """The hosts that enrolled with it."""
        return ", ".join(code.hosts.values_list("name", flat=True)) or words.MISSING

    @admin.display(description="made", ordering="at")
    def made(self, code: EnrolmentCode) -> str:
        """When it was made."""
        return moment(code.at)
