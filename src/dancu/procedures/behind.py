"""Which dossier stands behind an entry of the ledger, and whose it is: the citizen's page must not tell relatives' acts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models.fields.json import KeyTextTransform

from dancu.procedures.models import Dossier, DossierAction

REFERENCES_MAX = 1000


@dataclass(frozen=True, slots=True)
class DossierBehind:
    """The dossier for which somebody was looked up (*hồ sơ đứng sau lượt tra cứu*)."""

    number: str
    applicant_number: str


def dossiers_behind(references: Collection[str]) -> Mapping[str, DossierBehind]:
    """Dossiers by the ledger reference of a look made for them (*hồ sơ đứng sau các lượt tra cứu*)."""
    asked = list(references)[:REFERENCES_MAX]
    rows = (
        DossierAction.objects.annotate(reference=KeyTextTransform("reference", "data"))
        .filter(reference__in=asked)
        .values_list("reference", "organisation", "number")
    )
    looks = {reference: (organisation, number) for reference, organisation, number in rows}
    applicants = _applicants(set(looks.values()))
    return {reference: DossierBehind(at[1], applicants[at]) for reference, at in looks.items() if at in applicants}


def applicants_of(dossiers: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """The applicant's number by organisation and dossier number (*người nộp của hồ sơ*). Dossiers of other systems are left out."""
    return _applicants(set(dossiers))


def _applicants(dossiers: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    if not dossiers:
        return {}
    numbers = [number for _organisation, number in dossiers][:REFERENCES_MAX]
    organisations = {organisation for organisation, _number in dossiers}
    rows = Dossier.objects.filter(organisation__in=organisations, number__in=numbers).values_list(
        "organisation", "number", "applicant_number"
    )
    return {(organisation, number): applicant for organisation, number, applicant in rows if (organisation, number) in dossiers}
