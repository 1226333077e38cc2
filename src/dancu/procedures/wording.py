"""What the pages say: the verdict on an answer, a dossier with everything on it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dancu.exchange.api import Outcome, Refused, Verification
from dancu.kernel.clock import local
from dancu.kernel.warrants import Field
from dancu.population.api import LifeStatus
from dancu.procedures import reference
from dancu.procedures.domain.catalogue import FormField
from dancu.procedures.domain.dossier import ACTION_WORDS, STATE_WORDS, Action, ActionKind, Dossier, State
from dancu.procedures.domain.evidence import WAY_WORDS, Way
from dancu.procedures.facts_form import LABELS, shown
from dancu.procedures.store import DossierLine, Draft
from dancu.ui import parts
from dancu.ui.kept import name_fields
from dancu.ui.words import day_text, grouped_number, in_language, is_english, moment_text

KEY_WORDS = {"scan": "Quét mã QR", "number": "Số định danh", "name": "Họ, chữ đệm và tên", "birth_date": "Ngày sinh"}


def _words_of_forms() -> dict[str, str]:
    words = {
        **KEY_WORDS,
        "reason": "Nội dung, lý do (in trên phiếu)",
        "new_date": "Ngày hẹn lại (khi xin lỗi)",
        "later": "Lý do chưa đối chiếu được",
    }
    for procedure in reference.procedures():
        words.update({field.name: field.label for field in procedure.fields})
        for person in procedure.persons:
            words.update({f"{person.role}_{name}": f"{person.label}: {word}" for name, word in KEY_WORDS.items()})
    return words


name_fields(_words_of_forms())


def verdict_of(answer: Verification | Refused) -> tuple[str, str, list[str]]:
    """Kind, the one word, and at most two facts; nothing here tells more than the exchange told."""
    if isinstance(answer, Refused):
        return "bad", _("Không được tra cứu"), [answer.message_en if is_english() else answer.message]
    if answer.outcome is Outcome.NO_MATCH and answer.explanation is not None:
        key = _("họ, chữ đệm và tên") if answer.explanation is Field.FULL_NAME else _("ngày sinh")
        return "bad", _("Có sai lệch"), [_("Số định danh khớp; mục chưa khớp: %(key)s. Xem lại trên giấy tờ.") % {"key": key}]
    if answer.outcome is Outcome.NO_MATCH:
        return (
            "bad",
            _("Không tìm thấy"),
            [_("Không tìm thấy người khớp cả số, họ tên và ngày sinh. Kiểm tra lại từng mục, hoặc quét mã QR trên thẻ.")],
        )
    if answer.successor is not None:
        return "warn", _("Số đã thay thế"), [_("Số này đã được thay bằng số %(number)s.") % {"number": answer.successor.grouped}]
    if answer.life_status is LifeStatus.DEAD:
        return "warn", _("Đã mất"), [_("Người mang số này đã được ghi nhận là đã mất.")]
    if answer.life_status is LifeStatus.MISSING:
        return "warn", _("Mất tích"), [_("Người mang số này đã bị tuyên bố mất tích.")]
    if answer.outcome is Outcome.FOLDED:
        return "ok", _("Khớp sau chuẩn hoá"), [_("Khớp khi bỏ qua dấu, hoặc ngày sinh chỉ có năm.")]
    return "ok", _("Khớp"), [_("Số, họ tên và ngày sinh đều khớp.")]


def dossier_in_words(dossier: Dossier) -> dict[str, Any]:
    """The context of a dossier's page and slips."""
    procedure = reference.procedure_on(dossier.procedure, local(dossier.received_at).date())
    typed, form_persons = dossier.form.get("typed", {}), dossier.form.get("persons", {})
    answers = [(in_language(f.label), _chosen(f, typed[f.name])) for f in procedure.fields if typed.get(f.name)]
    words = {p.role: in_language(p.label) for p in procedure.persons}
    persons = [
        (
            words[role],
            _lines(form_persons[role]["facts"]),
            form_persons[role]["reference"],
        )
        for role in words
        if role in form_persons
    ]
    disputed = [
        (words.get(d["person"], d["person"]), _label(d["item"]), d["stated"], d.get("reason", ""))
        for d in dossier.form.get("disputed", [])
    ]
    return {
        "procedure": procedure,
        "answers": answers,
        "persons": persons,
        "disputed": disputed,
        "stated": _stated_persons(dossier.form.get("claim", {}), typed, words, form_persons),
        "actions": [(a, in_language(ACTION_WORDS[a.kind]), _action_facts(a, words)) for a in dossier.actions],
        "changes": [_change(a, words) for a in dossier.actions],
        "possible": [(k.value, in_language(ACTION_WORDS[k])) for k in dossier.allowed],
        "state": state_of(dossier.state),
        "applicant": parts.Person(dossier.applicant_name, dossier.applicant_number),
        "compared_as": next((a.data.get("outcome", "") for a in reversed(dossier.actions) if "outcome" in a.data), ""),
    }


def state_of(state: State) -> parts.State:
    """The state of a dossier as a mark on its pages."""
    kinds: dict[State, parts.Kind] = {
        State.RECEIVED: "info",
        State.IN_PROCESS: "info",
        State.NOT_ACCEPTED: "bad",
        State.SUPPLEMENT_REQUESTED: "warn",
        State.FINANCIAL_DUTY: "warn",
        State.STOPPED: "bad",
        State.FINISHED: "ok",
        State.DELIVERED: "ok",
    }
    return parts.State(in_language(STATE_WORDS[state]), kinds.get(state, "plain"))


