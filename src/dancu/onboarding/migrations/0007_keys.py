"""What an integrator must be able to mend: its keys and certificates, and since when its system is suspended."""

from django.db import migrations, models

_SUSPEND = """
create or replace function onboarding_suspend(which text, why text, moment timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update public.onboarding_system set state = 'suspended', state_reason = why, changed_at = moment{more}
    where client_id = which and state = 'official';
    if found then
        perform pg_notify('dancu_onboarding_changed', '');
    end if;
    return found;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0006_wire_profile")]
    operations = [
        migrations.AddField("system", "state_since", models.DateTimeField(null=True)),
        migrations.RunSQL(_SUSPEND.format(more=", state_since = moment"), _SUSPEND.format(more="")),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("kid", models.TextField()),
                ("content", models.TextField()),
                ("serial", models.TextField(default="")),
                ("subject", models.TextField(default="")),
                ("issuer", models.TextField(default="")),
                ("not_before", models.DateTimeField(null=True)),
                ("not_after", models.DateTimeField(null=True)),
                ("state", models.TextField(default="active")),
                ("revoked_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
                ("added_at", models.DateTimeField()),
                ("warned_days", models.SmallIntegerField(null=True)),
                ("client", models.ForeignKey(on_delete=models.PROTECT, to="onboarding.system")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["kind", "kid"], name="key_once"),
                    models.CheckConstraint(condition=models.Q(kind__in=["message", "tls"]), name="key_kind"),
                    models.CheckConstraint(condition=models.Q(state__in=["active", "revoked"]), name="key_state"),
                    models.CheckConstraint(
                        condition=models.Q(state="active") | models.Q(revoked_at__isnull=False), name="key_revoked_at"
                    ),
                ],
            },
        ),
    ]
