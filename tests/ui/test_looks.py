"""Colours can be read: every pair of text and ground in the style sheets has a contrast of 4.5, in light, in dark, on paper.

The pairs are read from the sheets: a rule that sets both colours is one pair; a rule that sets only the colour of the text
stands on the grounds of its scheme, the page and the raised surface.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dancu.ui

FOLDER = Path(dancu.ui.__file__).with_name("static") / "ui"
SHEETS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.css"))}
SCREEN = "\n".join(text for name, text in SHEETS.items() if "print" not in name)
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
Colours = dict[str, str]


def rules_of(css: str) -> list[tuple[str, dict[str, str]]]:
    """Selector and declarations of every innermost rule."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", bare)
    return [(selector.strip(), dict(_declarations(body))) for selector, body in found]


def _declarations(body: str) -> list[tuple[str, str]]:
    parts = (part.split(":", 1) for part in re.split(r";(?![^(]*\))", body) if ":" in part)
    return [(name.strip(), value.strip()) for name, value in parts]


def variables(declarations: dict[str, str]) -> Colours:
    return {name: value for name, value in declarations.items() if name.startswith("--")}


RULES = rules_of(SCREEN)


def tokens(of: str, *, first: str) -> Colours:
    """The tokens of the rule with a selector that defines a certain one."""
    return next(found for selector, body in RULES if selector.endswith(of) and first in (found := variables(body)))


