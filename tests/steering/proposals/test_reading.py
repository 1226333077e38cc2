"""A pasted notice becomes the tasks a person would read out of it, however it was copied."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.steering.proposals.domain import Confidence, ProposedTask
from dancu.steering.proposals.reading import (
    DELIVERS,
    GUESSED_OWNER,
    INHERITED_DEADLINE,
    NO_OWNER,
    OTHER_DEADLINE,
    TEXT_LENGTH_MAX,
    propose_tasks,
)
from tests.steering.proposals.measuring import expected_of, measure, proposed_for, rules, text_of

RULES = rules()
NOTICES = ["notice-4318-2024", "report-2023-02", "other-forms"]
FLOOR = 0.97  # measured: owners 1.0 / 1.0 and 0.972 / 1.0, deadlines 1.0 / 1.0
DAY = date(2025, 8, 1)


def tasks_in(text: str) -> tuple[ProposedTask, ...]:
    return propose_tasks(text, RULES, day=DAY)


def codes(task: ProposedTask) -> list[str]:
    return [body.code for body in task.owners]


@pytest.mark.parametrize("name", NOTICES)
def test_owners_and_deadlines_are_those_a_person_read(name: str) -> None:
    owners, deadlines = measure(proposed_for(name, day=DAY), expected_of(name))

    assert min(owners.precision, owners.recall) >= FLOOR, owners
    assert min(deadlines.precision, deadlines.recall) >= FLOOR, deadlines


@pytest.mark.parametrize("name", NOTICES)
def test_as_many_tasks_are_proposed_as_a_person_counts(name: str) -> None:
    assert len(proposed_for(name, day=DAY)) == len(expected_of(name))


def without_emphasis(text: str) -> str:
    return re.sub(r"[*#¹]", "", text)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def with_windows_lines(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_paragraphs_on_one_line(text: str) -> str:
    return re.sub(r"(?<=\S)\n(?=[^\s\-+(#*¹]|\*\*?\w)(?!\d+\.)", " ", text)


def with_hard_spaces(text: str) -> str:
    return text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "copied", [without_emphasis, decomposed, with_windows_lines, with_paragraphs_on_one_line, with_hard_spaces]
)
@pytest.mark.parametrize("name", NOTICES[:2])
def test_the_same_is_read_however_the_text_was_copied(name: str, copied) -> None:  # type: ignore[no-untyped-def]
    text = text_of(name)
    if copied is without_emphasis:
        text = re.sub(r"(?s)\n¹.*?\n\n", "\n", text)  # without its mark a footnote is a paragraph like any other

    read = [(codes(task), task.deadline) for task in tasks_in(copied(text))]

    assert read == [(codes(task), task.deadline) for task in tasks_in(text)]


@pytest.mark.parametrize("name", NOTICES[:2])
def test_every_part_says_where_it_was_read(name: str) -> None:
    text = decomposed(text_of(name))

    for task in tasks_in(text):
        parts = [*task.owners, *task.co_owners, *task.legal_basis]
        for part in parts:
            said = unicodedata.normalize("NFC", text[part.span.start : part.span.end])
            assert " ".join(said.split()) == " ".join(part.words.split())
        if task.deadline_span is not None:
            said = unicodedata.normalize("NFC", text[task.deadline_span.start : task.deadline_span.end])
            assert " ".join(re.sub(r"[*]", "", said).split()) == " ".join(task.deadline_words.split())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400) | st.lists(st.sampled_from(sorted(set(text_of(NOTICES[0]).split()))), max_size=60).map(" ".join))
@example("Bộ Y tế")
@example("\u0302\n- \n(1)\n1.\n¹\n<sup>1</sup>\nBộ Y tế:\n-")
@example("Bộ Y tế hoàn thành ((( trong tháng 13/2024; trước ngày 31/6/2024).")
@example("1. Bộ Y tế hoàn thành trước ngày 0/0/2024 năm 2024 trong quý I/2024")
def test_no_text_breaks_it_and_spans_lie_inside(text: str) -> None:
    for task in tasks_in(text):
        spans = [task.span, *(each.span for each in (*task.owners, *task.co_owners, *task.legal_basis))]
        spans += [task.deadline_span] if task.deadline_span else []
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert task.text


def test_a_longer_text_than_a_notice_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        tasks_in("a" * (TEXT_LENGTH_MAX + 1))

    assert refused.value.code == "steering.notice_too_long"


@pytest.mark.parametrize(
    "piece",
    [
        "- Bộ Y tế phối hợp với Bộ Công an (",
        "Bộ Y tế; ",
        "a, Bộ Y tế, a ",
        "; hoàn thành trong tháng 5/2024",
        "1. Bộ Y tế rà soát; hoàn thành trong tháng 5/2024\n",
        "Bộ Y tế rà soát. ",
        "ab\n",
        "ab: ",
        "((",
        "\u0323\u0302",
        "trước ngày ",
        "Đề nghị Bộ Y tế",
    ],
)
def test_the_longest_text_of_any_kind_is_read_to_its_end(piece: str) -> None:
    text = (piece * TEXT_LENGTH_MAX)[:TEXT_LENGTH_MAX]

    tasks_in(text)  # what costs the square of its length would never come back


def test_who_leads_owns_and_who_works_along_does_not() -> None:
    [task] = tasks_in("1. Bộ Y tế chủ trì, phối hợp với Bộ Công an (C06), BHXH Việt Nam hoàn thành dữ liệu trong tháng 5/2024.")

    assert codes(task) == ["G18"]
    assert [body.code for body in task.co_owners] == ["G01", "G24"]
    assert task.confidence is Confidence.HIGH


def test_a_heading_gives_its_body_to_the_items_below_only() -> None:
    text = "1. Bộ Y tế:\n- Rà soát dữ liệu\n- Cập nhật danh mục\n2. Bộ Tài chính:\n- Bố trí kinh phí"

    assert [codes(task) for task in tasks_in(text)] == [["G18"], ["G18"], ["G12"]]


def test_a_heading_with_a_body_of_its_own_lends_its_deadline_to_no_other() -> None:
    text = "(1) Bộ Y tế phải hoàn thành trong tháng 5/2024\n- Xây dựng Nghị định. Văn phòng Chính phủ phối hợp thẩm tra."

    own, other = tasks_in(text)

    assert (own.deadline, INHERITED_DEADLINE in own.notes) == ("2024-05", True)
    assert (codes(other), other.deadline) == (["G22"], "")


def test_what_was_done_is_no_task() -> None:
    told = "1. Bộ Y tế đã hoàn thành dữ liệu trong tháng 5/2024.\n2. Qua nghiên cứu, Bộ Công an dự kiến triển khai 06 kho dữ liệu."

    assert tasks_in(told) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "1. Tăng cường giám sát để có căn cứ cho Bộ Công an xây dựng giá dịch vụ.",
        "1. Theo ý kiến của Bộ Y tế về dữ liệu.",
        "1. Kết quả 07 nhiệm vụ giao Bộ Công an thực hiện.",
    ],
)
def test_a_body_only_spoken_of_owns_nothing(sentence: str) -> None:
    assert [task for task in tasks_in(sentence) if task.owners] == []


def test_a_report_asked_for_later_is_a_task_of_the_same_body() -> None:
    first, second = tasks_in("1. Bộ Y tế hoàn thành chuẩn hóa trước 30/5/2024; báo cáo kết quả về Tổ công tác trước 05/6/2024.")

    assert [codes(first), codes(second)] == [["G18"], ["G18"]]
    assert [first.deadline, second.deadline] == ["2024-05-30", "2024-06-05"]
    assert DELIVERS in second.notes


def test_a_second_deadline_is_pointed_out() -> None:
    [task] = tasks_in("1. Bộ Y tế xây dựng quy chế trong nửa đầu năm 2024 (trước 30 tháng 6 năm 2024).")

    assert task.deadline == "2024-H1"
    assert OTHER_DEADLINE.format(words="trước 30 tháng 6 năm 2024") in task.notes


def test_a_task_without_a_body_is_proposed_and_says_so() -> None:
    [unnamed] = tasks_in("1. Tiếp tục hoàn thiện ứng dụng đến tháng 6 năm 2023.")
    [guessed] = tasks_in("1. Đề xuất dữ liệu của 13 bộ, ngành để tích hợp trước 10/6/2024.")

    assert (codes(unnamed), unnamed.confidence, unnamed.notes[:1]) == ([], Confidence.LOW, (NO_OWNER,))
    assert (codes(guessed), guessed.confidence, guessed.notes[:1]) == (["BO-NGANH"], Confidence.LOW, (GUESSED_OWNER,))


def test_the_legal_basis_of_a_heading_holds_below() -> None:
    text = (
        "2. Về thực hiện Nghị quyết 175/NQ-CP, ngày 30/10/2023 của Chính phủ.\n"
        "2.1. Bộ Y tế hoàn thành quy định tại Quyết định số 422/QĐ-TTg, ngày 04/4/2022."
    )

    [task] = tasks_in(text)

    assert [basis.words for basis in task.legal_basis] == [
        "Nghị quyết 175/NQ-CP, ngày 30/10/2023",
        "Quyết định số 422/QĐ-TTg, ngày 04/4/2022",
    ]
    assert task.place == "2.1"


def test_recipients_below_a_notice_are_no_tasks() -> None:
    assert tasks_in("Nơi nhận:\n- Bộ Y tế: thực hiện trong tháng 5/2024;") == ()


@pytest.mark.parametrize(
    "text",
    [
        "BỘ Y TẾ\nTỔ CÔNG TÁC HƯỚNG DẪN DỮ LIỆU",
        "Bộ Y tế tổng hợp, trân trọng thông báo kết quả trong tháng 5/2024.",
    ],
)
def test_the_head_and_the_polite_end_of_a_notice_are_no_tasks(text: str) -> None:
    assert tasks_in(text) == ()


def test_who_asks_another_body_does_not_own_what_it_asks_for() -> None:
    [task] = tasks_in("Bộ Y tế đề nghị Bộ Tài chính bố trí kinh phí trong tháng 5/2024.")

    assert codes(task) == ["G12"]


def test_a_body_in_brackets_is_not_told_anything() -> None:
    [task] = tasks_in("1. Dữ liệu mẫu (theo ghi chú, Bộ Y tế rà soát) phải hoàn thiện.")

    assert codes(task) == []


def test_whom_a_letter_asks_owns_its_items_but_who_writes_it_does_not() -> None:
    items = "\n1. Kết quả kết nối của các hệ thống vừa qua và những điểm còn khác nhau\n2. Hoàn thành kết nối các hệ thống."

    asked = tasks_in("Để triển khai, Bộ Y tế trân trọng đề nghị UBND các tỉnh, thành phố thực hiện một số nội dung sau:" + items)
    written = tasks_in("Để triển khai, Tổ công tác tổ chức tổng hợp tình hình như sau:" + items)

    assert {code for task in asked for code in codes(task)} == {"DIA-PHUONG"}
    assert {code for task in written for code in codes(task)} == set()
