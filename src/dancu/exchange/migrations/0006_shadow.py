"""Running beside a service in use: what was compared, and where it differed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_nonces")]
    operations = [
        migrations.CreateModel(
            name="ShadowCount",
            fields=[
                ("pk", models.CompositePrimaryKey("day", "client_id", "operation", "kind", "path", primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("client_id", models.TextField()),
                ("operation", models.TextField()),
                ("kind", models.TextField()),
                ("path", models.TextField()),
                ("count", models.BigIntegerField()),
            ],
        )
    ]
