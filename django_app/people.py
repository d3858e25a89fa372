"""Who may do what: the one place that asks for the permission."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import QuerySet

from components.errors import NotAllowed
from components.protocol import Role

CHANGE_HOST = "django_app.change_host"
OPERATORS = "operators"
"""The group whose members may change settings; a migration makes it."""


def operators() -> QuerySet[User]:
    """All active users who may change settings now, asked of the database and not of a cache."""
    return User.objects.with_perm(CHANGE_HOST, backend="django.contrib.auth.backends.ModelBackend")


def require_operator(user_id: int) -> None:
    """NotAllowed unless the user may change settings now."""
    if not operators().filter(pk=user_id).exists():
        raise NotAllowed(f"user {user_id} may not change settings; ask an administrator for the group {OPERATORS}")


def hold_operator(user_id: int) -> None:
    """The same within the caller's transaction, until whose end nobody deletes the account; after the rows are locked that it is about."""
    hold_account(user_id)
    require_operator(user_id)


def hold_account(user_id: int) -> None:
    """Until the caller's transaction ends, nobody deletes this account; NotAllowed if somebody has."""
    if not list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk", flat=True)):
        raise NotAllowed("your account was deleted meanwhile; nothing was changed")


def role_of(user: User) -> Role:
    """What an active user may do with the fleet now."""
    return "operator" if operators().filter(pk=user.pk).exists() else "viewer"
