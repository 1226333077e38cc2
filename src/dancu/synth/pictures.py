"""Small pictures as SVG text: an age pyramid against its published outline, bars against published marks."""

from __future__ import annotations

from html import escape

_SIMULATED, _WOMEN, _PUBLISHED, _INK = "#2f6f9f", "#b5651d", "#111111", "#333333"
_ROW, _FONT = 22, 13


def pyramid(labels: list[str], men: list[tuple[float, float]], women: list[tuple[float, float]], title: str) -> str:
    """Age groups from the bottom up; each value is (published share, simulated share). The outline is the published one."""
    width, middle, gap = 720, 360, 34
    half = middle - gap - 40
    top = max(max(pair) for pair in men + women) * 1.05
    height = _ROW * len(labels) + 60
    shapes: list[str] = []
    outline_men: list[tuple[float, float]] = []
    outline_women: list[tuple[float, float]] = []
    for place, label in enumerate(labels):
        y = height - 40 - _ROW * (place + 1)
        for side, pairs, colour, outline in ((-1, men, _SIMULATED, outline_men), (1, women, _WOMEN, outline_women)):
            published, simulated = (half * share / top for share in pairs[place])
            start = middle + side * gap
            shapes.append(_box(min(start, start + side * simulated), y + 2, simulated, _ROW - 4, colour))
            edge = start + side * published
            outline += [(edge, y + _ROW), (edge, y)]
        shapes.append(_text(middle, y + 16, label, "middle"))
    shapes += [_line(outline_men), _line(outline_women)]
    shapes += [
        _text(middle - gap - half / 2, height - 18, "Nam (men)", "middle"),
        _text(middle + gap + half / 2, height - 18, "Nữ (women)", "middle"),
    ]
    for share in (0.01, 0.02, 0.03, 0.04):
        if share < top:
            for side in (-1, 1):
                shapes.append(_text(middle + side * (gap + half * share / top), height - 2, f"{share:.0%}", "middle", 11))
    return _svg(width, height, title, shapes)


def bars(labels: list[str], published: list[float], simulated: list[float], title: str) -> str:
    """A bar for each simulated share, a mark where the published one lies, both in figures behind."""
    width, left, room = 720, 190, 360
    top = max([*published, *simulated, 1e-9]) * 1.05
    shapes = []
    for place, (label, wanted, found) in enumerate(zip(labels, published, simulated, strict=True)):
        y = 8 + _ROW * place
        shapes.append(_text(left - 8, y + 16, label, "end"))
        shapes.append(_box(left, y + 4, room * found / top, _ROW - 8, _SIMULATED))
        shapes.append(_line([(left + room * wanted / top, y + 1), (left + room * wanted / top, y + _ROW - 1)]))
        shapes.append(_text(width - 150, y + 16, percent(found), "start"))
        shapes.append(_text(width - 75, y + 16, percent(wanted), "start"))
    return _svg(width, 16 + _ROW * len(labels), title, shapes)


def percent(share: float) -> str:
    """Vietnamese figures: comma before the decimals."""
    return f"{share:.2%}".replace(".", ",")


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{colour}"/>'


def _line(points: list[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{_PUBLISHED}" stroke-width="2"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = _FONT) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{_INK}">{escape(text)}</text>'


def _svg(width: int, height: int, title: str, shapes: list[str]) -> str:
    head = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    return f"{head}<title>{escape(title)}</title>{''.join(shapes)}</svg>"
