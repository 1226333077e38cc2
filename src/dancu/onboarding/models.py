"""Tables of the gate: systems with their two axes, registrations and the grants they became, dossiers, lists, inspections."""

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
    security = models.TextField(default="not_inspected", db_default="not_inspected")
    security_until = models.DateField(null=True)  # last day a conclusion holds

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["registered", "trial", "official", "suspended", "closed"]), name="system_state"
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


class StandingEvent(models.Model):
    """Append-only: a move on one of the two axes, of a system or, with an empty client, of a body as a letter tells it."""

    organisation = models.TextField()
    client_id = models.TextField(default="")
    axis = models.TextField()
    act = models.TextField()
    state = models.TextField()
    on_day = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.TextField(default="")
    approver = models.TextField(default="")
    document = models.TextField(default="")
    reason = models.TextField(default="")
    order = models.TextField(default="")  # the signed order, JWS
    proposal = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["on_day", "id"], name="standing_by_day")]


class Account(models.Model):
    """An officer or agency account on the approved list of its organisation (letter 1658/TCTTKĐA, 2022)."""

    organisation = models.TextField()
    account = models.TextField()
    locked_at = models.DateTimeField(null=True)
    locked_for = models.TextField(default="", db_default="")
    locked_by = models.TextField(default="", db_default="")  # the organisation of whoever locked it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "account"], name="account_once"),
        ]


class AccountList(models.Model):
    """A list as it was sent, checked as a whole. Its rows are its own table, so that the approved names stay few and short."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()
    dossier = models.UUIDField(null=True)
    file = models.TextField()  # SHA-256 of what was sent
    file_name = models.TextField()
    sent_at = models.DateTimeField()
    sent_by = models.TextField()
    rows = models.IntegerField()
    faults = models.IntegerField()
    state = models.TextField()  # checked, approved, replaced, refused

    class Meta:
        indexes = [models.Index(fields=["organisation", "-sent_at"], name="account_list_newest")]


class AccountRow(models.Model):
    """An officer on a list. Written once; personal items are sealed with the key of the installation."""

    list = models.ForeignKey(AccountList, on_delete=models.PROTECT)
    organisation = models.TextField()
    number = models.IntegerField()
    account = models.TextField()
    role = models.TextField(default="")
    services = models.JSONField(default=list)
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "number"], name="account_row_once")]


class Dossier(models.Model):
    """One line a dossier for lists; everything in it follows from its actions."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    organisation = models.TextField()
    unit = models.TextField()
    account = models.TextField()
    client_id = models.TextField()
    system_name = models.TextField()
    police = models.TextField(default="")  # the provincial police that reviews it; empty on the ministries' route
    state = models.TextField()
    security = models.TextField(default="")
    due_on = models.DateField(null=True)
    actions = models.IntegerField()
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="dossier_waiting"),
            models.Index(fields=["organisation", "-changed_at", "id"], name="dossier_of_body"),
        ]


class DossierAction(models.Model):
    """Append-only: what was done to a dossier."""

    pk = models.CompositePrimaryKey("dossier_id", "sequence")
    dossier_id = models.UUIDField()
    sequence = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    content = models.JSONField(null=True)
    text = models.TextField(default="")


class Party(models.Model):
    """A party that is no body of level 1: a state enterprise, an operator, an association. Codes of bodies are data."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    kind = models.TextField()
    other_code = models.TextField(default="")  # tax number or code of the other form
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    successor = models.TextField(default="")
    change = models.TextField(default="")
    source = models.TextField(default="")


class Contact(models.Model):
    """Whom to ask at a body: a role and an office, no private number."""

    organisation = models.TextField()
    role = models.TextField()
    office = models.TextField()
    phone = models.TextField(default="")
    mail = models.TextField(default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Reorganisation(models.Model):
    """Append-only: bodies that became others, and what moved with them."""

    id = models.UUIDField(primary_key=True)
    change = models.TextField()
    on_day = models.DateField()
    basis = models.TextField()
    moved = models.JSONField()  # a list of what went from which body to which
    at = models.DateTimeField()
    by = models.TextField()
    proposal = models.UUIDField(null=True)


class Centre(models.Model):
    """A data centre that hosts systems of several bodies, inspected once for all of them."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    provider = models.TextField()


class InspectionBatch(models.Model):
    """Days offered for inspections, by which letter, and who is asked to choose."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    document = models.TextField()
    content = models.JSONField()
    at = models.DateTimeField()
    by = models.TextField()


class Inspection(models.Model):
    """One line an inspection; everything in it follows from its actions."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField(default="")  # empty: of a centre
    client_id = models.TextField(default="")
    centre = models.TextField(default="")
    dossier = models.UUIDField(null=True)
    state = models.TextField()
    on_day = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    due_on = models.DateField(null=True)
    actions = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["on_day", "id"], name="inspection_by_day")]


class InspectionAction(models.Model):
    """Append-only: what was done in an inspection."""

    pk = models.CompositePrimaryKey("inspection_id", "sequence")
    inspection_id = models.UUIDField()
    sequence = models.IntegerField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    content = models.JSONField()


class Reminder(models.Model):
    """What was said to whom about a day that comes or has passed, once for each stage."""

    organisation = models.TextField()
    client_id = models.TextField(default="")
    cause = models.TextField()
    about = models.TextField()
    stage = models.TextField()
    due_on = models.DateField()
    sent_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "about", "due_on", "stage"], name="reminder_once")]


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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "kid"], name="key_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["message", "tls"]), name="key_kind"),
            models.CheckConstraint(condition=models.Q(state__in=["active", "revoked"]), name="key_state"),
            models.CheckConstraint(condition=models.Q(state="active") | models.Q(revoked_at__isnull=False), name="key_revoked_at"),
        ]


class TrialCall(models.Model):
    """One call of a system in trial, as its integrator looks at it: words of our own and of invented persons, nothing of others."""

    client_id = models.TextField()
    organisation = models.TextField()
    at = models.DateTimeField()
    dialect = models.TextField()
    operation = models.TextField()
    outcome = models.TextField()
    status = models.SmallIntegerField()
    duration_ms = models.IntegerField()
    scenario = models.TextField(default="", db_default="")  # which case of the sandbox was met, by its code
    is_handled = models.BooleanField(default=False, db_default=False)  # and whether the client did there what it should
    findings = models.JSONField()  # `exchange.trial.findings.Finding`, one after the other
    asked = models.JSONField()  # element → value of an invented person, or that nothing was kept

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "-id"], name="trial_call_newest"),
            models.Index(fields=["at"], name="trial_call_age"),
        ]
