"""Acts that the person may not see before a day: the entry itself looks like any other. And the one way to erase a detail."""

from django.db import migrations

TABLES = """
create table ledger_seal (
    at          timestamptz not null,
    entry_id    uuid        not null,
    until       date        not null,
    legal_basis text        not null check (legal_basis <> ''),
    sealed_by   text        not null,
    lifted_at   timestamptz,
    lifted_by   text        not null default '',
    primary key (at, entry_id)
);
create function ledger_erase_detail(erased_at timestamptz, erased uuid, recorded_at timestamptz, recorded uuid)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Who erases leaves an entry that names what was erased, in the same transaction.
    if not exists (
        select from ledger_entry where at = recorded_at and id = recorded and tx = pg_current_xact_id()
            and convert_from(body, 'UTF8')::json ->> 'kind' = 'erase'
            and convert_from(body, 'UTF8')::json ->> 'outcome' = 'detail.erased:' || erased
    ) then
        raise exception 'an erasure must be recorded' using errcode = 'restrict_violation';
    end if;
    delete from ledger_entrydetail where at = erased_at and entry_id = erased;
    return found;
end $$;
revoke all on function ledger_erase_detail(timestamptz, uuid, timestamptz, uuid) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_tree")]
    operations = [
        migrations.RunSQL(
            TABLES,
            reverse_sql="drop function ledger_erase_detail(timestamptz, uuid, timestamptz, uuid); drop table ledger_seal;",
            state_operations=[],
        ),
        migrations.CreateModel(name="Seal", fields=[], options={"managed": False, "db_table": "ledger_seal"}),
    ]
