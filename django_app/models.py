"""What the hub remembers: hosts, the revisions of their settings, enrolment codes, tickets, preferences.

Times are UTC seconds since the epoch as float, named `at` or `…_at`, as on the wire.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.expressions import Combinable

from components.host_settings import SETTING
from components.protocol import MAX_HOST_NAME_CHARACTERS, fingerprint, new_host_id

NAME_MOST = MAX_HOST_NAME_CHARACTERS
"""Characters in a host's name."""
STOPPED_MOST = 200
ADDRESS_MOST = 64


def switch(name: str) -> models.BooleanField[bool | Combinable, bool]:
    """The column of a setting that is on or off, from its line in `components.host_settings.SETTINGS`."""
    setting = SETTING[name]
    return models.BooleanField(setting.label or None, default=bool(setting.default), help_text=setting.help)


def quantity(name: str) -> models.FloatField[float | int | str | Combinable, float]:
    """The column of a setting that is a number, from its line in `components.host_settings.SETTINGS`."""
    setting = SETTING[name]
    bounds: list[Any] = []
    if setting.minimum is not None:
        bounds.append(MinValueValidator(setting.minimum))
    if setting.maximum is not None:
        bounds.append(MaxValueValidator(setting.maximum))
    allowed = f" {setting.minimum:g} to {setting.maximum:g} {setting.unit}." if len(bounds) == 2 else ""
    return models.FloatField(setting.label or None, default=float(setting.default), validators=bounds, help_text=setting.help + allowed)


def random_id() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Hub(models.Model):
    """The one row that makes this database this database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    epoch = models.CharField(max_length=64, default=random_id, editable=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_hub"),)

    def __str__(self) -> str:
        return f"epoch {self.epoch}"

    @staticmethod
    def current_epoch() -> str:
        """The epoch within which revisions count up."""
        return Hub.objects.get_or_create(pk=1)[0].epoch


class Host(models.Model):
    """A monitored machine: its identity, what is known of it, and the settings it should have."""

    class Access(models.TextChoices):
        APPROVED = "approved"
        REVOKED = "revoked"

    class Absence(models.TextChoices):
        """Why a host is away, or was before it came; being revoked stands in `access`."""

        STOPPED = "stopped", "stopped cleanly"
        LOST = "lost", "connection lost"
        RESTARTED = "restarted", "the host was restarted"
        HUB = "hub", "the hub was away"

    id = models.CharField(max_length=12, primary_key=True, default=new_host_id, editable=False)
    public_key = models.CharField(max_length=64, unique=True, editable=False, help_text="Ed25519, hex: who the host is.")
    name = models.CharField(max_length=NAME_MOST, db_index=True)
    tags = models.JSONField(default=list, blank=True)
    access = models.CharField(max_length=8, choices=Access, default=Access.APPROVED, db_index=True, editable=False)
    enrolled_at = models.FloatField(editable=False)
    code = models.ForeignKey(
        "EnrolmentCode", models.SET_NULL, null=True, editable=False, related_name="hosts", help_text="The code it enrolled with."
    )

    connected = models.BooleanField(default=False, db_index=True, editable=False)
    since = models.FloatField(null=True, editable=False, help_text="When it last connected or went away.")
    last_seen_at = models.FloatField(null=True, editable=False)
    address = models.CharField(
        max_length=ADDRESS_MOST, blank=True, editable=False, help_text="Where the router last saw it; never its identity."
    )
    stopped = models.CharField(max_length=STOPPED_MOST, blank=True, editable=False, help_text="Why the agent said it stopped.")
    absence = models.CharField(max_length=9, choices=Absence, blank=True, editable=False, help_text="Why it is, or was last, away.")
    duplicate_key = models.BooleanField(default=False, editable=False, help_text="Two agents run with the key of this host.")
    facts = models.JSONField(default=dict, editable=False)

    revision = models.PositiveIntegerField(default=1, editable=False)
    interval = quantity("interval")
    show_cpus = switch("show_cpus")
    show_memory = switch("show_memory")
    show_disk = switch("show_disk")
    show_network = switch("show_network")
    show_load = switch("show_load")
    show_temperatures = switch("show_temperatures")
    disabled = switch("disabled")

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    def settings(self) -> dict[str, bool | float]:
        """What the host should report, and how often."""
        return {name: getattr(self, name) for name in SETTING}

    @property
    def status(self) -> str:
        """Up, down, disabled or revoked, as far as the database knows."""
        if self.access == self.Access.REVOKED:
            return "revoked"
        if self.disabled:
            return "disabled"
        return "up" if self.connected else "down"


class Revision(models.Model):
    """One set of settings of one host: who made it, when, and what became of it."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPLIED = "applied"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    host = models.ForeignKey(Host, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    settings = models.JSONField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    origin = models.CharField(max_length=200, help_text="Through which door it came, and from whom.")
    at = models.FloatField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    error = models.CharField(max_length=500, blank=True, help_text="Why it failed, and what the agent kept.")
    locked = models.JSONField(default=dict)
    milliseconds = models.FloatField(null=True, help_text="From commit to receipt of the outcome.")
    outcome_at = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["host", "number"], name="one_revision_per_number"),)
        indexes = (models.Index(fields=["status", "host"], name="revision_status"),)

    def __str__(self) -> str:
        return f"rev {self.number}"


