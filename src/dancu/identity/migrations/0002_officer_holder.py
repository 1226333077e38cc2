"""The human behind an account: four eyes ask for another one, whatever account she uses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.AddField("officer", "holder", models.TextField(default="", db_default=""))]
