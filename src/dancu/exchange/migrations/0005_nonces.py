"""Nonces of signed messages: what stands here was taken once and is not taken again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_reach")]
    operations = [
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("pk", models.CompositePrimaryKey("issuer", "nonce", blank=True, editable=False, primary_key=True, serialize=False)),
                ("issuer", models.TextField()),
                ("nonce", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
