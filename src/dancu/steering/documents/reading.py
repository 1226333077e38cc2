"""The source documents on file, read strictly from their folders: who and what is named must be known. Pure but for the files."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dancu.steering.deadlines import parse_deadline
from dancu.steering.documents.sources import (
    Change,
    Clause,
    ClauseKind,
    DocumentHead,
    FigureKind,
    Level,
    ListedItem,
    NamedBody,
    Qualifier,
    Rank,
    Relation,
    RelationRule,
    Said,
    SourceDocument,
    SourceTask,
    StatedFigure,
    StatedList,
    StatedState,
    TaskGroup,
)
from dancu.steering.documents.tables import SourceError, TableRow, rows_of, unlike

FOLDER = Path(__file__).parent / "data"

_CLAUSES = ("id", "place", "kind", "summary_vi", "summary_en")
_TASKS = (
    *("id", "clause", "wording", "group", "owners", "co_owners", "recipients", "deadline", "deadline_printed"),
    *("deliverable", "legal_basis", "depends_on", "state", "done_on", "done_by", "assigned_on", "note"),
)
_FIGURES = (
    *("indicator", "clause", "kind", "value", "unit", "qualifier", "as_of", "printed", "level", "body", "of", "step"),
    *("grows", "change", "change_printed", "compared_with", "numerator", "denominator", "rank"),
)
_LISTS = ("id", "clause", "kind", "stated", "covers", "says_vi", "says_en")
_ITEMS = ("list", "no", "printed", "body", "part")
_RELATIONS = ("rule", "clause", "whole", "parts", "says_vi", "says_en")
_BODIES = ("code", "name_vi", "name_en", "kind", "parent", "members")
_GROUPS = ("code", "name_vi", "name_en")


def read_documents(folder: Path, bodies_of_the_state: Collection[str]) -> tuple[SourceDocument, ...]:
    """Every document on file, the oldest first (*các văn bản nguồn*).

    `bodies_of_the_state`: the codes of Decision 20/2020/QĐ-TTg; further bodies stand beside the documents.
    Raises `SourceError`, naming file and line, for whatever does not fit.
    """
    bodies = frozenset(bodies_of_the_state) | {each.code for each in read_bodies(folder, bodies_of_the_state)}
    groups = frozenset(each.code for each in read_groups(folder))
    found = [read_document(each, bodies, groups) for each in sorted(folder.iterdir()) if each.is_dir()]
    _check_tasks_across(folder, found)
    return tuple(sorted(found, key=lambda one: (one.head.day, one.head.id)))


def read_bodies(folder: Path, bodies_of_the_state: Collection[str]) -> tuple[NamedBody, ...]:
    """The bodies, offices and groups that only the documents name (*các đơn vị văn bản nêu thêm*)."""
    rows = list(rows_of(folder / "bodies.csv", _BODIES))
    unlike(rows, "code")
    known = frozenset(bodies_of_the_state) | {row.text("code") for row in rows}
    for row in rows:
        if row.text("code") in bodies_of_the_state:
            raise row.error(f"{row.text('code')} is a body of the state already")
        _known(row, known, "parent", "members")
    return tuple(
        NamedBody(row.text("code"), _said(row, "name"), row.needed("kind"), row.text("parent"), row.words("members"))
        for row in rows
    )


def read_groups(folder: Path) -> tuple[TaskGroup, ...]:
    """What tasks are about (*các nhóm nhiệm vụ*)."""
    rows = list(rows_of(folder / "groups.csv", _GROUPS))
    unlike(rows, "code")
    return tuple(TaskGroup(row.text("code"), _said(row, "name")) for row in rows)


def read_document(folder: Path, bodies: Collection[str], groups: Collection[str]) -> SourceDocument:
    """One document from its folder (*đọc văn bản nguồn*). Raises `SourceError`."""
    head = _head(folder / "document.toml", bodies)
    if head.id != folder.name:
        raise SourceError(folder / "document.toml", 1, f"id {head.id!r} is not the name of the folder")
    clauses = _clauses(folder / "clauses.csv")
    known = _Known(frozenset(bodies), frozenset(groups), frozenset(each.id for each in clauses))
    lists = _lists(folder, known)
    known = _Known(known.bodies | {f"list:{each.id}" for each in lists}, known.groups, known.clauses)
    figures = _figures(folder / "figures.csv", known)
    terms = {f"list:{each.id}" for each in lists} | {f"figure:{each.key}" for each in figures}
    return SourceDocument(
        head=head,
        clauses=clauses,
        tasks=_tasks(folder / "tasks.csv", known),
        figures=figures,
        lists=lists,
        relations=_relations(folder / "relations.csv", known, terms),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What cells may name."""

    bodies: frozenset[str]
    groups: frozenset[str]
    clauses: frozenset[str]


