"""Citizens sign in to their own pages: a number, a password, an epoch; nothing else is known of them here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_reach")]
    operations = [
        migrations.CreateModel(
            name="CitizenAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("personal_no", models.BigIntegerField(unique=True)),
                ("password", models.TextField()),
                ("epoch", models.IntegerField(default=1)),
                ("is_active", models.BooleanField(default=True)),
                ("level", models.SmallIntegerField(default=2)),
                ("signed_in_at", models.DateTimeField(null=True)),
                ("signed_in_before", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("personal_no__gt", 0), ("personal_no__lt", 10**12)), name="citizen_number_12_digits"
                    ),
                    models.CheckConstraint(condition=models.Q(("level__in", [1, 2])), name="citizen_level"),
                ]
            },
        )
    ]
