"""Requests to take back a grant; the database holds that another hand decides."""

from django.db import migrations, models

FOUR_EYES = """
alter table protection_suspension add constraint suspension_four_eyes check (
    case when state = 'asked' then decided_by is null
    else coalesce(decided_by ->> 'account' <> asked_by ->> 'account' and decided_by ->> 'holder' <> asked_by ->> 'holder'
        and decided_by ->> 'unit' <> asked_by ->> 'unit', false) end)
"""


class Migration(migrations.Migration):
    dependencies = [("protection", "0003_consents_and_register")]

    operations = [
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("organisation", models.TextField()),
                ("system", models.TextField()),
                ("integration", models.TextField()),
                ("procedure", models.TextField()),
                ("asked_by", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("state", models.TextField(default="asked")),
                ("decided_by", models.JSONField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["organisation", "state", "asked_at"], name="suspension_of_desk")]},
        ),
        migrations.RunSQL(FOUR_EYES, "alter table protection_suspension drop constraint suspension_four_eyes"),
    ]
