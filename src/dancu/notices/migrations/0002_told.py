"""What people were told in our pages, and what they have read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_outbox'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeRead',
            fields=[
                ('pk', models.CompositePrimaryKey('notice_id', 'account', blank=True, editable=False, primary_key=True, serialize=False)),
                ('notice_id', models.BigIntegerField()),
                ('account', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_id', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('account', models.TextField(default='')),
                ('organisation', models.TextField(default='')),
                ('role', models.TextField(default='')),
                ('citizen', models.BinaryField(null=True)),
                ('content', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('account', ''), _negated=True), fields=['account', '-id'], name='notices_of_account'), models.Index(condition=models.Q(('role', ''), _negated=True), fields=['organisation', 'role', '-id'], name='notices_of_role'), models.Index(condition=models.Q(('citizen__isnull', False)), fields=['citizen', '-id'], name='notices_of_citizen'), models.Index(fields=['at'], name='notices_age')],
            },
        ),
    ]