class JoinRequest(models.Model):
    """A key that came without a code and asks to become a host: waiting, or denied. All it says of itself is untrusted."""

    id = models.CharField(max_length=12, primary_key=True, default=new_host_id, editable=False)
    """Becomes the host's id."""
    public_key = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=NAME_MOST, editable=False, help_text="What it proposes to be called.")
    address = models.CharField(max_length=ADDRESS_MOST, blank=True, editable=False)
    neighbourhood = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    """What its limits count by: the address, or the /64 of an IPv6 one."""
    at = models.FloatField(editable=False)
    seen_at = models.FloatField(editable=False)
    denied_at = models.FloatField(null=True, db_index=True, editable=False)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return self.name

    @property
    def fingerprint(self) -> str:
        """What to compare with what the agent says of itself."""
        return fingerprint(self.public_key)


class EnrolmentCode(models.Model):
    """Permission for new keys to become hosts: `uses` of them, until it expires."""

    id = models.CharField(max_length=12, primary_key=True, default=new_host_id, editable=False)
    key = models.CharField(max_length=64, editable=False, help_text="Verifies proofs; does not give the secret back.")
    name = models.CharField(max_length=NAME_MOST, help_text="The name of the host that will use the code.")
    by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    at = models.FloatField(editable=False)
    expires_at = models.FloatField(editable=False)
    uses = models.PositiveIntegerField(default=1, help_text="How many hosts may enrol with it.")
    used = models.PositiveIntegerField(default=0, editable=False)
    used_at = models.FloatField(null=True, editable=False, help_text="When it was last used.")

    text = ""
    """The code itself, `id.secret`: only in the object that has just been made."""

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.id} for {self.name}"


class Ticket(models.Model):
    """One browser session's way in: what it stood for when it was issued."""

    id = models.CharField(max_length=32, primary_key=True, default=random_id)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, db_index=True)
    auth_hash = models.CharField(max_length=128)
    role = models.CharField(max_length=8)
    address = models.CharField(max_length=ADDRESS_MOST, blank=True, help_text="Where the session that it let in comes from.")
    at = models.FloatField(db_index=True)
    used_at = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"ticket of user {self.user_id}"


class Preferences(models.Model):
    """How one user likes the live page; `django_app.preferences` says what may stand in it."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    values = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of user {self.user_id}"


class AuditEntry(models.Model):
    """One thing that somebody did, or tried: kept, and shown in the admin."""

    class Kind(models.TextChoices):
        LOGIN = "login", "logged in"
        LOGIN_FAILED = "login-failed", "log-in failed"
        LOCKED_OUT = "locked-out", "log-ins paused"
        LOGOUT = "logout", "logged out"
        SETTINGS = "settings", "settings changed"
        DESCRIBED = "described", "name or tags changed"
        APPROVED = "approved", "approved"
        DENIED = "denied", "denied"
        REVOKED = "revoked", "revoked"
        DELETED = "deleted", "deleted"
        CODE = "code", "code made"
        ENROLLED = "enrolled", "enrolled with a code"
        ACCOUNT = "account", "account changed"

    at = models.FloatField(db_index=True)
    kind = models.CharField(max_length=12, choices=Kind, db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=150, blank=True, help_text="The account as it was called then, or what did it.")
    address = models.CharField(max_length=ADDRESS_MOST, blank=True)
    host = models.CharField(max_length=12, blank=True, db_index=True, help_text="The id of the host concerned, which may be gone.")
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}".strip()
