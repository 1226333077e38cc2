"""Acts that need two people: proposals and what was done to them."""

from django.db import migrations, models

POLICIES = """
alter table identity_proposal enable row level security, force row level security;
create policy reach on identity_proposal using (dancu_reaches(organisation, unit, account));
alter table identity_proposalaction enable row level security, force row level security;
create policy seen on identity_proposalaction for select using (exists (select from identity_proposal p where p.id = proposal_id));
create policy written on identity_proposalaction for insert with check (
    unit = nullif(current_setting('dancu.unit', true), '') and account = nullif(current_setting('dancu.account', true), '')
    and exists (select from identity_proposal p where p.id = proposal_id));
create policy kept on identity_proposalaction for all using (dancu_is_system());
create function identity_proposal_four_eyes() returns trigger language plpgsql set dancu.scope = 'system' as $$
begin
    if new.step in ('approve', 'reject') and exists (
        select from identity_proposalaction a
        where a.proposal_id = new.proposal_id and a.step = 'propose'
          and (a.account in (new.account, new.acting_for ->> 'account') or a.acting_for ->> 'account' = new.account
            or a.holder in (new.holder, new.acting_for ->> 'holder') or a.acting_for ->> 'holder' = new.holder
            or a.unit in (new.unit, new.acting_for ->> 'unit') or a.acting_for ->> 'unit' = new.unit)
    ) then
        raise exception 'a decision by a hand that wrote'
            using errcode = 'check_violation', constraint = 'identity_proposal_four_eyes';
    end if;
    if new.sequence > 1 and exists (
        select from identity_proposalaction a
        where a.proposal_id = new.proposal_id and a.step in ('approve', 'reject', 'withdraw')
    ) then
        raise exception 'a step after the decision' using errcode = 'check_violation', constraint = 'identity_proposal_closed';
    end if;
    return new;
end $$;
create trigger identity_proposal_four_eyes before insert on identity_proposalaction
for each row execute function identity_proposal_four_eyes();
"""
BACK = """
drop trigger identity_proposal_four_eyes on identity_proposalaction;
drop function identity_proposal_four_eyes();
drop policy kept on identity_proposalaction;
drop policy written on identity_proposalaction;
drop policy seen on identity_proposalaction;
drop policy reach on identity_proposal;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_glass")]
    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("act", models.TextField()),
                ("state", models.TextField()),
                ("organisation", models.TextField()),
                ("unit", models.TextField()),
                ("account", models.TextField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["state", "changed_at", "id"], name="proposal_waiting")]},
        ),
        migrations.CreateModel(
            name="ProposalAction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "proposal_id", "sequence", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("proposal_id", models.UUIDField()),
                ("sequence", models.IntegerField()),
                ("step", models.TextField()),
                ("at", models.DateTimeField()),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("holder", models.TextField()),
                ("acting_for", models.JSONField(null=True)),
                ("content", models.JSONField(null=True)),
                ("digest", models.TextField(default="")),
                ("text", models.TextField(default="")),
            ],
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
