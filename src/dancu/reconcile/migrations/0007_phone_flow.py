from django.db import migrations, models

POLICY = """
alter table reconcile_phonepassing enable row level security, force row level security;
create policy reach on reconcile_phonepassing using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on reconcile_phonepassing;
alter table reconcile_phonepassing no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("reconcile", "0006_kept_linking")]

    operations = [
        migrations.CreateModel(
            name="PhonePassing",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation", "round_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organisation", models.TextField()),
                ("round_id", models.UUIDField()),
                ("round_code", models.TextField()),
                ("verified_on", models.DateField()),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("total", models.BigIntegerField(db_default=0, default=0)),
                ("done", models.BigIntegerField(db_default=0, default=0)),
                ("new", models.BigIntegerField(db_default=0, default=0)),
                ("contradictory", models.BigIntegerField(db_default=0, default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(db_default="", default="")),
                ("failure_en", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "reconcile_phonepassing",
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["asked_at"], name="phone_passing_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneWriting",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("author", models.TextField()),
                ("author_unit", models.TextField()),
                ("author_holder", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("waiting", models.BigIntegerField()),
                ("approver", models.TextField(db_default="", default="")),
                ("approver_unit", models.TextField(db_default="", default="")),
                ("approver_holder", models.TextField(db_default="", default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.TextField(db_default="", default="")),
                ("written", models.BigIntegerField(db_default=0, default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reconcile_phonewriting",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True), ("refusal", "")),
                        fields=["refusal"],
                        name="phone_writing_one_open",
                    )
                ],
            },
        ),
        migrations.AddIndex("phoneclaim", models.Index(fields=["id"], name="phone_claim_id")),
        migrations.RunSQL(POLICY, BACK),
    ]
