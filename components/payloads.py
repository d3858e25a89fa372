"""What hosts send, all of it hostile until it is parsed here: outcomes of settings, facts, samples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypedDict

from components.checking import as_map, bool_of, checked_number, checked_text, checked_time, show, text_of, whole_of
from components.errors import InvalidPayload
from components.host_settings import SETTING, check_settings

# --- outcomes of settings ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConfigReport:
    """What an agent says became of one revision."""

    epoch: str
    revision: int
    status: Literal["applied", "failed"]
    error: str
    locked: dict[str, bool | float]
    at: float

    def to_wire(self) -> dict[str, Any]:
        """The map that travels."""
        return dict(vars(self))


def parse_config_report(payload: object) -> ConfigReport:
    """A ConfigReport, or InvalidPayload."""
    fields = as_map(payload, "the report")
    status = text_of(fields, "status", 16)
    if status not in ("applied", "failed"):
        raise InvalidPayload(f"status is {show(status)}; it must be 'applied' or 'failed'")
    locked = as_map(fields.get("locked", {}), "locked")
    return ConfigReport(
        epoch=text_of(fields, "epoch", 64),
        revision=whole_of(fields, "revision"),
        status=status,  # type: ignore[arg-type]  # one of the two, checked above
        error=text_of(fields, "error", 500, default=""),
        locked=check_settings({name: value for name, value in locked.items() if name in SETTING}, partial=True),
        at=checked_time(fields.get("at"), "at"),
    )


# --- facts ----------------------------------------------------------------------------------------------------------------


class Facts(TypedDict):
    """What a host says of itself once a session. Every value is untrusted text or a number in base units."""

    protocol: int
    agent_version: str
    boot_id: str
    system: str
    cpu_model: str
    cpu_count: int
    memory_total_bytes: float


def parse_facts(payload: object) -> Facts:
    """Facts, or InvalidPayload."""
    fields = as_map(payload, "the facts")
    return Facts(
        protocol=whole_of(fields, "protocol"),
        agent_version=text_of(fields, "agent_version", 64),
        boot_id=text_of(fields, "boot_id", 64, default=""),
        system=text_of(fields, "system", 200, default=""),
        cpu_model=text_of(fields, "cpu_model", 200, default=""),
        cpu_count=whole_of(fields, "cpu_count"),
        memory_total_bytes=checked_number(fields.get("memory_total_bytes"), "memory_total_bytes"),
    )


# --- samples --------------------------------------------------------------------------------------------------------------

MetricValue = float | dict[str, float]
METRIC_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

MAX_METRICS = 256
MAX_INSTANCES = 512
MAX_INSTANCE_CHARACTERS = 300
MAX_SAMPLE_BYTES = 64 * 1024
NUMBER_BYTES = 12
"""About what one number takes as JSON."""
MAX_SAMPLE_NUMBERS = MAX_SAMPLE_BYTES // NUMBER_BYTES
_NAMES_KNOWN = 8192
"""Hosts send the same names again and again; what was found of so many of them is not found out anew."""
MAX_NUMBER = 2.0**63


class Sample(TypedDict):
    """All metrics of one host at one instant. `(host, run, seq)` names it: `run` is random for each start of the agent."""

    run: str
    seq: int
    at: float
    revision: int
    metrics: dict[str, MetricValue]
    failed: dict[str, str]
    watched: bool
    """Taken beside the regular beat, because somebody watches the host: it is shown to them and never stored. It has a `seq` of its own."""


def parse_sample(payload: object) -> Sample:
    """A Sample, or InvalidPayload that names the offending metric. Nothing of a bad sample is used."""
    fields = as_map(payload, "the sample")
    metrics = as_map(fields.get("metrics"), "metrics")
    if len(metrics) > MAX_METRICS:
        raise InvalidPayload(f"{len(metrics)} metrics; at most {MAX_METRICS} are taken")
    # what is too much is refused before it is read: that would take a hundred times as long as it took to send
    numbers = sum(min(len(value), MAX_INSTANCES) if isinstance(value, dict) else 1 for value in metrics.values())
    if numbers > MAX_SAMPLE_NUMBERS:
        raise InvalidPayload(f"{numbers} numbers; at most {MAX_SAMPLE_NUMBERS} are taken")
    failed = as_map(fields.get("failed", {}), "failed")
    if len(failed) > MAX_METRICS:
        raise InvalidPayload(f"{len(failed)} failed collectors; at most {MAX_METRICS} are taken")
    sample = Sample(
        run=text_of(fields, "run", 64),
        seq=whole_of(fields, "seq"),
        at=checked_time(fields.get("at"), "at"),
        revision=whole_of(fields, "revision"),
        metrics={name: _metric_value(name, value) for name, value in metrics.items()},
        failed={checked_text(name, "failed", 64): text_of(failed, name, 300) for name in failed},
        watched=bool_of(fields, "watched", default=False),
    )
    size = _size(sample)
    if size > MAX_SAMPLE_BYTES:
        raise InvalidPayload(f"the sample has about {size} bytes; at most {MAX_SAMPLE_BYTES} are taken")
    return sample


def _size(sample: Sample) -> int:
    """About how many bytes the sample takes as JSON: names and numbers."""
    size = sum(len(name.encode()) + len(reason.encode()) for name, reason in sample["failed"].items())
    for name, value in sample["metrics"].items():
        size += len(name) + (sum(map(_instance_size, value)) if isinstance(value, dict) else NUMBER_BYTES)
    return size


@lru_cache(maxsize=_NAMES_KNOWN)
def _instance_size(name: str) -> int:
    return len(name.encode()) + NUMBER_BYTES


def _metric_value(name: str, value: object) -> MetricValue:
    # a thousand hosts send some 30,000 numbers a second: the good ones pass without a label being made for them
    least, most = _bounds(name)
    if not isinstance(value, dict):
        return value if type(value) is float and least <= value <= most else _metric_number(name, value)
    if len(value) > MAX_INSTANCES:
        raise InvalidPayload(f"{name} has {len(value)} instances; at most {MAX_INSTANCES} are taken")
    return {
        key
        if type(key) is str and len(key) <= MAX_INSTANCE_CHARACTERS and _is_instance(key)
        else checked_text(key, f"an instance of {name}", MAX_INSTANCE_CHARACTERS): number
        if type(number) is float and least <= number <= most
        else _metric_number(name, number, key)
        for key, number in value.items()
    }


@lru_cache(maxsize=_NAMES_KNOWN)
def _is_instance(name: str) -> bool:
    """Not to be asked of names that are too long: it keeps them."""
    try:
        checked_text(name, "an instance", MAX_INSTANCE_CHARACTERS)
    except InvalidPayload:
        return False
    return True


@lru_cache(maxsize=_NAMES_KNOWN)
def _bounds(name: str) -> tuple[float, float]:
    """The least and the most that a metric of this name can be. InvalidPayload if it is no name."""
    if not METRIC_NAME.fullmatch(name):
        raise InvalidPayload(f"metric name {show(name)} is not of a-z, 0-9 and _, at most 64 characters")
    return -MAX_NUMBER if name.startswith("temperature") else 0.0, 1.0 if name.endswith("_ratio") else MAX_NUMBER


def _metric_number(metric: str, value: object, instance: object = None) -> float:
    least, most = _bounds(metric)
    if type(value) is int and least <= value <= most:
        return float(value)
    name = metric if instance is None else f"{metric}[{show(instance)}]"
    number = checked_number(value, name)
    if abs(number) > MAX_NUMBER:
        raise InvalidPayload(f"{name} is {number:g}; that is more than any machine has")
    if number < least:
        raise InvalidPayload(f"{name} is {number:g}; it cannot be negative")
    if number > most:
        raise InvalidPayload(f"{name} is {number:g}; a ratio is at most 1")
    return number