def _head(file: Path, bodies: Collection[str]) -> DocumentHead:
    try:
        head = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), DocumentHead)
    except FileNotFoundError:
        raise SourceError(file, 0, "there is no such file") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as reason:
        raise SourceError(file, 1, str(reason)) from None
    if (head.dated is None) == (head.taken is None):
        raise SourceError(file, 1, "it needs the day it bears, or the day taken for it, and not both")
    named = (head.issuer, *head.addressees, *head.copies, *([head.received.by] if head.received else []))
    for code in named:
        if code not in bodies:
            raise SourceError(file, _line_of(file, f'"{code}"'), f"nobody knows the body {code!r}")
    return head


def _line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if text in line), 1)


def _clauses(file: Path) -> tuple[Clause, ...]:
    rows = list(rows_of(file, _CLAUSES))
    unlike(rows, "id")
    unlike(rows, "place")
    return tuple(Clause(row.text("id"), row.text("place"), row.word("kind", ClauseKind), _said(row, "summary")) for row in rows)


def _tasks(file: Path, known: _Known) -> tuple[SourceTask, ...]:
    rows = list(rows_of(file, _TASKS))
    unlike(rows, "id")
    return tuple(_task(row, known) for row in rows)


def _task(row: TableRow, known: _Known) -> SourceTask:
    _known(row, known.bodies, "owners", "co_owners", "recipients")
    row.needed("owners")
    deadline = row.read("deadline", parse_deadline)
    if row.text("deadline"):
        row.needed("deadline_printed")
    state, done_on = row.word("state", StatedState), row.day("done_on")
    if (state is StatedState.DONE) != (done_on is not None) or (state is StatedState.DONE) != bool(row.text("done_by")):
        raise row.error("what is done has its day and its paper, and nothing else has")
    return SourceTask(
        id=row.text("id"),
        clause=row.one_of("clause", known.clauses),
        wording=row.needed("wording"),
        group=row.one_of("group", known.groups),
        owners=row.words("owners"),
        co_owners=row.words("co_owners"),
        recipients=row.words("recipients"),
        deadline=deadline,
        deadline_printed=row.text("deadline_printed"),
        deliverable=row.text("deliverable"),
        legal_basis=row.text("legal_basis"),
        depends_on=row.words("depends_on"),
        state=state,
        done_on=done_on,
        done_by=row.text("done_by"),
        assigned_on=row.day("assigned_on"),
        note=row.text("note"),
    )


def _check_tasks_across(folder: Path, documents: Iterable[SourceDocument]) -> None:
    """A task has its code once in all documents, and waits for tasks there are."""
    found = list(documents)
    known = {each.id for document in found for each in document.tasks}
    seen: set[str] = set()
    for document in found:
        for row in rows_of(folder / document.head.id / "tasks.csv", _TASKS):
            _known(row, known - {row.text("id")}, "depends_on")
            if row.text("id") in seen:
                raise row.error(f"another document has a task {row.text('id')!r}")
            seen.add(row.text("id"))


def _figures(file: Path, known: _Known) -> tuple[StatedFigure, ...]:
    rows = list(rows_of(file, _FIGURES))
    figures = tuple(_figure(row, known) for row in rows)
    keys = {each.key for each in figures}
    for row in rows:
        _known(row, keys, "numerator", "denominator")
        if bool(row.text("numerator")) != bool(row.text("denominator")):
            raise row.error("a share has a numerator and a denominator")
    return figures


