"""The directory of parties: bodies of the catalogue and others that joined, their contacts, and what moves when they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import msgspec
from django.db import transaction

from dancu.identity.api import Backing, Body, BodyKind, bodies, bodies_on, body_on, how_done, is_within
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.parties import moving, store
from dancu.onboarding.parties.domain import Centre as Centre
from dancu.onboarding.parties.domain import (
    Change,
    Contact,
    Move,
    Party,
    PartyKind,
    Reorganisation,
    check_centre,
    check_contact,
    check_moves,
    check_party,
)
from dancu.onboarding.trace import get_system, record

_KINDS = {
    BodyKind.MINISTRY: PartyKind.MINISTRY,
    BodyKind.MINISTRY_LEVEL: PartyKind.MINISTRY,
    BodyKind.GOVERNMENT_AGENCY: PartyKind.MINISTRY,
    BodyKind.PEOPLE_COMMITTEE: PartyKind.PROVINCE,
}


def centres() -> list[Centre]:
    """Data centres that host systems of several bodies (*trung tâm dữ liệu dùng chung*)."""
    return store.centres()


def systems_in_centres() -> Mapping[str, int]:
    """Code of a centre → how many systems stand in it (*số hệ thống đặt tại trung tâm*); of those within reach."""
    return store.systems_in_centres()


def add_centre(centre: Centre, *, by: str, now: datetime) -> None:
    """Add or rename a data centre (*thêm trung tâm dữ liệu*). Refuses a code that is none, and a provider nobody knows."""
    check_centre(centre)
    try:
        party_of(centre.provider, local(now).date())
    except NotFound:
        raise Invalid(
            "centre.provider",
            "Không có đơn vị này trong danh bạ. Ghi mã đơn vị cung cấp, ví dụ VT-VIETTEL; chưa có thì thêm đơn vị trước.",
            "The provider is no known party. Give its code, like VT-VIETTEL, or add the party first.",
            field="centre_provider",
        ) from None
    with transaction.atomic():
        store.save_centre(centre)
        record(f"centre.saved:{centre.code}", centre.provider, "", by, now)


def parties_on(day: date) -> list[Party]:
    """Everybody who may connect on a day (*các đơn vị vào ngày*): ministries, provinces of that time, and those that joined."""
    listed = [_as_party(body) for body in bodies_on(day) if body.kind in _KINDS]
    return [*listed, *store.parties_on(day)]


def party_of(code: str, day: date) -> Party:
    """One party as it was on a day, or as it was last (*một đơn vị*). Raises `NotFound`."""
    if found := store.find_party(code):
        return found
    try:
        body = body_on(code, day)
        known = body or next((each for each in reversed(bodies()) if each.code == code), None)
    except Invalid:
        known = None
    if known is None or known.kind not in _KINDS:
        raise NotFound("party.none", "Không có đơn vị này.", "There is no such party.")
    return _as_party(known)


def _as_party(body: Body) -> Party:
    old = f"000.00.00.{body.code}"
    return Party(
        body.code,
        body.name,
        _KINDS[body.kind],
        old,
        body.valid_from,
        body.valid_to,
        " ".join((body.successor_code, *body.other_successors)).strip(),
        body.change,
        body.source,
    )


def add_party(party: Party, *, by: str, now: datetime) -> None:
    """Add a party that is no body of the catalogue (*thêm đơn vị*). Refuses a code that is none."""
    check_party(party)
    with transaction.atomic():
        store.save_party(replace(party, valid_from=party.valid_from or local(now).date()))
        record("party.saved", party.code, "", by, now)


def add_contact(contact: Contact, *, by: str, now: datetime) -> None:
    """Say whom to ask at a party (*thêm đầu mối*). Refuses private numbers."""
    check_contact(contact)
    today = local(now).date()
    party_of(contact.organisation, today)
    with transaction.atomic():
        store.add_contact(contact, today)
        record("party.contact_added", contact.organisation, "", by, now)


def end_contact(contact: int, organisation: str, *, by: str, now: datetime) -> None:
    """A contact that is none any more (*thôi đầu mối*). Raises `NotFound`."""
    with transaction.atomic():
        if not store.end_contact(contact, organisation, local(now).date()):
            raise NotFound("contact.none", "Không có đầu mối này.", "There is no such contact.")
        record("party.contact_ended", organisation, "", by, now)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A body that ended and still holds something (*đơn vị đã sắp xếp, còn hệ thống hoặc tài khoản*)."""

    party: Party
    systems: list[tuple[str, str, str]]
    accounts: int


