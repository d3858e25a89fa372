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

from axes.signals import user_locked_out
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from components.addresses import neighbourhood
from components.limits import LOGIN_FAILURES, LOGIN_PAUSE_SECONDS
from django_app.words import duration

log = logging.getLogger(__name__)

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


@receiver(user_locked_out)
def _locked_out(request: Any, **_: Any) -> None:
    """Django-axes says so at each try; only the failure that begins the pause is counted."""
    if request.axes_failures_since_start is None:
        return
    until = time.time() + LOGIN_PAUSE_SECONDS.most
    cache.set(_key(request), until, LOGIN_PAUSE_SECONDS.most)
    pause = duration(LOGIN_PAUSE_SECONDS.most)
    log.warning("No log-in from %s for %s: %g in a row have failed", client(request), pause, LOGIN_FAILURES.most)


def _paused_until(request: HttpRequest) -> float:
    until: float = cache.get(_key(request), time.time() + LOGIN_PAUSE_SECONDS.most)
    return until


def _key(request: HttpRequest) -> str:
    return f"paused:{client(request)}"
