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
