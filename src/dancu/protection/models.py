"""Tables of the desk. What was done is only added to; a line beside it is an index. Every row says whose it is."""

from __future__ import annotations

from datetime import date

from django.db import models


class Desk(models.Model):
    """The organisation whose officers handle the cases, from a day on."""

    since = models.DateTimeField()
    organisation = models.TextField()
    author = models.TextField()


class Case(models.Model):
    """One line a case for lists; everything in it follows from its actions, but who it is about, which stands sealed here."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()  # whose desk; empty: nobody's yet
    kind = models.TextField()
    state = models.TextField()
    subject_key = models.BinaryField()  # keyed hash: finds, does not name
    subject_sealed = models.BinaryField()
    about = models.UUIDField(null=True)  # the ledger entry objected to
    asked_organisation = models.TextField(default="")
    assignee = models.TextField(default="")
    actions = models.IntegerField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "due_at", "id"], name="case_by_due"),
            models.Index(fields=["subject_key", "opened_at"], name="case_subject"),
            models.Index(fields=["asked_organisation", "state"], name="case_asked"),
        ]


class CaseAction(models.Model):
    """Append-only. `text` may speak of people and is sealed; `data` never does."""

    pk = models.CompositePrimaryKey("case_id", "sequence")
    case_id = models.UUIDField()
    sequence = models.IntegerField()
    organisation = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    text_sealed = models.BinaryField()
    data = models.JSONField()


class Breach(models.Model):
    """One line a breach for lists; everything in it follows from its actions."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()
    state = models.TextField()
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    actions = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-noticed_at", "id"], name="breach_of_desk")]


class BreachAction(models.Model):
    """Append-only. A trigger holds four eyes here once more: `protection_four_eyes`."""

    pk = models.CompositePrimaryKey("breach_id", "sequence")
    breach_id = models.UUIDField()
    sequence = models.IntegerField()
    organisation = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    text_sealed = models.BinaryField()
    data = models.JSONField()


class AffectedRun(models.Model):
    """One reading of the ledger for a breach: how far it is, what it found. Cursor and finds are written together."""

    id = models.UUIDField(primary_key=True)
    breach_id = models.UUIDField()
    organisation = models.TextField()
    scope = models.JSONField()
    state = models.TextField(default="running")
    cursor = models.TextField(default="")
    reached = models.DateTimeField(null=True)
    matched = models.BigIntegerField(default=0)
    summary = models.JSONField(null=True)
    account = models.TextField()
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(db_default="", default="")  # of the last try; empty once it goes on

    class Meta:
        indexes = [
            models.Index(fields=["breach_id", "started_at"], name="affected_run_breach"),
            models.Index(fields=["state"], name="affected_run_open", condition=models.Q(state="running")),
        ]


class Affected(models.Model):
    """A person a run found, by organisation that looked and day: sealed, found again by the keyed hash."""

    pk = models.CompositePrimaryKey("run_id", "subject_key", "looked_by", "day")
    run_id = models.UUIDField()
    organisation = models.TextField()  # whose breach it is
    subject_key = models.BinaryField()
    looked_by = models.TextField()
    day = models.DateField()
    entries = models.IntegerField()
    fields = models.IntegerField()  # bits in the order of the law's items
    subject_sealed = models.BinaryField()
    shown_from = models.DateField(db_default=date.min)  # the first day she may see one of these looks


class Telling(models.Model):
    """Letters to the affected of a run, approved by two: how far they were handed to the outbox."""

    id = models.UUIDField(primary_key=True)
    breach_id = models.UUIDField()
    run_id = models.UUIDField()
    organisation = models.TextField()
    letter_sealed = models.BinaryField()
    state = models.TextField(default="running")
    cursor = models.BinaryField(default=b"")  # the last person's keyed hash
    told = models.BigIntegerField(default=0)
    unreachable = models.BigIntegerField(db_default=0, default=0)  # known by an old number only
    held = models.BigIntegerField(db_default=0, default=0)  # may not be told yet, as of the last pass
    pass_day = models.DateField(null=True)  # the day of the pass that is under way
    told_through = models.DateField(null=True)  # who might be told by this day was, in passes that ended
    next_day = models.DateField(null=True)  # when the next of those held may be told
    failure = models.TextField(db_default="", default="")
    approved_at = models.DateTimeField()
    changed_at = models.DateTimeField()


class Consent(models.Model):
    """One line a consent, to find it; what it is follows from its actions. `withdrawn_at` ends it at once."""

    id = models.UUIDField(primary_key=True)
    organisation = models.TextField()  # to whom it was given
    purpose = models.TextField()
    fields = models.JSONField()
    subject_key = models.BinaryField()
    subject_sealed = models.BinaryField()
    text_code = models.TextField()
    text_version = models.IntegerField()
    text = models.TextField()
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_key", "organisation", "purpose"], name="consent_subject"),
            models.Index(fields=["organisation", "-given_at", "id"], name="consent_of_organisation"),
        ]


class ConsentAction(models.Model):
    """Append-only: giving, withdrawing, with salt and commitment; the commitment stands in the ledger too."""

    pk = models.CompositePrimaryKey("consent_id", "sequence")
    consent_id = models.UUIDField()
    sequence = models.IntegerField()
    organisation = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()
    channel = models.TextField()
    evidence_sealed = models.BinaryField()
    salt = models.BinaryField()
    commitment = models.TextField()
    reference = models.UUIDField()


class RegisterVersion(models.Model):
    """Append-only: the register of processing as it was, and what differs from the version before."""

    number = models.IntegerField(primary_key=True)
    at = models.DateTimeField()
    digest = models.TextField()
    lines = models.JSONField()
    changes = models.JSONField()


class RegisterReading(models.Model):
    """One row: how far the ledger was read for the next version, and which acts of administration stood there."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()
    entry = models.UUIDField()
    acts = models.JSONField()


class Suspension(models.Model):
    """A request to take back a grant, and its decision. The database holds that another hand decides."""

    id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    organisation = models.TextField()
    system = models.TextField()
    integration = models.TextField()
    procedure = models.TextField()
    asked_by = models.JSONField()
    asked_at = models.DateTimeField()
    state = models.TextField(default="asked")
    decided_by = models.JSONField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "state", "asked_at"], name="suspension_of_desk")]
