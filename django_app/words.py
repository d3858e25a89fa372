"""What is said of a host in words, the same as the live page says it (static/js/describe.js)."""

from __future__ import annotations

import re

from components.checking import printable
from components.errors import InvalidPayload
from components.host_settings import SETTING, Setting
from django_app.models import Host, Revision

MISSING = "–"
DUPLICATE_KEY = "duplicate key"
BACK_SECONDS = 600.0
"""For so long a host that is back says why it was away."""
_ABSENCES: dict[str, str] = {
    Host.Absence.STOPPED: "stopped",
    Host.Absence.LOST: "connection lost",
    Host.Absence.RESTARTED: "host restarted",
    Host.Absence.HUB: "hub was away",
}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def duration(seconds: float) -> str:
    """`3 h`: the largest unit that fits, rounded down."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0, int(seconds))} s"


def parse_duration(text: str) -> float:
    """Seconds, from `90 s`, `30min`, `8h` or `7 d`. InvalidPayload."""
    match = re.fullmatch(r"\s*(\d{1,9})\s*([a-z]+)\s*", text.lower())
    sizes = {unit: float(size) for size, unit in (*_UNITS, (1, "s"))}
    if not match or match[2] not in sizes:
        raise InvalidPayload(f"{printable(text, 40)!r} is no time; write a number and {', '.join(reversed(sizes))}, such as 8h")
    return int(match[1]) * sizes[match[2]]


def times(count: int) -> str:
    """`once`, `3 times`."""
    return "once" if count == 1 else f"{count} times"


def delay(milliseconds: float) -> str:
    """`38 ms`, or a duration from ten seconds on."""
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else duration(milliseconds / 1000)


def status_text(host: Host, now: float) -> str:
    """`down 3 h · connection lost`, `up 2 min · host restarted`, `disabled 2 d`, `up 3 h · duplicate key`."""
    status = "down" if host.access == Host.Access.REVOKED else str(host.status)
    began = _began(host, status)
    lasts = "" if began is None else f" {duration(now - began)}"
    parts = [status + lasts, _absence_text(host, status, now), DUPLICATE_KEY if host.duplicate_key else ""]
    return " · ".join(part for part in parts if part)


def age_text(host: Host, now: float) -> str:
    """`3 h ago`; of a host that is connected only the live page knows how old its sample is."""
    return MISSING if host.connected or host.last_seen_at is None else f"{duration(now - host.last_seen_at)} ago"


def config_text(host: Host, newest: Revision, now: float) -> str:
    """`rev 12 · applied in 38 ms`, `rev 12 · pending (offline 3 h)`, `rev 12 · failed: interval below 0.2 s (kept rev 11)`."""
    return f"rev {newest.number} · {outcome_text(newest) or _waiting(host, now)}"


def outcome_text(revision: Revision) -> str:
    """What became of a revision; empty while it is pending."""
    match revision.status:
        case Revision.Status.APPLIED:
            applied = "applied" if revision.milliseconds is None else f"applied in {delay(revision.milliseconds)}"
            return f"{applied} ({revision.error})" if revision.error else applied
        case Revision.Status.FAILED:
            return f"failed: {revision.error or 'no reason given'}"
        case Revision.Status.SUPERSEDED:
            return "superseded before its outcome was known"
    return ""


def setting_text(name: str, value: bool | float) -> str:
    """`interval 5 s`, `show_cpus off`."""
    return f"{name} {value_text(SETTING[name], value)}" if name in SETTING else f"{name} {value}"


def value_text(setting: Setting, value: bool | float) -> str:
    """A setting's value with its unit."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g} {setting.unit}".rstrip()


def _began(host: Host, status: str) -> float | None:
    """When the host became what it is; of a disabled one only who asks for `hosts.disabled_at` is told."""
    if status == "disabled":
        return getattr(host, "disabled_at", None)
    return host.enrolled_at if host.since is None and not host.connected else host.since


def _absence_text(host: Host, status: str, now: float) -> str:
    """Why a host is away, or, for a while, why it was; empty if there is nothing to say."""
    if host.access == Host.Access.REVOKED:
        return "revoked"
    restarted = host.absence == Host.Absence.RESTARTED
    if status == "up":
        return _ABSENCES[host.absence] if restarted and host.since is not None and now - host.since < BACK_SECONDS else ""
    # one that was started anew and has gone again: why is not known yet
    if restarted or (status == "disabled" and host.connected):
        return ""
    if not host.absence:
        return "" if host.connected or host.since is not None else "never connected"
    text = f": {host.stopped}" if host.absence == Host.Absence.STOPPED and host.stopped else ""
    return _ABSENCES.get(host.absence, "") + text


def _waiting(host: Host, now: float) -> str:
    if host.connected:
        return "pending"
    return "pending (offline)" if host.since is None else f"pending (offline {duration(now - host.since)})"