def _figure(row: TableRow, known: _Known) -> StatedFigure:
    _known(row, known.bodies, "body")
    value, kind, as_of = row.number("value"), row.word("kind", FigureKind), row.day("as_of")
    if value is None:
        raise row.error("value is empty")
    if as_of is None and kind is FigureKind.STATE:
        raise row.error("as_of is empty")
    if not row.needed("indicator").replace("_", "").isalnum() or row.text("indicator") != row.text("indicator").lower():
        raise row.error(f"indicator: {row.text('indicator')!r} is not in snake case")
    return StatedFigure(
        indicator=row.text("indicator"),
        clause=row.one_of("clause", known.clauses),
        kind=kind,
        value=value,
        unit=row.needed("unit"),
        qualifier=row.word("qualifier", Qualifier),
        as_of=as_of,
        printed=row.needed("printed"),
        level=row.word("level", Level),
        body=row.text("body"),
        of=row.number("of"),
        step=row.number("step"),
        grows=row.yes("grows"),
        change=_change(row),
        numerator=row.text("numerator"),
        denominator=row.text("denominator"),
        rank=row.word("rank", Rank) if row.text("rank") else None,
    )


def _change(row: TableRow) -> Change | None:
    by, day = row.number("change"), row.day("compared_with")
    if by is None and day is None and not row.text("change_printed"):
        return None
    if by is None or day is None:
        raise row.error("a difference has its number and the day it is compared with")
    return Change(by, row.needed("change_printed"), day)


def _lists(folder: Path, known: _Known) -> tuple[StatedList, ...]:
    heads = list(rows_of(folder / "lists.csv", _LISTS))
    unlike(heads, "id")
    names = {row.text("id") for row in heads}
    items: dict[str, list[ListedItem]] = {name: [] for name in names}
    for row in rows_of(folder / "list_items.csv", _ITEMS):
        own = items[row.one_of("list", names)]
        _known(row, known.bodies, "body")
        if row.count("no") != len(own) + 1:
            raise row.error(f"no: the next entry of {row.text('list')} is {len(own) + 1}")
        own.append(ListedItem(len(own) + 1, row.needed("printed"), row.text("body"), row.text("part")))
    return tuple(_list(row, known, items[row.text("id")]) for row in heads)


def _list(row: TableRow, known: _Known, items: list[ListedItem]) -> StatedList:
    stated = row.count("stated")
    if (stated is None) != (not row.text("covers")):
        raise row.error("a list with a count says whether it names all or some, and no other does")
    if row.text("covers") not in ("", "all", "some"):
        raise row.error(f"covers: {row.text('covers')!r} is neither all nor some")
    found = StatedList(
        id=row.text("id"),
        clause=row.one_of("clause", known.clauses),
        kind=row.needed("kind"),
        stated=stated,
        is_complete=row.text("covers") == "all",
        says=_said(row, "says"),
        items=tuple(items),
    )
    if found.names_bodies and not all(each.body for each in items):
        raise row.error(f"a list of kind {found.kind} has a code for every name")
    return found


def _relations(file: Path, known: _Known, terms: Collection[str]) -> tuple[Relation, ...]:
    found = []
    for row in rows_of(file, _RELATIONS):
        rule, parts = row.word("rule", RelationRule), row.words("parts")
        _check_terms(row, terms, parts, [row.text("whole")] if row.text("whole") else [])
        if bool(row.text("whole")) == (rule is RelationRule.DISJOINT) or not parts:
            raise row.error("a relation has a whole and parts; what is disjoint has parts only")
        found.append(Relation(rule, row.one_of("clause", known.clauses), row.text("whole"), parts, _said(row, "says")))
    return tuple(found)


def _check_terms(row: TableRow, terms: Collection[str], *named: Iterable[str]) -> None:
    for term in (each for some in named for each in some):
        kind, _colon, number = term.partition(":")
        if term not in terms and not (kind == "number" and number.isdecimal()):
            raise row.error(f"nobody knows {term!r}")


def _said(row: TableRow, column: str) -> Said:
    return Said(row.needed(f"{column}_vi"), row.needed(f"{column}_en"))


def _known(row: TableRow, known: Collection[str], *columns: str) -> None:
    for column in columns:
        if strange := [each for each in row.words(column) if each not in known]:
            raise row.error(f"{column}: nobody knows {', '.join(map(repr, strange))}")
