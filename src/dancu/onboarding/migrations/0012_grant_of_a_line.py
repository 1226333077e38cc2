"""A grant is exactly an approved line, whoever writes it; a registration of a dossier needs the dossier's approval (0016)."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
create function onboarding_grant_of_a_line() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if not exists (
        select from public.onboarding_registrationline l join public.onboarding_registration r on r.id = l.registration_id
        where l.id = new.line_id and r.client_id = new.client_id
        and l.content = to_jsonb(new) - array['id', 'client_id', 'line_id'])
    then
        raise exception 'onboarding_grant_of_a_line: a grant is an approved line of a registration' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger of_a_line before insert or update on onboarding_grant
for each row execute function onboarding_grant_of_a_line();
"""
BACK = """
drop trigger of_a_line on onboarding_grant;
drop function onboarding_grant_of_a_line();
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0011_registrations_of_before")]
    operations = [
        migrations.AlterField(
            "grant",
            "line",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="onboarding.registrationline"),
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
