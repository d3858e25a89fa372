"""The group whose members may change settings, and the hub's epoch."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PERMISSIONS = ("view_host", "change_host", "view_revision", "view_enrolmentcode", "add_enrolmentcode")


def make_operators(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django makes permissions only after the last migration
    config = apps.get_app_config("django_app")
    config.models_module = True  # type: ignore[assignment]  # a migration's app has none and would be skipped
    create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="operators")
    permission = apps.get_model("auth", "Permission")
    group.permissions.set(permission.objects.filter(content_type__app_label="django_app", codename__in=PERMISSIONS))
    apps.get_model("django_app", "Hub").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("django_app", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_operators, migrations.RunPython.noop)]
