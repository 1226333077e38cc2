"""Files of checklists: whatever is wrong is said, all at once; an installation adds its own and cannot change what was used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.onboarding.inspection.checklist_files import checklists, read_checklists
from dancu.onboarding.inspection.checklists import LEVELS, Confidence, HostingCase, Scope, Severity, checklist_for, checklist_named

HEAD = """
id = "thu"
version = 1
name = "Bộ tiêu chí thử"
valid_from = 2023-01-01
source = "Văn bản thử"
author = "kiểm thử"
"""
PERIODS = """
[periods]
validity_months = 12
mend_working_days = { mandatory = 5, important = 10, advised = 30 }
answer_working_days = 3
conclude_working_days = 3
remind_days = 30
source = "Văn bản thử"
confidence = "likely"
"""


def item(code: str = "MANG-01", **fields: str) -> str:
    said = {
        "group": '"network"',
        "text": '"Có tường lửa."',
        "check": '"Xem cấu hình."',
        "severity": '"mandatory"',
        "source": '"Văn bản thử"',
        "confidence": '"likely"',
    } | fields
    return "[[item]]\n" + f'code = "{code}"\n' + "".join(f"{key} = {value}\n" for key, value in said.items())


def faults(*texts: str, local: str = "") -> list[str]:
    with pytest.raises(Invalid) as refused:
        read_checklists({f"{n}.toml": text for n, text in enumerate(texts)}, {"rieng.toml": local} if local else {})
    assert refused.value.code == "checklist.file"
    listed = refused.value.details["faults"]
    assert isinstance(listed, list)
    return listed


def test_a_file_is_read_with_what_it_leaves_out():
    (read,) = read_checklists({"thu.toml": HEAD + PERIODS + item() + item("MANG-02", levels="[4]", scope='"centre"')})

    first, second = read.items
    assert (first.levels, first.scope, first.hosting, first.confidence) == (
        LEVELS,
        Scope.SYSTEM,
        tuple(HostingCase),
        Confidence.LIKELY,
    )
    assert (second.levels, second.scope) == ((4,), Scope.CENTRE)
    assert read.periods.mend_working_days[Severity.IMPORTANT] == 10
    assert (read.valid_to, read.is_local) == (None, False)


def test_items_stand_in_the_order_of_the_form_whatever_the_order_of_the_file():
    text = HEAD + PERIODS + item("PHAPLY-01", group='"papers"') + item("MANG-02") + item("MANG-01")

    (read,) = read_checklists({"thu.toml": text})

    assert [each.code for each in read.items] == ["MANG-01", "MANG-02", "PHAPLY-01"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + PERIODS, "0.toml: không có tiêu chí nào"),
        (HEAD + PERIODS + item() + item(), "tiêu chí MANG-01: mã này đã dùng trong tệp"),
        (HEAD + PERIODS + item(group='"la"'), "nhóm “la” không có; dùng network, servers"),
        (HEAD + PERIODS + item(severity='"vua"'), "mức độ “vua” không có"),
        (HEAD + PERIODS + item(hosting='["own", "nha"]'), "nơi đặt hệ thống “nha” không có"),
        (HEAD + PERIODS + item(scope='"toan-quoc"'), "phạm vi “toan-quoc” không có"),
        (HEAD + PERIODS + item("mang1"), "mã phải như MANG-03"),
        (HEAD + PERIODS + item(text='" "'), "thiếu nội dung, cách kiểm tra hoặc căn cứ"),
        (HEAD + PERIODS + item(levels="[3, 7]"), "levels phải nằm trong"),
        (HEAD + PERIODS + item(levels="[]"), "levels phải nằm trong"),
        (HEAD + PERIODS + item(hosting="[]"), "hosting không rỗng"),
        (HEAD + PERIODS + item(confidence='"certain"'), "ghi là chắc chắn thì phải dẫn điều khoản"),
        (HEAD + PERIODS + item(confidence='"unsure"'), "chưa chắc về căn cứ thì không được ghi bắt buộc"),
        (HEAD + PERIODS + item(ghi_chu='"x"'), "tiêu chí MANG-01: "),
        (HEAD + PERIODS + "[[item]]\ncode = 'MANG-01'\n", "tiêu chí MANG-01: "),
        (HEAD + item(), "phần [periods]"),
        (HEAD + PERIODS.replace("validity_months = 12", "validity_months = 0") + item(), "phần [periods]"),
        (HEAD + PERIODS.replace(", advised = 30", "") + item(), "phần [periods]"),
        (HEAD.replace("version = 1", "version = 0") + PERIODS + item(), "phải có id, version từ 1"),
        (HEAD.replace('"kiểm thử"', '""') + PERIODS + item(), "author (người soạn)"),
        (HEAD + "valid_to = 2022-12-31\n" + PERIODS + item(), "ngày hết hiệu lực trước ngày hiệu lực"),
        (HEAD + "ghi_chu = 1\n" + PERIODS + item(), "0.toml: "),
        ("id = ", "không đọc được TOML"),
        (HEAD + 'dropped = ["MANG-09"]\n' + PERIODS + item(), "bỏ tiêu chí không có: MANG-09"),
        (HEAD + 'extends = { id = "la", version = 1 }\n' + PERIODS + item(), "mở rộng la phiên bản 1, nhưng không có"),
        (HEAD + 'extends = { id = "thu", version = 1 }\n' + PERIODS + item(), "các phiên bản mở rộng lẫn nhau"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(text, said):
    assert any(said in each for each in faults(text)), faults(text)


def test_everything_that_is_wrong_is_said_at_once():
    said = faults(HEAD + PERIODS + item(group='"la"') + item("x", severity='"vua"'), "id = ")

    assert len(said) == 1, "a file that is no TOML hides nothing of the others once it is mended"
    assert len(faults(HEAD + PERIODS + item(group='"la"', severity='"vua"') + item("x"))) == 3


def test_a_version_extends_another_drops_words_anew_and_adds():
    second = (
        HEAD.replace("version = 1", "version = 2")
        + 'extends = { id = "thu", version = 1 }\ndropped = ["MANG-02"]\n'
        + item("MANG-03", text='"Tường lửa có người duyệt."')
        + item("MANG-04")
    )

    read = read_checklists({"b.toml": second, "a.toml": HEAD + PERIODS + item() + item("MANG-02") + item("MANG-03")})
    later = checklist_named("thu", 2, read)

    assert [each.code for each in later.items] == ["MANG-01", "MANG-03", "MANG-04"]
    assert later.item("MANG-03").text == "Tường lửa có người duyệt."
    assert later.periods.validity_months == 12, "taken over"
    assert checklist_named("thu", 1, read).item("MANG-03").text == "Có tường lửa."


def test_a_version_of_a_version_of_a_version_takes_over_all():
    texts = [HEAD + PERIODS + item()]
    for version in (2, 3):
        head = HEAD.replace("version = 1", f"version = {version}")
        texts.append(head + f'extends = {{ id = "thu", version = {version - 1} }}\n' + item(f"MANG-0{version}"))

    read = read_checklists({f"{n}.toml": text for n, text in enumerate(reversed(texts))})

    assert [each.code for each in checklist_named("thu", 3, read).items] == ["MANG-01", "MANG-02", "MANG-03"]


def test_an_own_file_may_not_change_a_version_that_may_have_been_used():
    said = faults(HEAD + PERIODS + item(), local=HEAD + PERIODS + item(text='"Không cần."'))

    assert said == ["rieng.toml: bộ tiêu chí thu phiên bản 1 đã có ở 0.toml. Đặt số phiên bản mới"]


def test_an_installation_adds_a_version_to_a_delivered_list(tmp_path: Path):
    (tmp_path / "cua-tinh.toml").write_text(
        HEAD.replace('"thu"', '"ket-noi-1552"').replace("version = 1", "version = 3")
        + 'extends = { id = "ket-noi-1552", version = 2 }\ndropped = ["MANGUON-03"]\n'
        + item("MANG-30", text='"Kênh dự phòng qua nhà mạng thứ hai."'),
        encoding="utf-8",
    )
    (tmp_path / "ghi-chu.txt").write_text("không phải bộ tiêu chí", encoding="utf-8")

    among = checklists(tmp_path)
    before = checklist_for(3, HostingCase.OWN, date(2022, 12, 31), among)
    after = checklist_for(3, HostingCase.OWN, date(2023, 1, 1), among)

    assert (before.version, before.is_local) == (2, False)
    assert (after.version, after.is_local) == (3, True)
    assert {"MANG-30"} == {i.code for i in after.items} - {i.code for i in before.items}
    assert {"MANGUON-03"} == {i.code for i in before.items} - {i.code for i in after.items}
    assert after.periods == before.periods


def test_a_folder_that_is_not_there_or_not_text_is_said(tmp_path: Path):
    with pytest.raises(Invalid) as refused:
        checklists(tmp_path / "khong-co")
    assert "không có thư mục này" in refused.value.message

    (tmp_path / "cu.toml").write_bytes("tên = 'Đà Nẵng'".encode("utf-16"))
    with pytest.raises(Invalid) as refused:
        checklists(tmp_path)
    assert "UTF-8" in refused.value.message
