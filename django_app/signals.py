"""What Django's own models tell: people and their sessions, hosts that are gone. Whoever may have lost a right is announced, and what
became of accounts stands in the audit log.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from django_app import announce, audit
from django_app.models import AuditEntry, EnrolmentCode, Host, Ticket
from django_app.preparation import forget_first_login

Kind = AuditEntry.Kind
Member = User | Group | Permission

ON_THE_HUB = "a command on the hub"
"""Who changes an account without a request: `manage.py createsuperuser`, or the first start."""
_RIGHTS = {
    "is_active": ("activated", "deactivated"),
    "is_staff": ("now staff", "no longer staff"),
    "is_superuser": ("now a superuser", "no longer a superuser"),
}


@receiver(user_logged_in)
def _logged_in(user: User, **_: Any) -> None:
    forget_first_login(user)


# --- accounts -----------------------------------------------------------------------------------------------------------------------


@receiver(pre_save, sender=User)
def _user_is_saved(instance: User, **_: Any) -> None:
    stored = User.objects.filter(pk=instance.pk).values("username", "password", *_RIGHTS).first() if instance.pk else None
    instance._before = stored  # type: ignore[attr-defined]  # noqa: SLF001  # from here to the next function only


@receiver(post_save, sender=User)
def _user_saved(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    # every login stores when it was; that changes nobody's right
    if not created and update_fields != frozenset({"last_login"}):
        announce.revoked("user", str(instance.pk))
    if created:
        _record(f"{instance.username}: created")
    # a login that hashes the same password anew saves it alone
    elif update_fields != frozenset({"password"}):
        for change in _changes(instance, getattr(instance, "_before", None) or {}):
            _record(f"{instance.username}: {change}")


@receiver(post_delete, sender=User)
def _user_deleted(instance: User, **_: Any) -> None:
    announce.revoked("user", str(instance.pk))
    _record(f"{instance.username}: deleted")


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def _permissions_changed(instance: User | Group, action: str, model: type[Member], pk_set: Iterable[int] | None, **_: Any) -> None:
    if action.startswith("post_"):
        announce.revoked("user", str(instance.pk) if isinstance(instance, User) else "")
        if pk_set is None or pk_set:
            _record(f"{_called(instance)}: {_membership(action, model, pk_set)}")


@receiver(post_delete, sender=Group)
def _group_deleted(instance: Group, **_: Any) -> None:
    announce.revoked("user", "")
    _record(f"{_called(instance)}: deleted")


def _changes(user: User, before: dict[str, Any]) -> Iterable[str]:
    if before.get("username", user.username) != user.username:
        yield f"was called {before['username']}"
    if before.get("password", user.password) != user.password:
        yield "password changed"
    for field, (gained, lost) in _RIGHTS.items():
        if before.get(field, getattr(user, field)) != getattr(user, field):
            yield gained if getattr(user, field) else lost


def _called(instance: User | Group) -> str:
    return instance.username if isinstance(instance, User) else f"group {instance.name}"


def _membership(action: str, model: type[Member], pk_set: Iterable[int] | None) -> str:
    """`added group operators`, in words that fit users, groups and permissions alike."""
    verb = {"post_add": "added", "post_remove": "removed", "post_clear": "removed all"}[action]
    names = sorted(str(found) for found in model.objects.filter(pk__in=pk_set or ()))
    return f"{verb} {model.__name__.lower()}{'s' if pk_set is None else ''} {', '.join(names)}".strip()


def _record(text: str, kind: Kind = Kind.ACCOUNT, host: str = "") -> None:
    who = "" if audit.has_request() else ON_THE_HUB
    audit.record(AuditEntry(kind=kind, text=text, at=time.time(), who=who, host=host))


# --- sessions and hosts -------------------------------------------------------------------------------------------------------------


@receiver(post_delete, sender=Session)
def _session_deleted(instance: Session, **_: Any) -> None:
    """Logging out deletes the session; so does changing one's password."""
    ticket = Ticket.objects.filter(session_key=instance.session_key, used_at__isnull=False).first()
    if ticket:
        announce.revoked("session", str(ticket.user_id))


@receiver(post_delete, sender=Host)
def _host_deleted(instance: Host, **_: Any) -> None:
    announce.revoked("host", instance.pk)
    announce.hosts_changed([instance.pk])
    _record(f"host {instance.name}", Kind.DELETED, instance.pk)


@receiver(post_delete, sender=EnrolmentCode)
def _code_deleted(instance: EnrolmentCode, **_: Any) -> None:
    _record(f"code {instance}", Kind.DELETED)
