"""Sensors of temperature can be shown or not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("django_app", "0003_strangers"),
    ]

    operations = [
        migrations.AddField(
            model_name="host",
            name="show_temperatures",
            field=models.BooleanField(default=True, help_text="Report what sensors of temperature say, where there are any."),
        ),
        migrations.AlterField(
            model_name="host",
            name="show_disk",
            field=models.BooleanField(default=True, help_text="Report how full each disk is, and what is read and written."),
        ),
        migrations.AlterField(
            model_name="host",
            name="show_load",
            field=models.BooleanField(default=True, help_text="Report the load averages and the uptime."),
        ),
        migrations.AlterField(
            model_name="host",
            name="show_memory",
            field=models.BooleanField(default=True, help_text="Report memory and swap space."),
        ),
    ]
