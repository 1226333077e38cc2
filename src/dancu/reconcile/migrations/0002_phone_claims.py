"""Telephone numbers on their way into the registry: who says whose they are, and what became of that."""

from django.db import migrations, models

POLICIES = """
alter table reconcile_phoneclaim enable row level security, force row level security;
create policy reach on reconcile_phoneclaim using (dancu_reaches(organisation, '', ''));
alter table reconcile_phonestep enable row level security, force row level security;
create policy reach on reconcile_phonestep using (dancu_reaches(organisation, '', ''));
"""
BACK = """
drop policy reach on reconcile_phonestep;
alter table reconcile_phonestep no force row level security, disable row level security;
drop policy reach on reconcile_phoneclaim;
alter table reconcile_phoneclaim no force row level security, disable row level security;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reconcile', '0001_kept_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhoneStep',
            fields=[
                ('pk', models.CompositePrimaryKey('claim_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('claim_id', models.UUIDField()),
                ('number', models.IntegerField()),
                ('organisation', models.TextField()),
                ('at', models.DateTimeField()),
                ('what', models.TextField()),
                ('by', models.TextField()),
            ],
            options={
                'db_table': 'reconcile_phonestep',
            },
        ),
        migrations.CreateModel(
            name='PhoneClaim',
            fields=[
                ('pk', models.CompositePrimaryKey('phone_mark', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('phone_mark', models.BinaryField()),
                ('id', models.UUIDField()),
                ('person_mark', models.BinaryField()),
                ('sealed', models.BinaryField()),
                ('source', models.TextField()),
                ('organisation', models.TextField()),
                ('verified_on', models.DateField()),
                ('round', models.TextField()),
                ('at', models.DateTimeField()),
                ('standing', models.TextField()),
                ('written_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.TextField(db_default='', default='')),
                ('is_settled', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'db_table': 'reconcile_phoneclaim',
                'indexes': [models.Index(fields=['person_mark'], name='phone_claim_person'), models.Index(fields=['organisation', 'standing', 'at'], name='phone_claim_operator'), models.Index(condition=models.Q(('is_settled', False)), fields=['at', 'id'], name='phone_claim_unsettled')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('phone_mark', 'person_mark', 'source', 'organisation'), name='phone_claim_once')],
            },
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
