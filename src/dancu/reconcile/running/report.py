"""The figures of a job, counted over the whole list. The same list, snapshot and plan give the same report, byte for byte.

How long it took stands in another file, because that is never the same twice.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.reasons import Found
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.running import words as w
from dancu.reconcile.running.describing import NO_PROVINCE
from dancu.reconcile.running.duplicates import counts_of, graded, repeated_of
from dancu.reconcile.running.folder import REPORT, RESULTS, TAX_LINKS, write_file
from dancu.reconcile.running.parts import Part, about_parts, read_parts
from dancu.reconcile.running.plan import Plan
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.searching import IS_CLEAR, MANY, candidates_of, held_of
from dancu.reconcile.running.whole import figures_of

FORMAT = 1
GROUPS_MAX = 1000  # different values the report counts by; what comes later is counted together
_GRADES = len(Grade) + 1
_READ = ("found", "reason", "grade", "province", "born", "written", "group")
_MATCHED = (Grade.MATCH, Grade.MATCH_NORMALISED)
_MISMATCHED = (Grade.NEAR, Grade.DIFFERS, Grade.NOT_FOUND)
_FORMER_UNIT_CAUSE = 18  # an address is compared where it stands as the code of a commune
_IS_REPEATED_CAUSE = sum(kind for kind, words in w.REPEATED.items() if words.cause == w.REPEATED_CAUSE)


class Counting:
    """Adds up parts."""

    def __init__(self) -> None:
        self.grades = np.zeros(_GRADES, np.int64)
        self.provinces = np.zeros((NO_PROVINCE + 1, _GRADES), np.int64)
        self.decades = np.zeros((256, _GRADES), np.int64)
        self.reasons: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.causes: Counter[int] = Counter()
        self.groups: dict[str, NDArray[np.int64]] = {}

    def add(self, part: Part, bits: NDArray[np.uint8] | None) -> None:
        grades = graded(part.column("grade"), bits)
        self.grades += np.bincount(grades, minlength=_GRADES)
        self.provinces += _crossed(part.column("province"), grades, NO_PROVINCE + 1)
        self.decades += _crossed(part.column("born") // 10, grades, 256)
        self._add_reasons(part.column("reason"), part.column("written"), bits)
        for found, count in zip(*np.unique(part.column("found"), return_counts=True), strict=True):
            self.found[Found(found).name] += int(count)
        self._add_groups(part.table.column("group").combine_chunks(), grades)

    def _add_reasons(self, reason: NDArray[np.int64], written: NDArray[np.uint8], bits: NDArray[np.uint8] | None) -> None:
        flags, times = np.unique(reason, return_counts=True)
        for value, count in zip(flags.tolist(), times.tolist(), strict=True):
            said = w.flags_in(value, w.REASONS)
            for each in said:
                self.reasons[each.name or ""] += count
            for cause in {w.REASONS[each].cause for each in said} - {0}:
                self.causes[cause] += count
        for flag, cause in w.WRITTEN_CAUSES.items():
            self.causes[cause] += int(np.count_nonzero(written & flag))
        if bits is not None:
            self.causes[w.REPEATED_CAUSE] += int(np.count_nonzero(bits & np.uint8(_IS_REPEATED_CAUSE)))

    def _add_groups(self, texts: pa.Array, grades: NDArray[np.uint8]) -> None:
        if texts.null_count == len(texts):
            return
        told = pc.utf8_trim_whitespace(texts).fill_null("").dictionary_encode()
        names = told.dictionary.to_pylist()
        table = _crossed(told.indices.to_numpy(), grades, len(names))
        for name, counts in zip(names, table, strict=True):
            key = name if name in self.groups or len(self.groups) < GROUPS_MAX else "…"
            self.groups[key] = self.groups.get(key, np.zeros(_GRADES, np.int64)) + counts


def _crossed(values: NDArray[Any], grades: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    places = values.astype(np.int64) * _GRADES + grades
    return np.bincount(places, minlength=size * _GRADES).reshape(size, _GRADES)


def write_report(folder: Path, plan: Plan, legacy: dict[str, str], searched: str, watcher: Watcher) -> None:
    """Count and write the report (*báo cáo đối soát*).

    `legacy`: columns whose letters were brought to Unicode. `searched`: why there are no candidates, where nobody searched.
    """
    counting, repeated, abouts = Counting(), repeated_of(folder), about_parts(folder)
    total = sum(each.records for each in abouts)
    for part in read_parts(folder, _READ):
        first = part.about.first
        counting.add(part, np.asarray(repeated.bits[first : first + part.about.records]) if repeated else None)
        watcher.tell(first + part.about.records, total)
    bad = abouts[-1].position.bad_rows if abouts else 0
    report = {
        "format": FORMAT, "profile": plan.profile, "day": plan.day.isoformat(), "snapshot": plan.snapshot_version,
        "requested": total + bad, "readable": total, "quarantined": bad,
        "grades": _by_grade(counting.grades),
        "found": dict(sorted(counting.found.items())),
        "reasons": {reason.name: counting.reasons[reason.name or ""] for reason in w.REASONS},
        "causes": _causes(counting, total if legacy else 0, plan),
        "legacy_letters": legacy,
        "provinces": _table(counting.provinces, lambda at: "" if at == NO_PROVINCE else f"{at:03d}"),
        "cohorts": _table(counting.decades, lambda at: str(at * 10) if at else ""),
        "groups": {name: _by_grade(counts) for name, counts in sorted(counting.groups.items())},
        "duplicates": counts_of(folder),
        "candidates": _candidates(folder, searched),
        "counters": _counters(counting.grades, total),
        **figures_of(folder),
        "files": [*(RESULTS[name] for name in RESULTS if name in plan.formats), *([TAX_LINKS] if _has_links(folder) else [])],
    }  # fmt: skip
    write_file(folder / REPORT, json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n")


def _has_links(folder: Path) -> bool:
    return (folder / TAX_LINKS).exists()


def _by_grade(counts: NDArray[np.int64]) -> dict[str, int]:
    return {grade.code: int(counts[grade]) for grade in Grade}


def _table(counts: NDArray[np.int64], name: Any) -> dict[str, dict[str, int]]:
    """Lines that have records; an empty name is for those nobody can tell."""
    return {name(at): _by_grade(counts[at]) for at in np.flatnonzero(counts.sum(axis=1)).tolist()}


def _causes(counting: Counting, legacy: int, plan: Plan) -> dict[str, int | None]:
    """Records per cause of the catalogue; None for what was not looked for."""
    not_looked = set() if plan.duplicates else {w.REPEATED_CAUSE}
    not_looked |= set() if Role.COMMUNE.value in plan.mapping else {_FORMER_UNIT_CAUSE}
    counts = {**counting.causes, w.LEGACY_CAUSE: legacy or counting.causes[w.LEGACY_CAUSE]}
    return {str(cause): None if cause in not_looked else counts.get(cause, 0) for cause in w.CAUSES}


def _candidates(folder: Path, searched: str) -> dict[str, Any]:
    found = candidates_of(folder)
    if found is None:
        return {"searched": False, "why": searched}
    return {
        "searched": True,
        "records_with_some": int(np.count_nonzero(found)),
        "records_with_one": int(np.count_nonzero((found & np.uint8(MANY)) == 1)),
        "records_clear": int(np.count_nonzero(found & np.uint8(IS_CLEAR))),
        "records_of_matched": len(held_of(folder)),
    }


def _counters(grades: NDArray[np.int64], total: int) -> dict[str, int | None]:
    """As the national report of 2023 counts. What was cleaned shows only beside the round before: None until somebody says it."""
    matched, mismatched = (sum(int(grades[each]) for each in group) for group in (_MATCHED, _MISMATCHED))
    return {"requested": total, "matched": matched, "mismatched": mismatched, "cleaned": None}
