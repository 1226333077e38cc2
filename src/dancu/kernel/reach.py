"""For whom the present piece of work is done, and so which rows it may see: carried beside the work, never through it.

Whoever opens a piece of work says so: the guard of a page, a background job, the command line. The database connection
compares it with what it holds before every statement (`dancu.project.postgres`) and the policies of the tables do the
rest. Work that forgot to say it sees no rows of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows a piece of work may see and change (*phạm vi dữ liệu*)."""

    # own, unit, organisation, subtree, nation; citizen (account is her number); system for work of nobody's; empty: no rows
    scope: str = ""
    organisation: str = ""
    unit: str = ""  # organisation and unit, for example H57.12.3/MC
    account: str = ""
    glass: str = ""  # one row more, to read only, opened in an emergency: organisation/number


NOBODY = Reach()
SYSTEM = Reach("system")
_present: ContextVar[Reach] = ContextVar("dancu_reach", default=NOBODY)


def present() -> Reach:
    """The reach of the work at hand."""
    return _present.get()


@contextmanager
def acting(reach: Reach) -> Iterator[None]:
    """Do a piece of work with this reach; whatever happens, the one before holds again afterwards."""
    before = _present.set(reach)
    try:
        yield
    finally:
        _present.reset(before)


def acting_for(organisation: str) -> Reach:
    """Work that nobody sits at, for one organisation."""
    return Reach("organisation", organisation)


def with_glass(organisation: str, number: str) -> Reach:
    """The present reach and one row more."""
    return replace(_present.get(), glass=f"{organisation}/{number}")


def act_as_system() -> None:
    """The whole process is the operator's: the command line, which holds the keys of the database anyway."""
    _present.set(SYSTEM)
