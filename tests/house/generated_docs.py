"""Pages made from data: `make docs` writes them, a house test compares them."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from tests.house import generated_gate
from tests.house.tree import ROOT

_LAW = ROOT / "docs/law"
_NOTE = "<!-- Tệp này được tạo bằng `make docs`; sửa dữ liệu, không sửa tệp này. -->"


def pages() -> dict[Path, str]:
    return {
        _LAW / "README.md": _law(),
        ROOT / "docs/glossary.md": _glossary(),
        ROOT / "docs/reference/gate.md": "\n".join([_NOTE, *generated_gate.page()]) + "\n",
    }


def _law() -> str:
    sources = tomllib.loads((_LAW / "sources.toml").read_text(encoding="utf-8"))["source"]
    clauses, features = _rows("clauses.csv"), _rows("features.csv")
    proven = sum(row["tests"] != "chưa làm" for row in clauses)
    lines = [
        _NOTE,
        "# Văn bản → tính năng → phép thử",
        "",
        f"{len(clauses)} điều khoản của {len(sources)} văn bản; "
        f"{proven} điều khoản đã có phép thử dẫn tới, còn lại ghi “chưa làm”.",
        "Một phép thử chứng minh phần việc nêu ở dòng đó mà hệ thống làm được, không phải toàn bộ nghĩa vụ của văn bản.",
        "",
    ]
    for source in sources:
        lines += [f"## {source['id']}. {source['title']}", ""]
        lines += ["| Mục | Nội dung | Tính năng | Phép thử |", "|---|---|---|---|"]
        lines += [
            f"| {r['clause']} | {r['asks']} | {r['features'].replace(' ', ', ')} | {_tests(r['tests'])} |"
            for r in clauses
            if r["source"] == source["id"]
        ]
        lines.append("")
    lines += ["## Tính năng", "", "| Số | Tính năng | Văn bản |", "|---|---|---|"]
    lines += [f"| {r['feature']} | {r['title']} | {r['from'].replace(' ', ', ')} |" for r in features]
    return "\n".join(lines) + "\n"


def _tests(references: str) -> str:
    if references == "chưa làm":
        return references
    return "<br>".join(f"[{name}](../../{path})" for path, _, name in (r.partition("::") for r in references.split()))


def _glossary() -> str:
    glossary = tomllib.loads((ROOT / "docs/glossary.toml").read_text(encoding="utf-8"))
    lines = [_NOTE, "# Từ vựng", "", "| Tiếng Việt | English, in code | Nguồn | Ở đâu |", "|---|---|---|---|"]
    lines += [f"| {r['vietnamese']} | `{r['english']}` | {r['source']} | `{r['where']}` |" for r in glossary["term"]]
    lines += ["", "## Từ không dùng", "", "| Không | Mà | Vì sao |", "|---|---|---|"]
    lines += [f"| `{r['word']}` | `{r['use']}` | {r['why']} |" for r in glossary["refused"]]
    return "\n".join(lines) + "\n"


def _rows(name: str) -> list[dict[str, str]]:
    with (_LAW / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
