"""The lock file: what this machine's owner has pinned and forbidden, whatever the hub says.

`{"pinned": {"interval": 5, "show_network": false}, "forbidden": ["processes"], "process_arguments": false}`. The agent reads it at every
change of settings and at every query, and never writes it. No file pins and forbids nothing; a file that cannot be read or understood
pins every setting and forbids every query but ping, because its owner wanted something and we cannot know what.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.checking import bool_of, show
from components.errors import InvalidPayload
from components.host_settings import SETTINGS, check_settings
from components.queries import KINDS, Kind, check_kind

MAX_LOCK_BYTES = 64 * 1024
MAX_BRACKETS = 100
FIELDS = ("pinned", "forbidden", "process_arguments")


@dataclass(frozen=True)
class Lock:
    """`pinned` values win over the hub's. With `problem`, all settings stay what they are; at the start, that is to send nothing."""

    pinned: Mapping[str, bool | float] = field(default_factory=dict)
    forbidden: frozenset[Kind] = frozenset()
    process_arguments: bool = False
    """Whether processes are told with their arguments, in which programs are given secrets."""
    problem: str = ""

    def refusal(self, kind: Kind) -> str:
        """Why a query of this kind may not be answered, empty if it may."""
        if self.problem and kind != "ping":
            return self.problem
        return f"the lock file of this host forbids {kind}" if kind in self.forbidden else ""

    def apply(self, wanted: Mapping[str, bool | float], current: Mapping[str, bool | float]) -> dict[str, bool | float]:
        """The settings to run with, out of what the hub wants and what runs now."""
        return dict(current) if self.problem else {**wanted, **self.pinned}

    def locked(self, effective: Mapping[str, bool | float]) -> dict[str, bool | float]:
        """The pinned fields with the value they keep, for the report."""
        return dict(effective) if self.problem else dict(self.pinned)


NO_LOCK = Lock()
SILENT: dict[str, bool | float] = {**{setting.name: setting.default for setting in SETTINGS}, "disabled": True}
"""What an agent that starts with an unusable lock runs with: who wrote it may have wanted nothing to be sent."""


def read_lock(path: Path) -> Lock:
    """The lock of this machine."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LOCK_BYTES + 1)
    except FileNotFoundError:
        return NO_LOCK
    except OSError as error:
        return _unusable(f"lock file {path} cannot be read ({error.strerror})")
    try:
        if len(content) > MAX_LOCK_BYTES:
            raise InvalidPayload(f"it has more than {MAX_LOCK_BYTES} bytes")
        if content.count(b"[") + content.count(b"{") > MAX_BRACKETS:
            raise InvalidPayload("it is nested too deep")  # with a raised recursion limit, parsing it would end the process
        return _parsed(json.loads(content))
    except (ValueError, InvalidPayload) as error:
        return _unusable(f"lock file {path} is not usable ({error})")


def _unusable(why: str) -> Lock:
    return Lock(problem=f"{why}, so every setting is pinned and every query but ping is forbidden")


def _parsed(document: object) -> Lock:
    if not isinstance(document, dict) or not isinstance(document.get("pinned", {}), dict):
        raise InvalidPayload('it must look like {"pinned": {"interval": 5}}')
    for name in document:
        if name not in FIELDS:
            raise InvalidPayload(f"there is no {show(name)} in a lock file; there are {', '.join(FIELDS)}")
    forbidden = document.get("forbidden", [])
    if not isinstance(forbidden, list):
        raise InvalidPayload(f"forbidden is {show(forbidden)}; it must be a list of {', '.join(KINDS)}")
    return Lock(
        pinned=check_settings(document.get("pinned", {}), partial=True),
        forbidden=frozenset(check_kind(kind) for kind in forbidden),
        process_arguments=bool_of(document, "process_arguments", default=False),
    )
