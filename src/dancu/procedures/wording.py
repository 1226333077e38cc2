"""What the pages say: the verdict on an answer, a dossier with everything on it in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dancu.exchange.api import Outcome, Refused, Verification
from dancu.kernel.clock import local
from dancu.kernel.warrants import Field
from dancu.population.api import LifeStatus
from dancu.procedures import reference
from dancu.procedures.domain.dossier import ACTION_WORDS, Action, Dossier
from dancu.procedures.domain.evidence import WAY_WORDS, Way
from dancu.procedures.facts_form import LABELS, in_order
from dancu.ui.kept import name_fields

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
        return "bad", _("Không được tra cứu"), [answer.message]
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
    answers = [(f.label, dict(f.options).get(typed[f.name], typed[f.name])) for f in procedure.fields if typed.get(f.name)]
    words = {p.role: p.label for p in procedure.persons}
    persons = [
        (
            words[role],
            [(LABELS[item], value) for item, value in in_order(form_persons[role]["facts"])],
            form_persons[role]["reference"],
        )
        for role in words
        if role in form_persons
    ]
    disputed = [
        (words.get(d["person"], d["person"]), LABELS.get(d["item"], d["item"]), d["stated"], d.get("reason", ""))
        for d in dossier.form.get("disputed", [])
    ]
    return {
        "procedure": procedure,
        "answers": answers,
        "persons": persons,
        "disputed": disputed,
        "stated": _stated_persons(dossier.form.get("claim", {}), typed, words, form_persons),
        "actions": [(a, ACTION_WORDS[a.kind], _action_facts(a, words)) for a in dossier.actions],
        "possible": [(k.value, ACTION_WORDS[k]) for k in dossier.allowed],
        "final": ("refuse", "withdraw"),
        "compared_as": next((a.data.get("outcome", "") for a in reversed(dossier.actions) if "outcome" in a.data), ""),
    }


def _stated_persons(
    claim: dict[str, str],
    typed: dict[str, str],
    words: dict[str, str],
    compared: dict[str, Any],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Persons of the form that were stated but not compared: each with what was stated."""
    keys = (("number", LABELS["personal_id"]), ("name", LABELS["full_name"]), ("birth_date", LABELS["birth_date"]))
    stated = {role: {key: typed.get(f"{role}_{key}", "") for key, _label in keys} for role in words}
    stated["requester"] = {key: claim.get(key, "") for key, _label in keys}
    shown = [
        (role, [(label, stated[role][key]) for key, label in keys if stated[role][key]]) for role in words if role not in compared
    ]
    return [(words[role], lines) for role, lines in shown if lines]


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
        facts.append(WAY_WORDS[Way(data["way"])])
    if "item" in data:
        person, item = words.get(data["person"], data["person"]), LABELS.get(data["item"], data["item"])
        facts.append(f"{person}, {item}: {data['stated']}")
    facts += [data.get("later_reason", ""), data.get("reason", "")]
    if data.get("new_date"):
        facts.append(_("hẹn %(day)s") % {"day": data["new_date"]})
    return [fact for fact in facts if fact]
