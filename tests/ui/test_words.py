"""Every Vietnamese word of the pages has its English one: nothing missing, empty, doubtful, stale, or with other placeholders."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import dancu

SOURCE = Path(dancu.__path__[0])
FOLDER = SOURCE / "ui" / "locale" / "en" / "LC_MESSAGES"
PO = FOLDER / "django.po"
PLACES = re.compile(r"%\((\w+)\)[sd]")


def messages_of(text: str) -> list[tuple[str, str]]:
    """Message and translation in the order of the file; strings may run over several lines."""
    strings = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    found = re.findall(rf"^msgid {strings}msgstr {strings}", text, re.M)
    return [(_joined(one), _joined(other)) for one, other in found]


def _joined(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.split("\n") if line.strip())


TEXT = PO.read_text(encoding="utf-8")
MESSAGES = messages_of(TEXT)[1:]  # the first one is the heading of the file
KNOWN = dict(MESSAGES)


def words_of_templates() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*/templates/**/*.html"))
    plain = re.findall(r"{% translate (?:\"([^\"]*)\"|'([^']*)')", text)
    blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S)
    return {one or other for one, other in plain} | {re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in blocks}


def words_of_code() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno} translates what is no fixed text"
                found.add(node.args[0].value)
    return found


def test_the_file_was_read_whole():
    assert len(MESSAGES) == TEXT.count("\nmsgid ") - 1 > 100
    assert messages_of('msgid ""\nmsgstr ""\n"a: b\\n"\n\nmsgid ""\n"một "\n"hai"\nmsgstr "one two"\n')[1] == ("một hai", "one two")


def test_no_message_is_untranslated_doubtful_or_given_up():
    assert [one for one, other in MESSAGES if not other.strip()] == []
    assert "fuzzy" not in TEXT
    assert "#~" not in TEXT


def test_no_message_stands_twice():
    assert len(KNOWN) == len(MESSAGES)


def test_every_word_of_the_pages_has_a_translation():
    shown = words_of_templates() | words_of_code()

    assert len(shown) > 100
    assert shown - set(KNOWN) == set()


def test_a_translation_has_the_places_of_its_message():
    assert [one for one, other in MESSAGES if sorted(PLACES.findall(one)) != sorted(PLACES.findall(other))] == []


def test_a_sentence_stays_a_sentence():
    sentences = [(one, other) for one, other in MESSAGES if one.rstrip().endswith((".", "?"))]

    assert len(sentences) > 30
    assert [one for one, other in sentences if not other.rstrip().endswith((".", "?"))] == []


def test_no_translation_is_left_in_vietnamese():
    marks = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)

    assert [other for _, other in MESSAGES if marks.search(other)] == []


def test_the_compiled_file_is_the_written_one():
    with (FOLDER / "django.mo").open("rb") as compiled:
        held = gettext.GNUTranslations(compiled)

    assert {one: held.gettext(one) for one in KNOWN} == KNOWN
    assert set(held._catalog) - {""} == set(KNOWN)
