"""A grant may be for emergencies, answered also while the ledger is far behind; and for covert acts, shown to persons later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0004_suspend_only")]
    operations = [
        migrations.AddField("grant", "emergency", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("grant", "sealed_days", models.IntegerField(default=0, db_default=0)),
    ]
