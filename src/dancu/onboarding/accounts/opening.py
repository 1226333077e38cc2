"""Open an uploaded workbook in a process of its own, with little memory and little time.

The compiled reader takes memory for every cell between the first and the last: a file of a few hundred bytes with one cell in the
last row and column would take the server down, and no exception tells of it. So the child may die, and the parent
says what is wrong. It is started with nothing of the server's environment but what finds the code.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence

import msgspec
import python_calamine

from dancu.kernel.spreadsheets import cell_text
from dancu.onboarding.accounts.sheets import COLUMNS_MAX, HEIGHT_MAX, LINES_MAX, MERGED_MAX, SHEETS_MAX, TEXT_MAX, Opened, Sheet
from dancu.onboarding.accounts.workbook_parts import formulas_in, is_locked

MEMORY_MAX = 1_000_000_000  # bytes of address space; the interpreter and its libraries take some 200 MB of it
PROCESSOR_SECONDS_MAX = 20
WALL_SECONDS_MAX = 60
PASSWORD, TOO_BIG, TOO_FAR, UNREADABLE = "password", "too_big", "too_far", "unreadable"
_HANDED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
_DECODER = msgspec.msgpack.Decoder(Opened)


def open_workbook(data: bytes) -> Opened:
    """The sheets of an .xlsx, .xls or .ods file; never an exception for what is in it."""
    environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=WALL_SECONDS_MAX,
            check=False,
        )
        return _DECODER.decode(child.stdout) if child.returncode == 0 else Opened(problem=UNREADABLE)
    except (subprocess.TimeoutExpired, msgspec.MsgspecError):
        return Opened(problem=UNREADABLE)


def main() -> None:
    """The child: a file on standard input, what was found on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS_MAX, PROCESSOR_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(msgspec.msgpack.encode(opened(sys.stdin.buffer.read())))


def opened(data: bytes) -> Opened:
    """What is in the file, in this process."""
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            names = workbook.sheet_names[:SHEETS_MAX]
            formulas = formulas_in(data, names)
            return Opened(list(_sheets(workbook, names, formulas)))
    except _PastLimitError as past:
        return Opened(problem=str(past))
    except KeyboardInterrupt:
        raise
    except BaseException:  # a panic of the compiled reader is no Exception
        return Opened(problem=PASSWORD if is_locked(data) else UNREADABLE)


class _PastLimitError(Exception):
    """More than a list can have; the text is the word for it."""


def _sheets(workbook: python_calamine.CalamineWorkbook, names: list[str], formulas: list[list[tuple[int, int]]]) -> Iterator[Sheet]:
    left = TEXT_MAX
    for at, (name, about) in enumerate(zip(names, workbook.sheets_metadata, strict=False)):
        if about.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(at)
        if sheet.end and sheet.end[0] >= HEIGHT_MAX:
            raise _PastLimitError(TOO_FAR)
        first_column = sheet.start[1] if sheet.start else 0
        lines: dict[int, list[str]] = {}
        is_cut = False
        for row, values in enumerate(sheet.iter_rows(), start=1):
            texts = _texts(values, first_column)
            if texts:
                if len(lines) == LINES_MAX:
                    is_cut = True
                    break
                lines[row] = texts
                left -= sum(map(len, texts))
            if left < 0:
                raise _PastLimitError(TOO_BIG)
        merged = [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in (sheet.merged_cell_ranges or [])[:MERGED_MAX]]
        is_hidden = about.visible is not python_calamine.SheetVisibleEnum.Visible
        yield Sheet(name, lines, is_hidden, merged, formulas[at], is_cut)


def _texts(values: Sequence[object], first_column: int) -> list[str]:
    """The texts of a row from the first column of the sheet on, without the empty end; empty for an empty row."""
    texts = [""] * first_column + [cell_text(value) for value in values]
    texts = texts[:COLUMNS_MAX]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


if __name__ == "__main__":
    main()
