"""What a profile says of its own numbers, beside the verdict about the person: its words and what to do. Data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag


class OwnFlag(IntFlag):
    """What is wrong with a number the list's owner gives out herself (*lỗi mã số riêng của danh sách*)."""

    TAX_MISSING = 1 << 0
    TAX_FORM = 1 << 1
    TAX_CHECK_DIGIT = 1 << 2
    TAX_LOST_ZERO = 1 << 3
    TAX_NOT_HERS = 1 << 4
    TAX_REPLACED = 1 << 5
    TAX_OF_PLACE = 1 << 6
    INSURANCE_MISSING = 1 << 7
    INSURANCE_FORM = 1 << 8
    INSURANCE_LOST_ZERO = 1 << 9
    INSURANCE_PERSONAL = 1 << 10
    CARD_FORM = 1 << 11
    CARD_BENEFIT = 1 << 12
    CARD_PROVINCE = 1 << 13
    CARD_NOT_HERS = 1 << 14
    LICENCE_MISSING = 1 << 15
    LICENCE_FORM = 1 << 16
    LICENCE_LOST_ZERO = 1 << 17
    LICENCE_PERSONAL = 1 << 18
    PHONE_MISSING = 1 << 19
    PHONE_FORM = 1 << 20
    PHONE_OLD_PREFIX = 1 << 21
    PHONE_LOST_ZERO = 1 << 22
    KEYS_MISSING = 1 << 23

    @property
    def words(self) -> str:
        return OWN_FAULTS[self].words

    @property
    def words_en(self) -> str:
        return OWN_FAULTS[self].words_en


@dataclass(frozen=True, slots=True)
class OwnFault:
    """The words of a finding and what its owner does about it (*nội dung lỗi và cách xử lý*)."""

    words: str
    words_en: str
    advice: str
    advice_en: str
    is_note: bool = False  # true and worth knowing; nothing needs mending


_CHECK_PAPER = ("Bạn xem lại trên giấy gốc rồi ghi lại.", "Look at the paper itself and write it again.")
_AS_TEXT = ("Bạn lưu cột này dạng văn bản để giữ số 0 ở đầu.", "Keep this column as text, so that leading zeros stay.")

