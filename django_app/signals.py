"""What Django's own models tell: people and their sessions, hosts that are gone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from django_app import announce
from django_app.models import Host, Ticket
from django_app.preparation import forget_first_login


@receiver(user_logged_in)
def _logged_in(user: User, **_: Any) -> None:
    forget_first_login(user)


@receiver(post_save, sender=User)
def _user_saved(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    # every login stores when it was; that changes nobody's right
    if not created and update_fields != frozenset({"last_login"}):
        announce.revoked("user", str(instance.pk))


@receiver(post_delete, sender=User)
def _user_deleted(instance: User, **_: Any) -> None:
    announce.revoked("user", str(instance.pk))


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def _permissions_changed(instance: User | Group, action: str, **_: Any) -> None:
    if action.startswith("post_"):
        announce.revoked("user", str(instance.pk) if isinstance(instance, User) else "")


@receiver(post_delete, sender=Group)
def _group_deleted(**_: Any) -> None:
    announce.revoked("user", "")


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
