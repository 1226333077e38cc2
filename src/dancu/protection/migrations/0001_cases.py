"""The desk, cases of data subjects and what was done to them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Desk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("organisation", models.TextField()),
                ("author", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField()),
                ("kind", models.TextField()),
                ("state", models.TextField()),
                ("subject_key", models.BinaryField()),
                ("subject_sealed", models.BinaryField()),
                ("about", models.UUIDField(null=True)),
                ("asked_organisation", models.TextField(default="")),
                ("assignee", models.TextField(default="")),
                ("actions", models.IntegerField()),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "state", "due_at", "id"], name="case_by_due"),
                    models.Index(fields=["subject_key", "opened_at"], name="case_subject"),
                    models.Index(fields=["asked_organisation", "state"], name="case_asked"),
                ]
            },
        ),
        migrations.CreateModel(
            name="CaseAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("case_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("case_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("organisation", models.TextField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("holder", models.TextField()),
                ("text_sealed", models.BinaryField()),
                ("data", models.JSONField()),
            ],
        ),
    ]
