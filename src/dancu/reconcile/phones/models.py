"""Tables of telephone numbers on their way into the registry. What names anybody is sealed, and found by keyed hashes."""

from __future__ import annotations

from django.db import models


class PhoneClaim(models.Model):
    """That a number is somebody's: who says so, what it is worth now, whether the registry has it. Kept when it has ended."""

    pk = models.CompositePrimaryKey("phone_mark", "id")
    phone_mark = models.BinaryField()
    id = models.UUIDField()
    person_mark = models.BinaryField()
    sealed = models.BinaryField()  # `store.Sealed`
    source = models.TextField()
    organisation = models.TextField()  # the operator; empty for a citizen's own
    verified_on = models.DateField()
    round = models.TextField()
    at = models.DateTimeField()
    standing = models.TextField()
    written_at = models.DateTimeField(null=True)  # since when the registry has it from here
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", db_default="")
    is_settled = models.BooleanField(default=False, db_default=False)  # the registry says what this claim says

    class Meta:
        db_table = "reconcile_phoneclaim"
        constraints = [
            models.UniqueConstraint(
                fields=["phone_mark", "person_mark", "source", "organisation"],
                name="phone_claim_once",
                condition=models.Q(ended_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="phone_claim_id"),  # judged, settled and ended by it
            models.Index(fields=["person_mark"], name="phone_claim_person"),
            models.Index(fields=["organisation", "standing", "at"], name="phone_claim_operator"),
            models.Index(fields=["at", "id"], name="phone_claim_unsettled", condition=models.Q(is_settled=False)),
        ]


class PhoneStep(models.Model):
    """Append-only: what became of a claim, when, by whose word."""

    pk = models.CompositePrimaryKey("claim_id", "number")
    claim_id = models.UUIDField()
    number = models.IntegerField()
    organisation = models.TextField()
    at = models.DateTimeField()
    what = models.TextField()  # brought, verified again, a standing, an ending, written, taken out
    by = models.TextField()

    class Meta:
        db_table = "reconcile_phonestep"


class PhonePassing(models.Model):
    """That the matched subscribers of a round flow here; the worker does it piece by piece, also what was cut off."""

    pk = models.CompositePrimaryKey("organisation", "round_id")
    organisation = models.TextField()
    round_id = models.UUIDField()
    round_code = models.TextField()
    verified_on = models.DateField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    total = models.BigIntegerField(default=0, db_default=0)
    done = models.BigIntegerField(default=0, db_default=0)
    new = models.BigIntegerField(default=0, db_default=0)
    contradictory = models.BigIntegerField(default=0, db_default=0)
    done_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", db_default="")
    failure_en = models.TextField(default="", db_default="")

    class Meta:
        db_table = "reconcile_phonepassing"
        indexes = [models.Index(fields=["asked_at"], name="phone_passing_due", condition=models.Q(done_at__isnull=True))]


class PhoneWriting(models.Model):
    """A batch for the registry: asked by one hand, decided by another of another unit. About nobody by name."""

    id = models.UUIDField(primary_key=True)
    author = models.TextField()
    author_unit = models.TextField()
    author_holder = models.TextField()
    asked_at = models.DateTimeField()
    waiting = models.BigIntegerField()
    approver = models.TextField(default="", db_default="")
    approver_unit = models.TextField(default="", db_default="")
    approver_holder = models.TextField(default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    refusal = models.TextField(default="", db_default="")
    written = models.BigIntegerField(default=0, db_default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reconcile_phonewriting"
        constraints = [
            # Two who ask at once ask for one batch: of those that were not refused only one is not done.
            models.UniqueConstraint(
                fields=["refusal"], name="phone_writing_one_open", condition=models.Q(done_at__isnull=True, refusal="")
            )
        ]
