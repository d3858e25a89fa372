"""What several pages of the admin share."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from django_app.people import CHANGE_HOST

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _ModelAdmin = ModelAdmin[Any]
else:
    _ModelAdmin = object


def user_id(request: HttpRequest) -> int:
    """Who asks."""
    assert isinstance(request.user, User)  # noqa: S101  # the admin lets nobody else this far
    return request.user.pk


def moment(at: float) -> str:
    """`2026-11-22 04:28:52 UTC`."""
    return f"{datetime.datetime.fromtimestamp(at, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"


def counted(count: int, noun: str) -> str:
    """`1 host`, `3 hosts`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class HeldForDeletion(_ModelAdmin):
    """Of an admin: what others may write of at the same time is held before it is deleted, in the order of `django_app.locks`. By itself,
    Django first takes what hangs on it, in any order.
    """

    hold: Callable[[Collection[Any]], None]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The one of a page."""
        with transaction.atomic():
            self.hold([obj.pk])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Those chosen in the list."""
        chosen = list(queryset.order_by().values_list("pk", flat=True))
        with transaction.atomic():
            self.hold(chosen)
            super().delete_queryset(request, queryset.filter(pk__in=chosen))


class ForOperators:
    """Of an admin: operators may look, and nobody adds or changes anything by hand."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the index shows it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """With the permission to change hosts."""
        return isinstance(request.user, User) and request.user.has_perm(CHANGE_HOST)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Never."""
        return False
