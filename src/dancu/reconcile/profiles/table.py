"""The kinds of lists that are compared, as one table: what each needs, what else is read of it, what is checked. Pure.

Pages read it: nothing compiled is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dancu.kernel.errors import Invalid
from dancu.reconcile.reading.headings import Role

Keys = tuple[Role, ...]
BY_NUMBER: Keys = (Role.NUMBER, Role.NAME, Role.BIRTH_DATE)
BY_PARENTS: Keys = (Role.NAME, Role.BIRTH_DATE, Role.FATHER, Role.MOTHER, Role.HOME_TOWN)
BY_HOME_TOWN: Keys = (Role.NAME, Role.BIRTH_DATE, Role.HOME_TOWN)
BY_ADDRESS: Keys = (Role.NAME, Role.BIRTH_DATE, Role.ADDRESS)
# A column the report may count by, the one that says most first.
GROUPABLE: Keys = (Role.SOURCE, Role.PROVINCE, Role.SEX)
# Circular 86/2024/TT-BTC: from this day on the personal number stands for the tax number of a person.
TAX_NUMBER_REPLACED_ON = date(2025, 7, 1)


class Check(StrEnum):
    """What a profile looks at in its own numbers (*kiểm tra mã số riêng*)."""

    TAX_NUMBER = "tax_number"
    INSURANCE_NUMBER = "insurance_number"
    HEALTH_CARD = "health_card"
    LICENCE_NUMBER = "licence_number"
    PHONE = "phone"


# A check looks at the column of this role, where the list has it.
ROLE_OF: Pairs[Check, Role] = {
    Check.TAX_NUMBER: Role.TAX_NUMBER,
    Check.INSURANCE_NUMBER: Role.INSURANCE_NUMBER,
    Check.HEALTH_CARD: Role.HEALTH_CARD,
    Check.LICENCE_NUMBER: Role.LICENCE_NUMBER,
    Check.PHONE: Role.PHONE,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of list that is compared with the registry (*loại danh sách đối soát*).

    `keys` are the sets of columns any one of which is enough, the best first. Without a number a person is never found for
    certain: such a set only leads to candidates. `one_to_one`: nobody should stand in the list twice.
    """

    code: str
    name: str
    name_en: str
    legal_basis: str
    keys: tuple[Keys, ...]
    extra: Keys
    checks: tuple[Check, ...]
    own: Keys = ()  # needed besides any set of keys
    one_to_one: bool = True
    expects_living: bool = True  # the dead belong to this list as well: a death is no fault of it

    @property
    def needed(self) -> Keys:
        """What a list of this kind should have: the best set of keys and its own number (*các cột cần có*)."""
        return (*self.keys[0], *self.own)

    @property
    def also(self) -> Keys:
        """Every role besides number, name and birth date that reading should give along (*các cột đọc kèm*)."""
        every = (*self.own, *(role for keys in self.keys for role in keys), *self.extra, *(ROLE_OF[each] for each in self.checks))
        return tuple(role for role in dict.fromkeys(every) if role not in BY_NUMBER)


PROFILES: Pairs[str, Profile] = {
    profile.code: profile
    for profile in (
        Profile(
            "subscribers",
            "Thuê bao viễn thông",
            "Telephone subscribers",
            "Nghị định 163/2024/NĐ-CP",
            (BY_NUMBER,),
            (Role.PHONE, Role.VERIFIED_ON, Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.ADDRESS, Role.RECORD_KEY),
            (Check.PHONE,),
            one_to_one=False,  # a person may have several numbers
        ),
        Profile(
            "tax",
            "Người nộp thuế",
            "Taxpayers",
            "Thông tư 86/2024/TT-BTC",
            (BY_NUMBER,),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.ADDRESS, Role.RECORD_KEY),
            (Check.TAX_NUMBER,),
            own=(Role.TAX_NUMBER,),
        ),
        Profile(
            "insurance",
            "Người tham gia bảo hiểm xã hội, bảo hiểm y tế",
            "Insured persons",
            "Luật Bảo hiểm xã hội 41/2024/QH15",
            (BY_NUMBER,),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.ADDRESS, Role.RECORD_KEY),
            (Check.INSURANCE_NUMBER, Check.HEALTH_CARD),
        ),
        Profile(
            "civil_status",
            "Sổ hộ tịch",
            "Civil-status registers",
            "Luật Hộ tịch 60/2014/QH13",
            (BY_NUMBER, BY_PARENTS),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.ADDRESS, Role.RECORD_KEY),
            (),
            one_to_one=False,  # a birth, a marriage and a death of one person
            expects_living=False,
        ),
        Profile(
            "driving_licences",
            "Giấy phép lái xe",
            "Driving licences",
            "Luật Trật tự, an toàn giao thông đường bộ 36/2024/QH15",
            (BY_NUMBER, BY_ADDRESS),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.RECORD_KEY),
            (Check.LICENCE_NUMBER,),
            one_to_one=False,  # of several classes
        ),
        Profile(
            "associations",
            "Hội viên các hội, đoàn thể",
            "Members of associations",
            "Nghị định 126/2024/NĐ-CP",
            (BY_NUMBER, BY_PARENTS, BY_HOME_TOWN, BY_ADDRESS),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.PHONE, Role.RECORD_KEY),
            (),
        ),
        Profile(
            "merit",
            "Người có công với cách mạng",
            "Persons with merit",
            "Pháp lệnh 02/2020/UBTVQH14",
            (BY_NUMBER, BY_PARENTS, BY_HOME_TOWN),
            (Role.SEX, Role.PROVINCE, Role.COMMUNE, Role.ADDRESS, Role.RECORD_KEY),
            (),
            expects_living=False,  # the fallen are honoured too
        ),
    )
}


def get_profile(code: str) -> Profile:
    """The profile of a code (*tìm loại danh sách*). Raises `Invalid` naming those there are."""
    found = PROFILES.get(code)
    if found is None:
        known = ", ".join(PROFILES)
        raise Invalid(
            "reconcile.profile",
            "Chưa có loại danh sách này. Bạn chọn một loại trong bảng.",
            f"There is no such kind of list. There are {known}.",
            field="profile",
        )
    return found
