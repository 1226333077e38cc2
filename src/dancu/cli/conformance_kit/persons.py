"""The persons the kit asks about: simulated, known to the candidate, with known answers. Which of them plays which part."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from dancu.kernel.errors import Invalid

DEMO = "demo"
UNKNOWN = 16  # numbers that nobody has
_LIFE = {"0": "alive", "1": "dead", "2": "missing"}


@dataclass(frozen=True, slots=True)
class Persona:
    """One simulated person as the candidate's registry has her."""

    number: str
    name: str
    born: str  # yyyymmdd, or yyyy where no more is known
    old_number: str = ""
    sex: str = ""
    life: str = "alive"
    successor: str = ""  # the number that replaced hers
    spouse: str = ""

    @property
    def in_force(self) -> bool:
        return not self.successor

    @property
    def is_ordinary(self) -> bool:
        """Alive, with a whole date and a number in force: look-ups find her and tell nothing special."""
        return self.life == "alive" and self.in_force and len(self.born) == 8

    @property
    def hint(self) -> str:
        """Enough to recognise a persona, too little to be anybody's number."""
        number = self.number or self.old_number
        return f"{number[:3]}…{number[-3:]}"


@dataclass(frozen=True, slots=True)
class Cast:
    """All personas, by the part they play; a part nobody can play is None."""

    personas: tuple[Persona, ...]
    plain: Persona
    ordinary: tuple[Persona, ...]
    year_only: Persona | None
    dead: Persona | None
    missing: Persona | None
    replaced: Persona | None
    unknown: tuple[Persona, ...]  # nobody has these numbers; another for each dialect, since servers close what is guessed at

    @property
    def others(self) -> tuple[Persona, ...]:
        """Whom false statements are made about: not the plain one, whom everything needs."""
        return tuple(each for each in (*self.ordinary, self.missing) if each is not None and each != self.plain)

    def without(self, absent: Collection[Persona]) -> Cast:
        """The cast without some of the others."""
        ordinary = tuple(each for each in self.ordinary if each not in absent)
        return replace(self, ordinary=ordinary, missing=None if self.missing in absent else self.missing)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number that must not show where numbers do not belong."""
        return tuple(n for p in (*self.personas, *self.unknown) for n in (p.number, p.old_number) if n)


def without_marks(name: str) -> str:
    """As three clients of the field send a name: capitals, no marks, no blanks."""
    folded = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if c.isalnum() and not unicodedata.combining(c)).upper()


def read_cast(source: str) -> Cast:
    """The personas of the simulated nation, or those of a file in the same form. Raises `Invalid` with a sentence."""
    if source == DEMO:
        from dancu.synth.api import PERSONAS  # here: it is the one part that takes time to load

        return cast_of([_persona(row) for row in PERSONAS])
    try:
        rows = msgspec.json.decode(Path(source).read_bytes(), type=list[dict[str, Any]])
    except OSError:
        raise _invalid(f"Không đọc được tệp người mẫu {source}.", f"Cannot read the file of personas {source}.") from None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        text = "Tệp người mẫu phải là một danh sách JSON, mỗi phần tử có personal_id, full_name, birth_date."
        raise _invalid(text, "The file of personas must be a JSON list of objects.") from None
    return cast_of([_persona(row) for row in rows])


def cast_of(personas: Sequence[Persona]) -> Cast:
    """Give out the parts. Raises `Invalid` when nobody can play the plain one."""
    ordinary = tuple(p for p in personas if p.is_ordinary)
    marked = [p for p in ordinary if not p.name.isascii() and p.name != p.name.upper()]
    if not marked:
        text = "Cần ít nhất một người mẫu còn sống, số còn hiệu lực, đủ ngày sinh, họ tên có dấu."
        raise _invalid(text, "At least one living persona with a whole birth date and marks in the name is needed.")
    plain = next((p for p in marked if p.old_number), marked[0])
    chance = random.SystemRandom()
    taken = {p.number for p in personas}
    numbers = (f"{plain.number[:6]}{ends}" for ends in chance.sample(range(900_000, 1_000_000), 2 * UNKNOWN))
    unknown = [replace(plain, number=number, old_number="", spouse="") for number in numbers if number not in taken]

    def first(fits: Mapping[str, object]) -> Persona | None:
        return next((p for p in personas if all(getattr(p, name) == value for name, value in fits.items())), None)

    return Cast(
        tuple(personas),
        plain,
        ordinary,
        next((p for p in personas if len(p.born) == 4 and p.life == "alive" and p.in_force), None),
        first({"life": "dead", "in_force": True}),
        first({"life": "missing", "in_force": True}),
        first({"in_force": False}),
        tuple(unknown[:UNKNOWN]),
    )


def _persona(row: Mapping[str, Any]) -> Persona:
    """One row in the form of the registry's load file; members that the kit does not need are passed over."""
    stated = {name: value for name, value in row.items() if isinstance(value, str)}
    number, name, born = stated.get("personal_id", ""), stated.get("full_name", ""), stated.get("birth_date", "").replace("-", "")
    if not (len(number) == 12 and number.isdigit() and name.strip() and len(born) in (4, 8) and born.isdigit()):
        text = "Có người mẫu sai dạng: cần personal_id 12 chữ số, full_name, birth_date là yyyy-mm-dd hoặc yyyy."
        raise _invalid(text, "A persona is malformed: personal_id of 12 digits, full_name, birth_date yyyy-mm-dd or yyyy.")
    return Persona(
        number,
        unicodedata.normalize("NFC", name),
        born,
        stated.get("old_id_no", ""),
        stated.get("sex", ""),
        _LIFE.get(stated.get("life_status", "0"), "alive"),
        stated.get("successor", ""),
        _spouse(row.get("relatives")),
    )


def _spouse(relatives: object) -> str:
    """The name of the spouse; relatives come as an object, or as its JSON text as in the load file."""
    if isinstance(relatives, str):
        try:
            relatives = msgspec.json.decode(relatives)
        except msgspec.DecodeError:
            return ""
    spouse = relatives.get("spouse") if isinstance(relatives, dict) else None
    name = spouse.get("full_name") if isinstance(spouse, dict) else None
    return name if isinstance(name, str) else ""


def _invalid(message: str, message_en: str) -> Invalid:
    return Invalid("conformance.personas", message, message_en, field="personas")
