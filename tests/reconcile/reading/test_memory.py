"""A list of hundreds of megabytes is read in blocks: what the reader keeps in memory does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.reconcile.reading.lists import csv_text, many

MIB = 1024 * 1024
PEAK_MAX = 512  # MiB of the whole process
_READER = """
import sys
from pathlib import Path
from dancu.reconcile.reading.batches import batches
from dancu.reconcile.reading.columns import detect
from dancu.reconcile.reading.files import open_list
def count(path):
    opened = open_list(path)
    return sum(len(batch.records) for batch in batches(opened, detect(opened)))
count(Path(sys.argv[1]))  # a short list: what is compiled is compiled now
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
read = count(Path(sys.argv[2]))
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(read, int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_of_two_hundred_megabytes_is_read_in_half_a_gigabyte(tmp_path: Path, encoding: str) -> None:
    path, short, part = tmp_path / "list.csv", tmp_path / "short.csv", many(50_000)
    short.write_bytes(csv_text(part[:100]).encode(encoding))
    body, repeats = csv_text(part, ()).encode("utf-16-le" if encoding == "utf-16" else encoding), 0
    with path.open("wb") as file:
        file.write(csv_text(()).encode(encoding))
        while file.tell() < 200 * MIB:
            file.write(body)
            repeats += 1

    told = subprocess.run([sys.executable, "-c", _READER, str(short), str(path)], capture_output=True, text=True, check=True)

    count, peak = map(int, told.stdout.split())
    assert count == repeats * len(part)
    assert peak <= PEAK_MAX
