"""What is done with lists of accounts: sent and judged as a whole, approved, locked, moved. Personal items are never told on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from dancu.identity.api import Officer, is_within, organisation_names
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.files import keep_file, read_file
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import usecases as gate
from dancu.onboarding.accounts import store
from dancu.onboarding.accounts.columns import Choice
from dancu.onboarding.accounts.domain import Checked, ListContext, check
from dancu.onboarding.accounts.reading import UploadedList, read
from dancu.onboarding.accounts.returned import write_returned
from dancu.onboarding.accounts.store import SentList
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier
from dancu.onboarding.dossiers.routes import routes
from dancu.onboarding.dossiers.usecases import OFFICER, party_of, write
from dancu.onboarding.parties.store import find_party
from dancu.onboarding.trace import record

ROLES = (
    Choice("lookup", "Tra cứu", ("tracuu",)),
    Choice("verify", "Xác thực", ("xacthuc",)),
    Choice("admin", "Quản trị hệ thống", ("quantri",)),
    Choice("system", "Tài khoản hệ thống", ("hethong",)),
)
_SERVICE_WORDS = {"lookup": "Tra cứu thông tin công dân", "verify": "Xác thực thông tin công dân", "household": "Hộ gia đình"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A list that was sent, what was read of it, what was found (*kết quả nộp danh sách*)."""

    sent: SentList
    uploaded: UploadedList
    checked: Checked


def context_of(dossier: ConnectionDossier, now: datetime, names: Collection[str] = ()) -> ListContext:
    """What a list of this dossier is judged by (*điều kiện của danh sách*)."""
    codes = {line["integration_code"]: _SERVICE_WORDS.get(line["service"], "") for line in dossier.lines}
    services = tuple(Choice(code, f"{code} {word}".strip()) for code, word in codes.items())
    return ListContext(local(now).date(), services, ROLES, store.taken_elsewhere(dossier.organisation, names))


def send_list(
    officer: Officer, dossier: ConnectionDossier, file: tuple[str, bytes], *, folder: Path, key: SealingKey, now: datetime
) -> Judged:
    """Hand in the list of a dossier (*nộp danh sách tài khoản*): kept as it came, judged as a whole; faults are told."""
    name, content = file
    uploaded = read(content)
    context = context_of(dossier, now, _names_in(uploaded))
    checked = check(uploaded.rows, context)
    digest = keep_file(folder, content, with_office=True, with_text=True)
    sent = SentList(
        store.new_id(),
        dossier.organisation,
        dossier.id,
        digest,
        name,
        now,
        officer.account,
        checked.rows,
        len(checked.faults),
        store.CHECKED,
    )
    with transaction.atomic():
        said = {"list": str(sent.id), "rows": checked.rows, "faults": len(checked.faults), "file_name": name, "file": digest}
        said["taken"] = sorted(context.taken_accounts)  # who else has which accounts changes later, the faults told do not
        write(officer, dossier.id, ActionKind.LIST, said, now=now)
        store.add_list(sent, checked.accepted, key)
    return Judged(sent, uploaded, checked)


def _names_in(uploaded: UploadedList) -> set[str]:
    return {row.texts.get("account", "").strip() for row in uploaded.rows}


def returned_workbook(officer: Officer, dossier: ConnectionDossier, identity: UUID, *, folder: Path, now: datetime) -> bytes:
    """The list as it was sent, with every cell marked that was wrong then (*bảng tính trả lại*); the ledger says who fetched it.

    It shows personal numbers: raises `NotAllowed` for whoever is no party of the dossier.
    """
    if party_of(dossier, officer) is None:
        raise NotAllowed(
            "accounts.returned",
            "Bảng này có số định danh của cán bộ: chỉ các bên xử lý hồ sơ tải được.",
            "This workbook shows personal numbers: only the parties of the dossier fetch it.",
        )
    sent = store.get_list(identity)
    if sent.dossier != dossier.id:
        raise NotFound("accounts.list_none", "Không có danh sách này.", "There is no such list.")
    uploaded = read(read_file(folder, sent.file))
    context = _context_as_sent(dossier, sent, uploaded)
    content = write_returned(uploaded, check(uploaded.rows, context), context)
    with transaction.atomic():
        record(f"accounts.returned_read:{dossier.code}", dossier.organisation, dossier.client_id, officer.account, now)
    return content


def _context_as_sent(dossier: ConnectionDossier, sent: SentList, uploaded: UploadedList) -> ListContext:
    """What the list was judged by: the day, the lines of the dossier and the accounts of others as they were then."""
    at = next(i for i, a in enumerate(dossier.actions) if a.kind is ActionKind.LIST and a.content["list"] == str(sent.id))
    then = ConnectionDossier(dossier.id, dossier.actions[:at])
    taken = dossier.actions[at].content.get("taken")
    if taken is None:  # lists sent before this was kept
        return context_of(then, sent.sent_at, _names_in(uploaded))
    return replace(context_of(then, sent.sent_at), taken_accounts=frozenset(taken))


