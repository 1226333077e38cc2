"""What limits on extraction are counted from: use by scope, keyed marks of persons, alarms, planted persons."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_registry_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='Learned',
            fields=[
                ('mark', models.BigIntegerField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='Planted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('planted_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.TextField()),
                ('organisation', models.TextField()),
                ('officer', models.TextField()),
                ('level', models.TextField()),
                ('line', models.TextField()),
                ('verdict', models.TextField()),
                ('scope', models.TextField()),
                ('slot', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('reference', models.TextField(db_default='', default='')),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'line', 'slot', 'client_id'), name='alarm_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('mark', models.BigIntegerField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('in_day', models.IntegerField()),
                ('since', models.DateField()),
                ('in_thirty_days', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='attempt_day')],
            },
        ),
        migrations.CreateModel(
            name='ExtractionUse',
            fields=[
                ('pk', models.CompositePrimaryKey('scope', 'minutes', 'slot', 'writer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('scope', models.TextField()),
                ('minutes', models.SmallIntegerField()),
                ('slot', models.BigIntegerField()),
                ('writer', models.TextField()),
                ('calls', models.BigIntegerField(default=0)),
                ('unknown', models.BigIntegerField(default=0)),
                ('differs', models.BigIntegerField(default=0)),
                ('explained', models.BigIntegerField(default=0)),
                ('undated', models.BigIntegerField(default=0)),
                ('learned', models.BigIntegerField(default=0)),
                ('planted', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['minutes', 'slot'], name='extraction_use_slot')],
            },
        ),
    ]
