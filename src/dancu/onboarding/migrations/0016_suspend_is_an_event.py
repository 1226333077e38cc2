"""What the gateway closes by itself is a move on the axis like any other; a registration of a dossier needs its approval."""

from django.db import migrations

FUNCTIONS = """
create or replace function onboarding_suspend(which text, why text, moment timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.onboarding_system set state = 'suspended', state_reason = why, changed_at = moment, state_since = moment
    where client_id = which and state = 'official';
    if found then
        insert into public.onboarding_standingevent (organisation, client_id, axis, act, state, on_day, recorded_at,
            by, approver, document, reason, "order")
        select organisation, client_id, 'connection', 'suspend_by_itself', 'suspended',
            (moment at time zone 'Asia/Ho_Chi_Minh')::date, moment, 'dancu', '', '', why, ''
        from public.onboarding_system where client_id = which;
        perform pg_notify('dancu_onboarding_changed', '');
        return true;
    end if;
    return false;
end $$;
create function onboarding_registration_of_a_dossier() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set dancu.scope = 'system' as $$
begin
    if new.dossier is not null and not exists (
        select from public.onboarding_dossieraction a where a.dossier_id = new.dossier and a.kind = 'approve')
    then
        raise exception 'onboarding_registration_of_a_dossier: the dossier is not approved' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger of_a_dossier before insert or update on onboarding_registration
for each row execute function onboarding_registration_of_a_dossier();
"""
BACK = """
drop trigger of_a_dossier on onboarding_registration;
drop function onboarding_registration_of_a_dossier();
create or replace function onboarding_suspend(which text, why text, moment timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.onboarding_system set state = 'suspended', state_reason = why, changed_at = moment
    where client_id = which and state = 'official';
    if found then
        perform pg_notify('dancu_onboarding_changed', '');
    end if;
    return found;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0015_reach")]
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
