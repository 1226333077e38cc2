"""A system may be in trial, and what it asked there is kept for whoever builds it."""

from django.db import migrations, models

POLICY = """
alter table onboarding_trialcall enable row level security, force row level security;
create policy reach on onboarding_trialcall using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on onboarding_trialcall;
alter table onboarding_trialcall no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0008_grant_subscribe"), ("identity", "0003_reach")]
    operations = [
        migrations.RemoveConstraint("system", "system_state"),
        migrations.AddConstraint(
            "system",
            models.CheckConstraint(
                condition=models.Q(state__in=["registered", "trial", "official", "suspended", "closed"]), name="system_state"
            ),
        ),
        migrations.CreateModel(
            name="TrialCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.TextField()),
                ("organisation", models.TextField()),
                ("at", models.DateTimeField()),
                ("dialect", models.TextField()),
                ("operation", models.TextField()),
                ("outcome", models.TextField()),
                ("status", models.SmallIntegerField()),
                ("duration_ms", models.IntegerField()),
                ("scenario", models.TextField(default="", db_default="")),
                ("is_handled", models.BooleanField(default=False, db_default=False)),
                ("findings", models.JSONField()),
                ("asked", models.JSONField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client_id", "-id"], name="trial_call_newest"),
                    models.Index(fields=["at"], name="trial_call_age"),
                ],
            },
        ),
        migrations.RunSQL(POLICY, BACK),
    ]
