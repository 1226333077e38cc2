"""Grants given before registrations were kept: each gets one that says so, with the scope it has."""

from django.db import migrations

FILL = """
insert into onboarding_registration (id, organisation, client_id, document, approved_at, approved_by, how)
select gen_random_uuid(), organisation, client_id, 'before registrations were kept', now(), 'migration', ''
from onboarding_system s where exists (select from onboarding_grant g where g.client_id = s.client_id and g.line_id is null);
insert into onboarding_registrationline
    (registration_id, integration_code, procedure, procedure_name, volume_per_month, content)
select r.id, g.integration_code, g.procedure, '', 0, to_jsonb(g) - array['id', 'client_id', 'line_id']
from onboarding_grant g join onboarding_registration r on r.client_id = g.client_id and r.approved_by = 'migration'
where g.line_id is null;
update onboarding_grant g set line_id = l.id from onboarding_registrationline l
join onboarding_registration r on r.id = l.registration_id
where g.line_id is null and r.approved_by = 'migration' and r.client_id = g.client_id
and l.integration_code = g.integration_code and l.procedure = g.procedure;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0010_registrations")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
