"""Requests and what was done to them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("state", models.TextField()),
                ("subject", models.BigIntegerField()),
                ("organisation", models.TextField()),
                ("author", models.TextField()),
                ("author_unit", models.TextField()),
                ("actions", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "submitted_at", "id"], name="request_waiting"),
                    models.Index(fields=["author_unit", "-changed_at", "id"], name="request_of_unit"),
                    models.Index(fields=["subject"], name="request_subject"),
                ]
            },
        ),
        migrations.CreateModel(
            name="RequestAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "request_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("request_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("holder", models.TextField()),
                ("acting_for", models.JSONField(null=True)),
                ("content", models.JSONField(null=True)),
                ("digest", models.TextField(default="")),
                ("text", models.TextField(default="")),
            ],
        ),
    ]
