"""The admin of revisions: the table on a host's page, and the page that compares two of them and restores one."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse

from components.errors import InvalidPayload
from components.host_settings import SETTING
from django_app import words
from django_app.admin_parts import moment, user_id
from django_app.models import Host, Revision
from django_app.revisions import restore_revision

SHOWN = 50
CHOICES = 200
"""Revisions to choose from: the newest, and those that the address names."""


def table_of(host: Host) -> str:
    """Who changed what, when, and what became of it, newest first."""
    newest = list(host.revisions.select_related("by").order_by("-number")[: SHOWN + 1])
    older = [*newest[1:], None]
    rows = [_row(revision, before, host) for revision, before in zip(newest, older, strict=True)]
    return render_to_string("django_app/admin/revisions.html", {"rows": rows[:SHOWN], "most": SHOWN})


def compare_page(request: HttpRequest, host: Host, context: dict[str, Any]) -> HttpResponse:
    """Revisions `from` and `to`, by default the newest and the one before."""
    old = _chosen(host, request.GET.get("from"), max(1, host.revision - 1))
    new = _chosen(host, request.GET.get("to"), host.revision)
    numbers = set(host.revisions.order_by("-number").values_list("number", flat=True)[:CHOICES])
    context |= {
        "title": f"Revisions of {host.name}",
        "host": host,
        "sides": [_side(old, host), _side(new, host)],
        "choices": sorted(numbers | {old.number, new.number}, reverse=True),
        "settings": [_setting(name, old, new) for name in _names(old, new)],
    }
    return TemplateResponse(request, "django_app/admin/compare.html", context)


def restore(request: HttpRequest, host: Host) -> HttpResponse:
    """Make the settings of the revision `restore` the host's again, and say what became of it on the host's page."""
    number = _number(request.POST.get("restore"))
    try:
        made = restore_revision(user_id(request), host.pk, number, time.time())
    except InvalidPayload as error:
        messages.error(request, f"Rev {number} was not restored: {error}.")
    else:
        if made is None:
            messages.info(request, f"The settings are those of rev {number} already; there is no new revision.")
        else:
            messages.success(request, f"The settings of rev {number} are restored as rev {made}.")
    return HttpResponseRedirect(reverse("admin:django_app_host_change", args=[host.pk]))


def _row(revision: Revision, before: Revision | None, host: Host) -> dict[str, Any]:
    old = before.settings if before else {}
    changed = {name: value for name, value in revision.settings.items() if before is None or old.get(name) != value}
    other = host.revision if revision.number != host.revision else revision.number - 1
    link = f"{_address(host)}?from={min(revision.number, other)}&to={max(revision.number, other)}"
    return {
        "number": revision.number,
        "at": moment(revision.at),
        "by": _who(revision),
        "changed": ", ".join(words.setting_text(name, value) for name, value in changed.items()),
        "outcome": words.outcome_text(revision) or "pending",
        "pinned": ", ".join(words.setting_text(name, value) for name, value in sorted(revision.locked.items())),
        "compare": link if other else "",
        "other": other,
    }


def _address(host: Host) -> str:
    return reverse("admin:django_app_host_revisions", args=[host.pk])


def _chosen(host: Host, text: str | None, default: int) -> Revision:
    number = default if text is None else _number(text)
    revision = host.revisions.select_related("by").filter(number=number).first()
    if revision is None:
        raise Http404(f"the host has no revision {number}")
    return revision


def _number(text: str | None) -> int:
    # longer ones are more than the database's integers hold
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404("this is no revision's number")
    return int(text)


def _side(revision: Revision, host: Host) -> dict[str, Any]:
    return {
        "number": revision.number,
        "at": moment(revision.at),
        "by": _who(revision),
        "outcome": words.outcome_text(revision) or "pending",
        "current": revision.number == host.revision,
    }


def _setting(name: str, old: Revision, new: Revision) -> dict[str, Any]:
    values = [_value(name, revision.settings.get(name)) for revision in (old, new)]
    return {"name": name, "values": values, "changed": values[0] != values[1]}


def _names(*revisions: Revision) -> list[str]:
    """Those of today in their order, then what an older or newer version of the hub stored."""
    others = {name for revision in revisions for name in revision.settings} - set(SETTING)
    return [*SETTING, *sorted(others)]


def _value(name: str, value: Any) -> str:
    if value is None:
        return words.MISSING
    return words.value_text(SETTING[name], value) if name in SETTING else str(value)


def _who(revision: Revision) -> str:
    return f"{revision.by.get_username()}, {revision.origin}" if revision.by else revision.origin
