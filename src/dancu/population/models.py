"""The tables of the registry: current state, one row a number. Values and meanings are in `domain`."""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    """One row per number ever issued; a replaced number keeps its row and leads to the successor.

    The number is the distribution key and the primary key; no foreign key crosses it. Addresses are
    `(version, code)` plus a detail, kept as three columns each; `*_code` is province, district and commune joined
    by dots, as in `46..19753` (no district since 1 July 2025), so that no reader needs the table of units.
    JSON shapes are those of `domain`: `relatives` maps father, mother, spouse, representative, child-1… to
    {full_name, personal_id, old_id_no, nationality}; `household_head` adds `relation`; `id_cards` is a list of
    {kind, number, issued_on, issued_by, expires_on} with ISO dates.
    """

    personal_no = models.BigIntegerField(primary_key=True)
    number_state = models.SmallIntegerField(default=0)
    successor_no = models.BigIntegerField(null=True)
    full_name = models.TextField()
    other_name = models.TextField(default="")
    birth_year = models.SmallIntegerField()
    birth_month = models.SmallIntegerField(default=0)
    birth_day = models.SmallIntegerField(default=0)
    sex = models.SmallIntegerField(default=0)
    birth_place_version = models.TextField(default="")
    birth_place_code = models.TextField(default="")
    birth_place_detail = models.TextField(default="")
    birth_registration_version = models.TextField(default="")
    birth_registration_code = models.TextField(default="")
    birth_registration_detail = models.TextField(default="")
    home_town_version = models.TextField(default="")
    home_town_code = models.TextField(default="")
    home_town_detail = models.TextField(default="")
    ethnicity = models.SmallIntegerField(default=99)
    religion = models.SmallIntegerField(default=0)
    nationality = models.TextField(default="VN")
    blood_type = models.SmallIntegerField(default=0)
    old_id_no = models.TextField(default="")
    id_cards = models.JSONField(default=list)
    relatives = models.JSONField(default=dict)
    permanent_version = models.TextField(default="")
    permanent_code = models.TextField(default="")
    permanent_detail = models.TextField(default="")
    temporary_version = models.TextField(default="")
    temporary_code = models.TextField(default="")
    temporary_detail = models.TextField(default="")
    current_version = models.TextField(default="")
    current_code = models.TextField(default="")
    current_detail = models.TextField(default="")
    temporary_absence = models.TextField(default="")
    residence_file_no = models.TextField(default="")
    marital_status = models.SmallIntegerField(default=0)
    household_relation = models.TextField(default="")
    household_head = models.JSONField(default=dict)
    household_book_no = models.TextField(default="")
    life_status = models.SmallIntegerField(default=0)
    life_status_on = models.DateField(null=True)
    phone = models.TextField(default="")
    email = models.TextField(default="")
    attached = models.JSONField(default=dict)
    load_batch = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(personal_no__gt=0, personal_no__lt=10**12), name="person_number_12_digits"),
            models.CheckConstraint(condition=models.Q(birth_year__gte=1850, birth_year__lte=2199), name="person_birth_year"),
            models.CheckConstraint(
                condition=(
                    models.Q(number_state=1, successor_no__isnull=False)
                    | (~models.Q(number_state=1) & models.Q(successor_no__isnull=True))
                ),
                name="person_replaced_has_successor",
            ),
        ]
        indexes = [
            models.Index(fields=["old_id_no"], name="person_old_id_no", condition=~models.Q(old_id_no="")),
        ]


class LoadBatch(models.Model):
    """One run of the bulk load: the evidence for the first version of its persons."""

    file_name = models.TextField()
    file_sha256 = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    loaded = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
