"""Failed log-ins are counted by address, and too many of them pause the log-in from there. django-axes counts; this says who, how long,
and in which words.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

import axes.signals  # noqa: F401  # connects its receivers, which shall be called before those here
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from components.addresses import neighbourhood
from components.checking import printable
from components.limits import LOGIN_FAILURES, LOGIN_PAUSE_SECONDS
from django_app import audit
from django_app.models import AuditEntry
from django_app.words import duration

log = logging.getLogger(__name__)

Kind = AuditEntry.Kind

_turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
_taking = threading.Lock()


def client(request: HttpRequest) -> str:
    """What failed log-ins are counted by: the address that the hub's proxy vouches for, or the /64 around it."""
    return neighbourhood(request.META.get("REMOTE_ADDR")) or "unknown"


@contextmanager
def turn(request: HttpRequest) -> Iterator[None]:
    """One log-in of a client at a time: who guesses in parallel is counted as exactly as who guesses in a row."""
    with _taking:
        lock = _turns.setdefault(client(request), threading.Lock())
    with lock:
        yield


def paused_page(request: HttpRequest, _response: HttpResponse, _credentials: Mapping[str, Any] | None) -> HttpResponse:
    """The login page without its form, saying how long the pause is: 429."""
    seconds = max(1, math.ceil(_paused_until(request) - time.time()))
    shown = duration(seconds if seconds < 60 else math.ceil(seconds / 60) * 60)
    context = {"paused": shown, "next": request.POST.get("next", "")}
    response = render(request, "django_app/login.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


@receiver(user_logged_in)
def _logged_in(user: User, **_: Any) -> None:
    audit.record(AuditEntry(kind=Kind.LOGIN, at=time.time(), by_id=user.pk))


@receiver(user_logged_out)
def _logged_out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(AuditEntry(kind=Kind.LOGOUT, at=time.time(), by_id=user.pk))


@receiver(user_login_failed)
def _failed(credentials: Mapping[str, Any], request: Any = None, **_: Any) -> None:
    """After django-axes, which has counted it, unless it was a try during the pause: that is not looked at, and not recorded either."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    name = printable(str(credentials.get("username", "")), audit.NAME_TRIED_MOST)
    audit.record(AuditEntry(kind=Kind.LOGIN_FAILED, text=f"as “{name}”", at=time.time()))
    if request.axes_locked_out:
        _begin_pause(request)


def _begin_pause(request: HttpRequest) -> None:
    seconds = LOGIN_PAUSE_SECONDS.most
    cache.set(_key(request), time.time() + seconds, seconds)
    text = f"no log-in from {client(request)} for {duration(seconds)}: {LOGIN_FAILURES.most:g} have failed"
    audit.record(AuditEntry(kind=Kind.LOCKED_OUT, text=text, at=time.time()))
    log.warning("%s", text)


def _paused_until(request: HttpRequest) -> float:
    until: float = cache.get(_key(request), time.time() + LOGIN_PAUSE_SECONDS.most)
    return until


def _key(request: HttpRequest) -> str:
    return f"paused:{client(request)}"
