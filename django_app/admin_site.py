"""The admin of the hub: Django's own, with the hub's one login page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.decorators import method_decorator


class VedetteAdminSite(admin.AdminSite):
    """Sends people without a login to the hub's login page, and those without the right away."""

    site_header = "Vedette"
    site_title = "Vedette"
    index_title = "Administration"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With how many keys wait for approval, counted where a page shows it."""
        return {**super().each_context(request), "waiting_keys": partial(waiting_keys, request)}

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """To the one login page and back; somebody who is logged in and here all the same is no staff."""
        if request.user.is_authenticated:
            raise PermissionDenied(f"The account {request.user.get_username()} has no staff status; ask an administrator for it.")
        return redirect_to_login(request.GET.get("next", "/admin/"))


def waiting_keys(request: HttpRequest) -> int:
    """How many keys wait for approval; 0 for who may not approve them."""
    # models are not loaded yet when Django looks for the site's class
    from django_app.models import JoinRequest
    from django_app.people import CHANGE_HOST

    user = request.user
    return JoinRequest.objects.filter(denied_at=None).count() if user.is_authenticated and user.has_perm(CHANGE_HOST) else 0
