"""Who may be told of a breach only later: looks that are sealed or delayed; what stopped a reading or letters the last time."""

from datetime import date

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protection", "0005_reach")]

    operations = [
        migrations.AddField("affected", "shown_from", models.DateField(db_default=date.min)),
        migrations.AddField("affectedrun", "failure", models.TextField(db_default="", default="")),
        migrations.AddField("telling", "failure", models.TextField(db_default="", default="")),
        migrations.AddField("telling", "unreachable", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("telling", "held", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("telling", "pass_day", models.DateField(null=True)),
        migrations.AddField("telling", "told_through", models.DateField(null=True)),
        migrations.AddField("telling", "next_day", models.DateField(null=True)),
    ]
