"""Makes the small fonts of the pages from the web fonts of Be Vietnam Pro (needs fonttools and brotli; not used at run time).

    python tools/make_fonts.py FOLDER_WITH_FULL_SUBSETS src/dancu/ui/static/ui/fonts

FOLDER_WITH_FULL_SUBSETS holds be-vietnam-pro-{latin,vietnamese}-{400,500,700}-normal.woff2 as Fontsource packs them.
Written are, for each weight, `core-latin` and `core-vietnamese` (what Vietnamese and English pages need: small enough for a
slow line) and `figures`: the family has no figures of one width, and numbers in tables must stand under each other.
Only the text weight keeps its hinting, which is half of a file and counts at small sizes on old screens.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from statistics import median

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

WEIGHTS, HINTED = (400, 500, 700), {400}
VOWELS, MARKS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VIETNAMESE = {unicodedata.normalize("NFC", vowel + mark) for vowel in VOWELS for mark in MARKS} | set("đĐ") | {*MARKS[1:]}
CORE = {chr(code) for code in range(0x20, 0x7F)} | VIETNAMESE | set("\u00a0«»·×°±²§©–—‹›‘’“”…•′″₫→←↑↓−≤≥\u2009\u202f")
DIGITS = "0123456789"


def made(source: Path, letters: set[str], *, hinted: bool) -> TTFont:
    font = TTFont(source)
    options = Options()
    options.hinting, options.layout_features, options.name_IDs = hinted, ["kern", "mark", "mkmk", "ccmp", "locl", "liga"], ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(letter) for letter in letters if len(letter) == 1 and ord(letter) in font.getBestCmap()])
    subsetter.subset(font)
    return font


def of_one_width(font: TTFont) -> TTFont:
    """Every figure as wide as most are, in the middle of its place, without kerning."""
    names = [font.getBestCmap()[ord(digit)] for digit in DIGITS]
    place = round(median(font["hmtx"][name][0] for name in names))
    for name in names:
        width, left = font["hmtx"][name]
        shift = (place - width) // 2
        font["glyf"][name].coordinates.translate((shift, 0))
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (place, left + shift)
    for table in ("GPOS", "GSUB", "GDEF"):
        if table in font:
            del font[table]
    return font


def main(source: Path, target: Path) -> None:
    for weight in WEIGHTS:
        files = {part: source / f"be-vietnam-pro-{part}-{weight}-normal.woff2" for part in ("latin", "vietnamese")}
        fonts = {f"core-{part}": made(path, CORE, hinted=weight in HINTED) for part, path in files.items()}
        fonts["figures"] = of_one_width(made(files["latin"], set(DIGITS), hinted=False))
        for name, font in fonts.items():
            font.flavor = "woff2"
            font.save(target / f"be-vietnam-pro-{name}-{weight}.woff2")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
