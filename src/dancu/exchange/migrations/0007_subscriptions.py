"""Systems subscribe to persons and are told of their changes; rows of a system are its own."""

from django.db import migrations, models

POLICIES = """
alter table exchange_subscription enable row level security, force row level security;
create policy reach on exchange_subscription using (dancu_is_system());
alter table exchange_subscriber enable row level security, force row level security;
create policy reach on exchange_subscriber using (dancu_is_system());
alter table exchange_feedchange enable row level security, force row level security;
create policy reach on exchange_feedchange using (dancu_is_system());
"""
BACK = """
drop policy reach on exchange_feedchange;
alter table exchange_feedchange no force row level security, disable row level security;
drop policy reach on exchange_subscriber;
alter table exchange_subscriber no force row level security, disable row level security;
drop policy reach on exchange_subscription;
alter table exchange_subscription no force row level security, disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_shadow")]
    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("client_id", models.TextField()),
                ("organisation", models.TextField()),
                ("integration_code", models.TextField()),
                ("procedure", models.TextField()),
                ("purpose", models.TextField()),
                ("legal_basis", models.TextField()),
                ("subject_ref", models.TextField()),
                ("mark", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(db_default="", default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("client_id", "integration_code", "procedure", "mark"),
                        name="subscription_once",
                    )
                ],
                "indexes": [models.Index(fields=["client_id", "id"], name="subscription_of_client")],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionMark",
            fields=[
                ("pk", models.CompositePrimaryKey("mark", "subscription_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("mark", models.BinaryField()),
                ("subscription_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                ("client_id", models.TextField(primary_key=True, serialize=False)),
                ("last_number", models.BigIntegerField(db_default=0, default=0)),
                ("forgotten_to", models.BigIntegerField(db_default=0, default=0)),
                ("pulled", models.BigIntegerField(db_default=0, default=0)),
                ("pulled_at", models.DateTimeField(null=True)),
                ("webhook", models.TextField(db_default="", default="")),
            ],
        ),
        migrations.CreateModel(
            name="FeedChange",
            fields=[
                ("pk", models.CompositePrimaryKey("client_id", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("client_id", models.TextField()),
                ("number", models.BigIntegerField()),
                ("id", models.UUIDField()),
                ("subscription_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("items", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client_id", "recorded_at"], name="feed_change_window"),
                    models.Index(fields=["subscription_id", "number"], name="feed_change_of_person"),
                    models.Index(fields=["written_at"], name="feed_change_age"),
                ],
            },
        ),
        migrations.RunSQL(POLICIES, BACK),
    ]
