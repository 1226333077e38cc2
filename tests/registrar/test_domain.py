"""The table of a request, who may do what; deadlines, lines of a search, handles, kept documents: nothing needs a database."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dancu.kernel import files
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.population.domain import Evidence, Hand
from dancu.population.file import PersonFile
from dancu.registrar.domain import deadlines
from dancu.registrar.domain.payloads import KIND_WORDS, Correct, FormHousehold, Merge
from dancu.registrar.domain.requests import (
    ACTION_WORDS,
    ACTIONS_MAX,
    APPROVER_ROLE,
    AUTHOR_ROLE,
    PARTY_WORDS,
    STATE_WORDS,
    Action,
    ActionKind,
    Actor,
    Content,
    Party,
    Request,
    Seen,
    State,
    act,
    allowed_actions,
    content_from,
    data_of,
    fold,
    party_of,
    table,
)
from dancu.registrar.domain.search_line import read_line
from dancu.registrar.forms import payload_of
from dancu.registrar.handles import LIFETIME, Look, handle_of, look_of
from dancu.registrar.typed import Typed
from tests.factories.people import NOW

AUTHOR = Actor(Hand("a", "H57/DC", "a"), frozenset({AUTHOR_ROLE}))
APPROVER = Actor(Hand("b", "H57/C06", "b"), frozenset({APPROVER_ROLE}))
CONTENT = Content(1, Correct(items={"full_name": "Trần", "sex": 1}), Evidence("Khai sinh"), "lý do đủ dài", {"1": 0})


def a_request(*kinds: ActionKind) -> Request:
    actions = [Action(ActionKind.WRITE, NOW, AUTHOR.hand, CONTENT)]
    for kind in kinds:
        by = APPROVER if kind in (ActionKind.APPROVE, ActionKind.RETURN, ActionKind.REJECT) else AUTHOR
        actions.append(Action(kind, NOW, by.hand))
    return fold(uuid4(), actions)


def test_the_table_can_be_printed_and_every_word_in_it_is_known():
    rows = table()

    assert len(rows) == 11
    assert all(state in STATE_WORDS and action in ACTION_WORDS and set(who) <= set(PARTY_WORDS) for state, action, who in rows)
    assert (State.SUBMITTED, ActionKind.APPROVE, (Party.APPROVER,)) in rows
    assert not [row for row in rows if row[0] in (State.APPROVED, State.REJECTED, State.WITHDRAWN)]


@pytest.mark.parametrize(
    ("kinds", "state", "author", "approver"),
    [
        ((), State.DRAFT, ("write", "submit", "withdraw"), ()),
        ((ActionKind.SUBMIT,), State.SUBMITTED, ("withdraw",), ("return", "approve", "reject")),
        ((ActionKind.SUBMIT, ActionKind.RETURN), State.RETURNED, ("write", "submit", "withdraw"), ()),
        ((ActionKind.SUBMIT, ActionKind.APPROVE), State.APPROVED, (), ()),
        ((ActionKind.SUBMIT, ActionKind.REJECT), State.REJECTED, (), ()),
        ((ActionKind.WITHDRAW,), State.WITHDRAWN, (), ()),
    ],
)
def test_what_may_be_done_follows_from_what_was_done(
    kinds: tuple[ActionKind, ...], state: State, author: tuple[str, ...], approver: tuple[str, ...]
):
    request = a_request(*kinds)

    assert request.state is state
    assert allowed_actions(request, AUTHOR) == author
    assert allowed_actions(request, APPROVER) == approver


@pytest.mark.parametrize(
    ("actor", "party"),
    [
        (AUTHOR, Party.AUTHOR),
        (Actor(Hand("c", "H57/DC", "c"), frozenset({AUTHOR_ROLE})), Party.CO_AUTHOR),
        (Actor(Hand("c", "H57/DC", "c"), frozenset({AUTHOR_ROLE, APPROVER_ROLE})), Party.CO_AUTHOR),
        (Actor(Hand("c", "H58/DC", "c"), frozenset({AUTHOR_ROLE})), Party.NOBODY),
        (APPROVER, Party.APPROVER),
        (Actor(Hand("b", "H57/C06", "a"), frozenset({APPROVER_ROLE})), Party.NOBODY),
        (Actor(APPROVER.hand, APPROVER.roles, AUTHOR.hand), Party.NOBODY),
        (Actor(AUTHOR.hand, frozenset({APPROVER_ROLE})), Party.NOBODY),
    ],
)
def test_an_officer_is_one_thing_to_a_request(actor: Actor, party: Party):
    assert party_of(a_request(ActionKind.SUBMIT), actor) is party


def test_a_refusal_says_what_is_possible():
    request = a_request(ActionKind.SUBMIT)

    with pytest.raises(Conflict) as edited:
        act(request, AUTHOR, Action(ActionKind.WRITE, NOW, AUTHOR.hand, CONTENT), Seen("", {}))
    with pytest.raises(NotAllowed):
        act(request, Actor(AUTHOR.hand, frozenset({APPROVER_ROLE})), Action(ActionKind.APPROVE, NOW, AUTHOR.hand), Seen("", {}))

    assert edited.value.details["possible"] == ["withdraw"]
    assert "Chờ duyệt" in edited.value.message


def test_the_digest_is_of_the_content_and_its_request_whatever_the_order_of_its_keys():
    request, other = UUID(int=1), UUID(int=2)
    turned = Content(1, Correct(items={"sex": 1, "full_name": "Trần"}), CONTENT.evidence, CONTENT.reason, {"1": 0})

    assert turned.digest(request) == CONTENT.digest(request) == content_from(data_of(CONTENT)).digest(request)
    assert CONTENT.digest(other) != CONTENT.digest(request)
    for changed in (
        {"reason": "lý do khác"},
        {"based_on": {"1": 1}},
        {"evidence": Evidence("Khai sinh", file="00")},
        {"payload": Correct(items={"full_name": "Trần", "sex": 2})},
    ):
        assert Content(**{**_fields(CONTENT), **changed}).digest(request) != CONTENT.digest(request)


def _fields(content: Content) -> dict[str, object]:
    return {name: getattr(content, name) for name in content.__struct_fields__}


def test_everybody_a_request_names_is_held_to_the_version_it_was_written_on():
    household = FormHousehold(
        version="L2-2025", code="46..19789", detail="1", members={"3": "02", "1": "01"}, valid_from=date(2026, 1, 1)
    )

    assert Content(1, Merge(double_no=2), CONTENT.evidence, "", {}).subjects == (1, 2)
    assert Content(1, household, CONTENT.evidence, "", {}).subjects == (1, 3)


def test_a_request_that_is_edited_without_end_ends():
    request = Request(uuid4(), tuple(Action(ActionKind.WRITE, NOW, AUTHOR.hand, CONTENT) for _ in range(ACTIONS_MAX)))

    with pytest.raises(Conflict, match=r"request\.too_long"):
        act(request, AUTHOR, Action(ActionKind.WRITE, NOW, AUTHOR.hand, CONTENT), Seen("", {}))


def test_every_kind_has_words():
    from typing import get_args

    from dancu.registrar.domain.payloads import AnyPayload

    assert {str(each.__struct_config__.tag) for each in get_args(AnyPayload)} == set(KIND_WORDS)


HOLIDAYS = {date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("handed_in", "due"),
    [
        (date(2026, 11, 16), date(2026, 11, 19)),  # Monday
        (date(2026, 11, 20), date(2026, 11, 26)),  # Friday, a holiday on Tuesday
        (date(2026, 11, 21), date(2026, 11, 26)),  # Saturday
    ],
)
def test_a_decision_is_due_after_three_working_days(handed_in: date, due: date):
    assert deadlines.due_on(handed_in, 3, HOLIDAYS) == due
    assert deadlines.days_left(handed_in, due, HOLIDAYS) == 3
    assert deadlines.days_left(due, due, HOLIDAYS) == 0
    assert deadlines.days_left(date(2026, 11, 30), date(2026, 11, 26), HOLIDAYS) == -2


PROVINCES = {"46": "Thành phố Huế", "79": "Thành phố Hồ Chí Minh", "40": "Tỉnh Nghệ An"}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("046090000101", ("046090000101", "", "", "")),
        ("046 090 000 101", ("046 090 000 101", "", "", "")),
        ("Trần Văn Hòa", ("Trần Văn Hòa", "", "", "")),
        ("Trần Văn Hòa 1990", ("Trần Văn Hòa", "1990", "", "")),
        ("Trần Văn Hòa, 17-05-1990, tp Huế", ("Trần Văn Hòa", "17/05/1990", "46", "")),
        ("tran van hoa 5/1990 nghe an", ("tran van hoa", "5/1990", "40", "")),
        ("Trần Văn Hòa 1990 Hồ Chí Minh", ("Trần Văn Hòa", "1990", "79", "")),
        ("Trần Văn Hòa 1990 Atlantis", ("Trần Văn Hòa", "1990", "", "Atlantis")),
        ("", ("", "", "", "")),
    ],
)
def test_one_line_says_name_birth_and_province(line: str, read: tuple[str, str, str, str]):
    found = read_line(line, PROVINCES)

    assert (found.text, found.birth_date, found.province, found.left_over) == read


KEY, LOOK = SealingKey(b"k" * 32), Look(46090000101, "H57-1")


@pytest.mark.parametrize("text", ["²", "①", "१२", "1" * 400])
def test_what_only_looks_like_a_number_is_a_wrong_field(text: str):
    read = Typed({"ethnicity": text, "religion": text, "household_no": text})

    assert [read.columns(name, text) for name in ("ethnicity", "religion")] == [{}, {}]
    assert set(read.wrong) == {"ethnicity", "religion"}
    with pytest.raises(Invalid) as refused:
        payload_of("join_household", read, PersonFile.__new__(PersonFile))
    assert refused.value.details["household_no"][1] == "The residence file number has digits only."


def test_a_handle_opens_in_its_session_only_and_says_no_number():
    handle = handle_of(LOOK, "7:1", KEY, now=NOW)

    assert look_of(handle, "7:1", KEY, now=NOW) == LOOK
    assert handle != handle_of(LOOK, "7:1", KEY, now=NOW), "the same person looks different every time"
    for session, key, at in (("7:2", KEY, NOW), ("7:1", SealingKey(b"x" * 32), NOW), ("7:1", KEY, NOW + LIFETIME)):
        with pytest.raises(NotFound):
            look_of(handle, session, key, now=at)


@pytest.mark.parametrize("forged", ["", "A", "ÿ", "A" * 200, "%%%"])
def test_what_is_no_handle_is_no_page(forged: str):
    with pytest.raises(NotFound):
        look_of(forged, "7:1", KEY, now=NOW + timedelta(0))


def test_a_document_is_named_by_its_content_and_a_changed_one_is_not_given_out(tmp_path: Path):
    digest = files.keep_file(tmp_path, b"%PDF-1.7 scan")

    assert files.keep_file(tmp_path, b"%PDF-1.7 scan") == digest
    assert files.read_file(tmp_path, digest) == b"%PDF-1.7 scan"
    (tmp_path / digest[:2] / digest).write_bytes(b"%PDF-1.7 other")
    for wrong in (digest, "", "../" + digest, "0" * 64):
        with pytest.raises(NotFound):
            files.read_file(tmp_path, wrong)


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b"%PDF-" + b"x" * files.BYTES_MAX])
def test_other_types_and_sizes_are_not_taken(tmp_path: Path, content: bytes):
    with pytest.raises(Invalid):
        files.keep_file(tmp_path, content)

    assert list(tmp_path.iterdir()) == []
