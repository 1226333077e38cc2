"""From a draft to a changed record: one effect, by two people, on what was seen, and the ledger says so."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed, NotFound
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.population.store import histories
from dancu.registrar import store
from dancu.registrar.domain import payloads
from dancu.registrar.domain.requests import APPROVER_ROLE, AUTHOR_ROLE, ActionKind, Actor, Content, Request, State, fold
from dancu.registrar.models import RequestAction
from dancu.registrar.usecases.requests import Step, request_of, take_step, write_request
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NAME, NOW
from tests.registrar.four_eyes import Office, PureMachine
from tests.registrar.scene import (
    APPROVER,
    AUTHOR,
    CHILD,
    COLLEAGUE,
    DOUBLE,
    NEW_NUMBER,
    PERSON,
    a_content,
    an_officer,
    approved,
    handed_in,
    load_people,
    moment,
    taken,
    written,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Path) -> None:
    load_people(tmp_path)


def name_of(number: int = PERSON) -> str:
    state = histories.row_state(number)
    assert state is not None
    return str(state["full_name"])


def acts() -> list[tuple[str, str]]:
    """Oldest first; what was recorded at one moment by its word."""
    entries = sorted(ledger.latest(), key=lambda entry: (entry.at, entry.body["outcome"]))
    return [(entry.body["kind"], entry.body["outcome"]) for entry in entries]


def test_what_two_people_agreed_on_is_done_once_and_recorded():
    request = handed_in()
    assert name_of() == NAME

    done = taken(request, ActionKind.APPROVE, APPROVER)
    again = taken(request, ActionKind.APPROVE, APPROVER)

    assert (done.state, again.actions) == (State.APPROVED, done.actions)
    assert name_of() == "Trần Văn Đúng"
    change = histories.changes_of(PERSON)[-1]
    assert change.evidence == a_document()
    assert change.approval is not None
    assert (change.approval.request, change.approval.author, change.approval.approver) == (request.id, AUTHOR.hand, APPROVER.hand)
    assert acts() == [
        ("change", "registrar.submit"),
        ("change", "registrar.applied.correct"),
        ("change", "registrar.approve"),
    ]
    entry = next(each for each in ledger.latest() if each.body["outcome"] == "registrar.applied.correct")
    assert (entry.subject, entry.officer, entry.dossier_no) == (f"{PERSON:012d}", "lanhdao.b", str(request.id))
    assert entry.body["fields"] == ["full_name"]


@pytest.mark.parametrize(
    "approver",
    [
        an_officer("canbo.a", "H57/C06", "ai-khac", APPROVER_ROLE),  # the same account, moved
        an_officer("lanhdao.b", "H57/C06", "canbo.a", APPROVER_ROLE),  # the same human
        an_officer("lanhdao.b", "H57.12.3/DC", "", APPROVER_ROLE),  # the same unit
        an_officer("lanhdao.b", "H57/C06", "canbo.c", APPROVER_ROLE),  # the human who edited
        Actor(APPROVER.hand, frozenset({APPROVER_ROLE}), AUTHOR.hand),  # for the author
    ],
    ids=["account", "human", "unit", "co-author", "delegation"],
)
def test_who_wrote_cannot_decide_and_the_attempt_stands_in_the_ledger(approver: Actor):
    request = written()
    edited = write_request(COLLEAGUE, request.id, a_content(reason="Ghi rõ hơn"), seen=request.digest, now=moment())
    waiting = taken(edited, ActionKind.SUBMIT, AUTHOR)

    with pytest.raises(NotAllowed, match=r"request\.four_eyes"):
        taken(waiting, ActionKind.APPROVE, approver)

    assert name_of() == NAME
    assert acts()[-1] == ("refuse", "request.four_eyes")
    assert store.get_request(request.id).state is State.SUBMITTED


def test_the_table_itself_refuses_a_decision_by_a_hand_that_wrote():
    request = handed_in()
    with pytest.raises(IntegrityError, match="hand that wrote"), transaction.atomic():
        RequestAction.objects.create(
            request_id=request.id, sequence=3, kind="approve", at=NOW, account="canbo.x", unit="H57/C06", holder="canbo.a"
        )


def test_nobody_without_the_role_does_anything():
    request = handed_in()

    for kind in ActionKind:
        if kind is not ActionKind.WRITE:
            with pytest.raises(NotAllowed, match=r"request\.role"):
                taken(request, kind, an_officer("ban.motcua", "H57.1/MC", "", "desk"), "một lý do")


def test_a_person_who_changed_meanwhile_stops_the_approval():
    request = handed_in()
    population.correct_person(PERSON, {"phone": "0000000009"}, an_approval(), a_document(), now=moment())

    with pytest.raises(Conflict, match=r"request\.person_changed"):
        taken(request, ActionKind.APPROVE, APPROVER)

    assert name_of() == NAME
    returned = taken(request, ActionKind.RETURN, APPROVER, "Hồ sơ đã thay đổi, xem lại")
    renewed = write_request(AUTHOR, request.id, a_content(), seen=returned.digest, now=moment())
    assert taken(taken(renewed, ActionKind.SUBMIT, AUTHOR), ActionKind.APPROVE, APPROVER).state is State.APPROVED


def test_a_decision_on_what_was_shown_before_an_edit_is_refused():
    shown = handed_in()
    returned = taken(shown, ActionKind.RETURN, APPROVER, "Thiếu bản sao khai sinh")
    edited = write_request(
        AUTHOR, shown.id, a_content(payloads.Correct(items={"full_name": "Tên Khác"})), seen=returned.digest, now=moment()
    )
    taken(edited, ActionKind.SUBMIT, AUTHOR)

    with pytest.raises(Conflict, match=r"request\.other_content"):
        taken(shown, ActionKind.APPROVE, APPROVER)

    assert name_of() == NAME


def test_what_lies_with_the_approvers_cannot_be_edited():
    request = handed_in()

    with pytest.raises(Conflict, match=r"request\.action") as refused:
        write_request(AUTHOR, request.id, a_content(reason="Lý do khác"), seen=request.digest, now=moment())

    assert refused.value.details["possible"] == ["withdraw"]


def test_the_same_form_sent_twice_is_one_draft_and_an_old_window_loses():
    request, content = uuid4(), a_content()
    first = written(content, request=request)

    twice = write_request(AUTHOR, request, content, seen="", now=moment())
    changed = write_request(COLLEAGUE, request, a_content(reason="Lý do rõ hơn"), seen=first.digest, now=moment())

    assert twice.actions == first.actions
    with pytest.raises(Conflict, match=r"request\.elsewhere"):
        write_request(AUTHOR, request, a_content(reason="Lý do của cửa sổ cũ"), seen=first.digest, now=moment())
    assert store.get_request(request).content == changed.content


def test_what_the_registry_refuses_is_told_when_it_is_handed_in_and_leaves_nothing():
    request = written(a_content(payloads.Correct(items={"full_name": NAME})))

    with pytest.raises(Conflict, match=r"change\.nothing"):
        taken(request, ActionKind.SUBMIT, AUTHOR)

    assert store.get_request(request.id).state is State.DRAFT
    assert histories.changes_of(PERSON) == []
    assert acts() == []


@pytest.mark.parametrize("kind", [ActionKind.RETURN, ActionKind.REJECT])
def test_the_author_is_told_why(kind: ActionKind):
    request = handed_in()

    with pytest.raises(Invalid, match=r"request\.text"):
        taken(request, kind, APPROVER, " ")

    assert taken(request, kind, APPROVER, "Bản sao không rõ số").last.text == "Bản sao không rõ số"


def test_a_request_without_a_reason_or_about_nobody_is_not_kept():
    with pytest.raises(Invalid, match=r"request\.reason"):
        written(a_content(reason=" "))
    with pytest.raises(NotFound, match=r"person\.unknown"):
        written(a_content(subject=46090000999))

    assert not RequestAction.objects.exists()


BORN_1991 = {"birth_year": 1991, "birth_month": 0, "birth_day": 0}
KINDS: list[tuple[payloads.AnyPayload, int]] = [
    (payloads.Correct(items={"full_name": "Trần Văn Đúng"}), PERSON),
    (payloads.Event(items={"marital_status": 2}, valid_from=date(2020, 1, 1)), PERSON),
    (payloads.Merge(double_no=DOUBLE, items={"phone": "0000000001"}), PERSON),
    (payloads.Split(new_number=NEW_NUMBER, items={"full_name": "Trần Hai", **BORN_1991}), PERSON),
    (payloads.ReplaceNumber(new_number=NEW_NUMBER), PERSON),
    (payloads.CancelNumber(), PERSON),
    (payloads.SetFlags(flags=1), PERSON),
    (payloads.RegisterDeath(died_on=date(2026, 11, 1)), PERSON),
    (
        payloads.FormHousehold(
            version="L2-2025", code="46..19789", detail="12 Lê Lợi",
            members={str(PERSON): "01", str(CHILD): "03"}, valid_from=date(2026, 1, 1),
        ),
        PERSON,
    ),
    (
        payloads.RegisterResidence(
            residence="current", version="L2-2025", code="46..19789", detail="1 Mô Phỏng", valid_from=date(2026, 1, 1)
        ),
        PERSON,
    ),
    (payloads.Relate(relation="father", other_no=PERSON, valid_from=date(2015, 2, 3)), CHILD),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "subject"), KINDS, ids=[payload.kind for payload, _ in KINDS])
def test_every_kind_of_request_is_done(payload: payloads.AnyPayload, subject: int):
    request = approved(a_content(payload, subject))

    assert request.state is State.APPROVED
    assert histories.changes_of_request(request.id)
    assert ("change", f"registrar.applied.{payload.kind}") in acts()


def test_what_follows_a_household_a_relation_or_a_change_is_done_too():
    approved(a_content(KINDS[8][0], PERSON))
    approved(a_content(KINDS[10][0], CHILD))
    household = population_household(PERSON)

    approved(a_content(payloads.LeaveHousehold(valid_from=date(2026, 2, 1)), CHILD))
    approved(a_content(payloads.JoinHousehold(household_no=household, relation="03", valid_from=date(2026, 3, 1)), CHILD))
    approved(
        a_content(
            payloads.ChangeHead(
                household_no=household, relations={str(CHILD): "01", str(PERSON): "99"}, valid_from=date(2026, 4, 1)
            ),
            CHILD,
        )
    )
    approved(a_content(KINDS[9][0], PERSON))
    approved(a_content(payloads.EndResidence(residence="current", valid_from=date(2026, 5, 1)), PERSON))
    approved(a_content(payloads.SetFlags(flags=1), PERSON))
    last = histories.changes_of(PERSON)[-1].seq
    approved(a_content(payloads.Revoke(seq=last), PERSON))

    state = histories.row_state(PERSON)
    assert state is not None
    assert (state["household_relation"], state["flags"]) == ("99", 0)


def population_household(number: int) -> int:
    from dancu.population.store import intervals

    return intervals.memberships_of(number)[-1].household_no


def test_the_line_of_every_request_is_what_its_actions_fold_to():
    requests = [approved(), handed_in(a_content(subject=CHILD)), written(a_content(subject=DOUBLE))]
    requests.append(taken(handed_in(a_content(subject=DOUBLE)), ActionKind.RETURN, APPROVER, "Thiếu giấy tờ"))

    for request in requests:
        again = store.get_request(request.id)
        assert fold(request.id, again.actions).state is again.state
        assert dict(store.stored_line(request.id)) == store.line_of(again)
        assert again.digest == request.digest


class Both:
    """The use cases and the pure machine side by side: whatever one says, the other must say."""

    def __init__(self) -> None:
        self.persons = (PERSON, DOUBLE, CHILD)
        self._pure, self._minute = PureMachine(self.persons), 0

    def write(self, actor: Actor, request: UUID, content: Content, seen: str) -> None:
        self._agree(
            lambda: write_request(actor, request, content, seen=seen, now=self._now()),
            lambda: self._pure.write(actor, request, content, seen),
            request,
        )

    def step(self, actor: Actor, request: UUID, kind: ActionKind, digest: str, text: str) -> None:
        self._agree(
            lambda: take_step(actor, Step(request, kind, digest, text), now=self._now()),
            lambda: self._pure.step(actor, request, kind, digest, text),
            request,
        )

    def request(self, request: UUID) -> Request:
        return store.find_request(request)

    def versions(self) -> Mapping[str, int]:
        return {str(number): seq for number, seq in population.lock_versions(self.persons).items()}

    def bump(self, person: int) -> None:
        self._pure.bump(person)
        email = f"{self._minute}@mo-phong.invalid"
        population.correct_person(person, {"email": email}, an_approval(), a_document(), now=self._now())

    def _now(self) -> Any:
        self._minute += 1
        return moment()

    def _agree(self, real: Any, pure: Any, request: UUID) -> None:
        failures = []
        for deed in (real, pure):
            try:
                with transaction.atomic():
                    deed()
                failures.append(None)
            except DancuError as failure:
                failures.append(failure)
        model, stored = self._pure.request(request), self.request(request)
        assert (stored.state, len(stored.actions), dict(self.versions())) == (
            model.state, len(model.actions), dict(self._pure.versions()),
        )  # fmt: skip
        if failures[0] is not None:
            raise failures[0]


HISTORIES_STORED = 200


@pytest.mark.slow
def test_histories_of_an_office_go_the_same_way_on_the_database():
    effects = 0

    for seed in range(HISTORIES_STORED):
        with transaction.atomic():
            machine = Both()
            office = Office(machine, machine.persons, random.Random(seed), merges=0.0)
            assert office.run(25) == [], (seed, office.log)
            effects += sum(book.effects for book in office.books.values())
            for request in office.books:
                assert dict(store.stored_line(request)) == store.line_of(store.get_request(request))
            transaction.set_rollback(True)

    assert effects > HISTORIES_STORED / 8


def test_only_the_author_s_unit_sees_a_draft_and_only_approvers_of_others_what_was_handed_in():
    draft, waiting = written(), handed_in()
    stranger = an_officer("canbo.e", "H58/DC", "", AUTHOR_ROLE)

    assert request_of(COLLEAGUE, draft.id) == draft
    assert request_of(APPROVER, waiting.id) == waiting
    for actor, request in ((stranger, draft), (stranger, waiting), (APPROVER, draft)):
        with pytest.raises(NotFound, match=r"request\.none"):
            request_of(actor, request.id)
