"""What a citizen may see of an entry about her: pure decisions over the display policy. Nothing else reaches a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from dancu.kernel.clock import local


class Item(StrEnum):
    """A part of an entry that a page may show or keep back (*mục hiển thị*)."""

    ORGANISATION = "organisation"
    SYSTEM = "system"
    OFFICER = "officer"  # as a pseudonym that differs from citizen to citizen
    PROCEDURE = "procedure"
    DOSSIER = "dossier"
    PURPOSE = "purpose"
    LEGAL_BASIS = "legal_basis"
    FIELDS = "fields"
    OUTCOME = "outcome"


OWN_PAGES = "portal"  # these pages, as the ledger names them
# What she did here herself, of which no office had a part.
_OWN_DEEDS = frozenset({"phone.declared", "phone.withdrawn"})
# What the canonical body of an entry says in the clear: whoever is given the proof reads all of it.
IN_PROOF = frozenset(Item) - {Item.OFFICER, Item.DOSSIER}


class Whose(StrEnum):
    """Whose dossier stands behind a look (*hồ sơ của ai*)."""

    HERS = "hers"
    ANOTHERS = "anothers"
    UNKNOWN = "unknown"  # another system keeps it: treated with the same care as somebody else's
    NONE = "none"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry about her as the ledger has it, before anything is decided (*bút toán về công dân*).

    `officer` is a pseudonym already: the account does not come this far.
    """

    reference: str
    at: datetime
    kind: str
    outcome: str
    organisation: str
    system: str
    procedure: str
    purpose: str
    legal_basis: str
    fields: tuple[str, ...]
    officer: str = ""
    dossier_no: str = ""
    sealed_until: date | None = None  # never set on what the ledger gives for her; decided again all the same


class Sort(NamedTuple):
    """What of an entry decides its purpose class (*loại lượt*)."""

    kind: str
    system: str
    procedure: str
    purpose: str


@dataclass(frozen=True, slots=True)
class PurposeClass:
    """A class of purposes and how long its looks stay unseen (*nhóm mục đích*)."""

    name: str
    label: str
    purposes: tuple[str, ...]
    procedures: frozenset[str]
    systems: frozenset[str]
    kinds: frozenset[str]
    delay_days: int
    is_look: bool = True  # what is done about her own request is shown, but nobody looked

    @property
    def takes_all(self) -> bool:
        return not (self.purposes or self.procedures or self.systems or self.kinds)

    def fits(self, sort: Sort) -> bool:
        return (
            self.takes_all
            or sort.kind in self.kinds
            or sort.system in self.systems
            or sort.procedure in self.procedures
            or any(sort.purpose.casefold().startswith(beginning) for beginning in self.purposes)
        )


@dataclass(frozen=True, slots=True)
class DisplayPolicy:
    """One version of what citizens may see (*quy định hiển thị*)."""

    valid_from: date
    author: str
    legal_basis: str
    law_site: str
    source: str
    level_min: int
    classes: tuple[PurposeClass, ...]
    rules: Mapping[tuple[str, str, Whose], frozenset[Item]]  # kind, class, whose dossier

    def class_of(self, sort: Sort) -> PurposeClass:
        """The first class that fits; the last one takes what is left."""
        return next(each for each in self.classes if each.fits(sort))

    def is_look(self, purpose_class: str) -> bool:
        return next(each.is_look for each in self.classes if each.name == purpose_class)


@dataclass(frozen=True, slots=True)
class Shown:
    """A line for the citizen's page: what the policy allows of an entry, and nothing else (*dòng hiển thị*)."""

    reference: str
    at: datetime
    kind: str
    purpose_class: str
    whose: Whose
    items: frozenset[Item]
    outcome: str = ""
    organisation: str = ""
    system: str = ""
    officer: str = ""
    procedure: str = ""
    dossier_no: str = ""
    purpose: str = ""
    legal_basis: str = ""
    fields: tuple[str, ...] = ()

    @property
    def has_proof(self) -> bool:
        """May the proof be given? It tells what its body tells."""
        return self.items >= IN_PROOF

    @property
    def is_own_deed(self) -> bool:
        """Did she do it herself at these pages? It is shown, and no look at her."""
        return self.kind == "change" and self.system == OWN_PAGES and self.outcome in _OWN_DEEDS


@dataclass(frozen=True, slots=True)
class Hidden:
    """Not for her page: sealed, or of a kind that is nobody's look at her (*không hiển thị*)."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """Not yet for her page (*hiển thị sau*)."""

    until: date


def policy_on(versions: tuple[DisplayPolicy, ...], day: date) -> DisplayPolicy:
    """The version in force on a day (*quy định có hiệu lực*)."""
    return max((each for each in versions if each.valid_from <= day), key=lambda each: each.valid_from)


def decide(entry: LedgerLine, policy: DisplayPolicy, today: date, whose: Whose) -> Shown | Hidden | Delayed:
    """What of an entry the citizen sees today (*quyết định hiển thị*)."""
    if entry.sealed_until is not None and today < entry.sealed_until:
        return Hidden()
    purpose_class = policy.class_of(Sort(entry.kind, entry.system, entry.procedure, entry.purpose))
    items = policy.rules.get((entry.kind, purpose_class.name, whose))
    if items is None:
        return Hidden()
    if today < (until := first_day(entry.at, purpose_class)):
        return Delayed(until)
    return Shown(
        entry.reference,
        entry.at,
        entry.kind,
        purpose_class.name,
        whose,
        items,
        **{_NAME[item]: getattr(entry, _NAME[item]) for item in items},
    )


_NAME = {item: "dossier_no" if item is Item.DOSSIER else item.value for item in Item}


def first_day(at: datetime, purpose_class: PurposeClass) -> date:
    """The day an entry may first be shown."""
    return local(at).date() + timedelta(purpose_class.delay_days)


def whose_dossier(dossier_no: str, applicant: str | None, hers: frozenset[str]) -> Whose:
    """Whose dossier it is: `applicant` is who applied where we keep the dossier, else None (*hồ sơ của ai*)."""
    if applicant is not None:
        return Whose.HERS if applicant in hers else Whose.ANOTHERS
    return Whose.UNKNOWN if dossier_no else Whose.NONE
