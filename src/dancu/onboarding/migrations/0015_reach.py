"""A dossier is seen by its body, by the police that reviews it and by who reaches further; actions are written by their own hand."""

from django.db import migrations

POLICIES = """
alter table onboarding_dossier enable row level security, force row level security;
create policy reach on onboarding_dossier using (
    dancu_reaches(organisation, unit, account) or (police <> '' and dancu_reaches(police, '', '')));
alter table onboarding_dossieraction enable row level security, force row level security;
create policy seen on onboarding_dossieraction for select using (
    exists (select from onboarding_dossier d where d.id = dossier_id));
create policy written on onboarding_dossieraction for insert with check (
    dancu_is_system() or (unit = nullif(current_setting('dancu.unit', true), '')
                          and account = nullif(current_setting('dancu.account', true), '')
                          and exists (select from onboarding_dossier d where d.id = dossier_id)));
create policy kept on onboarding_dossieraction for all using (dancu_is_system());
alter table onboarding_accountlist enable row level security, force row level security;
create policy reach on onboarding_accountlist using (
    dancu_reaches(organisation, '', '') or exists (select from onboarding_dossier d where d.id = dossier));
alter table onboarding_accountrow enable row level security, force row level security;
create policy reach on onboarding_accountrow using (
    dancu_reaches(organisation, '', '') or exists (select from onboarding_accountlist l where l.id = list_id));
alter table onboarding_inspection enable row level security, force row level security;
create policy reach on onboarding_inspection using (dancu_reaches(organisation, '', ''));
alter table onboarding_inspectionaction enable row level security, force row level security;
create policy seen on onboarding_inspectionaction for select using (
    exists (select from onboarding_inspection i where i.id = inspection_id));
create policy written on onboarding_inspectionaction for insert with check (
    dancu_is_system() or (unit = nullif(current_setting('dancu.unit', true), '')
                          and account = nullif(current_setting('dancu.account', true), '')
                          and exists (select from onboarding_inspection i where i.id = inspection_id)));
create policy kept on onboarding_inspectionaction for all using (dancu_is_system());
alter table onboarding_reminder enable row level security, force row level security;
create policy reach on onboarding_reminder using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on onboarding_reminder;
alter table onboarding_reminder no force row level security, disable row level security;
drop policy kept on onboarding_inspectionaction;
drop policy written on onboarding_inspectionaction;
drop policy seen on onboarding_inspectionaction;
alter table onboarding_inspectionaction no force row level security, disable row level security;
drop policy reach on onboarding_inspection;
alter table onboarding_inspection no force row level security, disable row level security;
drop policy reach on onboarding_accountrow;
alter table onboarding_accountrow no force row level security, disable row level security;
drop policy reach on onboarding_accountlist;
alter table onboarding_accountlist no force row level security, disable row level security;
drop policy kept on onboarding_dossieraction;
drop policy written on onboarding_dossieraction;
drop policy seen on onboarding_dossieraction;
alter table onboarding_dossieraction no force row level security, disable row level security;
drop policy reach on onboarding_dossier;
alter table onboarding_dossier no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0014_dossiers"), ("identity", "0003_reach")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
