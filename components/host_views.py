"""A host as browsers see it: the shape of what a snapshot and an update say of it. Standard library only; part of the wire."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from components.payloads import MetricValue

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


AbsenceReason = Literal["stopped", "lost", "restarted", "hub", "revoked"]
"""Why a host was last away: its agent said that it stops; its connection was lost; the machine was started anew meanwhile (another boot
id); the hub itself was away; an operator revoked it.
"""


class HostAbsence(TypedDict):
    """Why a host is away, or, if it is here, why it was away before."""

    reason: AbsenceReason
    text: str
    """What the agent said when it stopped; else empty."""


class HostFacts(TypedDict):
    """What the host said of itself at its newest join: untrusted text, and numbers in base units."""

    system: str
    cpu_model: str
    cpu_count: int
    memory_total_bytes: float
    agent_version: str


class HostView(TypedDict):
    """One host in a snapshot. In an update, only what changed, None for what is gone; a host that is new there comes with `whole`: true."""

    name: str
    address: str | None
    tags: list[str]
    status: Status
    connected: bool
    """Whether it has a session; a disabled host may have one or not."""
    since: float | None
    """When it last came or went; None if it never came. When a key that waits first asked."""
    enrolled_at: float | None
    """When it was added; None for an unapproved host."""
    disabled_at: float | None
    """Since when a disabled host is so."""
    absence: HostAbsence | None
    duplicate_key: bool
    """Two agents run with this host's key; the one that joined later is here."""
    fingerprint: str | None
    """Of an unapproved host: what to compare with what its agent says. Its name is then what it proposes."""
    facts: HostFacts | None
    """None until it has said something."""
    clock_offset: float | None
    """Seconds that the host's clock is ahead of the hub's, as its answers to `ping` tell; None when it has not answered."""
    sample: HostSample | None
    config: HostConfig | None
    """None for an unapproved host."""
    refused: NotRequired[str | None]
    """Why the host's newest sample was refused, if it was."""
