"""A notice is seen by whom it tells: an account, a role in its organisation, a citizen, who is found by a keyed hash."""

from django.db import migrations

POLICIES = """
alter table notices_notice enable row level security, force row level security;
create policy reach on notices_notice using (
    coalesce(current_setting('dancu.scope', true), '') = 'system'
    or (account <> '' and account = current_setting('dancu.account', true) and current_setting('dancu.scope', true) <> 'citizen')
    or (role <> '' and organisation <> '' and organisation = current_setting('dancu.organisation', true))
    or (citizen is not null and current_setting('dancu.scope', true) = 'citizen'));
"""
BACK = """
drop policy reach on notices_notice;
alter table notices_notice no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_told")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
