"""Who was led to a number: few rows have a successor, so the index holds only them. Built beside the running readers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("population", "0007_batch_indexed_at")]
    operations = [
        AddIndexConcurrently(
            "person",
            models.Index(fields=["successor_no"], name="person_successor_no", condition=models.Q(successor_no__isnull=False)),
        )
    ]
