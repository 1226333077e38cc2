"""Lists organisations keep linked to the registry, and what happened to the persons of their records; rows are held to their owner."""

from django.db import migrations, models

POLICIES = """
alter table reconcile_keptlist enable row level security, force row level security;
create policy reach on reconcile_keptlist using (dancu_reaches(organisation, '', ''));
alter table reconcile_keptlink enable row level security, force row level security;
create policy reach on reconcile_keptlink using (dancu_reaches(organisation, '', ''));
alter table reconcile_keptsubscription enable row level security, force row level security;
create policy reach on reconcile_keptsubscription using (dancu_reaches(organisation, '', ''));
alter table reconcile_keptevent enable row level security, force row level security;
create policy reach on reconcile_keptevent using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on reconcile_keptevent;
alter table reconcile_keptevent no force row level security, disable row level security;
drop policy reach on reconcile_keptsubscription;
alter table reconcile_keptsubscription no force row level security, disable row level security;
drop policy reach on reconcile_keptlink;
alter table reconcile_keptlink no force row level security, disable row level security;
drop policy reach on reconcile_keptlist;
alter table reconcile_keptlist no force row level security, disable row level security;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [("identity", "0003_reach")]

    operations = [
        migrations.CreateModel(
            name='KeptSubscription',
            fields=[
                ('pk', models.CompositePrimaryKey('organisation', 'subscription_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.TextField()),
                ('subscription_id', models.UUIDField()),
            ],
            options={
                'db_table': 'reconcile_keptsubscription',
            },
        ),
        migrations.CreateModel(
            name='KeptEvent',
            fields=[
                ('pk', models.CompositePrimaryKey('organisation', 'list_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.TextField()),
                ('list_id', models.UUIDField()),
                ('number', models.BigIntegerField()),
                ('reference', models.TextField()),
                ('change_number', models.BigIntegerField()),
                ('written_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('kind', models.TextField(db_default='', default='')),
                ('entry', models.TextField(db_default='', default='')),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.TextField(db_default='', default='')),
            ],
            options={
                'db_table': 'reconcile_keptevent',
                'indexes': [models.Index(condition=models.Q(('acknowledged_at__isnull', True)), fields=['organisation', 'list_id', 'number'], name='kept_event_waiting'), models.Index(fields=['written_at'], name='kept_event_age')],
            },
        ),
        migrations.CreateModel(
            name='KeptLink',
            fields=[
                ('pk', models.CompositePrimaryKey('organisation', 'list_id', 'reference', blank=True, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.TextField()),
                ('list_id', models.UUIDField()),
                ('reference', models.TextField()),
                ('subscription_id', models.UUIDField()),
                ('round', models.TextField()),
                ('linked_by', models.TextField()),
                ('linked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'reconcile_keptlink',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['organisation', 'subscription_id'], name='kept_link_subscription')],
            },
        ),
        migrations.CreateModel(
            name='KeptList',
            fields=[
                ('pk', models.CompositePrimaryKey('organisation', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.TextField()),
                ('id', models.UUIDField()),
                ('name', models.TextField()),
                ('profile', models.TextField()),
                ('client_id', models.TextField()),
                ('integration_code', models.TextField()),
                ('procedure', models.TextField()),
                ('purpose', models.TextField()),
                ('legal_basis', models.TextField()),
                ('ground', models.TextField()),
                ('document', models.TextField()),
                ('made_by', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('taken_to', models.BigIntegerField()),
                ('last_number', models.BigIntegerField(db_default=0, default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.TextField(db_default='', default='')),
            ],
            options={
                'db_table': 'reconcile_keptlist',
                'constraints': [models.CheckConstraint(condition=models.Q(('ground__in', ['law', 'consent'])), name='kept_list_ground')],
            },
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
