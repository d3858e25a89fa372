"""Keys that wait for approval, codes for several uses, the audit log, and why a host is away."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import components.protocol


def keep_uses(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    # a code knew its one host; now a host knows its code
    for code in apps.get_model("django_app", "EnrolmentCode").objects.filter(used_at__isnull=False):
        code.used = 1
        code.save(update_fields=["used"])
        apps.get_model("django_app", "Host").objects.filter(pk=code.host_id).update(code=code)


class Migration(migrations.Migration):
    dependencies = [
        ("django_app", "0002_operators"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=components.protocol.new_host_id, editable=False, max_length=12, primary_key=True, serialize=False
                    ),
                ),
                ("public_key", models.CharField(editable=False, max_length=64, unique=True)),
                ("name", models.CharField(editable=False, help_text="What it proposes to be called.", max_length=100)),
                ("address", models.CharField(blank=True, editable=False, max_length=64)),
                ("neighbourhood", models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ("at", models.FloatField(editable=False)),
                ("seen_at", models.FloatField(editable=False)),
                ("denied_at", models.FloatField(db_index=True, editable=False, null=True)),
            ],
            options={
                "ordering": ("at",),
            },
        ),
        migrations.AddField(
            model_name="enrolmentcode",
            name="used",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="enrolmentcode",
            name="uses",
            field=models.PositiveIntegerField(default=1, help_text="How many hosts may enrol with it."),
        ),
        migrations.AddField(
            model_name="host",
            name="absence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("stopped", "stopped cleanly"),
                    ("lost", "connection lost"),
                    ("restarted", "the host was restarted"),
                    ("hub", "the hub was away"),
                ],
                editable=False,
                help_text="Why it is, or was last, away.",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="host",
            name="code",
            field=models.ForeignKey(
                editable=False,
                help_text="The code it enrolled with.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="hosts",
                to="django_app.enrolmentcode",
            ),
        ),
        migrations.RunPython(keep_uses, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="enrolmentcode",
            name="host",
        ),
        migrations.AddField(
            model_name="host",
            name="duplicate_key",
            field=models.BooleanField(default=False, editable=False, help_text="Two agents run with the key of this host."),
        ),
        migrations.AlterField(
            model_name="enrolmentcode",
            name="used_at",
            field=models.FloatField(editable=False, help_text="When it was last used.", null=True),
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.FloatField(db_index=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("login", "logged in"),
                            ("login-failed", "log-in failed"),
                            ("locked-out", "log-ins paused"),
                            ("logout", "logged out"),
                            ("settings", "settings changed"),
                            ("described", "name or tags changed"),
                            ("approved", "approved"),
                            ("denied", "denied"),
                            ("revoked", "revoked"),
                            ("deleted", "deleted"),
                            ("code", "code made"),
                            ("enrolled", "enrolled with a code"),
                            ("account", "account changed"),
                        ],
                        db_index=True,
                        max_length=12,
                    ),
                ),
                ("who", models.CharField(blank=True, help_text="The account as it was called then, or what did it.", max_length=150)),
                ("address", models.CharField(blank=True, max_length=64)),
                (
                    "host",
                    models.CharField(
                        blank=True, db_index=True, help_text="The id of the host concerned, which may be gone.", max_length=12
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit log",
                "ordering": ("-at", "-id"),
            },
        ),
    ]
