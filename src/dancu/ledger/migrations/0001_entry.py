"""The ledger in its final shape: two tables, partitioned by half year; the database computes each leaf."""

from django.db import migrations

FIRST, LAST = 2026, 2036

TABLES = """
create table ledger_entry (
    id   uuid        not null,
    at   timestamptz not null,
    tx   xid8        not null default pg_current_xact_id(),
    body bytea       not null,
    leaf bytea       not null generated always as (sha256('\\x00'::bytea || body)) stored,
    primary key (at, id)
) partition by range (at);
create index ledger_entry_cursor on ledger_entry (tx);
create table ledger_entrydetail (
    entry_id   uuid        not null,
    at         timestamptz not null,
    subject    text        not null,
    officer    text        not null,
    dossier_no text        not null,
    salts      bytea       not null check (octet_length(salts) = 96),
    primary key (at, entry_id)
) partition by range (at);
create index ledger_entrydetail_subject on ledger_entrydetail (subject, at) where subject <> '';
"""


def _partitions():
    halves = [f"{year}-{month:02d}-01" for year in range(FIRST, LAST + 1) for month in (1, 7)]
    for table in ("ledger_entry", "ledger_entrydetail"):
        yield f"create table {table}_rest partition of {table} default;"
        for start, end in zip(halves, halves[1:], strict=False):
            name = f"{table}_{start[:4]}h{1 if start[5:7] == '01' else 2}"
            yield (f"create table {name} partition of {table} "
                   f"for values from ('{start} 00:00+07') to ('{end} 00:00+07');")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            TABLES + "\n".join(_partitions()),
            reverse_sql="drop table ledger_entrydetail; drop table ledger_entry;",
            state_operations=[],
        ),
        migrations.CreateModel(
            name="Entry", fields=[], options={"managed": False, "db_table": "ledger_entry"}),
        migrations.CreateModel(
            name="EntryDetail", fields=[], options={"managed": False, "db_table": "ledger_entrydetail"}),
    ]
