"""A system stands on two axes; every move on either is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0012_grant_of_a_line")]
    operations = [
        migrations.CreateModel(
            name="StandingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.TextField()),
                ("client_id", models.TextField(default="")),
                ("axis", models.TextField()),
                ("act", models.TextField()),
                ("state", models.TextField()),
                ("on_day", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("by", models.TextField(default="")),
                ("approver", models.TextField(default="")),
                ("document", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("order", models.TextField(default="")),
                ("proposal", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="locked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="locked_for",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="system",
            name="security",
            field=models.TextField(db_default="not_inspected", default="not_inspected"),
        ),
        migrations.AddField(
            model_name="system",
            name="security_until",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="standingevent",
            index=models.Index(fields=["on_day", "id"], name="standing_by_day"),
        ),
    ]
