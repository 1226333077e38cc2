"""What goes out, how it was tried, what operators did; what came in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL("create sequence notices_position", "drop sequence notices_position"),
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('name', models.TextField(primary_key=True, serialize=False)),
                ('failures', models.IntegerField(default=0)),
                ('open_until', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_id', models.UUIDField()),
                ('number', models.IntegerField()),
                ('began_at', models.DateTimeField()),
                ('milliseconds', models.IntegerField()),
                ('outcome', models.TextField()),
                ('code', models.TextField(default='')),
                ('words', models.TextField(default='')),
                ('digest', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(fields=['step_id', 'id'], name='notices_attempt_of_step')],
            },
        ),
        migrations.CreateModel(
            name='Inbox',
            fields=[
                ('pk', models.CompositePrimaryKey('source', 'message_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source', models.TextField()),
                ('message_id', models.TextField()),
                ('digest', models.BinaryField()),
                ('result', models.BinaryField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'at'], name='notices_inbox_age')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(unique=True)),
                ('kind', models.TextField()),
                ('key', models.TextField()),
                ('destination', models.TextField()),
                ('order_key', models.TextField(default='')),
                ('owner', models.TextField()),
                ('room', models.TextField()),
                ('to', models.TextField(default='')),
                ('about', models.TextField(default='')),
                ('content', models.BinaryField()),
                ('payload', models.BinaryField()),
                ('state', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('began_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('code', models.TextField(default='')),
                ('words', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'under_way'])), fields=['destination', 'due_at', 'position'], name='notices_step_ready'), models.Index(condition=models.Q(('state__in', ['waiting', 'under_way', 'quarantined']), models.Q(('order_key', ''), _negated=True)), fields=['order_key', 'position'], name='notices_step_order'), models.Index(fields=['state', '-position'], name='notices_step_list'), models.Index(fields=['destination', '-position'], name='notices_step_destination'), models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['ended_at'], name='notices_step_ended')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='notices_step_once')],
            },
        ),
        migrations.CreateModel(
            name='StepAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('account', models.TextField()),
                ('action', models.TextField()),
                ('reason', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(fields=['step_id', 'id'], name='notices_action_of_step')],
            },
        ),
    ]
