"""Rows are seen by who reaches the desk they lie at; a case also by the organisation that was asked to explain it."""

from django.db import migrations

PLAIN = ("desk", "breach", "breachaction", "affectedrun", "affected", "telling", "consent", "consentaction", "suspension")
POLICIES = """
alter table protection_case enable row level security, force row level security;
create policy reach on protection_case using (
    dancu_reaches(organisation, '', '') or (asked_organisation <> '' and dancu_reaches(asked_organisation, '', '')));
alter table protection_caseaction enable row level security, force row level security;
create policy reach on protection_caseaction using (
    dancu_reaches(organisation, '', '') or exists (select from protection_case c where c.id = case_id));
-- Four eyes look at every hand that proposed, whatever the one that decides may see.
alter function protection_four_eyes() set dancu.scope = 'system';
"""
BACK = """
alter function protection_four_eyes() reset dancu.scope;
drop policy reach on protection_caseaction;
alter table protection_caseaction no force row level security, disable row level security;
drop policy reach on protection_case;
alter table protection_case no force row level security, disable row level security;
"""
for name in PLAIN:
    POLICIES += f"""
alter table protection_{name} enable row level security, force row level security;
create policy reach on protection_{name} using (dancu_reaches(organisation, '', ''));
"""
    BACK += f"""
drop policy reach on protection_{name};
alter table protection_{name} no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("protection", "0004_suspensions"), ("identity", "0003_reach")]

    operations = [migrations.RunSQL(POLICIES, BACK)]
