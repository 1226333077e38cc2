"""Dossiers, lists of accounts, parties, inspections, reminders."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0013_two_axes")]
    operations = [
        migrations.CreateModel(
            name="AccountList",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField()),
                ("dossier", models.UUIDField(null=True)),
                ("file", models.TextField()),
                ("file_name", models.TextField()),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.TextField()),
                ("rows", models.IntegerField()),
                ("faults", models.IntegerField()),
                ("state", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="AccountRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.TextField()),
                ("number", models.IntegerField()),
                ("account", models.TextField()),
                ("role", models.TextField(default="")),
                (
                    "services",
                    models.JSONField(
                        default=list
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Centre",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("provider", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.TextField()),
                ("role", models.TextField()),
                ("office", models.TextField()),
                ("phone", models.TextField(default="")),
                ("mail", models.TextField(default="")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Dossier",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("organisation", models.TextField()),
                ("unit", models.TextField()),
                ("account", models.TextField()),
                ("client_id", models.TextField()),
                ("system_name", models.TextField()),
                ("police", models.TextField(default="")),
                ("state", models.TextField()),
                ("security", models.TextField(default="")),
                ("due_on", models.DateField(null=True)),
                ("actions", models.IntegerField()),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DossierAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("holder", models.TextField()),
                ("content", models.JSONField(null=True)),
                ("text", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField(default="")),
                ("client_id", models.TextField(default="")),
                ("centre", models.TextField(default="")),
                ("dossier", models.UUIDField(null=True)),
                ("state", models.TextField()),
                ("on_day", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("actions", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InspectionAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "inspection_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("inspection_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("content", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="InspectionBatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("document", models.TextField()),
                ("content", models.JSONField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("other_code", models.TextField(default="")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("successor", models.TextField(default="")),
                ("change", models.TextField(default="")),
                ("source", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.TextField()),
                ("client_id", models.TextField(default="")),
                ("cause", models.TextField()),
                ("about", models.TextField()),
                ("stage", models.TextField()),
                ("due_on", models.DateField()),
                ("sent_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Reorganisation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("change", models.TextField()),
                ("on_day", models.DateField()),
                ("basis", models.TextField()),
                ("moved", models.JSONField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("proposal", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="accountlist",
            index=models.Index(fields=["organisation", "-sent_at"], name="account_list_newest"),
        ),
        migrations.AddField(
            model_name="accountrow",
            name="list",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="onboarding.accountlist"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["state", "due_on", "id"], name="dossier_waiting"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["organisation", "-changed_at", "id"], name="dossier_of_body"),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["on_day", "id"], name="inspection_by_day"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("cause", "about", "due_on", "stage"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="accountrow",
            constraint=models.UniqueConstraint(fields=("list", "number"), name="account_row_once"),
        ),
    ]
