"""Rows are seen by who reaches the organisation whose list it is; the registry's reviewers reach the nation."""

from django.db import migrations

TABLES = ("sourcelist", "round", "roundaction", "reviewcase", "limit")
POLICIES, BACK = "", ""
for name in TABLES:
    POLICIES += f"""
alter table reconcile_{name} enable row level security, force row level security;
create policy reach on reconcile_{name} using (dancu_reaches(organisation, '', ''));
"""
    BACK += f"""
drop policy reach on reconcile_{name};
alter table reconcile_{name} no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("reconcile", "0003_lists_and_rounds"), ("identity", "0003_reach")]

    operations = [migrations.RunSQL(POLICIES, BACK)]
