"""A grant may let its system be told of changes, and ask for lists of so many persons at most."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0007_keys")]
    operations = [
        migrations.AddField("grant", "may_subscribe", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("grant", "list_max", models.IntegerField(default=0, db_default=0)),
    ]
