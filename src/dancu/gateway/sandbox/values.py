"""What is kept of what was sent, and what is said about it: values of invented persons, and words of our own.

Nothing is copied. A value is looked up among those of the sandbox, and what is kept is the sandbox's own text; whatever is not
found there becomes `NOT_KEPT`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from dancu.exchange.domain import Comparison, compare_dates, compare_names
from dancu.exchange.trial.cases import cases
from dancu.exchange.trial.deciding import PURPOSE
from dancu.exchange.trial.findings import NOT_KEPT, Finding, Value, found
from dancu.exchange.trial.people import Row, people
from dancu.gateway.sandbox.bodies import Element, Meaning
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import clean_name, folded_name
from dancu.kernel.warrants import Field
from dancu.onboarding.domain import Grant

_CODE, _PROCEDURE = re.compile(r"[0-9]{3}", re.ASCII), re.compile(r"[0-9]\.[0-9]{6}", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_SEPARATORS = str.maketrans("", "", " .-\u00a0\t")
_FIELDS = frozenset(str(each) for each in Field)
_FORMS: Sequence[tuple[re.Pattern[str], Value]] = (
    (re.compile(r"(18[89]|19|20)[0-9]{2}(0[0-9]|1[0-2])[0-9]{2}|(19|20)[0-9]{6}"), ("yyyyMMdd", "yyyyMMdd")),
    (re.compile(r"[0-9]{8}"), ("ddMMyyyy", "ddMMyyyy")),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), ("yyyy-MM-dd", "yyyy-MM-dd")),
    (re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}"), ("dd/MM/yyyy", "dd/MM/yyyy")),
    (re.compile(r"[0-9]{4}"), ("chỉ có năm", "the year alone")),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{4}"), ("tháng và năm", "month and year")),
)


def asked_of(elements: Sequence[Element], grants: Sequence[Grant]) -> dict[str, str]:
    """Element → the sandbox's own text for its value. `grants`: what the system registered."""
    return {each.name: _kept(each, grants) for each in elements}


def _kept(element: Element, grants: Sequence[Grant]) -> str:
    text = element.text.strip()
    if not text:
        return ""
    match element.meaning:
        case Meaning.NUMBER | Meaning.OLD_NUMBER:
            return number_of(text) or NOT_KEPT
        case Meaning.NAME:
            return people().names.get(_folded(text), NOT_KEPT)
        case Meaning.BIRTH:
            return _birth_of(text) or NOT_KEPT
        case Meaning.OFFICER:
            known = cases().accounts.get(text)
            return known.account if known is not None else NOT_KEPT
        case Meaning.FIELDS:
            return " ".join(sorted(set(text.split()) & _FIELDS)) or NOT_KEPT
    return _own_word(element.meaning, text, grants)


def _own_word(meaning: Meaning, text: str, grants: Sequence[Grant]) -> str:
    """Codes in the form of a code, and what this system registered."""
    words: set[str] = set()
    if meaning is Meaning.CODE:
        words = {"REST", *cases().codes, *(each.integration_code for each in grants)}
    elif meaning is Meaning.PROCEDURE:
        words = {each.procedure for each in grants}
    elif meaning is Meaning.GROUND:
        words = {PURPOSE, *(each.purpose for each in grants), *(each.legal_basis for each in grants)}
    form = {Meaning.CODE: _CODE, Meaning.PROCEDURE: _PROCEDURE}.get(meaning)
    return text if text in words or (form is not None and form.fullmatch(text)) else NOT_KEPT


def number_of(text: str) -> str:
    """A number of the sandbox, of either kind; empty for any other."""
    digits = text.translate(_SEPARATORS)
    return digits if digits in cases().numbers else ""


def _birth_of(text: str) -> str:
    born = _date(text)
    return born.iso if born is not None and born in people().births else ""


def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except Invalid:
        return None


def _folded(text: str) -> str:
    try:
        return folded_name(clean_name(text))
    except Invalid:
        return ""


def findings_on(elements: Sequence[Element], person: Row | None) -> list[Finding]:
    """What there is to say about the three keys and the officer's account. `person`: who has the number that was asked for."""
    told: list[Finding] = []
    for each in elements:
        text = each.text.strip()
        if not text:
            continue
        match each.meaning:
            case Meaning.NUMBER | Meaning.OLD_NUMBER:
                told += _on_number(each, text)
            case Meaning.NAME:
                told += _on_name(each.text, person)
            case Meaning.BIRTH:
                told += _on_birth(text, person)
            case Meaning.OFFICER:
                told += _on_officer(each.text)
    return list(dict.fromkeys(told))


def _on_number(element: Element, text: str) -> list[Finding]:
    digits = text.translate(_SEPARATORS)
    if not _DIGITS.fullmatch(digits):
        return [found("number.characters", element.name)]
    is_old = element.meaning is Meaning.OLD_NUMBER
    wanted = 9 if is_old else 12
    moved = [found("number.in_old_place")] if is_old and len(digits) == 12 else []
    if len(digits) != wanted and not moved:
        return [found("number.length", element.name, len(digits), wanted)]
    return moved if number_of(text) else [*moved, found("number.unknown")]


def _on_name(sent: str, person: Row | None) -> list[Finding]:
    folded = _folded(sent)
    if not folded:
        return [found("name.unreadable")]
    recorded = people().names.get(folded)
    if recorded is None:
        told = [found("name.unknown")]
    elif person is not None and folded_name(person[3]) != folded:
        told = [found("name.differs", person[3])]
    else:
        is_exact = compare_names(unicodedata.normalize("NFC", " ".join(sent.split())), recorded) is Comparison.EXACT
        told = [found("name.exact" if is_exact else "name.folded", recorded)]
    if recorded is not None and " " in recorded and " " not in sent.strip():
        told.append(found("name.joined"))
    return told


def _on_birth(text: str, person: Row | None) -> list[Finding]:
    born = _date(text)
    if born is None:
        return [found("birth.unreadable")]
    form: Value | None = next((words for pattern, words in _FORMS if pattern.fullmatch(text)), None)
    told = [found("birth.form", form)] if form is not None else []
    if person is not None:
        compared = compare_dates(born, *person[4:7])
        if compared is Comparison.DIFFERS:
            told.append(found("birth.differs", person[3]))
        elif compared is Comparison.FOLDED:
            told.append(found("birth.coarse"))
    return told


def _on_officer(sent: str) -> list[Finding]:
    told = [found("officer.blanks")] if sent != sent.strip() else []
    known: Mapping[str, object] = cases().accounts
    account = cases().accounts[sent.strip()] if sent.strip() in known else None
    return [*told, found("officer.refused")] if account is not None and not account.is_listed else told
