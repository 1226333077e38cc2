"""How the loops of this room are compiled. What was compiled is kept per state of the sources: an older loop is never run.

numba looks only at the file a function stands in, not at what it calls from others; so the folder it keeps its work in is named
by all of them together.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from numba import config, njit


def _kept_in() -> str:
    here, digest = Path(__file__).parent, hashlib.sha256()
    for source in sorted([*here.rglob("*.py"), here.parent / "kernel" / "names.py"]):
        digest.update(source.read_bytes())
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "dancu" / "compiled" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home nobody may write to: compiled anew by each process, in a folder nobody else can have prepared
        return tempfile.mkdtemp(prefix="dancu-compiled-")
    return str(folder)


if not os.environ.get("NUMBA_CACHE_DIR"):
    config.CACHE_DIR = _kept_in()

compiled = njit(nogil=True, cache=True)  # other threads run meanwhile
