"""Writes the tables of the documentation that come from the code: `python -m docs.tables`.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; tests/unit/test_docs.py compares it with what this makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import get_args

from components import payloads, protocol
from components.collectors import COLLECTORS
from components.errors import JoinRefused, VedetteError
from components.host_settings import SETTINGS, Setting
from components.limits import LIMITS
from components.protocol import DOORS, Door, Role

ROOT = Path(__file__).resolve().parents[1]
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_LIMITS = {
    "MAX_SAMPLE_BYTES": "bytes in one sample",
    "MAX_METRICS": "metrics in one sample, and failed collectors",
    "MAX_INSTANCES": "instances of one metric",
    "MAX_SAMPLE_NUMBERS": "numbers in one sample",
    "MAX_INSTANCE_CHARACTERS": "characters in the name of an instance",
    "MAX_MESSAGE_BYTES": "bytes in one page of a snapshot or one update, above which it is split",
}


def rows(header: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (header, ["---"] * len(header), *body))


def doors() -> str:
    """Every URI and what travels through it."""
    return rows(("URI", "kind", "what"), ((f"`{door.uri}`", door.kind, door.summary) for door in DOORS))


def roles() -> str:
    """Every URI and what each role may do with it."""
    names: tuple[Role, ...] = get_args(Role)
    return rows(("URI", *names), ([f"`{door.uri}`", *(_may(door, role) for role in names)] for door in DOORS))


def _may(door: Door, role: Role) -> str:
    send, receive = ("call", "register") if door.kind == "procedure" else ("publish", "subscribe")
    allowed = [verb for verb, who in ((send, door.senders), (receive, door.receivers)) if role in who or role == "services"]
    return ", ".join(allowed) or "–"


def settings() -> str:
    """Everything an operator can set for a host."""
    return rows(("setting", "default", "bounds", "what"), ([f"`{each.name}`", _value(each), _bounds(each), each.help] for each in SETTINGS))


def _value(setting: Setting) -> str:
    return str(setting.default).lower() if isinstance(setting.default, bool) else f"{setting.default:g} {setting.unit}"


def _bounds(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "true or false"
    return f"{setting.minimum:g} to {setting.maximum:g} {setting.unit}"


def errors() -> str:
    """Everything the hub refuses by name."""
    return rows(("error", "when"), ([f"`{error.uri}`", _first_line(error)] for error in _tree(VedetteError)))


def _tree(error: type[VedetteError]) -> list[type[VedetteError]]:
    # JoinRefused is a family: nobody raises it itself
    own = [error] if error not in (VedetteError, JoinRefused) else []
    return own + [found for child in error.__subclasses__() for found in _tree(child)]


def _first_line(error: type[VedetteError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]


def metrics() -> str:
    """Every metric, by collector."""
    return rows(
        ("metric", "unit", "one for each", "shown by", "what"),
        (
            [
                f"`{metric.name}`",
                metric.unit.replace("_per_", " per ") or "–",
                metric.instances or "host",
                f"`{collector.setting}`",
                metric.help,
            ]
            for collector in COLLECTORS
            for metric in collector.metrics
        ),
    )


def limits() -> str:
    """The bounds of what is taken."""
    return rows(("limit", "of"), ((f"{vars(protocol).get(name) or vars(payloads)[name]:,}", what) for name, what in _LIMITS.items()))


def throttles() -> str:
    """How much anybody may take of the hub."""
    return rows(("what", "at most", "for each", "what happens"), ([limit.what, limit.bound, limit.each, limit.then] for limit in LIMITS))


TABLES: dict[str, Callable[[], str]] = {
    "doors": doors,
    "roles": roles,
    "settings": settings,
    "errors": errors,
    "metrics": metrics,
    "limits": limits,
    "throttles": throttles,
}


def renewed(text: str) -> str:
    """`text` with its tables as the code has them now. KeyError for a table that nobody makes."""
    return _TABLE.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def main() -> None:
    """Renew the tables of all pages."""
    for page in pages():
        before = page.read_text()
        after = renewed(before)
        if after != before:
            page.write_text(after)


if __name__ == "__main__":
    main()
