"""The hub's own pages. Everything needs a login unless it says otherwise."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from components.errors import InvalidPayload
from components.host_settings import described_settings
from components.protocol import REALM
from django_app import health, logins
from django_app.people import role_of
from django_app.preferences import keep_preferences, parse_preferences, preferences_of
from django_app.tickets import issue_ticket


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The one login page, for the dashboard and the admin."""

    template_name = "django_app/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log in; one try of a client at a time."""
        with logins.turn(request):
            return super().post(request, *args, **kwargs)


@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The live page; what it shows comes over WAMP."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # LoginRequiredMiddleware has seen to it
    carried = {"role": role_of(user), "settings": described_settings(), "preferences": preferences_of(user.pk)}
    return render(request, "django_app/dashboard.html", carried)


@login_not_required
@never_cache
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """What the page's script needs to join the realm, once, within 30 s. Asking prolongs the log-in."""
    user = request.user
    if not isinstance(user, User) or request.session.session_key is None:
        return JsonResponse({"error": "log in first"}, status=401)
    request.session.modified = True
    authid, text = issue_ticket(user, request.session.session_key, now=time.time())
    return JsonResponse({"realm": REALM, "authid": authid, "authmethod": "ticket", "ticket": text, "path": "/ws"})


@login_not_required
@never_cache
@require_POST
def preferences(request: HttpRequest) -> JsonResponse:
    """Keep how the user likes the page: JSON of whose page it is, and of some preferences by their names."""
    if not isinstance(request.user, User):
        return JsonResponse({"error": "log in first"}, status=401)
    try:
        user, values = parse_preferences(request.body)
    except InvalidPayload as error:
        return JsonResponse({"error": str(error)}, status=400)
    if user != str(request.user.pk):  # it was opened before somebody else logged in
        return JsonResponse({"error": "this page is of another user than the one who is logged in now: load it again"}, status=409)
    return JsonResponse({"refused": keep_preferences(request.user.pk, values)})


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:  # noqa: ARG001  # a view
    """Browsers ask for it on pages that name no icon, as the admin's."""
    return HttpResponseRedirect(static("icon.svg"))


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # a view
    """Whether the hub works, for load balancers and containers; also without a login."""
    report = health.report()
    return JsonResponse({"ok": report.ok, **report.parts}, status=200 if report.ok else 503)
