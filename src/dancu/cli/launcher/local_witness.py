"""The witness of a demonstration: one process on this machine, entered in the list of witnesses. No Django.

To outsiders it proves nothing, because its key lies beside the ledger's; it shows how the thing works.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dancu.kernel.config import Config
from dancu.ledger.notes import COSIGNATURE, key_of
from dancu.ledger.outside.witness import signer_of
from dancu.ledger.sequencer import signer_from_folder
from dancu.ledger.witnessing import FILE_NAME

NAME = "nhan-chung-mau"
ORGANISATION = "Nhân chứng mẫu trên máy này (chỉ để trình diễn)"
_OURS = "# Made by `dancu up --demo` at every start. Take this line out, and the file stays as you wrote it.\n"


def witness_command(config: Config, port: int) -> list[str] | None:
    """Give it a folder, enter it in the list, and say how to start it; None where somebody keeps a list of their own."""
    listed = config.key_dir / FILE_NAME
    if listed.exists() and not listed.read_text(encoding="utf-8").startswith(_OURS):
        return None
    home = config.home / "witness"
    own, log = key_of(signer_of(home, NAME), COSIGNATURE), key_of(signer_from_folder(config.key_dir, config.installation))
    _write(home / "logs.toml", f'[[log]]\nkey = "{log}"\n')
    _write(
        listed, f'{_OURS}[[witness]]\norganisation = "{ORGANISATION}"\nurl = "{witness_url(config.host, port)}"\nkey = "{own}"\n'
    )
    command = [sys.executable, "-m", "dancu.cli.main", "witness", "--home", str(home), "--name", NAME]
    return [*command, "--host", config.host, "--port", str(port)]


def witness_url(host: str, port: int) -> str:
    """Where it is reached from this machine."""
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - asked, not listened on


def _write(file: Path, text: str) -> None:
    beside = file.with_name(file.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
