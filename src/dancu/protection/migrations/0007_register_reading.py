"""How far the ledger was read for the register of processing, and what was found there since its last version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protection", "0006_letters_in_their_time")]

    operations = [
        migrations.CreateModel(
            name="RegisterReading",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("entry", models.UUIDField()),
                ("acts", models.JSONField()),
            ],
        ),
    ]
