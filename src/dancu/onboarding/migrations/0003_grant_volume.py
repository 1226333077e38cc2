"""A grant may register how many new persons a day its caller needs; limits on extraction are scaled by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_grant_registry")]
    operations = [
        migrations.AddField("grant", "volume_per_day", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("grant", "officer_per_day", models.BigIntegerField(default=0, db_default=0)),
    ]
