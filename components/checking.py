"""Checking what arrives: each function gives the value in its type, or InvalidPayload that names the thing, the value and the bound."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from components.errors import InvalidPayload

LATEST_AT = 2.0**40
"""Seconds since the epoch: far enough for any clock that is wrong, and a browser can still make a date of it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def printable(text: str, most: int) -> str:
    """`text` without control characters, at most `most` characters: for what a host says in a log or an error."""
    return _CONTROL.sub("�", text)[:most]


def show(value: object) -> str:
    """A short, printable picture of any value. Never a deep one: what a host sent may be nested without end."""
    if isinstance(value, str):
        return repr(printable(value, 60))
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**64):
        return repr(value)
    return f"a {type(value).__name__}"


def as_map(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidPayload(f"{name} is {show(value)}; it must be a map")
    for key in value:
        if not isinstance(key, str):
            raise InvalidPayload(f"{name} has the key {show(key)}; keys must be text")
    return value


def text_of(fields: Mapping[str, Any], name: str, most: int, default: str | None = None) -> str:
    value = fields.get(name, default)
    if value is None and default is not None:
        return default
    return checked_text(value, name, most)


def checked_text(value: object, name: str, most: int) -> str:
    if not isinstance(value, str):
        raise InvalidPayload(f"{name} is {show(value)}; it must be text")
    if len(value) > most:
        raise InvalidPayload(f"{name} has {len(value)} characters; at most {most} are taken")
    if _CONTROL.search(value):
        raise InvalidPayload(f"{name} {show(value)} has control characters")
    return value


def checked_number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidPayload(f"{name} is {show(value)}; it must be a number")
    try:
        number = float(value)
    except OverflowError:
        raise InvalidPayload(f"{name} is beyond any float") from None
    if not math.isfinite(number):
        raise InvalidPayload(f"{name} is {number}; it must be finite")
    return number


def checked_time(value: object, name: str) -> float:
    at = checked_number(value, name)
    if not 0 <= at <= LATEST_AT:
        raise InvalidPayload(f"{name} is {at:g}; it must be UTC seconds since the epoch")
    return at


def bool_of(fields: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise InvalidPayload(f"{name} is {show(value)}; it must be true or false")
    return value


def whole_of(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise InvalidPayload(f"{name} is {show(value)}; it must be a whole number from 0 to 2**53")
    return value


def texts_of(value: object, name: str, most: int = 1000) -> list[str]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
        raise InvalidPayload(f"{name} must be a list of at most {most} texts")
    if any(map(_CONTROL.search, value)):
        raise InvalidPayload(f"{name} has a text with control characters")
    return value
