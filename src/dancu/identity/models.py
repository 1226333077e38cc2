"""Tables of who works where."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    code = models.TextField(primary_key=True)
    name = models.TextField()
    parent_code = models.TextField(default="")


class Unit(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code = models.TextField()
    name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="organisation_unit_once")]


class Officer(models.Model):
    account = models.TextField(unique=True)
    name = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    roles = models.JSONField(default=list)
    password = models.TextField()
    is_active = models.BooleanField(default=True)
    epoch = models.IntegerField(default=1)
    holder = models.TextField(default="", db_default="")


class CitizenAccess(models.Model):
    """What lets a citizen in; the number is all that is known of her here."""

    personal_no = models.BigIntegerField(unique=True)
    password = models.TextField()
    epoch = models.IntegerField(default=1)
    is_active = models.BooleanField(default=True)
    level = models.SmallIntegerField(default=2)
    signed_in_at = models.DateTimeField(null=True)
    signed_in_before = models.DateTimeField(null=True)  # the time before: she sees whether it was her

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(personal_no__gt=0, personal_no__lt=10**12), name="citizen_number_12_digits"),
            models.CheckConstraint(condition=models.Q(level__in=[1, 2]), name="citizen_level"),
        ]


class SignInFailure(models.Model):
    """One refused sign-in; account and network are counted, nothing else is kept."""

    at = models.DateTimeField()
    account = models.TextField()
    network = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failure_account"),
            models.Index(fields=["network", "at"], name="failure_network"),
        ]


class Glass(models.Model):
    """Append-only: a row of another organisation opened in an emergency. The ledger commits to the reason with the salt here."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    until = models.DateTimeField()
    review_by = models.DateTimeField()
    organisation = models.TextField()
    unit = models.TextField()
    account = models.TextField()
    holder = models.TextField()
    of_organisation = models.TextField()
    number = models.TextField()
    subject = models.TextField()
    reason = models.TextField()
    salt = models.BinaryField()
    reference = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "number"], name="glass_of_account"),
            models.Index(fields=["holder", "at"], name="glass_of_human"),
            models.Index(fields=["at", "id"], name="glass_newest"),
        ]


class GlassReview(models.Model):
    """Append-only, one for each opening. A trigger holds four eyes here once more: `identity_glass_four_eyes`."""

    glass = models.OneToOneField(Glass, on_delete=models.PROTECT, primary_key=True)
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    verdict = models.TextField()
    text = models.TextField()


class Proposal(models.Model):
    """One line a proposal for lists; everything in it follows from its actions."""

    id = models.UUIDField(primary_key=True)
    act = models.TextField()
    state = models.TextField()
    organisation = models.TextField()
    unit = models.TextField()
    account = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "changed_at", "id"], name="proposal_waiting")]


class ProposalAction(models.Model):
    """Append-only. A trigger holds four eyes here once more: `identity_proposal_four_eyes`."""

    pk = models.CompositePrimaryKey("proposal_id", "sequence")
    proposal_id = models.UUIDField()
    sequence = models.IntegerField()
    step = models.TextField()
    at = models.DateTimeField()
    account = models.TextField()
    unit = models.TextField()
    holder = models.TextField()
    acting_for = models.JSONField(null=True)
    content = models.JSONField(null=True)
    digest = models.TextField(default="")
    text = models.TextField(default="")
