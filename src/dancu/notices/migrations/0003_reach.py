"""What somebody was told is seen by her: by account, by role within the organisation, by a citizen who knows her number."""

from django.db import migrations

POLICIES = """
alter table notices_notice enable row level security, force row level security;
create policy reach on notices_notice using (
    current_setting('dancu.scope', true) = 'system'
    or account = nullif(current_setting('dancu.account', true), '')
    or (role <> '' and organisation = nullif(current_setting('dancu.organisation', true), ''))
    or (citizen is not null and current_setting('dancu.scope', true) = 'citizen'))
    with check (current_setting('dancu.scope', true) = 'system');
alter table notices_noticeread enable row level security, force row level security;
create policy reach on notices_noticeread using (
    current_setting('dancu.scope', true) = 'system' or account = nullif(current_setting('dancu.account', true), ''));
"""
BACK = """
drop policy reach on notices_noticeread;
alter table notices_noticeread no force row level security, disable row level security;
drop policy reach on notices_notice;
alter table notices_notice no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_told")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
