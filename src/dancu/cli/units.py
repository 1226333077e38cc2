"""`dancu units`: administrative units through time, and what an address names. Reads tables of its own, needs no database."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import typer

from dancu.cli.command import run_app
from dancu.kernel.errors import Invalid, NotFound

if TYPE_CHECKING:
    from dancu.kernel.areas import AreaCode
    from dancu.population.api import AddressReading, Succession

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Administrative units through time; read an address.")
_JSON = typer.Option(False, "--json", help="One JSON object on stdout.")


def run(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")  # no database: only the tables are read
    import django

    django.setup()
    run_app(app, "units", arguments)


@app.command()
def resolve(
    address: str = typer.Argument("", help="An address as somebody typed it, old or new."),
    code: str = typer.Option("", help="A code instead of an address: 00004, 46.474.19753 or 46..19753."),
    version: str = typer.Option("", help="The list the code belongs to: see `dancu units versions`."),
    strict: bool = typer.Option(False, help="Exit code 1 also when the answer is ambiguous."),
    as_json: bool = _JSON,
) -> None:
    """Say which unit an address or a code names, and what it is today. Exit code 1 when nothing is found."""
    from dancu.population.api import resolve_address

    if bool(address) == bool(code) or bool(code) != bool(version):
        raise typer.BadParameter("give an address, or --code together with --version")
    if code:
        found, lines, ends_well, is_ambiguous = _code(code, version)
    else:
        reading = resolve_address(address)
        found, lines = _reading_as_json(reading), _reading_in_words(reading)
        divided = reading.succession is not None and reading.succession.only is None and bool(reading.area and reading.area.commune)
        is_ambiguous = reading.is_ambiguous or divided
        ends_well = reading.area is not None or reading.is_ambiguous
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines))
    if not ends_well or (strict and is_ambiguous):
        raise typer.Exit(1)


@app.command()
def show(
    code: str = typer.Argument(..., help="Province 2 digits, district 3, commune 5; or dotted."),
    as_json: bool = _JSON,
) -> None:
    """Say what a code meant in each version of the list. Exit code 1 when no list has it."""
    from dancu.population.api import meanings_of

    meanings = meanings_of(code)
    if not meanings:
        raise NotFound(
            "units.no_code", f"Không danh mục nào có mã {code!r}. Kiểm tra lại mã.", f"No list has the code {code!r}.", field="code"
        )
    if as_json:
        rows = [{"version": m.version.code, "names": list(m.names), "is_same": m.is_same, **_area(m.area)} for m in meanings]
        typer.echo(json.dumps({"code": code, "meanings": rows}, ensure_ascii=False))
        return
    for meaning in meanings:
        mark = "  " if meaning.is_same else "≠ "
        typer.echo(f"{mark}{meaning.version.code:<10}{_days(meaning.version):<26}{', '.join(meaning.names)}")


@app.command("versions")
def list_versions(as_json: bool = _JSON) -> None:
    """List the versions of the list of units, the days each was in force, its counts and how sure it is."""
    from dancu.population.api import versions

    if as_json:
        names = ("code", "levels", "provinces", "districts", "communes", "source", "confidence", "note")
        rows = [
            {
                **{name: getattr(version, name) for name in names},
                "valid_from": version.valid_from.isoformat(),
                "valid_to": version.valid_to.isoformat() if version.valid_to else None,
            }
            for version in versions()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for version in versions():
        counts = f"{version.provinces} / {version.districts} / {version.communes}"
        typer.echo(f"{version.code:<10}{_days(version):<26}{counts:<18}{version.confidence:<9}{version.source}")


def _days(version: Any) -> str:
    last = f"{version.valid_to:%d/%m/%Y}" if version.valid_to else ""
    return f"{version.valid_from:%d/%m/%Y} – {last}"


def _code(code: str, version: str) -> tuple[dict[str, Any], list[str], bool, bool]:
    from dancu.population.api import coordinates, find_area, get_version, predecessors, successors, unit_names

    get_version(version)
    area = find_area(version, code)
    if area is None:
        raise Invalid(
            "units.no_code",
            f"Danh mục {version} không có mã {code!r}. Kiểm tra lại mã và phiên bản.",
            f"The list {version} has no code {code!r}.",
            field="code",
        )
    followed, made_of, place = successors(area), predecessors(area), coordinates(area)
    found = {
        **_area(area),
        "coordinates": place._asdict() if place else None,
        "succession": _succession(followed),
        "predecessors": [{**_area(each.area), "is_whole": each.is_whole} for each in made_of],
    }
    lines = [f"{', '.join(unit_names(area))} ({area.version} {area.code})", *_successors_in_words(followed)]
    lines += [f"  từ: {', '.join(unit_names(p.area))} ({p.area.code}){'' if p.is_whole else ', một phần'}" for p in made_of]
    return found, lines, True, followed.only is None


def _area(area: AreaCode) -> dict[str, Any]:
    from dancu.population.api import unit_names

    parts = {"version": area.version, "province": area.province, "district": area.district, "commune": area.commune}
    return {**parts, "names": unit_names(area)}


def _succession(followed: Succession) -> dict[str, Any]:
    return {
        "version": followed.version,
        "outcome": followed.outcome.value,
        "successors": [{**_area(s.area), "is_default": s.is_default, "evidence": s.evidence} for s in followed.successors],
    }


def _reading_as_json(reading: AddressReading) -> dict[str, Any]:
    return {
        "area": _area(reading.area) if reading.area else None,
        "confidence": reading.confidence,
        "is_new_list": reading.is_new_list,
        "is_ambiguous": reading.is_ambiguous,
        "alternatives": [{**_area(each.area), "confidence": each.confidence} for each in reading.alternatives],
        "used": list(reading.used),
        "detail": reading.detail,
        "succession": _succession(reading.succession) if reading.succession else None,
    }


def _reading_in_words(reading: AddressReading) -> list[str]:
    from dancu.population.api import unit_names

    if reading.area is None and not reading.is_ambiguous:
        return ["Không nhận ra đơn vị hành chính nào trong địa chỉ này."]
    lines = ["Chưa rõ: có nhiều nơi cùng tên."] if reading.is_ambiguous else []
    if reading.area is not None:
        which = "danh mục mới" if reading.is_new_list else "danh mục cũ"
        names = ", ".join(unit_names(reading.area))
        lines.append(f"{names} ({reading.area.version} {reading.area.code}, {which}), độ tin cậy {reading.confidence}")
    if reading.detail:
        lines.append(f"  phần còn lại: {reading.detail}")
    if reading.succession is not None and not reading.is_ambiguous:
        lines += _successors_in_words(reading.succession)
    for each in reading.alternatives:
        lines.append(f"  hoặc: {', '.join(unit_names(each.area))} ({each.area.version} {each.area.code}), {each.confidence}")
    return lines


def _successors_in_words(followed: Succession) -> list[str]:
    from dancu.population.api import unit_names

    if not followed.successors:
        return ["  nay: không theo được trong dữ liệu hiện có"]
    if followed.only == followed.area:
        return []
    several = "nay là một trong" if followed.only is None else "nay"
    return [
        f"  {several}: {', '.join(unit_names(each.area))} ({each.area.version} {each.area.code})"
        + (", khả năng nhất" if each.is_default and followed.only is None else "")
        for each in followed.successors
    ]
