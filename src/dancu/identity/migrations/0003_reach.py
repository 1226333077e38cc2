"""Which rows the work at hand may see: the one function every policy asks, and the policies of this room's tables.

The connection says for whom it works in session settings (`dancu.project.postgres`); unset they reach nothing. FORCE
holds the owner of the tables to the policies too.
"""

from django.db import migrations

# The same decision as `identity.actions.reaches`; a test compares them. What is not known ('') is reached by no narrow scope.
FUNCTIONS = r"""
create function dancu_reaches(of_organisation text, of_unit text, of_account text) returns boolean
language sql stable parallel safe as $$
    select case current_setting('dancu.scope', true)
        when 'system' then true
        when 'nation' then true
        when 'subtree' then current_setting('dancu.organisation', true) <> '' and (
            of_organisation = current_setting('dancu.organisation', true)
            or starts_with(of_organisation, current_setting('dancu.organisation', true) || '.'))
        when 'organisation' then current_setting('dancu.organisation', true) <> ''
            and of_organisation = current_setting('dancu.organisation', true)
        when 'unit' then current_setting('dancu.unit', true) <> ''
            and of_organisation = current_setting('dancu.organisation', true)
            and of_unit = current_setting('dancu.unit', true)
        when 'own' then current_setting('dancu.account', true) <> ''
            and of_organisation = current_setting('dancu.organisation', true)
            and of_unit = current_setting('dancu.unit', true)
            and of_account = current_setting('dancu.account', true)
        else false
    end
$$;
create function dancu_is_system() returns boolean
language sql stable parallel safe as $$ select coalesce(current_setting('dancu.scope', true) = 'system', false) $$;
"""
POLICIES = """
alter table identity_organisation enable row level security, force row level security;
create policy reach on identity_organisation using (dancu_reaches(code, '', ''));
alter table identity_unit enable row level security, force row level security;
create policy reach on identity_unit using (dancu_reaches(organisation_id, organisation_id || '/' || code, ''));
alter table identity_officer enable row level security, force row level security;
create policy reach on identity_officer using (dancu_reaches(
    organisation_id, organisation_id || '/' || (select u.code from identity_unit u where u.id = unit_id), account));
"""
BACK = """
drop policy reach on identity_officer;
alter table identity_officer no force row level security, disable row level security;
drop policy reach on identity_unit;
alter table identity_unit no force row level security, disable row level security;
drop policy reach on identity_organisation;
alter table identity_organisation no force row level security, disable row level security;
drop function dancu_reaches(text, text, text);
drop function dancu_is_system();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_officer_holder")]
    operations = [migrations.RunSQL(FUNCTIONS + POLICIES, BACK)]
