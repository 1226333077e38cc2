from django.db import migrations, models

POLICY = """
alter table reconcile_keptlinking enable row level security, force row level security;
create policy reach on reconcile_keptlinking using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on reconcile_keptlinking;
alter table reconcile_keptlinking no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("reconcile", "0005_list_keys")]

    operations = [
        migrations.CreateModel(
            name="KeptLinking",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation", "list_id", "round_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organisation", models.TextField()),
                ("list_id", models.UUIDField()),
                ("round_id", models.UUIDField()),
                ("round_code", models.TextField()),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("linked", models.BigIntegerField(db_default=0, default=0)),
                ("failure", models.TextField(db_default="", default="")),
                ("failure_en", models.TextField(db_default="", default="")),
            ],
            options={"db_table": "reconcile_keptlinking"},
        ),
        migrations.RunSQL(POLICY, BACK),
    ]
