"""Who locked an account is kept; a registration of a dossier carries the proposal and the system its dossier was approved with."""

from django.db import migrations, models

GUARD = """
create or replace function onboarding_registration_of_a_dossier() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set dancu.scope = 'system' as $$
begin
    if new.dossier is not null and not exists (
        select from public.onboarding_dossieraction a join public.onboarding_dossier d on d.id = a.dossier_id
        where a.dossier_id = new.dossier and a.kind = 'approve' and a.sequence = d.actions and d.state = 'approved'
        and d.client_id = new.client_id and a.content ->> 'proposal' = new.proposal::text and a.account <> d.account)
    then
        raise exception 'onboarding_registration_of_a_dossier: the dossier is not approved' using errcode = '23514';
    end if;
    return new;
end $$;
"""
BACK = """
create or replace function onboarding_registration_of_a_dossier() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set dancu.scope = 'system' as $$
begin
    if new.dossier is not null and not exists (
        select from public.onboarding_dossieraction a where a.dossier_id = new.dossier and a.kind = 'approve')
    then
        raise exception 'onboarding_registration_of_a_dossier: the dossier is not approved' using errcode = '23514';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0016_suspend_is_an_event")]
    operations = [
        migrations.AddField("account", "locked_by", models.TextField(db_default="", default="")),
        migrations.RemoveField("key", "warned_days"),
        migrations.RunSQL(GUARD, BACK),
    ]
