"""The lifelong 12-digit number of a person and the 9-digit number of the old identity card."""

from __future__ import annotations

import msgspec

from dancu.kernel.errors import Invalid

_SEPARATORS = str.maketrans("", "", " .-\u00a0\t")
# Vietnamese input methods and spreadsheets leave these digits behind.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class PersonalId(msgspec.Struct, frozen=True, order=True):
    """Twelve digits, no check digit: province of birth registration, century and sex, year, random (*số định danh cá nhân*).

    Decree 137/2015/NĐ-CP, Article 13; Law on Identification 26/2023/QH15, Article 12.
    """

    number: int

    @classmethod
    def parse(cls, text: str, field: str = "personal_id") -> PersonalId:
        """Read 12 digits, forgiving blanks, dots and hyphens. Raises `Invalid` saying what is wrong."""
        digits = text
        if not (len(text) == 12 and text.isascii() and text.isdigit()):
            digits = text.translate(_SEPARATORS).translate(_FULL_WIDTH)
        if not digits:
            raise Invalid(
                "personal_id.missing", "Chưa nhập số định danh (12 chữ số).", "Enter the personal number (12 digits).", field=field
            )
        if not (digits.isascii() and digits.isdigit()):
            raise Invalid(
                "personal_id.not_digits",
                "Số định danh chỉ gồm chữ số. Xoá các ký tự khác rồi thử lại.",
                "A personal number consists of digits only. Remove the other characters.",
                field=field,
            )
        if len(digits) != 12:
            raise Invalid(
                "personal_id.length",
                f"Số định danh phải đủ 12 chữ số. Bạn đã nhập {len(digits)} số.",
                f"A personal number has 12 digits. You entered {len(digits)}.",
                field=field,
            )
        if len(set(digits)) == 1:
            raise Invalid(
                "personal_id.repeated",
                "Số định danh không thể gồm 12 chữ số giống nhau. Xem lại trên thẻ.",
                "A personal number cannot repeat one digit. Check the card.",
                field=field,
            )
        return cls(int(digits))

    @property
    def digits(self) -> str:
        return f"{self.number:012d}"

    @property
    def grouped(self) -> str:
        """As people read it aloud: groups of 3-3-6."""
        text = self.digits
        return f"{text[:3]} {text[3:6]} {text[6:]}"

    @property
    def province_code(self) -> str:
        """Province (or country) of birth registration: never the place of residence."""
        return self.digits[:3]

    @property
    def stated_sex(self) -> int:
        """1 male, 2 female, as issued. A hint only: sex may have been corrected later."""
        return 1 if int(self.digits[3]) % 2 == 0 else 2

    @property
    def stated_birth_year(self) -> int:
        """The birth year as issued. A hint only: the year may have been corrected later."""
        return 1900 + 100 * (int(self.digits[3]) // 2) + int(self.digits[4:6])

    def __str__(self) -> str:
        return self.digits

    def __repr__(self) -> str:
        return "PersonalId(…)"  # numbers must not reach logs through a repr


def parse_old_id(text: str, field: str = "old_id_no") -> str:
    """Nine digits of the old identity card (*số CMND*). Not unique across provinces, not decodable."""
    digits = text.translate(_SEPARATORS).translate(_FULL_WIDTH)
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        raise Invalid("old_id_no.length", "Số CMND cũ phải đủ 9 chữ số.", "An old identity number has 9 digits.", field=field)
    return digits