LIGHT, MEASURES = tokens(":root", first="--ink"), tokens(":root", first="--control")
DARK, DARK_BY_CHOICE = tokens(':root:not([data-theme="light"])', first="--ink"), tokens('[data-theme="dark"]', first="--ink")
SLIP = {**LIGHT, **variables(dict(RULES)[".slip"]), "--bg": "#fff"}
SLIP_IN_DARK = {**DARK, **variables(dict(RULES)[".slip"]), "--bg": "#fff"}
SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colour_of(value: str, scheme: Colours) -> str | None:
    """A colour of a declaration; None when it takes the colour from around it."""
    named = re.search(r"var\((--[\w-]+)\)", value)
    if named:
        return scheme[named.group(1)]
    plain = re.search(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b", value)
    return plain.group(0) if plain else None


def pairs_of(rules: list[tuple[str, dict[str, str]]], scheme: Colours) -> list[tuple[str, str, str]]:
    """Selector, colour of the text and colour of the ground, for all text the sheet colours."""
    grounds = [scheme["--bg"], scheme["--surface"]]
    found = [("body", scheme["--ink"], ground) for ground in grounds]
    for selector, body in rules:
        ink = colour_of(body.get("color", ""), scheme)
        ground = colour_of(body.get("background", ""), scheme)
        if ink:
            found += [(selector, ink, each) for each in ([ground] if ground else grounds)]
    return found


def test_the_measure_is_the_one_of_the_standard():
    assert contrast("#000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_a_pale_colour_would_be_found():
    planted = pairs_of(rules_of(".x { color: #999; } .y { color: var(--ink); background: var(--brand) }"), LIGHT)

    assert [selector for selector, ink, ground in planted if contrast(ink, ground) < TEXT_CONTRAST] == [".x", ".x", ".y"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_text_can_be_read(scheme: str):
    pairs = pairs_of([rule for rule in RULES if not rule[0].startswith(".slip")], SCHEMES[scheme])

    assert len({ink for _, ink, _ in pairs}) >= 8
    faint = [(selector, ink, ground) for selector, ink, ground in pairs if contrast(ink, ground) < TEXT_CONTRAST]
    assert faint == []


@pytest.mark.parametrize("scheme", [SLIP, SLIP_IN_DARK], ids=["light", "dark"])
def test_a_slip_is_dark_on_white_whatever_the_screen(scheme: Colours):
    inks = [scheme[name] for name in ("--ink", "--muted", "--link")]

    assert dict(RULES)[".slip"]["background"] == "#fff"
    assert min(contrast(ink, "#fff") for ink in inks) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_frame_of_a_field_and_the_focus_can_be_seen(scheme: str):
    colours = SCHEMES[scheme]

    for shape in ("--muted", "--focus", "--bad", "--brand"):
        for ground in ("--bg", "--surface"):
            assert contrast(colours[shape], colours[ground]) >= SHAPE_CONTRAST, (shape, ground)


def test_both_schemes_name_the_same_colours_and_every_value_used_is_given():
    used = set(re.findall(r"var\((--[\w-]+)\)", "".join(SHEETS.values())))

    assert set(LIGHT) == set(DARK)
    assert used <= set(LIGHT) | set(MEASURES)
    assert set(MEASURES) <= used


def test_dark_by_choice_is_the_dark_of_the_machine():
    assert DARK_BY_CHOICE == DARK


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_shades_of_a_map_go_one_way_and_neighbours_can_be_told_apart(scheme: str):
    shades = [luminance(SCHEMES[scheme][f"--step-{at}"]) for at in range(1, 6)]

    assert shades == sorted(shades, reverse=scheme == "light")
    steps = [contrast(SCHEMES[scheme][f"--step-{at}"], SCHEMES[scheme][f"--step-{at + 1}"]) for at in range(1, 5)]
    assert min(steps) >= 1.3
    assert contrast(SCHEMES[scheme]["--step-1"], SCHEMES[scheme]["--step-5"]) >= 7


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_and_lines_can_be_seen_on_the_page(scheme: str):
    for shape in ("--bar", "--bar-less", "--warn", "--ok"):
        assert contrast(SCHEMES[scheme][shape], SCHEMES[scheme]["--bg"]) >= SHAPE_CONTRAST


def test_motion_and_forced_colours_are_asked_about():
    assert "transition" not in re.sub(r"@media \(prefers-reduced-motion: no-preference\) {.*?} }", "", SCREEN)
    assert all("forced-colors: active" in SHEETS[name] for name in ("base.css", "components.css", "charts.css"))


def test_letters_grow_with_the_reader():
    fixed = [
        (selector, body["font-size"])
        for selector, body in RULES
        if body.get("font-size", "").endswith("px") and "text" not in selector
    ]

    assert [selector for selector, _size in fixed if not selector.startswith(".map")] == []  # in a drawing px are its own units


def test_colours_of_text_are_named_once_and_not_repeated_in_rules():
    spelled = [selector for selector, body in RULES if "#" in body.get("color", "") and selector != ".slip"]

    assert spelled == []


def test_the_focus_is_always_shown():
    hidden = [selector for selector, body in RULES if body.get("outline") in ("none", "0")]

    assert hidden == ["main:focus"]  # the target of the skip link, not a control
    assert dict(RULES)[":focus-visible"]["outline"].startswith("3px solid")


def sized_by_token() -> list[tuple[str, dict[str, str]]]:
    return [(selector, body) for selector, body in RULES if body.get("min-height", "").startswith("var(")]


def test_a_control_is_tall_enough_for_a_finger():
    sized = [(selector, body["min-height"]) for selector, body in RULES if body.get("min-height", "").endswith("px")]

    heights = {selector: int(height.removesuffix("px")) for selector, height in sized}
    asked = [
        body["min-height"] for selector, body in sized_by_token() if selector in ("button, .button", "input, select, textarea")
    ]

    assert asked == ["var(--control)", "var(--control)"]
    assert int(MEASURES["--control"].removesuffix("px")) >= 40
    assert int(dict(RULES)[".citizen"]["--control"].removesuffix("px")) >= 48
    assert min(heights.values()) >= 24


def test_everything_the_sheets_load_is_ours():
    wanted = re.findall(r'url\("([^"]+)"\)', "".join(SHEETS.values()))

    assert wanted
    assert [each for each in wanted if not FOLDER.joinpath(*each.split("/")).is_file()] == []
    assert "@import" not in "".join(SHEETS.values())


def test_every_font_that_is_kept_is_used():
    assert {path.name for path in (FOLDER / "fonts").glob("*.woff2")} == set(re.findall(r"fonts/([^\"]+)", SHEETS["fonts.css"]))


def test_paper_is_white_whatever_the_screen():
    dark = re.findall(r"@media ([^{]+){ :root[^{]*{[^}]*--bg: #161513", SHEETS["tokens.css"])

    assert len(dark) == 2
    assert all(condition.startswith("screen") for condition in dark)
