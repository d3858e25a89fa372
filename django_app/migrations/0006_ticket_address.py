"""A ticket knows the address of the page that it was issued to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("django_app", "0005_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="address",
            field=models.CharField(blank=True, help_text="Of the page that asked for it.", max_length=64),
        ),
    ]
