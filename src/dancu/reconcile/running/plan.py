"""What was asked of a job, written down before anything is done: whoever goes on with it does the same."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import Snapshot, open_snapshot
from dancu.reconcile.reading import columns
from dancu.reconcile.reading.columns import BY_NUMBER, Mapping
from dancu.reconcile.reading.files import OpenedList, open_list
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.running import refusals
from dancu.reconcile.running.folder import PLAN, RESULTS, write_file
from dancu.reconcile.running.keys import check_key, key_id

FORMAT = 1
ROWS_A_BATCH = 250_000
LOCAL, SPARK = "local", "spark"
# What an owner may know her record by, the best first.
REFERENCES = (Role.RECORD_KEY, Role.PHONE, Role.TAX_NUMBER, Role.INSURANCE_NUMBER, Role.HEALTH_CARD)
_PRINTED = 1024 * 1024  # bytes at each end of a list that tell it from another


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked (*kế hoạch đối soát*). What is empty by default is filled in by `prepare`."""

    list_file: str
    snapshot: str  # a folder
    day: date  # the day of the comparison: years of two digits are read by it
    mapping: dict[str, int]  # role → column from 0
    profile: str = ""
    candidates: bool = False
    one_to_one: bool = False  # a person stands in this list once
    duplicates: bool = True
    formats: tuple[str, ...] = ("parquet", "csv", "xlsx")
    rows_a_batch: int = ROWS_A_BATCH
    required: tuple[str, ...] = tuple(role.value for role in BY_NUMBER)
    reference: str = ""  # a role; the best the list has by default
    grouped_by: str = ""  # a role the report counts by, an operator or a source
    snapshot_version: str = ""
    key_id: str = ""
    list_print: str = ""
    salt: str = ""  # of the commitment to who was compared
    engine: str = LOCAL  # who does the exact part: this process or a cluster; the results are the same
    master: str = ""  # the address of the cluster
    format: int = FORMAT


def prepare(folder: Path, plan: Plan, key: NameKey) -> Plan:
    """Make the folder of a job (*lập lần đối soát*). Gives the plan as it was written down.

    Raises `Conflict` where there is a job or the key is another, `Invalid` for a list that cannot be compared, `NotFound`.
    """
    for name in plan.formats:
        if name not in RESULTS:
            raise refusals.unknown_format(name)
    if plan.engine not in (LOCAL, SPARK):
        raise refusals.unknown_engine(plan.engine)
    if (folder / PLAN).exists():
        raise refusals.already_there()
    opened = open_listed(Path(plan.list_file))
    mapping = mapping_of(opened, plan)
    columns.require(opened, mapping, [Role(name) for name in plan.required])
    snapshot = open_known(Path(plan.snapshot))
    check_key(snapshot, key)
    made = msgspec.structs.replace(
        plan,
        list_file=str(Path(plan.list_file).absolute()),
        snapshot=str(Path(plan.snapshot).absolute()),
        reference=plan.reference or _best_reference(mapping),
        snapshot_version=snapshot.version,
        key_id=key_id(key),
        list_print=list_print(opened.path),
        salt=plan.salt or secrets.token_hex(32),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / PLAN, msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=1) + b"\n")
    return made


def mapping_for(
    opened: OpenedList, own: dict[Role, str | int] | None = None, required: Iterable[Role] = BY_NUMBER
) -> dict[str, int]:
    """The columns of a list for a plan, as found and as its owner says. Raises `Invalid` for one that is needed and not there."""
    found = columns.mapped(opened, own)
    columns.require(opened, found, required)
    return {role.value: column.at for role, column in found.columns.items()}


def columns_said(said: Iterable[str]) -> dict[Role, str | int]:
    """What the owner of a list says of its columns: `number=Số CCCD`, or `number=#2` for the second. Raises `Invalid`."""
    found: dict[Role, str | int] = {}
    for each in said:
        name, is_said, column = each.partition("=")
        if name not in set(Role) or not is_said or not column:
            raise refusals.unknown_role(each, ", ".join(Role))
        found[Role(name)] = int(column[1:]) - 1 if column[:1] == "#" and column[1:].isdecimal() else column
    return found


def read_plan(folder: Path) -> Plan:
    """The plan of a job. Raises `NotFound` where there is none, `Conflict` for one of another version of the program."""
    try:
        content = (folder / PLAN).read_bytes()
    except FileNotFoundError:
        raise refusals.no_job() from None
    with contextlib.suppress(msgspec.ValidationError):
        plan = msgspec.json.decode(content, type=Plan)
        if plan.format == FORMAT:
            return plan
    raise refusals.other_program()


def open_listed(path: Path) -> OpenedList:
    """Raises `NotFound` for a list that is gone, and what `open_list` raises."""
    try:
        return open_list(path)
    except FileNotFoundError:
        raise refusals.list_gone() from None


def mapping_of(opened: OpenedList, plan: Plan) -> Mapping:
    """Exactly the columns of the plan."""
    found = columns.mapped(opened, {Role(name): at for name, at in plan.mapping.items()}).columns
    return Mapping({role: column for role, column in found.items() if role.value in plan.mapping})


def open_known(folder: Path) -> Snapshot:
    """Raises `NotFound` for a snapshot that is gone or cannot be read."""
    try:
        return open_snapshot(folder)
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as failure:
        raise refusals.snapshot_gone() from failure


def _best_reference(mapping: Mapping) -> str:
    return next((role.value for role in REFERENCES if role in mapping.columns), "")


def list_print(path: Path) -> str:
    """Tells a list from another without reading all of it: its size, its beginning and its end."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest.update(size.to_bytes(8, "big"))
        for at in (0, max(size - _PRINTED, 0)):
            file.seek(at)
            digest.update(file.read(_PRINTED))
    return digest.hexdigest()