OWN_FAULTS: Mapping[OwnFlag, OwnFault] = {
    OwnFlag.TAX_MISSING: OwnFault(
        "Chưa có mã số thuế", "There is no tax number", "Bạn bổ sung mã số thuế của người này.", "Add this person's tax number."
    ),
    OwnFlag.TAX_FORM: OwnFault(
        "Mã số thuế không đúng dạng: phải có 10 số, 13 số (10 số, gạch nối, 3 số) hoặc là số định danh 12 số",
        "The tax number has no valid form: 10 digits, 10 with a suffix of 3, or the personal number of 12",
        *_CHECK_PAPER,
    ),
    OwnFlag.TAX_CHECK_DIGIT: OwnFault(
        "Chữ số kiểm tra của mã số thuế sai",
        "The tax number's check digit is wrong",
        "Có chữ số gõ nhầm. Bạn đối chiếu với thông báo mã số thuế rồi sửa.",
        "A digit was mistyped. Compare it with the notice of the tax number and mend it.",
    ),
    OwnFlag.TAX_LOST_ZERO: OwnFault("Mã số thuế mất số 0 ở đầu", "The tax number lost its leading zero", *_AS_TEXT),
    OwnFlag.TAX_NOT_HERS: OwnFault(
        "Mã số thuế là một số định danh khác với số giấy tờ của bản ghi",
        "The tax number is a personal number other than the record's own",
        "Bạn kiểm tra hai cột có bị lệch dòng không.",
        "Check whether the two columns slipped by a row.",
    ),
    OwnFlag.TAX_REPLACED: OwnFault(
        "Mã số thuế 10 số của cá nhân đã được thay bằng số định danh từ 01/07/2025",
        "Since 1 July 2025 the personal number stands for a person's tax number of ten digits",
        "Bạn liên kết mã số thuế này với số định danh.",
        "Link this tax number to the personal number.",
        is_note=True,
    ),
    OwnFlag.TAX_OF_PLACE: OwnFault(
        "Mã số thuế 13 số là của địa điểm hoặc đơn vị phụ thuộc, phần cá nhân là 10 số đầu",
        "A tax number with a suffix is of a place of business; the person's are the first ten digits",
        "Bạn giữ nguyên nếu đúng là địa điểm kinh doanh.",
        "Leave it if it is a place of business.",
        is_note=True,
    ),
    OwnFlag.INSURANCE_MISSING: OwnFault(
        "Chưa có mã số bảo hiểm xã hội",
        "There is no social-insurance number",
        "Bạn bổ sung mã số bảo hiểm xã hội.",
        "Add the social-insurance number.",
    ),
    OwnFlag.INSURANCE_FORM: OwnFault(
        "Mã số bảo hiểm xã hội phải đủ 10 chữ số", "A social-insurance number has 10 digits", *_CHECK_PAPER
    ),
    OwnFlag.INSURANCE_LOST_ZERO: OwnFault(
        "Mã số bảo hiểm xã hội mất số 0 ở đầu", "The social-insurance number lost its leading zero", *_AS_TEXT
    ),
    OwnFlag.INSURANCE_PERSONAL: OwnFault(
        "Cột mã số bảo hiểm xã hội đang ghi số định danh của bản ghi",
        "The social-insurance number is the record's own personal number",
        "Bạn giữ nguyên nếu cơ quan bảo hiểm đã dùng số định danh; nếu chưa, ghi lại mã 10 chữ số.",
        "Leave it if the insurer uses the personal number already; if not, write the code of ten digits.",
        is_note=True,
    ),
    OwnFlag.CARD_FORM: OwnFault(
        "Số thẻ bảo hiểm y tế phải có 15 ký tự (2 chữ cái, 13 chữ số) hoặc 10 số cuối",
        "A health-insurance card has 15 characters (2 letters, 13 digits), or its last ten digits are given",
        *_CHECK_PAPER,
    ),
    OwnFlag.CARD_BENEFIT: OwnFault(
        "Mức hưởng trên thẻ bảo hiểm y tế (ký tự thứ 3) phải từ 1 đến 5",
        "The benefit digit of the card (the third character) is from 1 to 5",
        *_CHECK_PAPER,
    ),
    OwnFlag.CARD_PROVINCE: OwnFault(
        "Mã tỉnh trên thẻ bảo hiểm y tế (ký tự 4 và 5) không có",
        "The card's province (its fourth and fifth character) does not exist",
        *_CHECK_PAPER,
    ),
    OwnFlag.CARD_NOT_HERS: OwnFault(
        "10 số cuối của thẻ bảo hiểm y tế khác mã số bảo hiểm xã hội của bản ghi",
        "The card's last ten digits are not the record's social-insurance number",
        "Bạn kiểm tra thẻ có phải của người này không.",
        "Check whether the card is this person's.",
    ),
    OwnFlag.LICENCE_MISSING: OwnFault(
        "Chưa có số giấy phép lái xe",
        "There is no driving-licence number",
        "Bạn bổ sung số giấy phép lái xe.",
        "Add the driving-licence number.",
    ),
    OwnFlag.LICENCE_FORM: OwnFault("Số giấy phép lái xe phải đủ 12 chữ số", "A driving licence has 12 digits", *_CHECK_PAPER),
    OwnFlag.LICENCE_LOST_ZERO: OwnFault(
        "Số giấy phép lái xe mất số 0 ở đầu", "The driving-licence number lost its leading zero", *_AS_TEXT
    ),
    OwnFlag.LICENCE_PERSONAL: OwnFault(
        "Cột số giấy phép lái xe đang ghi số định danh",
        "The driving-licence number is the record's personal number",
        "Bạn ghi lại số in trên giấy phép lái xe.",
        "Write the number that is printed on the licence.",
    ),
    OwnFlag.PHONE_MISSING: OwnFault(
        "Chưa có số thuê bao", "There is no telephone number", "Bạn bổ sung số thuê bao.", "Add the telephone number."
    ),
    OwnFlag.PHONE_FORM: OwnFault(
        "Số thuê bao không đúng: số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09",
        "This is no telephone number: a mobile one has 10 digits and begins with 03, 05, 07, 08 or 09",
        "Bạn xem lại số thuê bao trong hợp đồng.",
        "Look at the number in the contract.",
    ),
    OwnFlag.PHONE_OLD_PREFIX: OwnFault(
        "Số thuê bao 11 số theo đầu số cũ, đã đổi sang 10 số từ năm 2018",
        "A number of 11 digits with the prefix of before 2018; since then it has 10",
        "Bạn đổi sang đầu số mới.",
        "Write it with the new prefix.",
    ),
    OwnFlag.PHONE_LOST_ZERO: OwnFault("Số thuê bao mất số 0 ở đầu", "The telephone number lost its leading zero", *_AS_TEXT),
    OwnFlag.KEYS_MISSING: OwnFault(
        "Bản ghi không có số giấy tờ và thiếu thông tin để tìm người",
        "The record has no paper number and too little else to find the person by",
        "Bạn bổ sung số định danh, hoặc đủ các cột thay thế của loại danh sách này.",
        "Add the personal number, or all the columns that stand for it in this kind of list.",
    ),
}
NOTES = OwnFlag(0)
for _flag, _fault in OWN_FAULTS.items():
    if _fault.is_note:
        NOTES |= _flag


def faults_of(flags: int) -> list[OwnFlag]:
    """The findings of one record, each by itself (*các lỗi của một bản ghi*)."""
    return [flag for flag in OwnFlag if flags & flag]


def own_words() -> dict[int, tuple[str, str]]:
    """For each finding what it is and what its owner does, as results are worded (*lời kết quả kiểm tra mã số*)."""
    return {int(flag): (fault.words, fault.advice) for flag, fault in OWN_FAULTS.items()}
