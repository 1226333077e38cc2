"""How much each registry officer has searched and opened, by the hour: what budgets are counted from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="RegistryUse",
            fields=[
                ("pk", models.CompositePrimaryKey("officer", "hour", blank=True, editable=False, primary_key=True, serialize=False)),
                ("officer", models.TextField()),
                ("hour", models.DateTimeField()),
                ("searched", models.IntegerField(default=0)),
                ("listed", models.IntegerField(default=0)),
                ("opened", models.IntegerField(default=0)),
            ],
        ),
    ]
