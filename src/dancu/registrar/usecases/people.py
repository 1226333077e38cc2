"""What registry officers do with persons: find them, open one. The exchange decides and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dancu.exchange.api import Kind, OpenedPerson, Refused, SearchAnswer, open_person, read_query, registry_request, search_persons
from dancu.identity.api import Officer
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import Field
from dancu.population.api import provinces
from dancu.registrar.domain.search_line import read_line
from dancu.registrar.handles import Look


@dataclass(frozen=True, slots=True)
class Question:
    """What an officer typed to find somebody, and for which dossier or case (*câu hỏi tra cứu*)."""

    text: str
    case_no: str
    birth_date: str = ""
    province: str = ""
    about: bool = False


def find_people(officer: Officer, question: Question, *, now: datetime) -> SearchAnswer | Refused:
    """Find persons by number, old number, or name with year and province (*tra cứu*), each search for a stated case.

    Raises `Invalid` naming the field, `TooMany` past the officer's budget, `Unavailable`.
    """
    _check_case(question.case_no)
    said = read_line(question.text, provinces()) if not question.birth_date else None
    if said is not None and said.left_over:
        raise Invalid(
            "search.province_name",
            f"Không có tỉnh, thành phố “{said.left_over}”. Chọn trong danh sách, hoặc bỏ phần này.",
            "There is no such province. Choose one of the list, or leave it out.",
            field="province",
        )
    query = read_query(
        said.text if said else question.text,
        said.birth_date if said else question.birth_date,
        about=question.about,
        province=question.province or (said.province if said else ""),
    )
    request = registry_request(officer.organisation_code, officer.account, Kind.SEARCH, question.case_no)
    return search_persons(query, request, now=now)


def open_for(officer: Officer, look: Look, *, now: datetime, reveal: frozenset[Field] = frozenset()) -> OpenedPerson | Refused:
    """Open a person for a case (*mở hồ sơ*); `reveal` shows sensitive items and is recorded by itself.

    Raises as above, and `NotFound`.
    """
    _check_case(look.case_no)
    request = registry_request(officer.organisation_code, officer.account, Kind.OPEN, look.case_no)
    return open_person(look.personal_no, request, now=now, reveal=reveal)


def _check_case(case_no: str) -> None:
    if not case_no.strip():
        raise Invalid(
            "search.case",
            "Ghi số hồ sơ hoặc số vụ việc cần tra cứu. Người dân xem được ai đã tra cứu mình, vì việc gì.",
            "State the dossier or case. Citizens can see who looked at them, and for what.",
            field="case_no",
        )
