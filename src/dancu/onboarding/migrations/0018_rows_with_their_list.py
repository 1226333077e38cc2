"""Who sees a list sees its rows, and nobody else: a list goes to another body, its rows stay as they were written."""

from django.db import migrations

POLICY = """
drop policy reach on onboarding_accountrow;
create policy reach on onboarding_accountrow using (
    exists (select from onboarding_accountlist l where l.id = list_id));
"""
BACK = """
drop policy reach on onboarding_accountrow;
create policy reach on onboarding_accountrow using (
    dancu_reaches(organisation, '', '') or exists (select from onboarding_accountlist l where l.id = list_id));
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0017_who_locked")]
    operations = [migrations.RunSQL(POLICY, BACK)]
