"""The words of results, in both languages: what every reason means, which cause of the catalogue it is, what the owner does. Data.

The causes are numbered as in the catalogue of mismatches; those a comparison by number cannot see have no reason here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.reasons import Differs, Found, Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a record and what to do about it (*diễn giải và việc cần làm*)."""

    words: str
    words_en: str
    to_do: str = ""
    to_do_en: str = ""
    cause: int = 0  # of the catalogue of mismatches; 0: none of it


class Repeated(IntFlag):
    """How a record repeats others of its list (*bản ghi trùng*)."""

    SAME_RECORD = 1  # number, name, birth date and reference are those of an earlier record
    SAME_PERSON = 2  # another record leads to the same person
    OTHER_PERSON = 4  # another record has the same number and another name
    OTHER_NUMBER = 8  # records of this person stand under several numbers
    MAYBE_SAME_PERSON = 16  # it clearly speaks of somebody another record has for certain


_MEND_NAME = ("Bạn sửa họ tên theo giấy tờ của người này.", "Mend the name by this person's papers.")
_MEND_DATE = ("Bạn sửa ngày sinh theo giấy tờ của người này.", "Mend the birth date by this person's papers.")
_MEND_NUMBER = ("Bạn xem lại số trên giấy tờ rồi ghi lại.", "Look at the number on the paper and write it again.")
_AS_TEXT = (
    "Bạn định dạng cột số là văn bản rồi xuất lại từ nguồn.",
    "Format the column of numbers as text and export it again from its source.",
)
_KEEP = ("Bạn nên cập nhật cách viết cho thống nhất.", "Better bring the spelling in line.")
REPEATED_CAUSE = 17

