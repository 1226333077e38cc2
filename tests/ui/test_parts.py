"""Components and words: what they say in each state and language, what they never do (run markup of others, lose a row)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils.translation import override

from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.ui import parts, words
from dancu.ui.navigation import NavItem, home_of, room_of, rooms_for
from dancu.ui.templatetags.ui_words import minutes

EVIL = "<b>x</b>\"'&"
AT = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)  # five past two in the afternoon in Viet Nam
BOTH = [("vi", "15.962.382"), ("en", "15,962,382")]


def drawn(code: str, **values: object) -> str:
    return str(engines["django"].from_string(code).render(values))


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (15_962_382, "15.962.382", "15,962,382"),
        (18.14, "18,1", "18.1"),
        (0, "0", "0"),
        (-1_204, "-1.204", "-1,204"),
        (None, "", ""),
    ],
)
def test_numbers_follow_the_language(value: float | None, vietnamese: str, english: str):
    assert words.number_text(value) == vietnamese
    with override("en"):
        assert words.number_text(value) == english


def test_shares_follow_the_language():
    assert words.share_text(0.181) == "18,1\u00a0%"
    with override("en"):
        assert words.share_text(0.181) == "18.1%"


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (date(2026, 11, 24), "24/11/2026", "24 Nov 2026"),
        (datetime(2026, 11, 23, 18, 0, tzinfo=UTC), "24/11/2026", "24 Nov 2026"),
        (PartialDate(1990, 5, 7), "07/05/1990", "7 May 1990"),
        (PartialDate(1955), "1955", "1955"),
        ("24/11/1995", "24/11/1995", "24 Nov 1995"),
        ("không rõ", "không rõ", "không rõ"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_days_follow_the_language_and_known_parts_stay(value: parts.Day, vietnamese: str, english: str):
    assert words.day_text(value) == vietnamese
    with override("en"):
        assert words.day_text(value) == english


def test_moments_are_those_of_viet_nam():
    assert words.moment_text(AT) == "14:05 24/11/2026"
    with override("en"):
        assert words.moment_text(AT) == "14:05, 24 Nov 2026"


@pytest.mark.parametrize(("seconds", "said"), [(40, "40 giây"), (200, "3 phút"), (7_500, "2 giờ 5 phút"), (None, "")])
def test_a_stretch_of_time_is_said_as_people_say_it(seconds: int | None, said: str):
    assert minutes(seconds) == said


def test_a_personal_number_is_grouped_without_blanks_and_others_are_left_alone():
    assert words_of(words.grouped_number("046195000101")) == "046 195 000101"
    assert re.sub(r"<[^>]+>", "", words.grouped_number(PersonalId.parse("046195000101"))) == "046195000101"
    assert re.sub(r"<[^>]+>", "", words.grouped_number(EVIL)) == "&lt;b&gt;x&lt;/b&gt;&quot;&#x27;&amp;"


@pytest.mark.parametrize(
    ("left", "paused", "said"),
    [
        (2, False, "còn 2 ngày làm việc"),
        (0, False, "hạn hôm nay"),
        (-1, False, "! quá hạn 1 ngày làm việc"),
        (3, True, "tạm dừng tính thời hạn"),
        (None, False, ""),
    ],
)
def test_a_clock_says_what_is_left(left: int | None, paused: bool, said: str):
    assert (
        words_of(drawn("{% clock due left paused %}", due=AT, left=left, paused=paused))
        == f"hẹn trả 14:05 24/11/2026 {said}".strip()
    )


def a_table(**others: object) -> parts.Table:
    columns = [
        parts.Column("Mã", "code"),
        parts.Column("Người", "person"),
        parts.Column("Tiền", "amount"),
        parts.Column("Ở", "state"),
    ]
    row = parts.Row((EVIL, "Trần Văn Hòa", 15_962_382, parts.State("xong", "ok")), "/x?a=1&b=2")
    return parts.Table(**{"caption": "Bảng", "columns": columns, "rows": [row], "empty": "Chưa có gì.", **others})  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "amount"), BOTH)
def test_a_row_is_one_link_its_values_written_by_their_columns_and_escaped(language: str, amount: str):
    with override(language):
        page = drawn("{% table rows %}", rows=a_table())

    assert page.count('href="/x?a=1&amp;b=2"') == 1
    assert "<b>" not in page
    assert "TRẦN VĂN HÒA" in page
    assert f'class="amount" data-label="Tiền">{amount}<' in page
    assert '<span class="state ok">✓ xong</span>' in page


def test_a_table_without_rows_says_what_would_be_there():
    page = drawn("{% table rows %}", rows=a_table(rows=[], empty_action=parts.Choice("Tra cứu", "/mot-cua")))

    assert "<table" not in page
    assert words_of(page) == "Chưa có gì. Tra cứu"


def test_a_row_with_a_value_too_few_is_noticed():
    with pytest.raises(ValueError, match="zip"):
        drawn("{% table rows %}", rows=a_table(rows=[parts.Row(("a",))]))


@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "info"])
def test_a_verdict_has_a_mark_a_word_and_at_most_three_facts(kind: str):
    page = drawn("{% verdict kind word facts %}", kind=kind, word=EVIL, facts=list("abcd"))

    assert page.count("<li>") == 3
    assert "<b>" not in page
    assert re.search(r'class="icon" aria-hidden="true">[✓!✕i]<', page)


def test_a_field_leads_from_its_error_and_hint_and_keeps_what_was_typed():
    page = drawn('{% field "a" "Tên" typed "Sai rồi." "Gợi ý" required=True autofocus=False inputmode="numeric" %}', typed=EVIL)

    assert 'aria-describedby="e-a h-a"' in page
    assert 'id="e-a"' in page
    assert 'id="h-a"' in page
    assert 'aria-invalid="true"' in page
    assert 'inputmode="numeric"' in page
    assert "autofocus" not in page
    assert 'value="&lt;b&gt;x&lt;/b&gt;&quot;&#x27;&amp;"' in page
    assert "(bắt buộc)" in page


def test_the_summary_of_errors_leads_to_the_fields_and_is_nothing_without_errors():
    assert '<a href="#f-number">Sai.</a>' in drawn("{% errors e %}", e={"number": "Sai."})
    assert drawn("{% errors e %}", e={}).strip() == ""


def test_who_asked_is_told_that_another_decides():
    deed = parts.Deed("Gộp", "canbo07", AT, deciders="lãnh đạo", yours=True)

    assert "không tự quyết định" in drawn("{% four_eyes deed %}", deed=deed)


@pytest.mark.parametrize(
    ("undo", "said"), [("", "Việc này không hoàn tác được."), ("Mở lại được trong 30 ngày.", "Mở lại được trong 30 ngày.")]
)
def test_a_last_question_says_whether_it_can_be_undone_and_repeats_the_verb(undo: str, said: str):
    question = parts.Confirm("Xoá?", ["Bản ghi bị xoá."], "Xoá bản ghi", "/x", "/y", undo, [("a", EVIL)])

    page = drawn("{% confirm question %}", question=question)

    assert said in page
    assert 'class="main">Xoá bản ghi</button>' in page
    assert "<b>" not in page


def test_work_without_anything_to_do_is_no_division_by_nought():
    assert "0 / 0" in words_of(drawn("{% progress work %}", work=parts.Work("x", 0, 0)))


ROOMS = (NavItem("/a", "A", "desk", "a"), NavItem("/a/b", "B", "desk", "b"), NavItem("/c", "C", "registrar", "c"))


def test_rooms_are_open_by_role_in_their_order():
    assert [room.path for room in rooms_for(ROOMS, {"desk"})] == ["/a", "/a/b"]
    assert home_of(ROOMS, {"registrar", "x"}) == "/c"
    assert home_of(ROOMS, frozenset()) == "/"


@pytest.mark.parametrize(("path", "room"), [("/a/b/1", "/a/b"), ("/a/x", "/a"), ("/ab", "/"), ("/c", "/c"), ("/", "/")])
def test_a_posted_page_belongs_to_the_nearest_room(path: str, room: str):
    assert room_of(ROOMS, path) == room
