"""Every act, item, outcome and step has its plain words, in both languages; one sentence names few items and says how many more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from dancu.exchange.api import Reason
from dancu.kernel.warrants import Field
from dancu.ledger.api import ActKind
from dancu.portal import objections, reference, wording
from dancu.portal.domain.display import Item, LedgerLine, Shown, Whose, decide
from dancu.portal.wording import Names, by_day, details, field_words, listed, outcome_of, said
from dancu.protection.api import CaseActionKind, CaseKind, CaseState
from dancu.ui.words import in_language

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


def words_of_data() -> set[str]:
    tables = (
        wording.KIND_WORDS,
        wording.FIELD_WORDS,
        wording.REFUSED_WORDS,
        wording.CASE_KIND_WORDS,
        wording.CASE_STATE_WORDS,
        wording.CASE_STEP_WORDS,
        wording.FAMILY_WORDS,
        wording.CHANGE_WORDS,
        objections.CHOICES,
        objections.ASKED,
    )
    words = {word for table in tables for word in table.values()}  # type: ignore[attr-defined]
    words |= {word for _look, word in wording.OUTCOME_WORDS.values()}
    return words | {each.label for version in reference.versions() for each in version.classes}


@pytest.mark.parametrize("word", sorted(words_of_data()))
def test_a_word_of_the_citizens_pages_has_an_english_one(word: str):
    with override("en"):
        assert in_language(word) != word
        assert not VIETNAMESE.search(in_language(word))


def test_nothing_that_can_be_recorded_is_without_words():
    assert set(wording.REFUSED_WORDS) == set(Reason)
    assert set(wording.FIELD_WORDS) == set(Field)
    assert set(wording.CASE_KIND_WORDS) == set(CaseKind)
    assert set(wording.CASE_STATE_WORDS) == set(CaseState)
    assert set(wording.CASE_STEP_WORDS) == set(CaseActionKind)
    shown_kinds = {kind for version in reference.versions() for kind, _class, _whose in version.rules}
    assert set(wording.KIND_WORDS) == shown_kinds
    # A question that leaves for another hub tells nobody anything: its outcome has an entry of its own, here and there.
    without = {"administer", "erase", "forward"}
    assert shown_kinds == {*ActKind} - without, "a new kind of act needs a rule, or a reason to have none"


def a_line(kind: str = "disclose", fields: tuple[str, ...] = (), outcome: str = "match") -> Shown:
    at = datetime(2026, 11, 3, 2, 12, tzinfo=UTC)
    items = frozenset({Item.ORGANISATION, Item.FIELDS, Item.OUTCOME})
    return Shown("r", at, kind, "administrative", Whose.NONE, items, outcome, "G01", fields=fields)


@pytest.mark.django_db
def test_a_sentence_names_few_items_and_counts_the_rest():
    line = a_line(fields=tuple(sorted(str(field) for field in Field)))

    sentence = said(line, Names([line])).sentence

    assert sentence == "Bộ Công an đã xem họ tên, tên gọi khác, số định danh và 23 mục khác của bạn lúc 09:12 ngày 03/11/2026."


@pytest.mark.parametrize(
    ("kind", "outcome", "purpose", "sentence", "result"),
    [
        (
            "disclose",
            "protection.case.open_look",
            "Xem xét phản đối",
            "đã mở yêu cầu của bạn để xem xét",
            "Họ xem lượt xem bạn phản đối, không được biết bạn là ai.",
        ),
        (
            "disclose",
            "protection.case.open_person",
            "Trả lời yêu cầu",
            "đã mở yêu cầu của bạn để xem xét",
            "Họ mở yêu cầu này, không được biết bạn là ai.",
        ),
        (
            "change",
            "protection.consent.give:0a1b",
            "Quảng cáo",
            "Ghi nhận bạn đồng ý cho Bộ Công an dùng thông tin của bạn lúc",
            "Bạn đồng ý.",
        ),
        (
            "change",
            "protection.consent.withdraw:0a1b",
            "Quảng cáo",
            "Ghi nhận bạn rút lại đồng ý đã cho Bộ Công an dùng thông tin của bạn lúc",
            "Bạn rút lại đồng ý.",
        ),
        ("change", "protection.affected.told", "", "xử lý một sự cố dữ liệu có liên quan tới bạn", "Bạn được báo tin."),
        ("break_glass", "glass.opened:0a1b", "access.break_glass", "đã mở khẩn cấp hồ sơ của bạn", "phải được người khác xem lại"),
    ],
)
@pytest.mark.django_db
def test_acts_of_other_desks_are_said_in_their_own_words(kind: str, outcome: str, purpose: str, sentence: str, result: str):
    """Through the policy: the desk was told that she reads why, an emergency is never kept from her."""
    system = "khan-cap" if kind == "break_glass" else "bao-ve-du-lieu"
    entry = LedgerLine("r", datetime(2026, 11, 3, 2, 12, tzinfo=UTC), kind, outcome, "G01", system, "", purpose, "Luật 91", ())
    policy = reference.policy_today(date(2026, 11, 3))

    line = decide(entry, policy, date(2026, 11, 3), Whose.UNKNOWN)

    assert isinstance(line, Shown)
    assert line.has_proof
    told = said(line, Names([line]))
    assert sentence in told.sentence
    assert result in told.outcome
    assert "access." not in told.sentence
    assert (purpose in told.sentence) == (kind != "break_glass")


@pytest.mark.parametrize(
    ("outcome", "fields", "words"),
    [
        ("open_look", ("personal_id",), "Họ xem yêu cầu này là của ai và lượt xem bạn phản đối."),
        ("open_look", (), "Họ xem lượt xem bạn phản đối, không được biết bạn là ai."),
        ("open_person", ("personal_id",), "Họ xem yêu cầu này là của ai."),
    ],
)
def test_who_opened_her_case_is_said_to_have_seen_what_was_recorded(outcome: str, fields: tuple[str, ...], words: str):
    line = replace(a_line(fields=fields, outcome=f"protection.case.{outcome}"), purpose_class="own_case")

    assert outcome_of(line)[1] == words


@pytest.mark.django_db
def test_the_details_name_codes_as_the_ledger_has_them():
    line = replace(a_line(), system="mot-cua", procedure="1.001193")

    told = dict(details(line, Names([line]), reference.policy_today(date(2026, 11, 3))))

    assert told["Cơ quan"] == "Bộ Công an (G01)"
    assert told["Hệ thống"] == "mot-cua"
    assert told["Thủ tục"] == "Đăng ký khai sinh (1.001193)"


@pytest.mark.django_db
def test_lines_are_grouped_by_the_day_in_viet_nam():
    late = Shown("s", datetime(2026, 11, 2, 17, 30, tzinfo=UTC), "verify", "administrative", Whose.NONE, frozenset())

    days = by_day([a_line(), late], Names([a_line(), late]))

    assert [(str(day.day), len(day.lines)) for day in days] == [("2026-11-03", 2)]


def test_columns_of_the_registry_count_as_their_item():
    assert field_words(["birth_year", "birth_month", "birth_day", "full_name", "no_such_item"]) == ["họ tên", "ngày sinh"]
    assert listed(["họ tên"]) == "họ tên"
    assert listed([]) == "thông tin"


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        ("disclose", "no_match", "Không thông tin nào của bạn được cung cấp."),
        ("refuse", "no_grant", "chưa được duyệt khai thác"),
        ("refuse", "identity.role", "Không được trả lời."),
        ("search", "3", "Họ tìm theo số định danh của bạn."),
        ("change", "registrar.applied.relate", "Thay đổi đã có hiệu lực."),
        ("change", "protection.case.ask_organisation", "Đề nghị cơ quan giải trình."),
        ("verify", "never_heard_of", ""),
    ],
)
def test_what_came_of_it_is_said_plainly(kind: str, outcome: str, words: str):
    assert words in outcome_of(a_line(kind, outcome=outcome))[1]
