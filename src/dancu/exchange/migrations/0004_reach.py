"""An officer's use of the registry is her own; answers kept for repeats are the gateway's, who gets its policy with its rights."""

from django.db import migrations

POLICIES = """
alter table exchange_registryuse enable row level security, force row level security;
create policy reach on exchange_registryuse using (dancu_is_system() or officer =
    nullif(current_setting('dancu.organisation', true), '') || '/' || nullif(current_setting('dancu.account', true), ''));
alter table exchange_idempotency enable row level security, force row level security;
create policy reach on exchange_idempotency using (dancu_is_system());
"""
BACK = """
drop policy reach on exchange_idempotency;
alter table exchange_idempotency no force row level security, disable row level security;
drop policy reach on exchange_registryuse;
alter table exchange_registryuse no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_extraction"), ("identity", "0003_reach")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
