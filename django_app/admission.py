"""How an agent gets in: by its key, and the first time by an enrolment code or an operator's approval."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F

from components.addresses import LOOPBACK
from components.checking import printable
from components.errors import CodeExpired, CodeForged, CodeUnknown, CodeUsed, InvalidPayload, KeyRevoked, TooManyJoins
from components.protocol import Role, enrolment_key, enrolment_proof, host_authid
from django_app import announce, approval, audit
from django_app.hosts import AgentHello, Enrolment, Newcomer, checked_name, make_host, proposed_name
from django_app.models import AuditEntry, EnrolmentCode, Host
from django_app.people import hold_account
from django_app.words import duration

CODE_SECONDS = 600.0
MAX_CODE_SECONDS = 30 * 86_400.0
MAX_CODE_USES = 10_000
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
_REMEDY = "make a new one with: python manage.py addhost NAME"


@dataclass(frozen=True)
class Principal:
    """Whom the router lets in, and as what."""

    authid: str
    role: Role


def make_code(name: str, *, by_id: int | None, now: float, uses: int = 1, seconds: float = CODE_SECONDS) -> EnrolmentCode:
    """A new enrolment code; its `text` is `id.secret`, which is not kept. InvalidPayload.

    A code for one use gives the host this name; with more uses, the hosts keep the names that they propose.
    """
    if not 1 <= uses <= MAX_CODE_USES:
        raise InvalidPayload(f"{uses} uses; a code may have 1 to {MAX_CODE_USES}")
    if not 0 < seconds <= MAX_CODE_SECONDS:
        raise InvalidPayload(f"valid for {seconds:g} s; a code may be valid for at most {duration(MAX_CODE_SECONDS)}")
    secret = secrets.token_hex(16)
    code = EnrolmentCode(name=checked_name(name), key=enrolment_key(secret), by_id=by_id, at=now, expires_at=now + seconds, uses=uses)
    with transaction.atomic():
        if by_id is not None:
            hold_account(by_id)
        code.save(force_insert=True)
        text = f"{code.id} for {code.name}: {uses} {'use' if uses == 1 else 'uses'}, {duration(seconds)}"
        audit.record(AuditEntry(kind=AuditEntry.Kind.CODE, text=text, at=now, by_id=by_id, who="" if by_id else "addhost"))
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


def admit_agent(hello: AgentHello, *, address: str | None, patient: bool = True, now: float) -> Principal:
    """The host with this key, which the router lets it prove next. A new key needs a valid code, or it waits for approval.

    `patient` is false for an address from which too many were refused: who is no host is then not looked at.

    JoinRefused by name: NotApproved, KeyDenied, KeyRevoked, TooManyJoins, CodeUnknown, CodeForged, CodeUsed, CodeExpired. InvalidPayload
    if it is no key.
    """
    if not _PUBLIC_KEY.fullmatch(hello.public_key):
        raise InvalidPayload("the public key is not 64 hex digits; delete the agent's key file, and it makes a new one")
    host = Host.objects.filter(public_key=hello.public_key).first()
    if host and host.access == Host.Access.APPROVED:
        return Principal(host_authid(host.id), "agent")
    if not patient:
        raise TooManyJoins(f"too many joins from {address} were refused; try again in a few seconds")
    if host and (hello.enrolment is None or _is_spent(hello.enrolment, host)):
        raise KeyRevoked(f"the host with the key {hello.public_key[:8]}… was revoked; an operator can approve it again, or {_REMEDY}")
    if hello.enrolment is None:
        raise approval.ask(hello, address=address, now=now)
    return Principal(host_authid(_enrol(hello, hello.enrolment, address, now)), "agent")


def enrol_local_host(public_key: str, name: str, now: float) -> str:
    """The id of the host with this key, which is this very machine's; made if there is none. A revoked one stays revoked."""
    host = Host.objects.filter(public_key=public_key).first()
    if host:
        return host.id
    with transaction.atomic():
        return make_host(Newcomer(public_key, proposed_name(name), "setup"), now).id


def _enrol(hello: AgentHello, enrolment: Enrolment, address: str | None, now: float) -> str:
    code = _checked_code(hello.public_key, enrolment, now)
    with transaction.atomic():
        if not EnrolmentCode.objects.filter(pk=code.pk, used__lt=F("uses")).update(used=F("used") + 1, used_at=now):
            raise _used(code)
        name = code.name if code.uses == 1 else proposed_name(hello.name)
        approval.forget(hello.public_key)  # first: who approves has locked the key and then makes the host
        host = make_host(Newcomer(hello.public_key, name, f"enrolment with the code {code.id}", address, code), now)
        text = f"{host.name} with the code {code.id}"
        audit.record(AuditEntry(kind=AuditEntry.Kind.ENROLLED, text=text, at=now, who=host.name, address=address or "", host=host.id))
        announce.hosts_changed([host.id])
    return host.id


def _is_spent(enrolment: Enrolment, host: Host) -> bool:
    """Whether this very host enrolled with that code: an agent shows the code it was started with at every join."""
    return host.code_id == enrolment.code_id


def _checked_code(public_key: str, enrolment: Enrolment, now: float) -> EnrolmentCode:
    code = EnrolmentCode.objects.filter(pk=enrolment.code_id).first()
    if code is None:
        raise CodeUnknown(f"this hub knows no code {printable(enrolment.code_id, 20)!r}; {_REMEDY}")
    # the proof first: who cannot give it learns nothing of the code
    expected = enrolment_proof(code.key, code.id, public_key)
    if not hmac.compare_digest(expected.encode(), enrolment.proof.encode(errors="replace")):
        raise CodeForged(f"the proof for the code {code.id} is wrong; copy the whole code, or {_REMEDY}")
    if code.used >= code.uses:
        raise _used(code)
    if code.expires_at <= now:
        raise CodeExpired(f"the code {code.id} expired {duration(now - code.expires_at)} ago; {_REMEDY}")
    return code


def _used(code: EnrolmentCode) -> CodeUsed:
    by_whom = "another host" if code.uses == 1 else f"{code.uses} hosts"
    return CodeUsed(f"{by_whom} enrolled with the code {code.id}; {_REMEDY}")
