"""How a log is laid out for the world (C2SP tlog-tiles): paths of tiles, both ways. Pure."""

from __future__ import annotations

import re

from dancu.ledger.tree import TILE_WIDTH

_PATH = re.compile(r"(?P<above>(?:x\d{3}/)*)(?P<last>\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?")


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """`tile/0/x001/x234/067` for a full tile, with `.p/WIDTH` for a partial one."""
    return f"tile/{level}/{number_path(number)}{'' if width == TILE_WIDTH else f'.p/{width}'}"


def number_path(number: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def parse_number(path: str) -> tuple[int, int] | None:
    """Number and width of a tile from the end of its path; None for what is no such path, also when written in another way."""
    found = _PATH.fullmatch(path)
    if found is None or len(path) > 40:
        return None
    number = int(re.sub(r"[x/]", "", found["above"]) + found["last"])
    width = int(found["width"] or TILE_WIDTH)
    is_canonical = number_path(number) == path.partition(".p/")[0] and (found["width"] is None or width < TILE_WIDTH)
    return (number, width) if is_canonical else None
