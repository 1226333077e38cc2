"""A request is seen by its author's unit and by who reaches further; whoever acts writes under her own unit only."""

from django.db import migrations

POLICIES = """
alter table registrar_request enable row level security, force row level security;
create policy reach on registrar_request using (dancu_reaches(organisation, author_unit, author));
alter table registrar_requestaction enable row level security, force row level security;
create policy seen on registrar_requestaction for select using (
    dancu_reaches(split_part(unit, '/', 1), unit, account)
    or exists (select from registrar_request r where r.id = request_id));
create policy written on registrar_requestaction for insert with check (
    dancu_is_system() or (unit = nullif(current_setting('dancu.unit', true), '')
                          and account = nullif(current_setting('dancu.account', true), '')));
create policy kept on registrar_requestaction for all using (dancu_is_system());
-- Four eyes look at every hand that wrote, whatever the one that decides may see.
alter function registrar_four_eyes() set dancu.scope = 'system';
"""
BACK = """
alter function registrar_four_eyes() reset dancu.scope;
drop policy kept on registrar_requestaction;
drop policy written on registrar_requestaction;
drop policy seen on registrar_requestaction;
alter table registrar_requestaction no force row level security, disable row level security;
drop policy reach on registrar_request;
alter table registrar_request no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("registrar", "0002_four_eyes"), ("identity", "0003_reach")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
