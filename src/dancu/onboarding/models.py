"""Tables of the gate: systems, registrations and the grants they became, account lists, keys."""

from __future__ import annotations

from django.db import models


class System(models.Model):
    client_id = models.TextField(primary_key=True)
    organisation = models.TextField()
    name = models.TextField()
    state = models.TextField(default="registered")
    state_reason = models.TextField(default="")
    service_urls = models.JSONField(default=list)
    skew_seconds = models.IntegerField(default=600)
    error_profile = models.TextField(default="compatible")
    profile = models.JSONField(default=dict, db_default={})  # `domain.WireProfile`
    via = models.TextField(default="", db_default="")
    secret_sealed = models.BinaryField()
    changed_at = models.DateTimeField()
    state_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["registered", "official", "suspended", "closed"]), name="system_state"
            ),
            models.CheckConstraint(condition=models.Q(skew_seconds__gte=1, skew_seconds__lte=86400), name="system_skew"),
        ]


class Registration(models.Model):
    """Append-only: a registration of services that was approved, and by whom. Without one there is no grant."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()
    client = models.ForeignKey(System, on_delete=models.PROTECT)
    dossier = models.UUIDField(null=True)  # the dossier it came with; none: written down by the operator
    document = models.TextField(default="")
    approved_at = models.DateTimeField()
    approved_by = models.TextField()
    how = models.TextField(default="")  # alone, four-eyes, or nothing where one is enough
    proposal = models.UUIDField(null=True)


class RegistrationLine(models.Model):
    """Append-only: one approved line. `content` is the row of the grant it allows, column by column: a trigger compares."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT)
    integration_code = models.TextField()
    procedure = models.TextField()
    procedure_name = models.TextField(default="")
    volume_per_month = models.BigIntegerField(default=0)
    content = models.JSONField()


class Grant(models.Model):
    """What became of an approved line. `onboarding_grant_of_a_line` refuses anything else, whoever writes it."""

    line = models.ForeignKey(RegistrationLine, on_delete=models.PROTECT)
    client = models.ForeignKey(System, on_delete=models.PROTECT)
    integration_code = models.TextField()
    procedure = models.TextField()
    fields = models.JSONField()
    sensitive_fields = models.JSONField(default=list)
    purpose = models.TextField()
    legal_basis = models.TextField()
    dossier_required = models.BooleanField(default=False)
    may_disclose = models.BooleanField(default=True)
    passes_folded = models.BooleanField(default=True)
    explain = models.BooleanField(default=False)
    registry = models.BooleanField(default=False, db_default=False)
    protected = models.BooleanField(default=False, db_default=False)
    emergency = models.BooleanField(default=False, db_default=False)
    sealed_days = models.IntegerField(default=0, db_default=0)
    volume_per_day = models.BigIntegerField(default=0, db_default=0)  # new persons a day the caller registered; 0: the usual
    officer_per_day = models.BigIntegerField(default=0, db_default=0)  # the same for one account
    may_subscribe = models.BooleanField(default=False, db_default=False)
    list_max = models.IntegerField(default=0, db_default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "integration_code", "procedure"], name="grant_one_per_use"),
        ]


class Account(models.Model):
    """An officer or agency account on the approved list of its organisation (letter 1658/TCTTKĐA, 2022)."""

    organisation = models.TextField()
    account = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "account"], name="account_once")]


class Key(models.Model):
    """A public key or certificate of a system. Private halves are never kept; a revoked row stays."""

    client = models.ForeignKey(System, on_delete=models.PROTECT)
    kind = models.TextField()
    kid = models.TextField()
    content = models.TextField()
    serial = models.TextField(default="")
    subject = models.TextField(default="")
    issuer = models.TextField(default="")
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    state = models.TextField(default="active")
    revoked_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    added_at = models.DateTimeField()
    warned_days = models.SmallIntegerField(null=True)  # the last warning before it ends: 30 or 7 days

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "kid"], name="key_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["message", "tls"]), name="key_kind"),
            models.CheckConstraint(condition=models.Q(state__in=["active", "revoked"]), name="key_state"),
            models.CheckConstraint(condition=models.Q(state="active") | models.Q(revoked_at__isnull=False), name="key_revoked_at"),
        ]
