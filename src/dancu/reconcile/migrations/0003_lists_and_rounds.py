"""Lists, their rounds, what was done to them, cases for review, limits of organisations."""

from django.db import migrations, models


class Migration(migrations.Migration):


    dependencies = [("reconcile", "0002_phone_claims")]

    operations = [
        migrations.CreateModel(
            name='RoundAction',
            fields=[
                ('pk', models.CompositePrimaryKey('round_id', 'sequence', blank=True, editable=False, primary_key=True, serialize=False)),
                ('round_id', models.UUIDField()),
                ('sequence', models.IntegerField()),
                ('organisation', models.TextField()),
                ('kind', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.TextField()),
                ('data', models.JSONField(default=dict)),
                ('entry', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.TextField()),
                ('since', models.DateTimeField()),
                ('rounds_at_once', models.IntegerField()),
                ('records_a_day', models.BigIntegerField()),
                ('file_bytes', models.BigIntegerField()),
                ('author', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'since'), name='limit_since')],
            },
        ),
        migrations.CreateModel(
            name='ReviewCase',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('round_id', models.UUIDField()),
                ('list_id', models.UUIDField()),
                ('organisation', models.TextField()),
                ('row', models.BigIntegerField()),
                ('reference', models.TextField(default='')),
                ('reasons', models.TextField(default='')),
                ('sealed', models.BinaryField()),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('conclusion', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('account', models.TextField(default='')),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('conclusion', '')), fields=['asked_at', 'id'], name='reviewcase_open')],
                'constraints': [models.UniqueConstraint(fields=('round_id', 'row'), name='reviewcase_row')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('list_id', models.UUIDField()),
                ('organisation', models.TextField()),
                ('number', models.IntegerField()),
                ('state', models.TextField()),
                ('asked', models.TextField(default='')),
                ('scope', models.TextField(default='whole')),
                ('file_name', models.TextField()),
                ('file_digest', models.TextField()),
                ('file_bytes', models.BigIntegerField()),
                ('mapping', models.JSONField(default=dict)),
                ('grouped_by', models.TextField(default='')),
                ('stage', models.TextField(default='')),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('rate', models.FloatField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('records', models.BigIntegerField(default=0)),
                ('snapshot_version', models.TextField(default='')),
                ('report', models.JSONField(null=True)),
                ('failure', models.TextField(default='')),
                ('failure_en', models.TextField(default='')),
                ('failures', models.IntegerField(default=0)),
                ('account', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('work_removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-created_at', 'id'], name='round_of'), models.Index(condition=models.Q(('state__in', ['queued', 'comparing'])), fields=['state', 'queued_at'], name='round_open')],
                'constraints': [models.UniqueConstraint(fields=('list_id', 'number'), name='round_number')],
            },
        ),
        migrations.CreateModel(
            name='SourceList',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('organisation', models.TextField()),
                ('name', models.TextField()),
                ('profile', models.TextField()),
                ('source', models.TextField()),
                ('purpose', models.TextField()),
                ('legal_basis', models.TextField()),
                ('account', models.TextField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-created_at', 'id'], name='sourcelist_of')],
            },
        ),
    ]
