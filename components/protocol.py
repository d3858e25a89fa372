"""The wire: every URI, who may use it, and the shapes that travel.

This table is the contract. The node configuration, the JavaScript twin (`static/js/protocol.js`), the stranger tests and
`docs/wamp-interface.md` are checked against it.

Conventions. An event or a report carries exactly one positional argument, a map; a procedure for browsers takes keywords. Times
are UTC seconds since the epoch as float, named `at`. Units are base units and stand in the metric's name: `_bytes`, `_seconds`,
`_ratio` (0 to 1), `_count`, `_bytes_per_second`; a load average is a `_ratio`-less plain `load_*`. Unknown fields are ignored,
wrong types are refused by name.

Standard library only: agents and hub share this module.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

from components.errors import InvalidPayload

REALM = "vedette"
PROTOCOL_VERSION = 1

Role = Literal["agent", "viewer", "operator", "services", "bridge", "idle"]

AUTH_CRYPTOSIGN = "vedette.auth.cryptosign"
AUTH_TICKET = "vedette.auth.ticket"
AUTH_ON_REVOKE = "vedette.auth.on_revoke"
AGENT_GET_CONFIG = "vedette.agent.get_config"
AGENT_REPORT_CONFIG = "vedette.agent.report_config"
AGENT_REPORT_FACTS = "vedette.agent.report_facts"
AGENT_REPORT_STOP = "vedette.agent.report_stop"
AGENT_ON_CONFIG = "vedette.agent.on_config"
AGENT_ON_SAMPLE = "vedette.agent.on_sample"
FLEET_GET_SNAPSHOT = "vedette.fleet.get_snapshot"
FLEET_ON_UPDATE = "vedette.fleet.on_update"
CONFIG_SET = "vedette.config.set"
CONFIG_PING = "vedette.config.ping"
CONFIG_ON_CHANGE = "vedette.config.on_change"


@dataclass(frozen=True)
class Door:
    """One URI: what it is, and which roles may stand on which side of it. `services` may do everything in `vedette.`."""

    uri: str
    kind: Literal["procedure", "topic"]
    senders: tuple[Role, ...]
    """Roles that may call the procedure or publish to the topic."""
    receivers: tuple[Role, ...]
    """Roles that may register the procedure or subscribe to the topic."""
    summary: str


DOORS: tuple[Door, ...] = (
    Door(AUTH_CRYPTOSIGN, "procedure", ("services",), ("services",), "the router asks who an agent's key belongs to"),
    Door(AUTH_TICKET, "procedure", ("services",), ("services",), "the router asks whom a ticket was issued to"),
    Door(AUTH_ON_REVOKE, "topic", ("bridge", "services"), ("services",), "`{kind, id}`: compare the live sessions with the database now"),
    Door(AGENT_GET_CONFIG, "procedure", ("agent", "services"), ("services",), "no arguments → the caller's settings"),
    Door(
        AGENT_REPORT_CONFIG,
        "procedure",
        ("agent", "services"),
        ("services",),
        "`{epoch, revision, status, error, locked, at}`: the outcome of one revision",
    ),
    Door(AGENT_REPORT_FACTS, "procedure", ("agent", "services"), ("services",), "once a session: versions, boot id, system, CPU, memory"),
    Door(AGENT_REPORT_STOP, "procedure", ("agent", "services"), ("services",), "`{reason}`: the agent stops cleanly"),
    Door(AGENT_ON_CONFIG, "topic", ("bridge", "services"), ("agent", "services"), "to one host only: its settings"),
    Door(AGENT_ON_SAMPLE, "topic", ("agent", "services"), ("services",), "`{run, seq, at, revision, metrics, failed}`"),
    Door(FLEET_GET_SNAPSHOT, "procedure", ("viewer", "operator", "services"), ("services",), "keywords `after`, `limit` → a page of hosts"),
    Door(
        FLEET_ON_UPDATE, "topic", ("services",), ("viewer", "operator", "services"), "one batch a tick: the hosts and fields that changed"
    ),
    Door(CONFIG_SET, "procedure", ("operator", "services"), ("services",), "keywords `hosts`, `changes` → `{revisions: {host: number}}`"),
    Door(CONFIG_PING, "procedure", ("bridge", "services"), ("services",), "no arguments → `{at}`, with the database asked"),
    Door(CONFIG_ON_CHANGE, "topic", ("bridge", "services"), ("services",), "`{hosts: [id, …]}`: what is stored of these hosts changed"),
)

# --- identity -------------------------------------------------------------------------------------------------------------

HOST_ID = re.compile(r"[a-z0-9]{12}")
_HOST_AUTHID = "host:"
_USER_AUTHID = "user:"
_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_host_id() -> str:
    """A random host id, `[a-z0-9]{12}` (62 bits); it never changes."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(12))


