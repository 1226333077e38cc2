"""The table of dossiers is walked: every row leads where it says, what is no row is refused and says what is possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.dossiers.domain import (
    STEPS,
    Action,
    ActionKind,
    ConnectionDossier,
    DossierState,
    Party,
    Step,
    steps_for,
    take,
)
from dancu.onboarding.dossiers.routes import police_of

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HAND = Hand("canbo", "H57/CNTT", "nguoi-1")
K, S, P = ActionKind, DossierState, Party
# How each state is reached in a province, where the police reviews first.
WAYS: dict[DossierState, list[tuple[ActionKind, Party]]] = {
    S.DRAFT: [],
    S.AT_POLICE: [(K.SUBMIT, P.OWNER)],
    S.AT_DEPARTMENT: [(K.SUBMIT, P.OWNER), (K.FORWARD, P.POLICE)],
    S.RETURNED: [(K.SUBMIT, P.OWNER), (K.RETURN, P.POLICE)],
    S.COMPLETE: [(K.SUBMIT, P.OWNER), (K.FORWARD, P.POLICE), (K.ACCEPT, P.DEPARTMENT)],
    S.PROPOSED: [(K.SUBMIT, P.OWNER), (K.FORWARD, P.POLICE), (K.ACCEPT, P.DEPARTMENT), (K.PROPOSE, P.DEPARTMENT)],
}
for end, kind in ((S.APPROVED, K.APPROVE), (S.REFUSED, K.REFUSE)):
    WAYS[end] = [*WAYS[S.PROPOSED], (kind, P.DECIDER)]
WAYS[S.WITHDRAWN] = [(K.WITHDRAW, P.OWNER)]
ITEMS = {"items": [{"paper": "survey", "what": "Ghi rõ phiên bản tường lửa"}]}
CONTENTS = {K.RETURN: ITEMS, K.PROPOSE: {"proposal": str(UUID(int=1)), "outcome": "connect"}}
for kind in (K.WRITE, K.ATTACH):
    CONTENTS[kind] = {"paper": "survey", "values": {"a": "b"}, "file": "0" * 64, "file_name": "ks.pdf"}
CONTENTS |= {K.LINES: {"lines": []}, K.LIST: {"list": str(UUID(int=2)), "rows": 1, "faults": 0}, K.RESULT: {"passed": True}}
CONTENTS[K.MOVE] = {"organisation": "H42", "police": "G01.342", "basis": "Nghị quyết 202/2025/QH15"}


def an_action(kind: ActionKind, content: dict[str, object] | None = None) -> Action:
    return Action(kind, AT, HAND, CONTENTS.get(kind, {}) if content is None else content, "lý do đủ dài")


def a_dossier(police: str = "G01.357") -> ConnectionDossier:
    opened = {
        "code": "KN-H57-261123-001",
        "organisation": "H57",
        "client_id": "tthc.h57",
        "system_name": "Hệ thống thử",
        "police": police,
        "hosting": "own",
        "level": 3,
    }
    return take(ConnectionDossier(UUID(int=9)), Action(K.OPEN, AT, HAND, opened), P.OWNER)


def at(state: DossierState) -> ConnectionDossier:
    dossier = a_dossier()
    for kind, who in WAYS[state]:
        dossier = take(dossier, an_action(kind), who)
    assert dossier.state is state
    return dossier


@pytest.mark.parametrize("step", STEPS, ids=lambda s: f"{s.before}-{s.kind}-{s.who}")
def test_every_row_leads_where_it_says(step: Step) -> None:
    dossier = at(step.before)
    if step.kind is K.SUBMIT and dossier.asked:
        dossier = take(dossier, an_action(K.WRITE), P.OWNER)

    after = take(dossier, an_action(step.kind), step.who)

    if step.after is not None:
        assert after.state is step.after
    elif step.kind is K.SUBMIT:
        assert after.state is S.AT_POLICE
    elif step.kind is K.TAKE_BACK:
        assert after.state is S.COMPLETE
    else:
        assert after.state is step.before


@pytest.mark.parametrize(
    ("state", "kind", "who"),
    [
        (state, kind, who)
        for state in DossierState
        for kind in ActionKind
        if kind is not K.OPEN
        for who in Party
        if not any((s.before, s.kind, s.who) == (state, kind, who) for s in STEPS)
    ],
)
def test_what_is_no_row_is_refused(state: DossierState, kind: ActionKind, who: Party) -> None:
    dossier = at(state)

    with pytest.raises(Conflict) as refused:
        take(dossier, an_action(kind), who)

    assert refused.value.details["possible"] == [each.value for each in steps_for(dossier, who)]


def test_a_supplement_goes_back_to_who_asked_for_it() -> None:
    returned_by_department = take(at(S.COMPLETE), an_action(K.RETURN), P.DEPARTMENT)

    answered = take(returned_by_department, an_action(K.WRITE), P.OWNER)

    assert take(answered, an_action(K.SUBMIT), P.OWNER).state is S.AT_DEPARTMENT


def test_a_ministry_sends_to_the_department_itself() -> None:
    assert take(a_dossier(police=""), an_action(K.SUBMIT), P.OWNER).state is S.AT_DEPARTMENT


def test_every_thing_asked_for_is_answered_before_it_is_handed_in_again() -> None:
    asked = {"items": [{"paper": "survey", "what": "thiếu mục 3"}, {"paper": "account_list", "what": "thiếu cấp xã"}]}
    returned = take(at(S.AT_POLICE), an_action(K.RETURN, asked), P.POLICE)

    half = take(returned, an_action(K.WRITE), P.OWNER)
    assert [each.answered for each in half.asked] == [True, False]
    with pytest.raises(Conflict, match="not_answered"):
        take(half, an_action(K.SUBMIT), P.OWNER)

    whole = take(half, an_action(K.LIST), P.OWNER)
    assert take(whole, an_action(K.SUBMIT), P.OWNER).state is S.AT_POLICE


def test_a_return_says_what_exactly() -> None:
    with pytest.raises(Invalid, match="items"):
        take(at(S.AT_POLICE), an_action(K.RETURN, {}), P.POLICE)
    with pytest.raises(Invalid, match="text"):
        take(at(S.AT_POLICE), Action(K.RETURN, AT, HAND, ITEMS, "  "), P.POLICE)


def test_what_was_written_stays_through_returns_and_the_last_counts() -> None:
    first = take(a_dossier(), an_action(K.WRITE, {"paper": "survey", "values": {"a": "1"}}), P.OWNER)
    second = take(first, an_action(K.WRITE, {"paper": "survey", "values": {"a": "2"}}), P.OWNER)
    signed = take(second, an_action(K.ATTACH), P.OWNER)

    assert signed.papers["survey"].values == {"a": "2"}
    assert signed.papers["survey"].file_name == "ks.pdf"


def test_a_dossier_that_is_taken_back_goes_to_where_it_was_proposed_from() -> None:
    at_department = take(at(S.AT_DEPARTMENT), an_action(K.PROPOSE), P.DEPARTMENT)

    assert take(at_department, an_action(K.TAKE_BACK), P.DECIDER).state is S.AT_DEPARTMENT


@pytest.mark.parametrize(
    ("organisation", "police"),
    [("H57", "G01.357"), ("H57.12.3", "G01.357"), ("G07", ""), ("DN-EVN", ""), ("000.00.00.H49", "G01.349")],
)
def test_provinces_go_through_their_police_and_nobody_else(organisation: str, police: str) -> None:
    assert police_of(organisation) == police


def test_an_endless_dossier_ends() -> None:
    from dancu.onboarding.dossiers import domain

    dossier = a_dossier()
    full = ConnectionDossier(dossier.id, (dossier.actions[0],) + (an_action(K.LINES),) * (domain.ACTIONS_MAX - 1))

    with pytest.raises(Conflict, match="too_long"):
        take(full, an_action(K.LINES), P.OWNER)
    assert full.actions[0].at + timedelta(0) == AT


def moved(dossier: ConnectionDossier, organisation: str = "H42", police: str = "G01.342") -> ConnectionDossier:
    content = {"organisation": organisation, "police": police, "basis": "Nghị quyết 202/2025/QH15"}
    return take(dossier, an_action(K.MOVE, content), P.DECIDER)


@pytest.mark.parametrize("state", [S.DRAFT, S.AT_POLICE, S.AT_DEPARTMENT, S.RETURNED, S.COMPLETE, S.PROPOSED])
def test_a_move_changes_whose_it_is_and_no_state(state: DossierState) -> None:
    after = moved(at(state))

    assert (after.state, after.organisation, after.police) == (state, "H42", "G01.342")
    assert after.opened["organisation"] == "H57"


def test_the_last_of_several_moves_counts() -> None:
    assert moved(moved(at(S.DRAFT)), "G07", "").organisation == "G07"


def test_what_the_police_had_before_the_move_stays_done() -> None:
    """The steps of before are read with the police of then."""
    after = moved(at(S.COMPLETE), "G07", "")

    assert (after.state, after.police) == (S.COMPLETE, "")


@pytest.mark.parametrize("state", [S.AT_POLICE, S.RETURNED])
def test_what_was_the_police_s_is_the_department_s_where_no_police_reviews(state: DossierState) -> None:
    after = moved(at(state), "G07", "")

    if state is S.RETURNED:
        assert after.state is S.RETURNED
        after = take(take(after, an_action(K.WRITE), P.OWNER), an_action(K.SUBMIT), P.OWNER)
    assert after.state is S.AT_DEPARTMENT


def test_a_draft_that_was_moved_is_sent_to_the_police_of_the_body_that_has_it() -> None:
    assert take(moved(a_dossier(police=""), "H42"), an_action(K.SUBMIT), P.OWNER).state is S.AT_POLICE
    assert take(moved(a_dossier(), "G07", ""), an_action(K.SUBMIT), P.OWNER).state is S.AT_DEPARTMENT


def test_a_turn_begins_anew_with_another_police_and_goes_on_for_everybody_else() -> None:
    later = AT + timedelta(days=3)

    def moved_later(state: DossierState, police: str = "G01.342") -> ConnectionDossier:
        content = {"organisation": "H42", "police": police, "basis": "Nghị quyết 202/2025/QH15"}
        return take(at(state), Action(K.MOVE, later, HAND, content), P.DECIDER)

    assert moved_later(S.AT_POLICE).turn_since == later
    assert moved_later(S.AT_POLICE, "").turn_since == later
    assert moved_later(S.AT_POLICE, "G01.357").turn_since == AT
    assert moved_later(S.PROPOSED).turn_since == AT


def test_a_full_dossier_still_goes_where_its_body_goes() -> None:
    from dancu.onboarding.dossiers import domain

    actions = (a_dossier().actions[0],) + (an_action(K.LINES),) * (domain.ACTIONS_MAX - 22)
    almost = ConnectionDossier(UUID(int=9), actions)
    full = take(almost, an_action(K.LINES), P.OWNER)

    with pytest.raises(Conflict, match="too_long"):
        take(full, an_action(K.LINES), P.OWNER)
    assert moved(full).organisation == "H42"
