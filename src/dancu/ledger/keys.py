"""The ledger's signing key as a file, and its public half beside it. A hardware module only has to be another `Signer`."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from dancu.kernel.errors import Invalid
from dancu.ledger.logs import book_of
from dancu.ledger.notes import FileSigner, Signer, VerifierKey, key_of, parse_key

SEED, PUBLIC = "ledger.key", "ledger.pub"


def signer_from_folder(folder: Path, installation: str) -> Signer:
    """The signer of this installation. The name it signs with is settled the first time and kept beside the key.

    Raises `Invalid` without a key, or when the public half belongs to another one.
    """
    if not (folder / SEED).is_file():
        raise Invalid("ledger.key", f"Thiếu khoá ký của sổ: {SEED}.", f"The ledger's signing key {SEED} is missing.")
    known = public_key(folder)
    signer = FileSigner(known.name if known else book_of(installation), folder / SEED)
    if known is None:
        _keep(folder / PUBLIC, str(key_of(signer)))
    elif known != key_of(signer):
        raise Invalid("ledger.key", f"{PUBLIC} không đi cùng {SEED}.", f"{PUBLIC} is not the public half of {SEED}.")
    return signer


def public_key(folder: Path) -> VerifierKey | None:
    """The public half, if one was written."""
    with contextlib.suppress(FileNotFoundError):
        return parse_key((folder / PUBLIC).read_text())
    return None


def _keep(file: Path, text: str) -> None:
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(handle, "w") as opened:
            opened.write(text + "\n")
