"""How an agreeing name is written is told by the compiled loop exactly as the definition has it, for spellings nobody writes."""

from __future__ import annotations

import random
import unicodedata

from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.reasons import Reason
from dancu.reconcile.engine.writing import written_reasons
from tests.reconcile.engine.columns import KEY, batch, snapshot

NAMES = ("Trần Thị Thúy Hòa", "H'Hen Niê", "Lê Bình", "Đỗ Văn An", "Y Blan", "Nguyễn Ngọc Ánh", "K'Brêu", "Hà Lan")
NUMBER, BORN = "046093000002", "1993"


def spoiled(name: str, chance: random.Random) -> str:
    half = name.replace("ầ", "â\u0300").replace("ễ", "ê\u0303").replace("ọ", "o\u0323").replace("ú", "u\u0301")
    spellings = [
        name, half, name.upper(), name.lower(), unicodedata.normalize("NFD", name), name.replace(" ", "  ", 1), f" {name}",
        f"{name} ",
        name.replace(" ", "\u00a0"), name + ".", name.replace("'", "’"), name.replace(" ", " \u200b"), name.replace("H", "Н"),
        name.replace("Đ", "Ð"), name.replace("n", "ｎ"), unicodedata.normalize("NFD", name.upper()), name.replace(" ", "\t") + ",",
    ]  # fmt: skip
    return chance.choice(spellings)


def test_the_compiled_loop_and_the_definition_say_the_same_of_every_spelling() -> None:
    chance = random.Random(9)
    asked = [(name, spoiled(spoiled(name, chance), chance)) for name in (chance.choice(NAMES) for _ in range(4000))]
    people = {name: f"0460930000{at:02d}" for at, name in enumerate(NAMES)}
    registry = snapshot(*((number, name, BORN) for name, number in people.items()))

    made = compare(batch(*((people[name], text, BORN) for name, text in asked)), registry, KEY, 2026)

    agreeing = [at for at in range(len(asked)) if not made.differs[at]]
    assert len(agreeing) > 3500
    for at in agreeing:
        text = asked[at][1]
        told = Reason(int(made.reason[at])) & ~Reason.TONE_PLACEMENT
        by_definition = [written_reasons(text, repairing=repairing) for repairing in (False, True)]
        assert told in by_definition, (text, told, by_definition)
        assert told == by_definition[1] or not told & (Reason.SIGNS | Reason.LOOK_ALIKE)


def test_case_is_told_where_it_is_one_throughout() -> None:
    names = ("H'Hen ƀKrông", "H'HEN ɃKRÔNG", "h'hen ƀkrông", "h'hen ƀKrông")

    made = compare(batch(*((NUMBER, name, BORN) for name in names)), snapshot((NUMBER, names[0], BORN)), KEY, 2026)

    assert [Reason(int(each)) for each in made.reason] == [Reason(0), Reason.LETTER_CASE, Reason.LETTER_CASE, Reason(0)]
