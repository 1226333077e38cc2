"""Search and reading by number alone are granted apart, and once more for protected persons."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0001_initial")]
    operations = [
        migrations.AddField("grant", "registry", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("grant", "protected", models.BooleanField(default=False, db_default=False)),
    ]
