"""Openings in an emergency and their reviews."""

import django.db.models.deletion
from django.db import migrations, models

POLICIES = """
alter table identity_glass enable row level security, force row level security;
create policy reach on identity_glass using (dancu_reaches(organisation, unit, account));
alter table identity_glassreview enable row level security, force row level security;
create policy seen on identity_glassreview for select using (exists (select from identity_glass g where g.id = glass_id));
create policy written on identity_glassreview for insert with check (
    unit = nullif(current_setting('dancu.unit', true), '') and account = nullif(current_setting('dancu.account', true), '')
    and exists (select from identity_glass g where g.id = glass_id));
create policy kept on identity_glassreview for all using (dancu_is_system());
create function identity_glass_four_eyes() returns trigger language plpgsql set dancu.scope = 'system' as $$
begin
    if not exists (
        select from identity_glass g where g.id = new.glass_id
        and g.account <> new.account and g.holder <> new.holder and g.unit <> new.unit
    ) then
        raise exception 'a review by the hand that opened' using errcode = 'check_violation', constraint = 'identity_glass_four_eyes';
    end if;
    return new;
end $$;
create trigger identity_glass_four_eyes before insert on identity_glassreview
for each row execute function identity_glass_four_eyes();
"""
BACK = """
drop trigger identity_glass_four_eyes on identity_glassreview;
drop function identity_glass_four_eyes();
drop policy kept on identity_glassreview;
drop policy written on identity_glassreview;
drop policy seen on identity_glassreview;
drop policy reach on identity_glass;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_citizen_access")]
    operations = [
        migrations.CreateModel(
            name="Glass",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("review_by", models.DateTimeField()),
                ("organisation", models.TextField()),
                ("unit", models.TextField()),
                ("account", models.TextField()),
                ("holder", models.TextField()),
                ("of_organisation", models.TextField()),
                ("number", models.TextField()),
                ("subject", models.TextField()),
                ("reason", models.TextField()),
                ("salt", models.BinaryField()),
                ("reference", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "number"], name="glass_of_account"),
                    models.Index(fields=["holder", "at"], name="glass_of_human"),
                    models.Index(fields=["at", "id"], name="glass_newest"),
                ]
            },
        ),
        migrations.CreateModel(
            name="GlassReview",
            fields=[
                (
                    "glass",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="identity.glass"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("holder", models.TextField()),
                ("verdict", models.TextField()),
                ("text", models.TextField()),
            ],
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
