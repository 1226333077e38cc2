"""How far a monitoring centre was told of security events."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0009_usage'),
    ]

    operations = [
        migrations.AddField('securityevent', 'told', models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField('alarm', 'sent_at', models.DateTimeField(null=True)),
    ]