def approve_list(identity: UUID, *, by: str, now: datetime) -> int:
    """Put the accounts of a judged list on the approved list of its organisation (*duyệt danh sách*). Gives how many."""
    sent = store.get_list(identity)
    if sent.faults or sent.state != store.CHECKED:
        raise Invalid("accounts.not_whole", "Danh sách còn lỗi hoặc đã xử lý.", "The list has faults or was dealt with.")
    accounts = store.accounts_in(identity)
    if taken := store.taken_elsewhere(sent.organisation, accounts):
        raise Conflict(
            "accounts.taken",
            f"Từ khi nộp danh sách, {len(taken)} tài khoản đã được duyệt cho cơ quan khác. Đơn vị nộp lại danh sách.",
            f"{len(taken)} accounts were approved for another body since the list was sent.",
        )
    gate.list_accounts_for(sent.organisation, accounts, by=by, now=now)
    store.mark(identity, store.APPROVED)
    return len(accounts)


def accounts_listed(officer: Officer, organisation: str, search: str = "") -> list[tuple[str, datetime | None, str, str]]:
    """Approved accounts of a body within reach, with since when each is locked, why and by whom (*tài khoản được duyệt*)."""
    _must_be_hers(officer, organisation)
    return store.listed(organisation, search)


def lock_accounts(officer: Officer, organisation: str, accounts: Collection[str], why: str, *, now: datetime) -> int:
    """Lock accounts at once (*khoá tài khoản*): every gateway refuses them within seconds. Gives how many.

    What a body below, or anybody where the department locks, had locked is locked from here on: they do not open it any more.
    """
    _must_be_hers(officer, organisation)
    if not why.strip():
        raise Invalid("accounts.why", "Ghi lý do khoá.", "State why.", field="why")
    with transaction.atomic():
        over = [locker for locker in store.lockers(organisation, accounts) if _stands_above(officer, locker)]
        held = store.Lock(now, why.strip()[:300], officer.organisation_code)
        count = store.lock(organisation, accounts, held, over)
        _none_is_wrong(count)
        record(f"accounts.locked:{count}", organisation, "", officer.account, now)
    return count


def unlock_accounts(officer: Officer, organisation: str, accounts: Collection[str], *, now: datetime) -> int:
    """Open locked accounts again (*mở khoá tài khoản*). Refuses all where one was locked from outside her own body."""
    _must_be_hers(officer, organisation)
    with transaction.atomic():
        _must_be_hers_to_open(officer, store.lockers(organisation, accounts))
        count = store.unlock(organisation, accounts)
        _none_is_wrong(count)
        record(f"accounts.unlocked:{count}", organisation, "", officer.account, now)
    return count


def transfer_accounts(officer: Officer, organisation: str, accounts: Collection[str], after: str, *, now: datetime) -> int:
    """Move accounts to another body within reach (*chuyển tài khoản hàng loạt*), as when officers are moved."""
    _must_be_hers(officer, organisation)
    _must_be_hers(officer, after)
    if organisation_names([after])[after] == after and find_party(after) is None:  # what nobody knows has no name but its code
        raise Invalid("accounts.after", "Không có đơn vị nhận này. Ghi đúng mã.", "There is no such body.", field="after")
    if organisation == after:
        raise Invalid("accounts.same", "Chọn đơn vị nhận khác đơn vị chuyển.", "Choose another body.", field="after")
    with transaction.atomic():
        count = store.transfer(organisation, accounts, after)
        _none_is_wrong(count)
        record(f"accounts.moved:{count}:{after}", organisation, "", officer.account, now)
    return count


def _must_be_hers(officer: Officer, organisation: str) -> None:
    if not ({"operator", "gate-officer"} & officer.roles or is_within(organisation, officer.organisation_code)):
        raise NotAllowed("accounts.body", "Tài khoản này của cơ quan khác.", "These accounts are another body's.")


def _opens_everything(officer: Officer) -> bool:
    return "operator" in officer.roles or (OFFICER in officer.roles and officer.organisation_code == routes().department)


def _stands_above(officer: Officer, locker: str) -> bool:
    return locker != officer.organisation_code and (_opens_everything(officer) or is_within(locker, officer.organisation_code))


def _must_be_hers_to_open(officer: Officer, lockers: Mapping[str, int]) -> None:
    others = {code: count for code, count in lockers.items() if not is_within(code, officer.organisation_code)}
    if not others or _opens_everything(officer):
        return
    names = organisation_names(others)
    told = "; ".join(f"{count} tài khoản do {names[code] or 'cơ quan cấp trên'} khoá" for code, count in sorted(others.items()))
    told_en = "; ".join(f"{count} locked by {names[code] or 'a higher body'}" for code, count in sorted(others.items()))
    raise Conflict(
        "accounts.locked_above",
        f"Chưa mở tài khoản nào, vì có {told}. Bỏ chọn các tài khoản ấy rồi làm lại, hoặc gửi văn bản đề nghị C06 mở.",
        f"Nothing was opened: {told_en}. Leave these out, or ask the department (C06) in writing to open them.",
        details={"locked": others},
    )


def _none_is_wrong(count: int) -> None:
    if not count:
        raise NotFound("accounts.none", "Không có tài khoản nào như vậy để xử lý.", "There is no such account.")
