"""A ticket knows where the session that it let in comes from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("django_app", "0005_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="address",
            field=models.CharField(blank=True, help_text="Where the session that it let in comes from.", max_length=64),
        ),
    ]