def last_question(dossier: Dossier, kind: ActionKind, reason: str) -> parts.Confirm:
    """Asked once more before a dossier ends: what happens, to whom, that it cannot be undone."""
    word = in_language(ACTION_WORDS[kind])
    return parts.Confirm(
        _("%(word)s: hồ sơ %(number)s?") % {"word": word, "number": dossier.number},
        [
            _("Hồ sơ dừng lại và không mở lại được."),
            _("Lý do ghi trên phiếu: %(reason)s") % {"reason": reason},
            _("Việc này được ghi vào diễn biến của hồ sơ với tài khoản của bạn."),
        ],
        word,
        f"/mot-cua/ho-so/{dossier.number}",
        f"/mot-cua/ho-so/{dossier.number}",
        fields=[("action", kind.value), ("reason", reason), ("sure", "1")],
        person=parts.Person(dossier.applicant_name, dossier.applicant_number),
    )


def dossier_rows(lines: Sequence[DossierLine], names: Mapping[str, str], now: datetime, next_href: str) -> parts.Table:
    """The list of dossiers as a table."""
    rows = [
        parts.Row(
            (
                line.number,
                names.get(line.procedure, line.procedure),
                line.applicant_name,
                line.received_at,
                _due(line, now),
                _at(line),
            ),
            f"/mot-cua/ho-so/{line.number}",
        )
        for line in lines
    ]
    columns = [
        parts.Column(_("Mã hồ sơ"), "code"),
        parts.Column(_("Thủ tục")),
        parts.Column(_("Người nộp")),
        parts.Column(_("Tiếp nhận"), "moment"),
        parts.Column(_("Hẹn trả"), "code"),
        parts.Column(_("Trạng thái"), "state"),
    ]
    empty = _("Chưa có hồ sơ nào ở mục này. Hồ sơ hiện ra đây sau khi bạn tiếp nhận ở trang Tra cứu, đối chiếu.")
    return parts.Table("", columns, rows, empty, parts.Choice(_("Tra cứu, đối chiếu"), "/mot-cua"), next_href=next_href)


def _due(line: DossierLine, now: datetime) -> str:
    late = f" ({_('quá hạn')})" if line.is_clock_running and line.due_at < now else ""
    return moment_text(line.due_at) + late


def _at(line: DossierLine) -> parts.State:
    state = state_of(line.state)
    return parts.State(f"{state.word}, {_('chờ đối chiếu')}", "warn") if line.comparison == "pending" else state


def draft_rows(drafts: Sequence[Draft], names: Mapping[str, str]) -> parts.Table:
    """Forms that were begun, as a table."""
    rows = [
        parts.Row(
            (names.get(draft.procedure, draft.procedure), draft.claim.get("name", ""), draft.created_at),
            f"/mot-cua/to-khai/{draft.id}",
        )
        for draft in drafts
    ]
    columns = [parts.Column(_("Thủ tục")), parts.Column(_("Người nộp")), parts.Column(_("Bắt đầu"), "moment")]
    return parts.Table("", columns, rows, _("Không có tờ khai nào đang làm dở. Tờ khai để quá 30 ngày tự xoá."))


def _lines(facts: dict[str, str]) -> list[tuple[str, str]]:
    return [(label, grouped_number(value) if item == "personal_id" else value) for item, label, value in shown(facts)]


def _label(item: str) -> str:
    return in_language(LABELS.get(item, item))


def _chosen(field: FormField, value: str) -> str:
    """What was chosen in its word, a day as the reader writes it; what was typed as it was typed."""
    if field.kind in ("past", "future"):
        return day_text(value)
    return in_language(dict(field.options)[value]) if value in dict(field.options) else value


def _change(action: Action, words: dict[str, str]) -> parts.Change:
    by = "" if action.by == "system" else action.by
    reference = str(action.data.get("reference", ""))
    return parts.Change(
        in_language(ACTION_WORDS[action.kind]), action.at, by, facts=_action_facts(action, words), reference=reference
    )


def _stated_persons(
    claim: dict[str, str],
    typed: dict[str, str],
    words: dict[str, str],
    compared: dict[str, Any],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Persons of the form that were stated but not compared: each with what was stated."""
    keys = (("number", _label("personal_id")), ("name", _label("full_name")), ("birth_date", _label("birth_date")))
    stated = {role: {key: typed.get(f"{role}_{key}", "") for key, _label in keys} for role in words}
    stated["requester"] = {key: claim.get(key, "") for key, _label in keys}
    shown = [
        (role, [(label, _stated(key, stated[role][key])) for key, label in keys if stated[role][key]])
        for role in words
        if role not in compared
    ]
    return [(words[role], lines) for role, lines in shown if lines]


def _stated(key: str, value: str) -> str:
    if key == "number":
        return grouped_number(value)
    return day_text(value) if key == "birth_date" else value


def _action_facts(action: Action, words: dict[str, str]) -> list[str]:
    """What an action carries, in words for the timeline."""
    data = action.data
    outcomes = {
        "match": _("Khớp"),
        "folded": _("Khớp sau chuẩn hoá"),
        "no_match": _("Không khớp"),
        "dead": _("Đã mất"),
        "replaced": _("Số đã thay thế"),
        "refused": _("Bị từ chối tra cứu"),
    }
    facts = [words.get(data.get("role", ""), ""), outcomes.get(data.get("outcome", ""), "")]
    if "way" in data:
        facts.append(in_language(WAY_WORDS[Way(data["way"])]))
    if "item" in data:
        person, item = words.get(data["person"], data["person"]), _label(data["item"])
        facts.append(f"{person}, {item}: {data['stated']}")
    facts += [data.get("later_reason", ""), data.get("reason", "")]
    if data.get("new_date"):
        facts.append(_("hẹn %(day)s") % {"day": day_text(data["new_date"])})
    return [fact for fact in facts if fact]