def waiting_to_move(day: date) -> list[Waiting]:
    """Bodies whose last day is over and whose systems and accounts nobody moved yet (*còn phải chuyển giao*)."""
    ended = [_as_party(body) for body in bodies() if body.kind in _KINDS and body.valid_to and body.valid_to < day]
    found = []
    for party in ended:
        if body_on(party.code, day) is not None:
            continue  # its code goes on under another name
        systems, accounts = store.systems_of(party.code), store.count_accounts(party.code)
        if systems or accounts:
            found.append(Waiting(party, systems, accounts))
    return found


def plan_for(party: Party, day: date) -> Reorganisation:
    """What usually happens: everything goes to the first successor (*phương án chuyển giao mặc định*)."""

    after = party.successor.split()[0] if party.successor else ""
    moves = [Move("system", client_id, party.code, after) for client_id, _name, _state in store.systems_of(party.code)]
    if store.count_accounts(party.code):
        moves.append(Move("accounts", "", party.code, after))
    return Reorganisation(Change(party.change or Change.MERGED), day, party.source, tuple(moves))


def plan_as_content(plan: Reorganisation) -> dict[str, Any]:
    """A reorganisation as a proposal carries it (*nội dung phương án chuyển giao*)."""
    content: dict[str, Any] = msgspec.to_builtins(plan)
    return content


def reorganise_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed reorganisation does (*chuyển giao đã duyệt*)."""
    plan = msgspec.convert(dict(content), Reorganisation, strict=False)
    reorganise(plan, by=backing.approver, now=now, backing=backing)


def reorganise(plan: Reorganisation, *, by: Hand, now: datetime, backing: Backing | None = None) -> int:
    """Move systems with their grants, and accounts, to the bodies that carry on (*chuyển giao khi sắp xếp*). Gives how many.

    Grants hang on their system and go with it; keys, open dossiers and inspections under way too. What was done before stays
    written as it was.
    """
    held = frozenset(client_id for code in {move.before for move in plan.moves} for client_id, _n, _s in store.systems_of(code))
    check_moves(plan, held)
    today = local(now).date()
    how = how_done("onboarding.reorganise", backing, today)
    moved: list[dict[str, str | int]] = []
    with transaction.atomic():
        # Systems first: a list goes with the dossier it was sent for, what is left of them with the accounts.
        for move in sorted(plan.moves, key=lambda move: move.kind != "system"):
            party_of(move.after, today)
            what: str | int = move.what
            if move.kind == "system":
                _move_system(move, plan.basis, by, now)
            else:
                what = store.move_accounts(move.before, move.after)
            moved.append({"kind": move.kind, "what": what, "before": move.before, "after": move.after})
            said = f"party.{plan.change}:{move.before}:{move.after}"
            record(said, move.after, move.what, by.account, now, how=how, backing=backing)
        store.add_reorganisation(uuid4(), plan, moved, now=now, by=by.account, proposal=backing.proposal if backing else None)
    return len(moved)


def _move_system(move: Move, basis: str, by: Hand, now: datetime) -> None:
    dossiers = moving.open_dossiers(move.what)
    system = get_system(move.what, for_update=True)
    if not is_within(system.organisation, move.before):
        raise Conflict(
            "reorganisation.moved",
            f"Hệ thống {move.what} không còn thuộc {move.before}. Xem lại rồi lập phương án mới.",
            f"The system {move.what} is not of {move.before} any more. Plan anew.",
        )
    moving.move_dossiers(dossiers, move, basis, by, now)
    moving.move_inspection(move, by, now)
    store.move_system(move.what, move.before, move.after, now)
