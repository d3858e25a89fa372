"""The Django application of the hub, and the admin that belongs to it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class VedetteConfig(AppConfig):
    """Connects the signals and the system checks."""

    name = "django_app"
    verbose_name = "Vedette"

    def ready(self) -> None:
        """Import for the effect: receivers and checks register themselves."""
        from django_app import checks, logins, signals  # noqa: F401  # models must be loaded first


class VedetteAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default = False
    default_site = "django_app.admin_site.VedetteAdminSite"
