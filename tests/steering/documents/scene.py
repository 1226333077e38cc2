"""Small invented documents: what a test does not name is plain and agrees with itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from dancu.steering.deadlines import parse_deadline
from dancu.steering.documents.checking import check
from dancu.steering.documents.contradictions import Contradiction
from dancu.steering.documents.sources import (
    Basis,
    Change,
    Clause,
    ClauseKind,
    DocumentHead,
    FigureKind,
    Level,
    ListedItem,
    Period,
    Qualifier,
    Rank,
    Received,
    Relation,
    RelationRule,
    Said,
    SourceDocument,
    SourceTask,
    StatedFigure,
    StatedList,
    StatedState,
)

DAY = date(2030, 3, 15)


def a_document(
    *,
    name: str = "paper",
    dated: date = DAY,
    figures: tuple[StatedFigure, ...] = (),
    lists: tuple[StatedList, ...] = (),
    tasks: tuple[SourceTask, ...] = (),
    relations: tuple[Relation, ...] = (),
    period: Period | None = None,
    received: Received | None = None,
    basis: tuple[Basis, ...] = (),
) -> SourceDocument:
    head = DocumentHead(
        id=name,
        number=f"{name}/BC",
        kind="báo cáo",
        issuer="TCT",
        as_of=dated,
        addressees=("PROVINCES",),
        title=Said("Tên", "Title"),
        summary=Said("Tóm tắt", "Summary"),
        dated=dated,
        period=period,
        received=received,
        basis=basis,
    )
    clause = Clause("1", "mục 1", ClauseKind.FACT, Said("Nội dung", "Contents"))
    return SourceDocument(head, (clause,), tasks, figures, lists, relations)


def a_figure(
    indicator: str = "cards",
    value: str = "100",
    *,
    as_of: date = date(2030, 3, 1),
    body: str = "",
    of: str = "",
    step: str = "",
    grows: bool = False,
    change: str = "",
    compared_with: date = date(2030, 2, 1),
    share_of: tuple[str, str] = ("", ""),
    rank: Rank | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
) -> StatedFigure:
    return StatedFigure(
        indicator=indicator,
        clause="1",
        kind=FigureKind.STATE,
        value=Decimal(value),
        unit="card",
        qualifier=qualifier,
        as_of=as_of,
        printed=f"{value} thẻ",
        level=Level.PROVINCE if body else Level.NATION,
        body=body,
        of=Decimal(of) if of else None,
        step=Decimal(step) if step else None,
        grows=grows,
        change=Change(Decimal(change), f"tăng {change}", compared_with) if change else None,
        numerator=share_of[0],
        denominator=share_of[1],
        rank=rank,
    )


def a_list(name: str, *items: str, stated: int | None = None, covers_all: bool = True, kind: str = "province") -> StatedList:
    listed = tuple(ListedItem(no, f"Nơi {each}", each, "") for no, each in enumerate(items, start=1))
    says = Said(f"nơi thuộc {name}", f"places of {name}")
    return StatedList(name, "1", kind, stated, stated is not None and covers_all, says, listed)


def a_task(
    deadline: str = "",
    *,
    name: str = "T-01",
    state: StatedState = StatedState.OPEN,
    done_on: date | None = None,
    assigned_on: date | None = None,
    owners: tuple[str, ...] = ("G01",),
) -> SourceTask:
    return SourceTask(
        id=name,
        clause="1",
        wording="Làm việc",
        group="legal",
        owners=owners,
        co_owners=(),
        recipients=(),
        deadline=parse_deadline(deadline),
        deadline_printed=deadline,
        deliverable="",
        legal_basis="",
        depends_on=(),
        state=state,
        done_on=done_on,
        done_by="Báo cáo 1" if done_on else "",
        assigned_on=assigned_on,
        note="",
    )


def a_relation(rule: RelationRule, whole: str, *parts: str) -> Relation:
    return Relation(rule, "1", whole, parts, Said("quan hệ", "relation"))


def found_in(document: SourceDocument, *earlier: SourceDocument) -> list[Contradiction]:
    return list(check(document, earlier))


def rules_in(document: SourceDocument, *earlier: SourceDocument) -> list[str]:
    return [each.rule.value for each in check(document, earlier)]
