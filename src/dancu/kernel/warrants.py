"""Who asks, and the permission without which nobody reads a fact about a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Field(StrEnum):
    """The items of a person that can be granted (*trường thông tin*, Law 26/2023/QH15, Article 9, items 1 to 26)."""

    FULL_NAME = "full_name"  # 1
    OTHER_NAME = "other_name"  # 2
    PERSONAL_ID = "personal_id"  # 3
    BIRTH_DATE = "birth_date"  # 4
    SEX = "sex"  # 5
    BIRTH_PLACE = "birth_place"  # 6
    BIRTH_REGISTRATION = "birth_registration"  # 7
    HOME_TOWN = "home_town"  # 8
    ETHNICITY = "ethnicity"  # 9
    RELIGION = "religion"  # 10
    NATIONALITY = "nationality"  # 11
    BLOOD_TYPE = "blood_type"  # 12
    OLD_ID_NO = "old_id_no"  # 13
    ID_CARDS = "id_cards"  # 14
    RELATIVES = "relatives"  # 15
    PERMANENT_RESIDENCE = "permanent_residence"  # 16
    TEMPORARY_RESIDENCE = "temporary_residence"  # 17
    CURRENT_RESIDENCE = "current_residence"  # 18
    TEMPORARY_ABSENCE = "temporary_absence"  # 19
    RESIDENCE_FILE_NO = "residence_file_no"  # 20
    MARITAL_STATUS = "marital_status"  # 21
    HOUSEHOLD_RELATION = "household_relation"  # 22
    HOUSEHOLD = "household"  # 23
    LIFE_STATUS = "life_status"  # 24
    CONTACT = "contact"  # 25
    ATTACHED = "attached"  # 26


# Rule 7: these need a permission of their own and are masked by default.
SENSITIVE_FIELDS = frozenset({Field.ETHNICITY, Field.RELIGION, Field.BLOOD_TYPE})


class Actor(msgspec.Struct, frozen=True):
    """Who asks: a system of an organisation, and the officer or account it names (*chủ thể khai thác*)."""

    organisation: str  # official code, for example H57.12.3
    system: str  # client id of the information system
    officer: str  # account on the organisation's approved list


class Warrant(msgspec.Struct, frozen=True):
    """The permission to read stated fields of one person for one purpose (*căn cứ khai thác*). No warrant, no read."""

    actor: Actor
    purpose: str
    legal_basis: str
    procedure: str
    integration_code: str
    dossier_no: str
    fields: frozenset[Field]
    expires_at: datetime
    defaulted: tuple[str, ...] = ()  # which of purpose, legal_basis, dossier_no came from the grant, not the caller
    protected: bool = False  # protected persons may be seen under it: registry officers with that grant only
    sealed_days: int = 0  # the look is shown to its person so many days later; 0: at once
    via: str = ""  # the hub through which the question came
    peer: str = ""  # the entry under which that hub recorded it
