"""What differs on the wire is chosen for each system; a system may ask through a hub."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_grant_ledger")]
    operations = [
        migrations.AddField("system", "profile", models.JSONField(default=dict, db_default={})),
        migrations.AddField("system", "via", models.TextField(default="", db_default="")),
    ]
