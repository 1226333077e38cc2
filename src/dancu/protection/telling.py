"""Who is told of what the desk does: officers of the desk and of organisations that are asked, persons, in their own pages."""

from __future__ import annotations

from datetime import datetime

from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.notices import api as notices
from dancu.protection.domain.breaches import Breach
from dancu.protection.domain.cases import CLOSED, KIND_WORDS, ROLE, STATE_WORDS, CaseActionKind, CaseFile, CaseState
from dancu.protection.store.affected import AffectedPerson, Letters

ROOM, MY_CASES = "protection", "/cua-toi/yeu-cau"


def tell_of_step(case: CaseFile, subject: str, *, now: datetime) -> None:
    """After a step: the desk of a new case, the organisation that is asked, the person when it is closed or she is asked."""
    key, href = f"case:{case.id}:{len(case.actions)}", f"/bao-ve-du-lieu/yeu-cau/{case.id}"
    values = {"code": case.code, "kind": KIND_WORDS[case.kind]}
    kind = case.last.kind
    if kind is CaseActionKind.OPEN and case.organisation:
        _tell_officers("protection.case.opened", values, case.organisation, key, case, href, now)
    elif kind is CaseActionKind.ASK_ORGANISATION:
        _tell_officers("protection.case.asked", values, case.asked_organisation, key, case, href, now)
    elif (case.state in CLOSED and case.state is not CaseState.WITHDRAWN) or kind is CaseActionKind.ASK_SUBJECT:
        said = notices.message(
            "protection.case.told", {**values, "state": STATE_WORDS[case.state]}, href=f"{MY_CASES}/{case.id}", now=now
        )
        step = notices.citizen_notice(said, PersonalId.parse(subject), key=key, owner=case.organisation, room=ROOM, about=case.code)
        notices.send(step, now=now)


def tell_affected(breach: Breach, letters: Letters, person: AffectedPerson, *, now: datetime) -> bool:
    """One letter to one affected person, in the caller's transaction. False for a number nobody can be reached by."""
    try:
        number = PersonalId.parse(person.subject)
    except Invalid:  # an old nine-digit number: she is on the list, and has no pages of her own
        return False
    values = {"code": breach.code, "what": letters.letter.what, "advice": letters.letter.advice, "contact": letters.letter.contact}
    said = notices.message("protection.breach.affected", values, now=now)
    key = f"breach:{letters.id}:{person.key.hex()}"
    notices.send(notices.citizen_notice(said, number, key=key, owner=letters.organisation, room=ROOM, about=breach.code), now=now)
    return True


def _tell_officers(
    template: str, values: dict[str, str], organisation: str, key: str, case: CaseFile, href: str, now: datetime
) -> None:
    said = notices.message(template, values, href=href, now=now)
    to = notices.Addressee(organisation=organisation, role=ROLE)
    owner = case.organisation or organisation
    notices.send(notices.officer_notice(said, to, key=key, owner=owner, room=ROOM, about=case.code), now=now)
