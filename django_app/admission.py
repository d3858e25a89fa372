"""Which keys are hosts: enrolment codes, joining, revoking."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from components.checking import printable
from components.errors import CodeExpired, CodeForged, CodeUnknown, CodeUsed, InvalidPayload, KeyRevoked, UnknownKey
from components.protocol import Role, enrolment_key, enrolment_proof, host_authid
from django_app import announce
from django_app.models import NAME_MOST, EnrolmentCode, Host, Revision
from django_app.people import require_operator
from django_app.words import duration

CODE_SECONDS = 600.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
_REMEDY = "make a new one with: python manage.py addhost NAME"


@dataclass(frozen=True)
class Principal:
    """Whom the router lets in, and as what."""

    authid: str
    role: Role


@dataclass(frozen=True)
class Enrolment:
    """What a new agent shows instead of the code's secret: `proof` is components.protocol.enrolment_proof, hex."""

    code_id: str
    proof: str


def checked_name(text: str) -> str:
    """A host's name as a person gave it, or InvalidPayload."""
    name = text.strip()
    if not name or len(name) > NAME_MOST or printable(name, NAME_MOST) != name:
        raise InvalidPayload(f"the name {printable(name, 60)!r} is not 1 to {NAME_MOST} printable characters")
    return name


def make_code(name: str, *, by_id: int | None, now: float) -> EnrolmentCode:
    """A new enrolment code for a host of this name; its `text` is `id.secret`, which is not kept. InvalidPayload."""
    secret = secrets.token_hex(16)
    code = EnrolmentCode(name=checked_name(name), key=enrolment_key(secret), by_id=by_id, at=now, expires_at=now + CODE_SECONDS)
    code.save(force_insert=True)
    code.text = f"{code.id}.{secret}"
    return code


def join_command(text: str) -> str:
    """What to run on the new host: the code is in its environment, never among its arguments, which everybody there can read."""
    return f"VEDETTE_HUB={settings.PUBLIC_URLS[0].replace('http', 'ws', 1)}/ws VEDETTE_ENROL_CODE={text} vedette-agent"


def join_hint() -> str:
    """What to know before running it; empty if nothing."""
    if urlsplit(settings.PUBLIC_URLS[0]).hostname in LOOPBACK:
        return "That address works on the hub's own machine only; for other hosts set VEDETTE_PUBLIC_URL and let the hub listen to them."
    return ""


def admit_agent(public_key: str, *, address: str | None, name: str, enrolment: Enrolment | None, now: float) -> Principal:
    """The host with this key, which the router has seen proven. A key without an approved host needs a valid code.

    JoinRefused by name: UnknownKey, KeyRevoked, CodeUnknown, CodeForged, CodeUsed, CodeExpired. InvalidPayload if it is no key.
    """
    if not _PUBLIC_KEY.fullmatch(public_key):
        raise InvalidPayload("the public key is not 64 hex digits; delete the agent's key file, and it makes a new one")
    host = Host.objects.filter(public_key=public_key).first()
    if host and host.access == Host.Access.APPROVED:
        return Principal(host_authid(host.id), "agent")
    if host and (enrolment is None or _is_spent(enrolment, host)):
        raise KeyRevoked(f"the host with the key {public_key[:8]}… was revoked; to let it in again, {_REMEDY}")
    if enrolment is None:
        raise UnknownKey(f"no host has the key {public_key[:8]}…, and no enrolment code came with it; {_REMEDY}")
    return Principal(host_authid(_enrol(public_key, address, name, enrolment, now)), "agent")


def enrol_local_host(public_key: str, name: str, now: float) -> str:
    """The id of the host with this key, which is this very machine's; made if there is none. A revoked one stays revoked."""
    host = Host.objects.filter(public_key=public_key).first()
    if host:
        return host.id
    with transaction.atomic():
        return _approve(public_key, None, _proposed(name), "setup", now)


def revoke_hosts(user_id: int, host_ids: Sequence[str]) -> list[str]:
    """Shut these hosts out; the ids of those that were in. NotAllowed unless the user may change settings."""
    require_operator(user_id)
    with transaction.atomic():
        inside = Host.objects.select_for_update().filter(pk__in=host_ids, access=Host.Access.APPROVED)
        revoked = list(inside.order_by("pk").values_list("pk", flat=True))
        Host.objects.filter(pk__in=revoked).update(access=Host.Access.REVOKED, connected=False)
        for host_id in revoked:
            announce.revoked("host", host_id)
        announce.hosts_changed(revoked)
    return revoked


def _enrol(public_key: str, address: str | None, name: str, enrolment: Enrolment, now: float) -> str:
    code = _checked_code(public_key, enrolment, now)
    with transaction.atomic():
        if not EnrolmentCode.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
            raise _used(code)
        host_id = _approve(public_key, address, code.name or _proposed(name), f"enrolment with the code {code.id}", now)
        EnrolmentCode.objects.filter(pk=code.pk).update(host=host_id)
        announce.hosts_changed([host_id])
    return host_id


def _is_spent(enrolment: Enrolment, host: Host) -> bool:
    """Whether this very host enrolled with that code: an agent shows the code it was started with at every join."""
    return EnrolmentCode.objects.filter(pk=enrolment.code_id, host=host).exists()


def _checked_code(public_key: str, enrolment: Enrolment, now: float) -> EnrolmentCode:
    code = EnrolmentCode.objects.filter(pk=enrolment.code_id).first()
    if code is None:
        raise CodeUnknown(f"this hub knows no code {printable(enrolment.code_id, 20)!r}; {_REMEDY}")
    # the proof first: who cannot give it learns nothing of the code
    expected = enrolment_proof(code.key, code.id, public_key)
    if not hmac.compare_digest(expected.encode(), enrolment.proof.encode(errors="replace")):
        raise CodeForged(f"the proof for the code {code.id} is wrong; copy the whole code, or {_REMEDY}")
    if code.used_at is not None:
        raise _used(code)
    if code.expires_at <= now:
        raise CodeExpired(f"the code {code.id} expired {duration(now - code.expires_at)} ago; {_REMEDY}")
    return code


def _used(code: EnrolmentCode) -> CodeUsed:
    return CodeUsed(f"another host enrolled with the code {code.id}; {_REMEDY}")


def _approve(public_key: str, address: str | None, name: str, origin: str, now: float) -> str:
    host, made = Host.objects.get_or_create(public_key=public_key, defaults={"name": name, "address": address or "", "enrolled_at": now})
    if made:
        Revision.objects.create(host=host, number=host.revision, settings=host.settings(), origin=origin, at=now)
    else:
        Host.objects.filter(pk=host.pk).update(access=Host.Access.APPROVED, name=name)
    return host.id


def _proposed(name: str) -> str:
    return printable(name, NAME_MOST).strip() or "unnamed"