REASONS: Mapping[Reason, Words] = {
    # 1 and 2 are counted by how every name is written, whether it agrees or not.
    Reason.DECOMPOSED: Words("Họ tên dùng Unicode tổ hợp", "The letters of the name and their marks stand apart"),
    Reason.HALF_COMPOSED: Words("Họ tên dùng bảng mã Windows-1258", "The tones of the name stand apart, as in Windows-1258"),
    Reason.LOOK_ALIKE: Words("Họ tên có ký tự lạ giống chữ Việt", "The name has foreign letters that look Vietnamese", *_KEEP, 3),
    Reason.LETTER_CASE: Words(
        "Họ tên viết toàn chữ hoa hoặc toàn chữ thường", "The name is all capitals or all small letters", cause=8
    ),
    Reason.BLANKS: Words("Họ tên thừa khoảng trắng", "The name has blanks too many", cause=8),
    Reason.SIGNS: Words(
        "Họ tên có dấu chấm, ký tự ẩn, hoặc dấu nháy viết khác",
        "The name has full stops, unseen characters or other apostrophes",
        *_KEEP,
        8,
    ),
    Reason.LEGACY_LETTERS: Words(
        "Họ tên viết bằng bảng mã cũ (TCVN3, VNI)",
        "The name is in letters of before Unicode (TCVN3, VNI)",
        "Bạn chuyển họ tên sang Unicode.",
        "Bring the name to Unicode.",
        6,
    ),
    Reason.ABBREVIATED: Words(
        "Họ tên có thể viết tắt",
        "The name may be abbreviated",
        "Bạn ghi đầy đủ họ tên theo giấy tờ.",
        "Write the whole name as on the paper.",
        9,
    ),
    Reason.LEGALLY_CHANGED: Words(
        "Tên hoặc giới tính có thể đã được thay đổi",
        "The given name or the sex may have been changed by law",
        "Bạn đề nghị người này cho xem giấy tờ hiện nay.",
        "Ask the person for the papers of today.",
        15,
    ),
    Reason.TONE_PLACEMENT: Words("Họ tên đặt dấu thanh kiểu khác", "The tone mark stands elsewhere", "", "", 4),
    Reason.I_OR_Y: Words("Họ tên viết i hoặc y khác", "The name is written with i for y or y for i", *_MEND_NAME, 5),
    Reason.NO_MARKS: Words("Họ tên thiếu dấu", "The name has no marks", *_MEND_NAME, 7),
    Reason.OTHER_MARKS: Words("Họ tên khác dấu", "The name has other marks", *_MEND_NAME),
    Reason.WORD_ORDER: Words("Họ tên đảo thứ tự", "The words of the name stand in another order", *_MEND_NAME, 10),
    Reason.MIDDLE_NAME: Words("Họ tên thiếu hoặc thừa tên đệm", "A middle name is missing or too many", *_MEND_NAME, 10),
    Reason.MIDDLE_OTHER: Words("Tên đệm khác", "The middle name is another", *_MEND_NAME),
    Reason.NAME_MISSING: Words("Chưa có họ tên", "There is no name", "Bạn bổ sung họ tên.", "Add the name."),
    Reason.DATE_PRECISION: Words("Ngày sinh chỉ có năm hoặc tháng, năm", "The birth date is of less precision", "", "", 11),
    Reason.DATE_SWAPPED: Words("Ngày và tháng sinh bị đảo", "Day and month of birth are swapped", *_MEND_DATE, 11),
    Reason.DATE_DEFAULT: Words("Ngày sinh ghi mặc định 01/01", "The birth date is the default of 1 January", *_MEND_DATE, 11),
    Reason.DATE_LUNAR: Words("Ngày sinh có thể là ngày âm lịch", "The birth date may be of the lunar calendar", *_MEND_DATE, 11),
    Reason.DATE_SHORT_YEAR: Words(
        "Năm sinh chỉ ghi hai chữ số",
        "The year of birth has two digits",
        "Bạn ghi năm sinh đủ bốn chữ số.",
        "Write the year with four digits.",
        11,
    ),
    Reason.DATE_MISSING: Words(
        "Chưa có ngày sinh hoặc không đọc được", "The birth date is missing or unreadable", "Bạn bổ sung ngày sinh.", "Add it."
    ),
    Reason.OLD_NUMBER: Words(
        "Đang dùng số chứng minh nhân dân cũ",
        "The number is of an old card",
        "Bạn cập nhật số định danh 12 chữ số.",
        "Bring in the number of twelve digits.",
        12,
    ),
    Reason.LOST_ZERO: Words("Số bị mất số 0 ở đầu", "The number lost its leading zero", *_AS_TEXT, 13),
    Reason.NUMBER_WRITTEN: Words(
        "Số có dấu cách, dấu chấm hoặc chữ thay cho số", "The number has blanks, dots or letters for digits", *_MEND_NUMBER, 14
    ),
    Reason.SCIENTIFIC: Words("Số bị bảng tính đổi sang dạng 1,2E+11", "A spreadsheet made the number scientific", *_AS_TEXT, 13),
    Reason.DIGITS_EXCHANGED: Words(
        "Số có thể bị đảo hai chữ số liền nhau", "Two neighbouring digits may be exchanged", *_MEND_NUMBER, 14
    ),
    Reason.DIGIT_WRONG: Words("Số có thể sai một chữ số", "One digit may be wrong", *_MEND_NUMBER, 14),
    Reason.DEAD: Words(
        "Người này đã chết theo dữ liệu dân cư",
        "The person is dead by the registry",
        "Bạn kiểm tra và dừng bản ghi theo quy định.",
        "Look into the record and end it as the rules say.",
        16,
    ),
    Reason.REPLACED: Words(
        "Số đã được thay bằng số khác",
        "The number was replaced by another",
        "Bạn đề nghị người này cho biết số hiện nay.",
        "Ask the person for the number of today.",
        17,
    ),
    Reason.CANCELLED: Words("Số đã bị huỷ", "The number was cancelled", *_MEND_NUMBER, 17),
    Reason.ANOTHER_PERSON: Words(
        "Số này là của người khác",
        "The number is of another person",
        "Bạn kiểm tra lại số và người.",
        "Look at number and person.",
        17,
    ),
    Reason.FORMER_UNIT: Words(
        "Địa chỉ ghi theo đơn vị hành chính cũ",
        "The address is in units of before",
        "Bạn cập nhật địa chỉ theo đơn vị hành chính hiện nay.",
        "Bring the address to the units of today.",
        18,
    ),
}
FOUND: Mapping[Found, Words] = {
    Found.NO_NUMBER: Words("Chưa có số giấy tờ", "There is no number", "Bạn bổ sung số giấy tờ.", "Add the number."),
    Found.UNUSABLE: Words("Số không đúng dạng", "What stands there is no number", *_MEND_NUMBER),
    Found.NOBODY: Words("Không có người nào mang số này", "Nobody has this number", *_MEND_NUMBER),
    Found.SEVERAL: Words(
        "Số cũ này của nhiều người",
        "Several persons have this old number",
        "Bạn cập nhật số định danh 12 chữ số.",
        "Bring in the number of twelve digits.",
    ),
}
GRADES: Mapping[Grade, Words] = {
    Grade.MATCH: Words("Khớp", "Agrees"),
    Grade.MATCH_NORMALISED: Words("Khớp sau chuẩn hoá", "Agrees once normalised"),
    Grade.NEAR: Words("Gần khớp", "Nearly agrees", "Bạn đối chiếu với giấy tờ.", "Compare with the papers."),
    Grade.DIFFERS: Words("Không khớp", "Differs", "Bạn đối chiếu với giấy tờ rồi sửa.", "Compare with the papers and mend it."),
    Grade.NOT_FOUND: Words("Không tìm thấy", "Not found", *_MEND_NUMBER),
    Grade.DEAD: Words("Đã chết", "Dead", REASONS[Reason.DEAD].to_do, REASONS[Reason.DEAD].to_do_en),
    Grade.DUPLICATE: Words("Trùng", "Repeated", "Bạn giữ một bản ghi, bỏ bản trùng.", "Keep one record and drop the other."),
}
FIELDS: Mapping[Differs, tuple[str, str]] = {
    Differs.NAME: ("Họ tên", "Name"),
    Differs.BIRTH_DATE: ("Ngày sinh", "Birth date"),
    Differs.NUMBER: ("Số giấy tờ", "Number"),
    Differs.SEX: ("Giới tính", "Sex"),
    Differs.ADDRESS: ("Địa chỉ", "Address"),
}
REPEATED: Mapping[Repeated, Words] = {
    Repeated.SAME_RECORD: Words("Trùng nguyên bản ghi với dòng {row}", "The same record as row {row}"),
    Repeated.OTHER_NUMBER: Words(
        "Cùng một người với dòng {row}, ghi bằng số khác nhau",
        "The same person as row {row}, under different numbers",
        cause=REPEATED_CAUSE,
    ),
    Repeated.SAME_PERSON: Words("Cùng một người với dòng {row}", "The same person as row {row}"),
    Repeated.OTHER_PERSON: Words(
        "Cùng số với dòng {row} nhưng khác họ tên", "The number of row {row}, another name", cause=REPEATED_CAUSE
    ),
    Repeated.MAYBE_SAME_PERSON: Words(
        "Có thể là cùng một người với dòng {row} đã khớp", "May be the same person as row {row}, which agrees"
    ),
}
CANDIDATES = "Có {count} người có thể khớp"
WRITTEN_CAUSES = {1: 1, 2: 2}  # how a name is composed, as described → cause
LEGACY_CAUSE = 6
CAUSES = {
    1: "Unicode tổ hợp", 2: "Unicode nửa tổ hợp", 3: "Ký tự giống chữ Việt", 4: "Vị trí dấu thanh", 5: "i và y",
    6: "Bảng mã cũ", 7: "Không dấu", 8: "Hoa thường, khoảng trắng, dấu câu", 9: "Viết tắt", 10: "Tên đệm, thứ tự họ tên",
    11: "Ngày sinh thiếu, mặc định hoặc đảo", 12: "Số cũ 9 chữ số", 13: "Mất số 0 đầu, dạng khoa học", 14: "Cách viết số",
    15: "Thay đổi họ tên, giới tính", 16: "Người đã chết", 17: "Trùng số, trùng người", 18: "Địa chỉ theo đơn vị cũ",
}  # fmt: skip
# What each column of the results is called for people; a program reads the names in `results.parquet`.
HEADINGS = {
    "list_row": "Dòng",
    "reference": "Mã của bạn",
    "grade": "Kết quả",
    "meaning": "Diễn giải",
    "differs": "Trường sai lệch",
    "reasons": "Nguyên nhân",
    "to_do": "Việc cần làm",
    "candidates": "Người có thể khớp",
    "repeated": "Trùng trong danh sách",
}


def flags_in(value: int, known: Mapping[Reason, Words]) -> list[Reason]:
    """The reasons of a record, in the order of the table."""
    return [reason for reason in known if value & reason]


def grade_words(code: str) -> str:
    """What a grade's code means."""
    return next(words.words for grade, words in GRADES.items() if grade.code == code)
