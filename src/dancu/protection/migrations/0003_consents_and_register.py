"""Consents with their proofs; versions of the register of processing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protection", "0002_breaches")]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField()),
                ("purpose", models.TextField()),
                ("fields", models.JSONField()),
                ("subject_key", models.BinaryField()),
                ("subject_sealed", models.BinaryField()),
                ("text_code", models.TextField()),
                ("text_version", models.IntegerField()),
                ("text", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_key", "organisation", "purpose"], name="consent_subject"),
                    models.Index(fields=["organisation", "-given_at", "id"], name="consent_of_organisation"),
                ]
            },
        ),
        migrations.CreateModel(
            name="ConsentAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("consent_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("consent_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("organisation", models.TextField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("channel", models.TextField()),
                ("evidence_sealed", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("commitment", models.TextField()),
                ("reference", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="RegisterVersion",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("digest", models.TextField()),
                ("lines", models.JSONField()),
                ("changes", models.JSONField()),
            ],
        ),
    ]
