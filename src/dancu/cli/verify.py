"""`dancu ledger verify`: check a proof or a published log with public keys only. No Django, no database."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import typer

from dancu.kernel.errors import DancuError, Invalid, NotFound
from dancu.ledger.logs import Head, parse_origin
from dancu.ledger.notes import COSIGNATURE, ED25519, VerifierKey, opened_checkpoint, parse_key
from dancu.ledger.outside.published import logs_in, published_at
from dancu.ledger.outside.verifying import LogFlaw, LogVerdict, check_log
from dancu.ledger.proofs import PROOF_BYTES_MAX, Checked, EntryProof, Flaw, check_proof, read_proof
from dancu.ledger.statements import Closing, read_statement

FLAWED, UNUSABLE = 1, 2  # exit codes
_ADDRESS = ("http://", "https://")

PROOF_WORDS = {
    Flaw.SIGNATURE: "Điểm kiểm không mang chữ ký đúng của sổ: không biết ai làm ra tệp này.",
    Flaw.WITNESSES: "Không đủ nhân chứng đã ký: sổ có thể cho mỗi người xem một bản khác nhau.",
    Flaw.PATH: "Bút toán không dẫn tới băm gốc đã ký: nội dung, vị trí hoặc đường dẫn đã bị sửa.",
    Flaw.OPENING: "Giá trị mở ra không phải giá trị đã cam kết trong bút toán.",
}
LOG_WORDS = {
    LogFlaw.SIGNATURE: "Điểm kiểm không mang chữ ký đúng của sổ.",
    LogFlaw.WITNESSES: "Không đủ nhân chứng đã ký điểm kiểm này.",
    LogFlaw.TILE: "Có ô băm thiếu hoặc không khớp với các mục bên dưới nó.",
    LogFlaw.ENTRY: "Có bút toán được giao không phải bút toán trong cây.",
    LogFlaw.ROOT: "Các mục không cho ra băm gốc đã ký: sổ công bố khác với sổ đã ký.",
    LogFlaw.ROLLED_BACK: "Sổ nhỏ hơn lần bạn giữ điểm kiểm: các mục về sau đã bị bỏ đi.",
    LogFlaw.FORK: "Phần sổ bạn đã giữ điểm kiểm nay khác trước: sổ đã bị sửa, hoặc bạn được cho xem một bản khác.",
}


def verify(
    what: str = typer.Argument(help="A proof file (.json), or a published log: a folder or an http(s) address."),
    key: str = typer.Option(..., help="The log's verifier key, or a file that holds it."),
    witness: list[str] = typer.Option([], help="A witness's verifier key, or a file that holds it; may be repeated."),
    quorum: int = typer.Option(0, min=0, help="How many of these witnesses must have signed."),
    checkpoint: Path | None = typer.Option(None, help="A head of this log that you kept earlier."),
    remember: Path | None = typer.Option(
        None, help="Keep the head in this file; the next run compares with it. For an exported folder of logs: a folder."
    ),
    as_json: bool = typer.Option(False, "--json", help="The verdict as one JSON object."),
) -> None:
    """Check a proof or a published log. Exit codes: 0 sound, 1 flawed, 2 cannot be checked."""
    try:
        log, seen_by = _key(key, ED25519), [_key(each, COSIGNATURE) for each in witness]
        if quorum > len(seen_by):
            raise Invalid(
                "ledger.quorum", f"Đòi {quorum} nhân chứng nhưng chỉ nêu {len(seen_by)}.", "More witnesses asked than named."
            )
        if _is_proof(what):
            sound = _verify_proof(Path(what), log, seen_by, quorum, as_json)
        else:
            sound = _verify_logs(what, log, seen_by, quorum, checkpoint, remember, as_json)
    except DancuError as failure:
        typer.echo(
            json.dumps({"unusable": failure.code, "why": failure.message}, ensure_ascii=False)
            if as_json
            else f"? {failure.message}"
        )
        raise typer.Exit(UNUSABLE) from None
    if not sound:
        raise typer.Exit(FLAWED)


def _is_proof(what: str) -> bool:
    if what.startswith(_ADDRESS):
        return False
    if not Path(what).exists():
        raise NotFound("ledger.nothing_there", f"Không có tệp hay thư mục {what}.", f"There is no {what}.")
    return Path(what).is_file()


def _verify_proof(file: Path, log: VerifierKey, witnesses: Sequence[VerifierKey], quorum: int, as_json: bool) -> bool:
    with file.open("rb") as opened:
        proof = read_proof(opened.read(PROOF_BYTES_MAX + 1))
    checked = check_proof(proof, log, witnesses, quorum)
    if as_json:
        _tell(checked, sound=not checked.flaws)
    else:
        typer.echo("\n".join(_words_of_proof(proof, checked, log, quorum)))
    return not checked.flaws


def _words_of_proof(proof: EntryProof, checked: Checked, log: VerifierKey, quorum: int) -> list[str]:
    if checked.flaws:
        return [
            "✕ Bằng chứng KHÔNG đúng. Đừng tin nội dung trong tệp này.",
            *(f"  - {PROOF_WORDS[flaw]}" for flaw in checked.flaws),
        ]
    body: dict[str, Any] = msgspec.json.decode(proof.entry)
    seen = f"{len(checked.witnesses)} nhân chứng đã ký: {', '.join(checked.witnesses)}." if checked.witnesses else _NO_WITNESS
    return [
        "✓ Bằng chứng đúng.",
        f"  Bút toán {body.get('id', '')}, lúc {body.get('at', '')} (giờ quốc tế).",
        f"  Cơ quan {body.get('organisation', '')}, hệ thống {body.get('system', '')}.",
        f"  Mục đích: {body.get('purpose') or 'không ghi'}.",
        f"  Đứng thứ {proof.index + 1:,} trong sổ {checked.origin} khi sổ có {checked.tree_size:,} bút toán.".replace(",", "."),
        f"  Sổ đã ký bằng khoá {log}.",
        f"  {seen}",
        f"  Giá trị được mở và đúng với cam kết: {_opened(proof)}.",
        "",
        "Chứng minh được: bút toán này đã vào sổ đúng như trên; sau điểm kiểm này ai sửa hay bỏ nó thì băm gốc đổi theo và bị lộ.",
        "Không chứng minh: rằng người ghi đã ghi đúng sự thật, hay sổ không thiếu bút toán nào khác về bạn.",
        *([] if quorum else ["Muốn chắc rằng mọi người cùng thấy một sổ: thêm --witness và --quorum."]),
    ]


_NO_WITNESS = "Chưa xét chữ ký nhân chứng nào."


def _opened(proof: EntryProof) -> str:
    names = {"subject": "người được tra cứu", "officer": "cán bộ", "dossier": "hồ sơ"}
    return ", ".join(names[name] for name in proof.openings) or "không có"


def _verify_logs(
    where: str,
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    quorum: int,
    kept: Path | None,
    remember: Path | None,
    as_json: bool,
) -> bool:
    """One log; or every log of an exported folder, whose heads are then remembered in a folder."""
    if where.startswith(_ADDRESS) or logs_in(Path(where)) == [Path(where)]:
        return _verify_log(where, key, witnesses, quorum, kept, remember, as_json)
    if remember is not None:
        _make_folder(remember, key)
    memories = {str(place): f"{'-'.join(place.relative_to(where).parts)}.note" for place in logs_in(Path(where))}
    gone = [file for file in sorted(remember.glob("*.note")) if file.name not in memories.values()] if remember else []
    if not memories and not gone:
        raise NotFound("ledger.not_published", f"{where} không có quyển sổ nào.", f"There is no log in {where}.")
    if len(memories) != 1 and kept is not None:
        raise Invalid("ledger.several", f"{where} có nhiều quyển sổ: nêu một quyển.", f"{where} has several logs: name one.")
    sound = True
    for place, name in memories.items():
        sound &= _verify_log(place, key, witnesses, quorum, kept, remember / name if remember else None, as_json)
    for file in gone:
        sound &= _tell_gone(file, where, key, as_json)
    return sound


def _make_folder(remember: Path, key: VerifierKey) -> None:
    """Where heads of several logs are remembered; a file with the head of one, from an earlier run, moves into it."""
    if not remember.is_file():
        remember.mkdir(parents=True, exist_ok=True)
        return
    text = _text(remember)
    _book, shard, epoch = parse_origin(opened_checkpoint(text, [key]).origin)
    beside = remember.with_name(f"{remember.name}.d")
    beside.mkdir(exist_ok=True)
    _keep(beside / f"{shard}-e{epoch}.note", text)
    remember.unlink()
    beside.rename(remember)
    typer.echo(f"{remember} nay là một thư mục, điểm kiểm cũ ở {remember}/{shard}-e{epoch}.note.", err=True)


def _tell_gone(file: Path, where: str, key: VerifierKey, as_json: bool) -> bool:
    """A log that was there when its head was remembered, and is not there now; a signed statement may own up to it."""
    checkpoint = opened_checkpoint(_text(file), [key])
    head = Head(checkpoint.origin, checkpoint.size, checkpoint.root)
    for each in (each for each in _closings(Path(where), key) if each.origin == head.origin and each.is_gone and each.admits(head)):
        typer.echo(f"! Sổ {head.origin} đã bị bỏ khi mở kỳ {each.epoch}: {each.reason}", err=as_json)
        return True
    verdict = LogVerdict((LogFlaw.ROLLED_BACK,), head.origin, 0, "", (), compared_with=(head.size,))
    size = f"{head.size:,}".replace(",", ".")
    lines = [f"✕ Sổ {head.origin} không còn trong {where}: lần trước có {size} bút toán.", f"  Hãy giữ {file}: đó là bằng chứng."]
    if as_json:
        _tell(verdict, sound=False)
    else:
        typer.echo("\n".join(lines))
    return False


def _closings(export: Path, key: VerifierKey) -> list[Closing]:
    """What the statements in an export say of its logs, as far as the key signed them."""
    closings: list[Closing] = []
    for file in sorted(export.glob("epoch-*")):
        with contextlib.suppress(Invalid):
            closings += read_statement(_text(file), [key])
    return closings


def _verify_log(
    where: str,
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    quorum: int,
    kept_file: Path | None,
    remember: Path | None,
    as_json: bool,
) -> bool:
    files = ([kept_file] if kept_file else []) + ([remember] if remember and remember.exists() else [])
    kept = [opened_checkpoint(_text(file), [key]) for file in files]
    verdict, text = check_log(published_at(where), key, witnesses, quorum, kept=kept, progress=_progress())
    if not verdict.flaws and remember is not None:
        _keep(remember, text)
    if as_json:
        _tell(verdict, sound=not verdict.flaws)
    else:
        typer.echo("\n".join(_words_of_log(verdict, key, remember)))
    return not verdict.flaws


def _words_of_log(verdict: LogVerdict, key: VerifierKey, remember: Path | None) -> list[str]:
    size = f"{verdict.size:,}".replace(",", ".")
    if verdict.flaws:
        lines = [f"✕ Sổ {verdict.origin} KHÔNG đúng.", *(f"  - {LOG_WORDS[flaw]}" for flaw in verdict.flaws)]
        if verdict.places:
            lines.append(f"  Ô băm sai (tầng/số): {', '.join(verdict.places)}")
        return [*lines, "  Giữ nguyên điểm kiểm cũ của bạn và điểm kiểm mới: hai chữ ký của cùng một sổ là bằng chứng."]
    lines = [
        f"✓ Sổ {verdict.origin} đúng: {size} bút toán cho ra đúng băm gốc đã ký.",
        f"  Băm gốc {verdict.root}",
        f"  Khoá của sổ {key}",
        f"  Nhân chứng đã ký: {', '.join(verdict.witnesses) or 'chưa xét'}",
    ]
    if verdict.compared_with:
        kept = f"{max(verdict.compared_with):,}".replace(",", ".")
        lines.append(f"  {kept} bút toán đầu vẫn như lúc bạn giữ điểm kiểm: không bị sửa, bỏ hay chen thêm.")
    else:
        lines.append("  Chưa có điểm kiểm cũ để so: dùng --remember TỆP để lần sau phát hiện sổ bị thay hay lùi.")
    if remember is not None:
        lines.append(f"  Đã giữ điểm kiểm vào {remember}.")
    return lines


def _tell(verdict: Checked | LogVerdict, *, sound: bool) -> None:
    typer.echo(msgspec.json.encode({"sound": sound, **msgspec.structs.asdict(verdict)}).decode())


def _key(given: str, algorithm: int) -> VerifierKey:
    """A key as text, or the file it stands in."""
    key = parse_key(_text(Path(given)) if Path(given).is_file() else given)
    if key.algorithm != algorithm:
        wanted = "nhân chứng" if algorithm == COSIGNATURE else "sổ"
        raise Invalid("ledger.key_kind", f"{key.name} không phải khoá của {wanted}.", f"{key.name} is a key of another kind.")
    return key


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(1_000_001).decode()
    except (OSError, UnicodeDecodeError):
        raise Invalid("ledger.unreadable", f"Không đọc được {file}.", f"{file} cannot be read.") from None


def _keep(file: Path, text: str) -> None:
    beside = file.with_name(file.name + ".new")
    with beside.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)


def _progress() -> Any:
    """A bar on stderr, for people only. Typed loosely: rich is imported when there is somebody to see it."""
    import sys

    if not sys.stderr.isatty():
        return lambda _done, _of: None

    def show(done: int, of: int) -> None:
        end = "\n" if done >= of else ""
        print(f"\r  {done:,} / {of:,}", end=end, file=sys.stderr, flush=True)

    return show
