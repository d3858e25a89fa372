"""The admin of the hub: Django's own, with the hub's one login page."""

from __future__ import annotations

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

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """To the one login page and back; somebody who is logged in and here all the same is no staff."""
        if request.user.is_authenticated:
            raise PermissionDenied(f"The account {request.user.get_username()} has no staff status; ask an administrator for it.")
        return redirect_to_login(request.GET.get("next", "/admin/"))
