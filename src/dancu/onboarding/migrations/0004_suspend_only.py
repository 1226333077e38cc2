"""The gateway may close a system by itself and never open one: a function of the owner's, and no right on the table."""

from django.db import migrations

FUNCTION = """
create function onboarding_suspend(which text, why text, moment timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.onboarding_system set state = 'suspended', state_reason = why, changed_at = moment
    where client_id = which and state = 'official';
    if found then
        perform pg_notify('dancu_onboarding_changed', '');
    end if;
    return found;
end $$;
revoke execute on function onboarding_suspend(text, text, timestamptz) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_grant_volume")]
    operations = [migrations.RunSQL(FUNCTION, reverse_sql="drop function onboarding_suspend(text, text, timestamptz);")]
