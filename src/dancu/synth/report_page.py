"""The report as one page of its own: no script, nothing fetched, Vietnamese first."""

from __future__ import annotations

from html import escape

from dancu.synth.pictures import bars, percent, pyramid
from dancu.synth.report import Comparison

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem } svg { width: 100%; height: auto }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc }
td.number { text-align: right; font-variant-numeric: tabular-nums } .english { color: #555; font-size: .9rem }
.kept { color: #1b5e20 } .broken { color: #b00020; font-weight: 700 } .key { font-size: .9rem }
"""
_SHOWN, _FEW, _FAR_ABOVE = 34, 5, 4
_ABOUT = {
    "seed": "Số gieo (seed)",
    "version": "phiên bản bộ sinh",
    "count": "số người",
    "province": "tỉnh",
    "parts": "số phần",
    "statistics": "mã băm số liệu",
}


def report_page(comparisons: list[Comparison], about: dict[str, object]) -> str:
    """One HTML page with a table of all distances and a picture for each."""
    rows = "".join(_row(c) for c in comparisons)
    pictures = "".join(_section(c) for c in comparisons)
    told = "; ".join(f"{_ABOUT.get(name, name)}: {escape(str(value))}" for name, value in about.items() if value != "")
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Dân cư mô phỏng và số liệu công bố</title><style>{_STYLE}</style></head><body>"
        "<h1>Dân cư mô phỏng và số liệu công bố</h1>"
        '<p class="english">The simulated nation beside the published tables</p>'
        "<p>Mọi người trong tập này đều do máy tạo ra, không ai có thật. "
        "Khoảng cách là biến phân toàn phần: 0 là trùng khớp, 1 là "
        'khác hẳn. <span class="english">Nobody here is real. '
        "The distance is total variation: 0 equal, 1 nothing in common.</span></p>"
        f'<p class="key">{told}</p>'
        "<table><thead><tr><th>Số liệu</th><th>Số lượng đếm</th><th>Khoảng cách</th><th>Giới hạn</th><th>Kết quả</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{pictures}</body></html>\n"
    )


def _row(c: Comparison) -> str:
    verdict = '<td class="kept">đạt</td>' if c.is_kept else '<td class="broken">vượt giới hạn</td>'
    numbers = "".join(f'<td class="number">{text}</td>' for text in (_grouped(c.size), _decimal(c.distance), _decimal(c.bound)))
    return f'<tr><td>{escape(c.title)} <span class="english">{escape(c.title_english)}</span></td>{numbers}{verdict}</tr>'


def _section(c: Comparison) -> str:
    if c.measure == "age_pyramid":
        words, picture = "Cột: mô phỏng, đường đen: công bố.", _pyramid(c)
    else:
        words, picture = _bars(c)
    title = f'<h2>{escape(c.title)}</h2><p class="english">{escape(c.title_english)}</p>'
    return f'{title}<p class="key">{escape(words)}</p>{picture}'


def _bars(c: Comparison) -> tuple[str, str]:
    """Words and picture; one label far above all others is told in words, so that the rest can be seen."""
    order = sorted(range(len(c.labels)), key=lambda i: -c.published[i])
    words = "Cột: mô phỏng, vạch đen: công bố. Số bên phải: mô phỏng, công bố."
    if len(order) > _FEW and c.published[order[0]] > _FAR_ABOVE * c.published[order[1]]:
        first = order.pop(0)
        words += f" Không vẽ: {c.labels[first]} {percent(c.simulated[first])}, công bố {percent(c.published[first])}."
    if len(order) > _SHOWN:
        words += f" Còn {len(order) - _SHOWN} nhóm nhỏ hơn không vẽ."
    shown = order[:_SHOWN]
    labels, published, simulated = [c.labels[i] for i in shown], [c.published[i] for i in shown], [c.simulated[i] for i in shown]
    return words, bars(labels, published, simulated, c.title)


def _pyramid(c: Comparison) -> str:
    pairs = {label: (c.published[i], c.simulated[i]) for i, label in enumerate(c.labels)}
    groups = [label.removeprefix("Nam ") for label in c.labels if label.startswith("Nam ")]
    return pyramid(groups, [pairs[f"Nam {g}"] for g in groups], [pairs[f"Nữ {g}"] for g in groups], c.title)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _decimal(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")
