"""Lists by criteria that are worked off in the background; rows of a system are its own."""

from django.db import migrations, models

POLICIES = """
alter table exchange_listrequest enable row level security, force row level security;
create policy reach on exchange_listrequest using (dancu_is_system());
"""
BACK = """
drop policy reach on exchange_listrequest;
alter table exchange_listrequest no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_subscriptions")]
    operations = [
        migrations.CreateModel(
            name="ListRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("client_id", models.TextField()),
                ("organisation", models.TextField()),
                ("key", models.TextField(db_default="", default="")),
                ("state", models.TextField()),
                ("reason", models.TextField(db_default="", default="")),
                ("sealed", models.BinaryField()),
                ("progress", models.BinaryField()),
                ("found", models.IntegerField(db_default=0, default=0)),
                ("pages", models.IntegerField(db_default=0, default=0)),
                ("failures", models.IntegerField(db_default=0, default=0)),
                ("at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("client_id", "key"), name="list_request_once"
                    )
                ],
                "indexes": [
                    models.Index(fields=["client_id", "id"], name="list_request_of_client"),
                    models.Index(
                        condition=models.Q(("state__in", ["received", "running"])), fields=["changed_at"], name="list_request_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListPage",
            fields=[
                ("pk", models.CompositePrimaryKey("request_id", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("request_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ListStep",
            fields=[
                ("pk", models.CompositePrimaryKey("request_id", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("request_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("state", models.TextField()),
                ("reason", models.TextField(db_default="", default="")),
            ],
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
