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


def role_of(user: User) -> Role:
    """What an active user may do with the fleet now."""
    return "operator" if operators().filter(pk=user.pk).exists() else "viewer"
