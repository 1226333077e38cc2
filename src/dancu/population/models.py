"""The tables of the registry: current state, one row a number. Values and meanings are in `domain`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
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
    flags = models.SmallIntegerField(default=0, db_default=0)  # of `domain.Flag`
    last_seq = models.IntegerField(default=0, db_default=0)  # of the newest row in `Change`; 0 while only the first version exists

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
            models.Index(fields=["successor_no"], name="person_successor_no", condition=models.Q(successor_no__isnull=False)),
        ]


class LoadBatch(models.Model):
    """One run of the bulk load over one file: the evidence for the first version of its persons, and how far the run has come.

    Progress is written in the transaction of the rows it speaks of. A run that was stopped goes on from here.
    """

    file_name = models.TextField()
    file_sha256 = models.TextField()
    kind = models.TextField(default="persons", db_default="persons")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stage = models.SmallIntegerField(default=0, db_default=0)  # which pass over the file
    offset = models.BigIntegerField(default=0, db_default=0)  # bytes, of Parquet rows, that are done in this pass
    line = models.BigIntegerField(default=0, db_default=0)
    read = models.BigIntegerField(default=0, db_default=0)
    loaded = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    indexed_at = models.DateTimeField(null=True)  # when its persons were filed in the index of names

    class Meta:
        indexes = [models.Index(fields=["file_sha256"], name="load_batch_file")]


class LoadReject(models.Model):
    """A row that a run did not load, and why."""

    pk = models.CompositePrimaryKey("batch", "line")
    batch = models.BigIntegerField()
    line = models.BigIntegerField()
    field = models.TextField()
    message = models.TextField()


class LoadUnchanged(models.Model):
    """A number that a run found as it stood: its next line in the same file is a double. Emptied when the run ends."""

    pk = models.CompositePrimaryKey("batch", "personal_no")
    batch = models.BigIntegerField()
    personal_no = models.BigIntegerField()


class Change(models.Model):
    """One change of one person: append-only, ordered by `seq`; number 0 keeps the first version once there is a second."""

    pk = models.CompositePrimaryKey("personal_no", "seq")
    personal_no = models.BigIntegerField()
    seq = models.IntegerField()
    id = models.BigIntegerField()
    tx = models.BigIntegerField()  # xid8 in the database; with `id` the cursor of everyone who reads forward
    kind = models.TextField()
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    items = models.JSONField()  # what is asserted from `valid_from` on, by column of `Person`
    effect = models.JSONField()  # what it did to the current row: column → [before, after]
    about = ArrayField(models.TextField())  # which of residence, household, relation moved with it
    revokes = models.IntegerField(null=True)
    related_no = models.BigIntegerField(null=True)  # the other number of a merge, split or replacement
    evidence = models.JSONField()
    author = models.TextField()
    author_unit = models.TextField()
    author_holder = models.TextField()
    approver = models.TextField()
    approver_unit = models.TextField()
    approver_holder = models.TextField()
    request_id = models.UUIDField(null=True)
    load_batch = models.BigIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "population_change"


class Household(models.Model):
    """People registered at one dwelling under one head."""

    household_no = models.BigIntegerField(primary_key=True)
    version = models.TextField()
    code = models.TextField()
    detail = models.TextField()
    address_key = models.BigIntegerField()  # `domain.address_key`: everybody at one address has the same
    residence_file_no = models.TextField()
    formed_on = models.DateField()
    dissolved_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    load_batch = models.BigIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "population_household"


class _Interval(models.Model):
    """True from `valid_from` until the day before `valid_to`; a row found wrong is withdrawn and stays."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    request_id = models.UUIDField(null=True)  # the approved request that brought the row
    withdrawn_request = models.UUIDField(null=True)  # and the one that took it back
    load_batch = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Membership(_Interval):
    pk = models.CompositePrimaryKey("household_no", "id")
    household_no = models.BigIntegerField()
    id = models.BigIntegerField()
    personal_no = models.BigIntegerField()
    relation = models.TextField()  # to the head: data/household_relations.csv
    kind = models.TextField()

    class Meta:
        managed = False
        db_table = "population_membership"


class Relation(_Interval):
    pk = models.CompositePrimaryKey("personal_no", "id")
    personal_no = models.BigIntegerField()
    id = models.BigIntegerField()
    kind = models.TextField()
    other_no = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "population_relation"


class Residence(_Interval):
    pk = models.CompositePrimaryKey("personal_no", "id")
    personal_no = models.BigIntegerField()
    id = models.BigIntegerField()
    kind = models.TextField()
    version = models.TextField()
    code = models.TextField()
    detail = models.TextField()
    address_key = models.BigIntegerField()
    household_no = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "population_residence"


class SearchEntry(models.Model):
    """How a living row is found without its number: hashed name words with the birth year (`search.keys_of`)."""

    personal_no = models.BigIntegerField(primary_key=True)
    birth_year = models.SmallIntegerField()
    province = models.TextField()  # of permanent residence, two digits of the current list
    keys = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="search_keys", fastupdate=False)]


class NameWord(models.Model):
    """A folded word of names and how many persons carry it: what a typing error is mended against."""

    word = models.TextField(primary_key=True)
    persons = models.BigIntegerField()
