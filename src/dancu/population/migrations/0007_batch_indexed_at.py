"""When the persons of a batch were filed in the index of names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("population", "0006_load_progress")]
    operations = [migrations.AddField("loadbatch", "indexed_at", models.DateTimeField(null=True))]
