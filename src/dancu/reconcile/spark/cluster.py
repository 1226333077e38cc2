"""A job's comparison given to a cluster of Spark: the list written, the snapshot exported, the verdicts fetched.

What a killed run left whole is used again: Spark marks its results when they are, all else appears under its name only then.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running.elsewhere import Answer, Task
from dancu.reconcile.spark.columns import VERDICT
from dancu.reconcile.spark.engines import compare_on_spark, require_spark, stop_running
from dancu.reconcile.spark.exporting import FORMAT, export_parquet
from dancu.reconcile.spark.handing_over import write_records
from dancu.reconcile.spark.kernels import Terms

HEARD_EVERY_SECONDS = 1.0
_LOOKED_AT = 4096


@dataclass(frozen=True, slots=True)
class OnCluster:
    """Compares lists of jobs on one cluster (*đối soát trên cụm Spark*); all its workers reach the folders of the task."""

    master: str
    terms: Terms
    settings: Mapping[str, str] | None = None

    def __call__(self, task: Task) -> Answer:
        """Raises `Invalid` without the extra or its Java, `Unavailable` when the cluster did not come to an end."""
        listed, said = task.work / "list.parquet", task.work / "said"
        if not (said / "_SUCCESS").exists():
            require_spark()
            if not listed.exists():
                write_records(task.records(), listed)
            exported = _exported(task.snapshot, task.beside)
            shutil.rmtree(said, ignore_errors=True)
            _heard(lambda: self._compare(listed, exported, said), task.tick)
        return Answer(pq.ParquetFile(listed).metadata.num_rows, _verdicts(said))

    def _compare(self, listed: Path, exported: Path, said: Path) -> None:
        places = str(listed.absolute()), str(exported.absolute()), str(said.absolute())
        compare_on_spark(self.master, *places, self.terms, settings=self.settings)


def _exported(snapshot: Snapshot, beside: Path) -> Path:
    """The export of a snapshot, made once for all jobs of a folder. Others who want the same one wait for it."""
    folder = beside / f"spark-snapshot-{_print_of(snapshot)}"
    with folder.with_name(f".{folder.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            export_parquet(snapshot, folder)
    return folder


def _print_of(snapshot: Snapshot) -> str:
    """Tells an export from those of other versions, and of other keys: the rows that are looked at hold keys of names."""
    places = np.unique(np.linspace(0, max(snapshot.persons - 1, 0), _LOOKED_AT).astype(np.int64))[: snapshot.persons]
    digest = hashlib.sha256(f"{FORMAT}\0{snapshot.version}\0{snapshot.persons}\0{len(snapshot.old)}\0".encode())
    digest.update(snapshot.rows[places].tobytes())
    return digest.hexdigest()[:16]


def _heard(compare: Callable[[], None], tick: Callable[[], None]) -> None:
    """Compare in a thread, so that whoever waits is heard meanwhile, and Spark does not take Ctrl-C for itself."""
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(compare)
        try:
            while not wait([working], HEARD_EVERY_SECONDS).done:
                tick()
        except BaseException:
            while not wait([working], HEARD_EVERY_SECONDS).done:
                with contextlib.suppress(Exception):  # it may be starting or ending: whatever is not stopped now is in a second
                    stop_running()
            raise
        working.result()


def _verdicts(said: Path) -> Iterator[pa.RecordBatch]:
    return iter(ds.dataset(said, format="parquet").to_batches(columns=VERDICT.names))
