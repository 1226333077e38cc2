"""Who may do what to an inspection now, and the inspection after it was done. Pure.

An act must be in the table, whoever does it must be what the table says and be kept apart from the other side, and the guards
of the act must let it pass. A test takes them away one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dancu.kernel.errors import Conflict, NotAllowed
from dancu.onboarding.inspection.actions import Action
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards import answering, concluding, seeing, setting
from dancu.onboarding.inspection.guards.known import Guard, Known
from dancu.onboarding.inspection.separation import OWNER_SEPARATIONS, SEPARATIONS, Actor, Separation, wanted_parties
from dancu.onboarding.inspection.table import ACT_WORDS, PARTY_WORDS, STATE_WORDS, Act, Party, acts_in, who_may

ACTIONS_MAX = 2000  # of one inspection: some seventy items recorded again and again end here

GUARDS: Mapping[Act, tuple[Guard, ...]] = {
    Act.SCHEDULE: (
        setting.day_is_open,
        setting.checklist_is_in_force,
        setting.inspectors_are_apart,
        setting.batch_fits,
    ),
    Act.RESCHEDULE: (setting.day_is_open, setting.checklist_is_in_force, setting.has_reason),
    Act.RECORD: (
        seeing.checklist_is_at_hand,
        seeing.day_has_come,
        seeing.item_is_asked,
        seeing.no_answer_without_reason,
        seeing.record_is_sound,
        seeing.inherited_holds,
    ),
    Act.FIND: (seeing.checklist_is_at_hand, seeing.day_has_come, seeing.finding_is_sound, seeing.due_day_is_open),
    Act.SUPPLEMENT: (answering.finding_is_open, answering.supplement_is_sound),
    Act.ACCEPT: (answering.supplement_was_seen, answering.decision_has_reason),
    Act.REJECT: (answering.supplement_was_seen, answering.decision_has_reason, seeing.due_day_is_open),
    Act.CONCLUDE: (
        seeing.checklist_is_at_hand,
        concluding.conclusion_has_text,
        concluding.nothing_mandatory_is_left,
        concluding.no_mandatory_finding_is_open,
        concluding.what_was_inherited_still_holds,
        concluding.something_is_to_supplement,
        concluding.validity_is_allowed,
    ),
    Act.CANCEL: (setting.has_reason, setting.nothing_was_found),
    Act.DECLARE_CHANGE: (seeing.checklist_is_at_hand, setting.change_is_told),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked beyond the table (*quy tắc kiểm tra*); a test weakens them one by one."""

    guards: Mapping[Act, tuple[Guard, ...]] = field(default_factory=lambda: GUARDS)
    separations: tuple[Separation, ...] = SEPARATIONS
    owner_separations: tuple[Separation, ...] = OWNER_SEPARATIONS


RULES = Rules()


def parties_of(inspection: Inspection, actor: Actor, rules: Rules = RULES) -> frozenset[Party]:
    """What the actor is to the inspection, after being kept apart (*vai trong đợt kiểm tra*)."""
    return frozenset(
        party
        for party in wanted_parties(inspection, actor)
        if all(
            is_apart(inspection, actor.hands)
            for is_apart in (rules.owner_separations if party is Party.OWNER else rules.separations)
        )
    )


def allowed_actions(inspection: Inspection, actor: Actor, rules: Rules = RULES) -> tuple[Act, ...]:
    """What this officer may do now, in the order of the table (*thao tác được phép*)."""
    parties = parties_of(inspection, actor, rules)
    return tuple(act for act in acts_in(inspection.state) if parties & who_may(inspection.state, act))


def require(act: Act, inspection: Inspection, actor: Actor, rules: Rules = RULES) -> None:
    """Raises `Conflict` saying what is possible now, `NotAllowed` where it is somebody else's to do."""
    who = who_may(inspection.state, act)
    if not who:
        raise _not_now(act, inspection, allowed_actions(inspection, actor, rules))
    if parties_of(inspection, actor, rules) & who:
        return
    if wanted_parties(inspection, actor) & who:
        raise NotAllowed(
            "inspection.separation",
            "Người kiểm tra không được thuộc cơ quan được kiểm tra, và không được là người đã bổ sung cho cơ quan đó. "
            "Đề nghị đơn vị điều phối cử người khác.",
            "Who inspects is of another organisation and never spoke for the owner. Ask for somebody else to be sent.",
        )
    words = ", ".join(PARTY_WORDS[each] for each in sorted(who))
    raise NotAllowed(
        "inspection.party",
        f"Việc “{ACT_WORDS[act]}” do {words} thực hiện.",
        f"{act} is for: {', '.join(sorted(who))}.",
        details={"who": sorted(who)},
    )


def take(inspection: Inspection, actor: Actor, action: Action, known: Known, rules: Rules = RULES) -> Inspection:
    """The inspection after one more action (*thực hiện thao tác*). Raises `Conflict`, `Invalid`, `NotAllowed`, `NotFound`."""
    require(action.act, inspection, actor, rules)
    if (action.by, action.acting_for) != (actor.hand, actor.acting_for):
        raise NotAllowed("inspection.hand", "Thao tác phải do chính người đang làm việc.", "Nobody acts under another's name.")
    if len(inspection.actions) >= ACTIONS_MAX:
        said = "Đợt kiểm tra đã có quá nhiều thao tác. Kết luận đợt này rồi xếp lịch đợt mới."
        raise Conflict("inspection.too_long", said, "Conclude this inspection and schedule a new one.")
    known = _of_this(inspection, known)
    for guard in rules.guards.get(action.act, ()):
        if obstacle := guard(inspection, action, known):
            raise obstacle
    return Inspection(inspection.id, inspection.subject, (*inspection.actions, action))


def _of_this(inspection: Inspection, known: Known) -> Known:
    """Of what is known, what belongs to this inspection: the items asked of its subject, the centre it stands in."""
    subject = inspection.subject
    centre = tuple(each for each in known.centre if each.subject.code == subject.centre)
    return replace(known, checklist=subject.asked(known.checklist), centre=centre)


def _not_now(act: Act, inspection: Inspection, possible: tuple[Act, ...]) -> Conflict:
    state = inspection.state
    others = [each for each in acts_in(state) if each not in possible]
    yours = f"Bạn có thể: {', '.join(ACT_WORDS[each] for each in possible)}." if possible else ""
    theirs = "; ".join(f"{ACT_WORDS[each]} ({', '.join(PARTY_WORDS[w] for w in sorted(who_may(state, each)))})" for each in others)
    rest = f"{' ' if yours else ''}Người khác có thể: {theirs}." if theirs else ""
    nothing = "" if possible or others else "Đợt này đã kết thúc; nếu cần kiểm tra tiếp, xếp lịch đợt mới."
    return Conflict(
        "inspection.action",
        f"Đợt kiểm tra đang ở trạng thái “{STATE_WORDS[state]}” nên không thực hiện được “{ACT_WORDS[act]}”. "
        f"{yours}{rest}{nothing}",
        f"The inspection is in state {state}; possible for you now: {', '.join(possible) or 'nothing'}.",
        details={"possible": list(possible), "possible_for_others": others},
    )
