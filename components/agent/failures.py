"""What could not be read: named in the sample, counted, and logged once, because most of it fails again every second."""

from __future__ import annotations

from collections import Counter

from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from components.checking import printable

Key = tuple[str, str | None]
"""A collector, and one of its parts or None."""

_MAX_LABEL_CHARACTERS = 64
_MAX_REASON_CHARACTERS = 200
_MAX_REMEMBERED_ERRORS = 256

log = Logger()


class Failures:
    """What failed since the start. Belongs to the reactor's thread."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """Collector → how many of its probes failed."""
        self._told: dict[tuple[Key, str], None] = {}

    def note(self, key: Key, reason: str, error: Exception | None = None) -> None:
        """Count it, and log it if it is a new one."""
        self.counts[key[0]] += 1
        signature = key, _signature(error)
        if signature in self._told:
            return
        if len(self._told) == _MAX_REMEMBERED_ERRORS:
            del self._told[next(iter(self._told))]
        self._told[signature] = None
        if error is None:
            log.emit(LogLevel.warn, "{label}: {reason}. Told once.", label=label_of(key), reason=reason)
        else:
            log.failure("{label} failed. Told once.", _failure(error), LogLevel.error, label=label_of(key))


def label_of(key: Key) -> str:
    """How it is called in a sample: `cpu`, `disk[/mnt/x]`."""
    name, part = key
    label = name if part is None else f"{name}[{part}]"
    return label if len(label) <= _MAX_LABEL_CHARACTERS else label[: _MAX_LABEL_CHARACTERS - 2] + "…]"


def reason_of(error: Exception) -> str:
    """Why, in a few words for people."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
    return printable(text, _MAX_REASON_CHARACTERS)


def _signature(error: Exception | None) -> str:
    """Tells errors apart by where they come from: their texts may differ every second."""
    if error is None:
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{type(error).__name__} {getattr(error, 'errno', None)} {trace.tb_lineno if trace else 0}"


def _failure(error: Exception) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]  # Twisted annotates it only in part
