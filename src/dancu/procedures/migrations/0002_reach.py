"""Dossiers and all that belongs to them are seen by their organisation; one in an emergency, to read; a citizen sees her own."""

from django.db import migrations

TABLES = ("procedures_draft", "procedures_dossier", "procedures_dossieraction", "procedures_dossierserial")
ACCOUNT = {"procedures_draft": "officer"}
POLICIES = "".join(
    f"""
alter table {table} enable row level security, force row level security;
create policy reach on {table} using (dancu_reaches(organisation, '', {ACCOUNT.get(table, "''")}));
"""
    for table in TABLES
) + """
create policy glass on procedures_dossier for select
    using (organisation || '/' || number = nullif(current_setting('dancu.glass', true), ''));
create policy glass on procedures_dossieraction for select
    using (organisation || '/' || number = nullif(current_setting('dancu.glass', true), ''));
create policy citizen on procedures_dossier for select
    using (current_setting('dancu.scope', true) = 'citizen' and applicant_number = nullif(current_setting('dancu.account', true), ''));
create policy citizen on procedures_dossieraction for select
    using (current_setting('dancu.scope', true) = 'citizen' and exists (
        select from procedures_dossier d where d.organisation = procedures_dossieraction.organisation
        and d.number = procedures_dossieraction.number));
"""
BACK = """
drop policy citizen on procedures_dossieraction;
drop policy citizen on procedures_dossier;
drop policy glass on procedures_dossieraction;
drop policy glass on procedures_dossier;
""" + "".join(
    f"drop policy reach on {table}; alter table {table} no force row level security, disable row level security;" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial"), ("identity", "0003_reach")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
