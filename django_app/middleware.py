"""What stands between the hub's proxy and the views."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.shortcuts import render
from django.views.defaults import permission_denied

from components.errors import NotAllowed, UnknownHost
from django_app import audit

log = logging.getLogger(__name__)


class ProxyOnly:
    """Answers 403 to whoever is not the hub's proxy: Django's loopback port is open to every process of this machine.

    The proxy proves itself by a secret header, and says who the client is and whether it spoke https.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._secret = ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The view's response, or 403."""
        if not self._is_proxy(request.META.pop("HTTP_X_VEDETTE_PROXY", "")):
            return HttpResponseForbidden("This is the hub's inner door; use its public address.\n", content_type="text/plain")
        # the one address our proxy vouches for; X-Forwarded-For is a list that begins with whatever the client sent
        request.META["REMOTE_ADDR"] = request.META.get("HTTP_X_REAL_IP", request.META.get("REMOTE_ADDR", ""))
        with audit.during(request):
            return self._get_response(request)

    def _is_proxy(self, shown: str) -> bool:
        secret = self._read_secret()
        return bool(secret) and hmac.compare_digest(shown.encode(), secret.encode())

    def _read_secret(self) -> str:
        if not self._secret:
            try:
                self._secret = settings.PROXY_SECRET_FILE.read_text().strip()
            except OSError as error:
                log.error("The proxy's secret cannot be read (%s); it is made when the hub starts: crossbar start", error)
        return self._secret


class NoNul:
    """Answers 400 to a NUL in a path, a query or a cookie, which no browser sends.

    PostgreSQL takes no text with one: anybody could fill the log with its errors, by a session's cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The view's response, or 400."""
        if any("\0" in text for text in _texts(request)):
            return HttpResponseBadRequest("A NUL is no text.\n", content_type="text/plain")
        return self._get_response(request)


class Refusals:
    """Answers with 403 or 404, and the reason, where somebody may not do a thing, or where it or the own account has gone meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The view's response."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal; None for what is none. What the view had begun to store is undone already."""
        if isinstance(exception, NotAllowed):
            return permission_denied(request, exception)
        if isinstance(exception, UnknownHost):
            return render(request, "404.html", {"reason": str(exception)}, status=404)
        if isinstance(exception, IntegrityError) and request.user.is_authenticated and not _is_there(request.user.pk):
            return permission_denied(request, NotAllowed("Your account was deleted meanwhile; nothing was changed."))
        return None


def _is_there(user_id: int) -> bool:
    return User.objects.filter(pk=user_id).exists()


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from request.COOKIES.values()
    for name, values in request.GET.lists():
        yield name
        yield from values