def host_authid(host_id: str) -> str:
    """The authid under which the router knows this host. ValueError if `host_id` is not a host id."""
    if not HOST_ID.fullmatch(host_id):
        raise ValueError(f"host id {host_id!r} is not 12 of a-z and 0-9")
    return _HOST_AUTHID + host_id


def host_of(authid: str | None) -> str | None:
    """The host id within an agent's authid, None for everybody else's."""
    if authid and authid.startswith(_HOST_AUTHID) and HOST_ID.fullmatch(authid[len(_HOST_AUTHID) :]):
        return authid[len(_HOST_AUTHID) :]
    return None


def user_authid(user_id: int, ticket_id: str) -> str:
    """The authid of one browser session, `user:<id>:<random>`."""
    return f"{_USER_AUTHID}{user_id}:{ticket_id}"


def ticket_of(authid: str | None) -> str | None:
    """The ticket id within a browser's authid, None for everybody else's."""
    if authid and authid.startswith(_USER_AUTHID) and authid.count(":") == 2:
        return authid.rpartition(":")[2]
    return None


# --- enrolment ------------------------------------------------------------------------------------------------------------


def enrolment_key(secret: str) -> str:
    """What the hub stores of a code's secret: hex SHA-256. It verifies proofs and does not give the secret back."""
    return hashlib.sha256(b"vedette-enrolment-code:" + secret.encode()).hexdigest()


def enrolment_proof(stored_key: str, code_id: str, public_key: str) -> str:
    """Hex HMAC-SHA256 that binds a code to one public key; the secret itself never travels."""
    return hmac.new(bytes.fromhex(stored_key), f"{code_id}:{public_key}".encode(), hashlib.sha256).hexdigest()


# --- settings -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One thing an operator can set for a host; form, schema, agent and documentation come from it."""

    name: str
    default: bool | float
    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""

    def check(self, value: object) -> bool | float:
        """`value` in its own type, or InvalidPayload that names the setting, the value and the bound."""
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise InvalidPayload(f"{self.name} is {_show(value)}; it must be true or false")
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InvalidPayload(f"{self.name} is {_show(value)}; it must be a number")
        if self.minimum is not None and value < self.minimum:
            raise InvalidPayload(f"{self.name} {value:g} {self.unit} is below {self.minimum:g} {self.unit}")
        if self.maximum is not None and value > self.maximum:
            raise InvalidPayload(f"{self.name} {value:g} {self.unit} is above {self.maximum:g} {self.unit}")
        return float(value)


SETTINGS: tuple[Setting, ...] = (
    Setting("interval", 1.0, "Seconds from one sample to the next.", minimum=0.2, maximum=3600.0, unit="s"),
    Setting("show_cpus", True, "Report how busy each CPU is."),
    Setting("show_memory", True, "Report memory."),
    Setting("show_disk", True, "Report how full each disk is."),
    Setting("show_network", True, "Report what each network interface sends and receives."),
    Setting("show_load", True, "Report the load averages."),
    Setting("disabled", False, "Send no samples. The agent stays connected and obeys its settings."),
)
SETTING = {setting.name: setting for setting in SETTINGS}


def check_settings(values: Mapping[str, object], *, partial: bool = False) -> dict[str, bool | float]:
    """The known settings among `values`, checked. Unknown names are ignored, unless `partial`: a person who sets something unknown
    has mistyped it. InvalidPayload names the first one that is wrong or, unless `partial`, missing.
    """
    if partial:
        for name in values:
            if name not in SETTING:
                raise InvalidPayload(f"there is no setting {_show(name)}; there are {', '.join(SETTING)}")
        return {name: SETTING[name].check(value) for name, value in values.items()}
    for name in SETTING:
        if name not in values:
            raise InvalidPayload(f"{name} is missing from the settings")
    return {name: SETTING[name].check(values[name]) for name in SETTING}


