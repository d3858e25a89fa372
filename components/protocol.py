"""The wire: every URI, who may use it, and the shapes that travel.

This table is the contract. The node configuration, the JavaScript twin (`static/js/protocol.js`), the stranger tests and
`docs/wamp-interface.md` are checked against it.

Conventions. An event or a report carries exactly one positional argument, a map; a procedure for browsers takes keywords. Times
are UTC seconds since the epoch as float, named `at`. Units are base units and stand in the metric's name: `_bytes`, `_seconds`,
`_ratio` (0 to 1), `_count`, `_celsius`, `_bytes_per_second`; a load average is a `_ratio`-less plain `load_*`. Unknown fields are ignored,
wrong types are refused by name.

Standard library only: agents and hub share this module.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components.errors import NotAllowed
from components.host_views import HostSample
from components.queries import Kind

REALM = "vedette"
PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 256 * 1024
"""No message grows with the fleet: pages and batches are split below this."""
MAX_CHANGED_HOSTS = 1000
"""Host ids in one piece of news: about 16 kB."""

MAX_SPREAD_SECONDS = 5.0
MAX_HOST_NAME_CHARACTERS = 100

Role = Literal["agent", "viewer", "operator", "services", "bridge", "idle"]

AUTH_CRYPTOSIGN = "vedette.auth.cryptosign"
AUTH_TICKET = "vedette.auth.ticket"
AUTH_ON_REVOKE = "vedette.auth.on_revoke"
AUTH_APPROVE = "vedette.auth.approve"
AUTH_DENY = "vedette.auth.deny"
AGENT_GET_CONFIG = "vedette.agent.get_config"
AGENT_REPORT_CONFIG = "vedette.agent.report_config"
AGENT_REPORT_FACTS = "vedette.agent.report_facts"
AGENT_REPORT_STOP = "vedette.agent.report_stop"
AGENT_ON_CONFIG = "vedette.agent.on_config"
AGENT_ON_SAMPLE = "vedette.agent.on_sample"
AGENT_ON_QUERY = "vedette.agent.on_query"
AGENT_ANSWER = "vedette.agent.answer"
FLEET_GET_SNAPSHOT = "vedette.fleet.get_snapshot"
FLEET_ON_UPDATE = "vedette.fleet.on_update"
HOST_WATCH = "vedette.host.watch"
HOST_ON_SAMPLE = "vedette.host.on_sample"
HOST_QUERY = "vedette.host.query"
HISTORY_GET_SERIES = "vedette.history.get_series"
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
    Door(AUTH_APPROVE, "procedure", ("operator", "services"), ("services",), "keywords `hosts` → `{hosts: [id, …]}`: those now let in"),
    Door(AUTH_DENY, "procedure", ("operator", "services"), ("services",), "keywords `hosts` → `{hosts: [id, …]}`: those now denied"),
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
    Door(AGENT_ON_CONFIG, "topic", ("services",), ("agent", "services"), "to one host only: its settings"),
    Door(AGENT_ON_SAMPLE, "topic", ("agent", "services"), ("services",), "`{run, seq, at, revision, metrics, failed, watched}`"),
    Door(AGENT_ON_QUERY, "topic", ("services",), ("agent", "services"), "to one host only: `{host, id, kind, arguments}`"),
    Door(AGENT_ANSWER, "procedure", ("agent", "services"), ("services",), "`{id, result}` or `{id, error, text}`: the answer to one query"),
    Door(FLEET_GET_SNAPSHOT, "procedure", ("viewer", "operator", "services"), ("services",), "keywords `after`, `limit` → a page of hosts"),
    Door(
        FLEET_ON_UPDATE, "topic", ("services",), ("viewer", "operator", "services"), "one batch a tick: the hosts and fields that changed"
    ),
    Door(
        HOST_WATCH,
        "procedure",
        ("viewer", "operator", "services"),
        ("services",),
        "keywords `host`, `interval` → `{interval, seconds}`: a lease, during which the host is sampled faster; interval null ends it",
    ),
    Door(HOST_ON_SAMPLE, "topic", ("services",), ("viewer", "operator", "services"), "`{host, sample}`: to those only who watch that host"),
    Door(
        HOST_QUERY,
        "procedure",
        ("viewer", "operator", "services"),
        ("services",),
        "keywords `host`, `kind`, `arguments` → the agent's answer",
    ),
    Door(
        HISTORY_GET_SERIES,
        "procedure",
        ("viewer", "operator", "services"),
        ("services",),
        "keywords `hosts`, `metrics`, `start`, `end`, `points` → columns of each host",
    ),
    Door(
        CONFIG_SET,
        "procedure",
        ("operator", "services"),
        ("services",),
        "keywords `hosts`, `changes`, `tags` → `{revisions: {host: number}}`",
    ),
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


def user_of(authid: str | None) -> int | None:
    """The user id within a browser's authid, None for everybody else's."""
    if authid and ticket_of(authid) and authid.split(":")[1].isdecimal():
        return int(authid.split(":")[1])
    return None


def require_user(authid: str | None) -> int:
    """The user id within a browser's authid; NotAllowed for everybody else's."""
    user_id = user_of(authid)
    if user_id is None:
        raise NotAllowed("only a person's session may do this")
    return user_id


def person_of(authid: str) -> int | str:
    """Who sits before all pages with this user's sessions; everybody else is somebody by their own authid."""
    user_id = user_of(authid)
    return authid if user_id is None else user_id


