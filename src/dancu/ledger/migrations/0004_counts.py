"""Signed counts of each day, and beside them the exchange's own count of what it answered."""

from django.db import migrations

TABLES = """
create table ledger_daycount (
    day     date        not null primary key,
    note    text        not null,
    answers bigint      not null,
    at      timestamptz not null
);
create table ledger_answercount (
    day          date   not null,
    organisation text   not null,
    source       text   not null,
    count        bigint not null check (count >= 0),
    primary key (day, organisation, source)
);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_seal")]
    operations = [
        migrations.RunSQL(TABLES, reverse_sql="drop table ledger_answercount, ledger_daycount;", state_operations=[]),
        migrations.CreateModel(name="DayCount", fields=[], options={"managed": False, "db_table": "ledger_daycount"}),
        migrations.CreateModel(name="AnswerCount", fields=[], options={"managed": False, "db_table": "ledger_answercount"}),
    ]
