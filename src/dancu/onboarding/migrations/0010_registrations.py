"""Registrations of services and their lines; a grant is to name the line it came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0009_trial")]
    operations = [
        migrations.CreateModel(
            "Registration",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField()),
                ("client", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="onboarding.system")),
                ("dossier", models.UUIDField(null=True)),
                ("document", models.TextField(default="")),
                ("approved_at", models.DateTimeField()),
                ("approved_by", models.TextField()),
                ("how", models.TextField(default="")),
                ("proposal", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "RegistrationLine",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("registration", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="onboarding.registration")),
                ("integration_code", models.TextField()),
                ("procedure", models.TextField()),
                ("procedure_name", models.TextField(default="")),
                ("volume_per_month", models.BigIntegerField(default=0)),
                ("content", models.JSONField()),
            ],
        ),
        migrations.AddField(
            "grant",
            "line",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="onboarding.registrationline"),
        ),
    ]
