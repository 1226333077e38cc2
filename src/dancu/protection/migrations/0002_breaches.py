"""Breaches, what was done about them, whom they touched, who is told. The database holds four eyes once more."""

from django.db import migrations, models

FUNCTION = """
create function protection_four_eyes() returns trigger language plpgsql as $$
begin
    if new.kind in ('approve', 'reject') and not exists (
        select from protection_breachaction a
        where a.breach_id = new.breach_id and a.kind = 'propose' and a.sequence = (new.data ->> 'proposal')::int
          and a.account <> new.account and a.holder <> new.holder and a.unit <> new.unit
    ) then
        raise exception 'a decision by a hand that proposed' using errcode = 'check_violation', constraint = 'protection_four_eyes';
    end if;
    return new;
end $$;
create trigger protection_four_eyes before insert on protection_breachaction for each row execute function protection_four_eyes();
"""
BACK = "drop trigger protection_four_eyes on protection_breachaction; drop function protection_four_eyes();"


class Migration(migrations.Migration):
    dependencies = [("protection", "0001_cases")]

    operations = [
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("organisation", models.TextField()),
                ("state", models.TextField()),
                ("noticed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("actions", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["organisation", "-noticed_at", "id"], name="breach_of_desk")]},
        ),
        migrations.CreateModel(
            name="BreachAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("breach_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("breach_id", models.UUIDField()),
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
        migrations.RunSQL(FUNCTION, BACK),
        migrations.CreateModel(
            name="AffectedRun",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("breach_id", models.UUIDField()),
                ("organisation", models.TextField()),
                ("scope", models.JSONField()),
                ("state", models.TextField(default="running")),
                ("cursor", models.TextField(default="")),
                ("reached", models.DateTimeField(null=True)),
                ("matched", models.BigIntegerField(default=0)),
                ("summary", models.JSONField(null=True)),
                ("account", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["breach_id", "started_at"], name="affected_run_breach"),
                    models.Index(fields=["state"], name="affected_run_open", condition=models.Q(state="running")),
                ]
            },
        ),
        migrations.CreateModel(
            name="Affected",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "subject_key",
                        "looked_by",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.UUIDField()),
                ("organisation", models.TextField()),
                ("subject_key", models.BinaryField()),
                ("looked_by", models.TextField()),
                ("day", models.DateField()),
                ("entries", models.IntegerField()),
                ("fields", models.IntegerField()),
                ("subject_sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("breach_id", models.UUIDField()),
                ("run_id", models.UUIDField()),
                ("organisation", models.TextField()),
                ("letter_sealed", models.BinaryField()),
                ("state", models.TextField(default="running")),
                ("cursor", models.BinaryField(default=b"")),
                ("told", models.BigIntegerField(default=0)),
                ("approved_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
    ]