@dataclass(frozen=True)
class Event:
    """What to publish, and to whom: `options` are WAMP publish options."""

    topic: str
    payload: dict[str, Any]
    options: dict[str, Any]


def config_event(payload: Mapping[str, Any]) -> Event:
    """The one way to tell a host its settings. An empty `eligible_authid` would reach every agent, so there is exactly one, checked."""
    return Event(AGENT_ON_CONFIG, dict(payload), {"eligible_authid": [host_authid(payload["host"])]})


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
    fields = _map(payload, "the report")
    status = _text(fields, "status", 16)
    if status not in ("applied", "failed"):
        raise InvalidPayload(f"status is {_show(status)}; it must be 'applied' or 'failed'")
    locked = _map(fields.get("locked", {}), "locked")
    return ConfigReport(
        epoch=_text(fields, "epoch", 64),
        revision=_whole(fields, "revision"),
        status=status,  # type: ignore[arg-type]  # one of the two, checked above
        error=_text(fields, "error", 500, default=""),
        # a lock may hold what the hub would refuse, so only the type is checked
        locked={name: value for name, value in locked.items() if name in SETTING and isinstance(value, bool | int | float)},
        at=_number(fields.get("at"), "at"),
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
    fields = _map(payload, "the facts")
    return Facts(
        protocol=_whole(fields, "protocol"),
        agent_version=_text(fields, "agent_version", 64),
        boot_id=_text(fields, "boot_id", 64, default=""),
        system=_text(fields, "system", 200, default=""),
        cpu_model=_text(fields, "cpu_model", 200, default=""),
        cpu_count=_whole(fields, "cpu_count"),
        memory_total_bytes=_number(fields.get("memory_total_bytes"), "memory_total_bytes"),
    )


# --- samples --------------------------------------------------------------------------------------------------------------

MetricValue = float | dict[str, float]
METRIC_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

MAX_METRICS = 256
MAX_INSTANCES = 512
MAX_INSTANCE_CHARACTERS = 300
MAX_SAMPLE_BYTES = 64 * 1024
MAX_MESSAGE_BYTES = 256 * 1024
"""No message grows with the fleet: pages and batches are split below this."""


class Sample(TypedDict):
    """All metrics of one host at one instant. `(host, run, seq)` names it: `run` is random for each start of the agent."""

    run: str
    seq: int
    at: float
    revision: int
    metrics: dict[str, MetricValue]
    failed: dict[str, str]


def parse_sample(payload: object) -> Sample:
    """A Sample, or InvalidPayload that names the offending metric. Nothing of a bad sample is used."""
    fields = _map(payload, "the sample")
    metrics = _map(fields.get("metrics"), "metrics")
    if len(metrics) > MAX_METRICS:
        raise InvalidPayload(f"{len(metrics)} metrics; at most {MAX_METRICS} are taken")
    failed = _map(fields.get("failed", {}), "failed")
    if len(failed) > MAX_METRICS:
        raise InvalidPayload(f"{len(failed)} failed collectors; at most {MAX_METRICS} are taken")
    sample = Sample(
        run=_text(fields, "run", 64),
        seq=_whole(fields, "seq"),
        at=_number(fields.get("at"), "at"),
        revision=_whole(fields, "revision"),
        metrics={_metric_name(name): _metric_value(name, value) for name, value in metrics.items()},
        failed={_printable(name, "failed", 64): _text(failed, name, 300) for name in failed},
    )
    size = _size(sample)
    if size > MAX_SAMPLE_BYTES:
        raise InvalidPayload(f"the sample has about {size} bytes; at most {MAX_SAMPLE_BYTES} are taken")
    return sample


def _size(sample: Sample) -> int:
    """About how many bytes the sample takes as JSON: names, and 12 for each number."""
    size = sum(len(name.encode()) + len(reason.encode()) for name, reason in sample["failed"].items())
    for name, value in sample["metrics"].items():
        size += len(name) + (sum(len(key.encode()) + 12 for key in value) if isinstance(value, dict) else 12)
    return size


def _metric_name(name: object) -> str:
    if not isinstance(name, str) or not METRIC_NAME.fullmatch(name):
        raise InvalidPayload(f"metric name {_show(name)} is not of a-z, 0-9 and _, at most 64 characters")
    return name


def _metric_value(name: str, value: object) -> MetricValue:
    if not isinstance(value, dict):
        return _metric_number(name, value)
    if len(value) > MAX_INSTANCES:
        raise InvalidPayload(f"{name} has {len(value)} instances; at most {MAX_INSTANCES} are taken")
    return {
        _printable(key, f"an instance of {name}", MAX_INSTANCE_CHARACTERS): _metric_number(f"{name}[{_show(key)}]", number)
        for key, number in value.items()
    }


def _metric_number(name: str, value: object) -> float:
    number = _number(value, name)
    if abs(number) > 2**63:
        raise InvalidPayload(f"{name} is {number:g}; that is more than any machine has")
    if number < 0 and not name.startswith("temperature"):
        raise InvalidPayload(f"{name} is {number:g}; it cannot be negative")
    if name.partition("[")[0].endswith("_ratio") and number > 1:
        raise InvalidPayload(f"{name} is {number:g}; a ratio is at most 1")
    return number


# --- live state -----------------------------------------------------------------------------------------------------------

Status = Literal["up", "down", "disabled", "unapproved"]


class HostConfig(TypedDict):
    """What became of a host's newest settings."""

    revision: int
    status: Literal["applied", "pending", "failed"]
    at: float
    """When they were saved."""
    milliseconds: float | None
    """From commit to receipt of the outcome, both on the hub's clock; None while pending."""
    error: str
    locked: dict[str, bool | float]
    settings: dict[str, bool | float]


class HostSample(TypedDict):
    """The newest sample of a host, as browsers get it."""

    at: float
    """When the hub received it. A host's own clock may be wrong, and is never compared with the hub's."""
    taken_at: float
    """When the host took it, by its own clock."""
    metrics: dict[str, MetricValue]
    failed: dict[str, str]


class HostView(TypedDict):
    """One host in a snapshot. In an update, only what changed; None for what is gone."""

    name: str
    address: str | None
    tags: list[str]
    status: Status
    since: float | None
    sample: HostSample | None
    config: HostConfig
    refused: NotRequired[str | None]
    """Why the host's newest sample was refused, if it was."""


# --- checking what arrives ------------------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def printable(text: str, most: int) -> str:
    """`text` without control characters, at most `most` characters: for what a host says in a log or an error."""
    return _CONTROL.sub("�", text)[:most]


def _show(value: object) -> str:
    """A short, printable picture of any value. Never a deep one: what a host sent may be nested without end."""
    if isinstance(value, str):
        return repr(printable(value, 60))
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**64):
        return repr(value)
    return f"a {type(value).__name__}"


def _map(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidPayload(f"{name} is {_show(value)}; it must be a map")
    for key in value:
        if not isinstance(key, str):
            raise InvalidPayload(f"{name} has the key {_show(key)}; keys must be text")
    return value


def _text(fields: Mapping[str, Any], name: str, most: int, default: str | None = None) -> str:
    value = fields.get(name, default)
    if value is None and default is not None:
        return default
    return _printable(value, name, most)


def _printable(value: object, name: str, most: int) -> str:
    if not isinstance(value, str):
        raise InvalidPayload(f"{name} is {_show(value)}; it must be text")
    if len(value) > most:
        raise InvalidPayload(f"{name} has {len(value)} characters; at most {most} are taken")
    if _CONTROL.search(value):
        raise InvalidPayload(f"{name} {_show(value)} has control characters")
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidPayload(f"{name} is {_show(value)}; it must be a number")
    try:
        number = float(value)
    except OverflowError:
        raise InvalidPayload(f"{name} is beyond any float") from None
    if not math.isfinite(number):
        raise InvalidPayload(f"{name} is {number}; it must be finite")
    return number


def _whole(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise InvalidPayload(f"{name} is {_show(value)}; it must be a whole number from 0 to 2**53")
    return value
