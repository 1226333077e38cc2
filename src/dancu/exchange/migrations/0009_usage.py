"""Usage counted by day, organisation, system, service and procedure; rows of an organisation are its own."""

from django.db import migrations, models

POLICY = """
alter table exchange_usage enable row level security, force row level security;
create policy reach on exchange_usage using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on exchange_usage;
alter table exchange_usage no force row level security, disable row level security;
"""
# Rows of today are changed many times a second: room on the page keeps that out of the indexes.
ROOM = "alter table exchange_usage set (fillfactor = 70)"


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0008_list_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('pk', models.CompositePrimaryKey('grain', 'day', 'organisation', 'system', 'integration', 'kind', 'procedure', 'writer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('grain', models.TextField()),
                ('day', models.DateField()),
                ('organisation', models.TextField()),
                ('system', models.TextField()),
                ('integration', models.TextField()),
                ('kind', models.TextField()),
                ('procedure', models.TextField()),
                ('writer', models.TextField(default='')),
                ('matched', models.BigIntegerField(db_default=0, default=0)),
                ('missed', models.BigIntegerField(db_default=0, default=0)),
                ('refused', models.BigIntegerField(db_default=0, default=0)),
                ('throttled', models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'grain', 'day'], name='usage_organisation'), models.Index(condition=models.Q(('writer', ''), _negated=True), fields=['day'], name='usage_unmerged')],
                'constraints': [models.CheckConstraint(condition=models.Q(('grain__in', ['day', 'month'])), name='usage_grain')],
            },
        ),
        migrations.RunSQL(ROOM, "alter table exchange_usage reset (fillfactor)"),
        migrations.RunSQL(POLICY, BACK),
    ]