def ticket_of(authid: str | None) -> str | None:
    """The ticket id within a browser's authid, None for everybody else's."""
    if authid and authid.startswith(_USER_AUTHID) and authid.count(":") == 2:
        return authid.rpartition(":")[2]
    return None


def fingerprint(public_key: str) -> str:
    """What people compare to know a key: 128 bits of its SHA-256, `3f2a 91bc …`, the same on hub and agent."""
    digest = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


# --- enrolment ------------------------------------------------------------------------------------------------------------


def enrolment_key(secret: str) -> str:
    """What the hub stores of a code's secret: hex SHA-256. It verifies proofs and does not give the secret back."""
    return hashlib.sha256(b"vedette-enrolment-code:" + secret.encode()).hexdigest()


def enrolment_proof(stored_key: str, code_id: str, public_key: str) -> str:
    """Hex HMAC-SHA256 that binds a code to one public key; the secret itself never travels."""
    return hmac.new(bytes.fromhex(stored_key), f"{code_id}:{public_key}".encode(), hashlib.sha256).hexdigest()


# --- settings, queries and watched samples on their way ----------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """What to publish, and to whom: `options` are WAMP publish options."""

    topic: str
    payload: dict[str, Any]
    options: dict[str, Any]


def config_event(payload: Mapping[str, Any], *, spread: float = 0.0) -> Event:
    """The one way to tell a host its settings. An empty `eligible_authid` would reach every agent, so there is exactly one, checked.

    `spread`, in seconds, for one of many hosts that change together: its next sample comes at any time within that. All at once they would
    be in the way of each other's reports, and stay in step for ever.
    """
    told = {**payload, "spread": spread} if spread else dict(payload)
    return Event(AGENT_ON_CONFIG, told, {"eligible_authid": [host_authid(payload["host"])]})


def spread_of(payload: Mapping[str, Any]) -> float:
    """Seconds within which the next sample is to come after these settings, from 0 to MAX_SPREAD_SECONDS; 0 for what is no such number."""
    spread = payload.get("spread")
    if isinstance(spread, bool) or not isinstance(spread, int | float) or not spread > 0:
        return 0.0
    return float(min(spread, MAX_SPREAD_SECONDS))  # in this order: a whole number may be beyond any float


def change_events(host_ids: Iterable[str]) -> list[Event]:
    """News that what is stored of these hosts changed: each named once, in as few messages as they fit into."""
    ids = list(dict.fromkeys(host_ids))
    parts = [ids[start : start + MAX_CHANGED_HOSTS] for start in range(0, len(ids), MAX_CHANGED_HOSTS)]
    return [Event(CONFIG_ON_CHANGE, {"hosts": part}, {}) for part in parts]


def changed_hosts(payload: object) -> set[str]:
    """The hosts that news on `vedette.config.on_change` names; none if it is not of its shape."""
    hosts = payload.get("hosts") if isinstance(payload, dict) else None
    return {host_id for host_id in hosts if isinstance(host_id, str)} if isinstance(hosts, list) else set()


def query_event(host_id: str, query_id: str, kind: Kind, arguments: Mapping[str, Any]) -> Event:
    """The one way to ask a host something: it alone gets the query, as `config_event` sees to for settings."""
    query = {"host": host_id, "id": query_id, "kind": kind, "arguments": dict(arguments)}
    return Event(AGENT_ON_QUERY, query, {"eligible_authid": [host_authid(host_id)]})


def watched_event(host_id: str, sample: HostSample, authids: Sequence[str]) -> Event:
    """The one way to show a sample to those who watch a host. ValueError if nobody does: an empty list would reach every browser."""
    if not authids or not all(authids):
        raise ValueError(f"nobody to show a sample of {host_id} to")
    return Event(HOST_ON_SAMPLE, {"host": host_id, "sample": sample}, {"eligible_authid": list(authids)})
