"""How each user likes the live page: a few small values, kept here so that another machine shows the same.

What stands in this table is kept, nothing else. Which colours, and a wall screen, belong to a screen and not to a person: they stay there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from components.checking import as_map, text_of
from components.errors import InvalidPayload
from django_app.models import Preferences

MOST_BYTES = 4096
"""In one request; there are at most `KNOWN` names with values this small."""
_MOST_USER = 40
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
_MOST_WORDS = 64


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _are_words(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_WORDS and all(map(_is_word, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1e6 and math.isfinite(value)


KNOWN: Mapping[str, Callable[[object], bool]] = {
    "view": _is_word,
    "metric": _is_word,
    "hidden columns": _are_words,
    "rate": _is_number,
    "window": _is_number,
    "keys": _is_word,
}
"""Every preference by its name in the page, and what it may be. A new one is a line here."""


def parse_preferences(body: bytes) -> tuple[str, dict[str, Any]]:
    """Whose page it is that asks, and the values it wants kept, out of a request's body. InvalidPayload if that cannot be read."""
    if len(body) > MOST_BYTES:
        raise InvalidPayload(f"preferences of {len(body)} bytes are more than {MOST_BYTES}")
    try:
        fields = as_map(json.loads(body), "preferences")
    except (ValueError, RecursionError):
        raise InvalidPayload("preferences must be JSON") from None
    return text_of(fields, "user", _MOST_USER), as_map(fields.get("values"), "values")


def keep_preferences(user_id: int, values: Mapping[str, Any]) -> dict[str, str]:
    """These from now on, and whatever is not among them as before: of two machines that change the same, the last one counts.

    What may not be kept is refused by itself: why, by its name.
    """
    refused = {name: why for name, value in values.items() if (why := _refusal(name, value))}
    accepted = {name: value for name, value in values.items() if name not in refused}
    if accepted:
        with transaction.atomic():
            Preferences.objects.get_or_create(user_id=user_id)
            kept = Preferences.objects.select_for_update().get(user_id=user_id)
            kept.values = {**kept.values, **accepted}
            kept.save()
    return refused


def preferences_of(user_id: int) -> dict[str, Any]:
    """What is kept of this user, without what another version of the hub kept and this one does not know."""
    kept = Preferences.objects.filter(user_id=user_id).first()
    return {name: value for name, value in (kept.values if kept else {}).items() if not _refusal(name, value)}


def _refusal(name: str, value: object) -> str:
    """Why this is not kept; empty if it is."""
    if name not in KNOWN:
        return f"there is no such preference; there are {', '.join(KNOWN)}"
    return "" if KNOWN[name](value) else "it cannot have this value"
