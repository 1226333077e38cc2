"""Windows of changes are found by when a line was written. Built beside the running readers."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("exchange", "0010_events_told")]
    operations = [
        AddIndexConcurrently("feedchange", models.Index(fields=["client_id", "written_at"], name="feed_change_written")),
        RemoveIndexConcurrently("feedchange", "feed_change_window"),
    ]
