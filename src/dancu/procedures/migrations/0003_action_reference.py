"""Find the dossier behind an entry of the ledger: the reference a look left in its action."""

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_reach")]
    operations = [
        migrations.AddIndex("dossieraction", models.Index(KeyTextTransform("reference", "data"), name="action_reference"))
    ]
