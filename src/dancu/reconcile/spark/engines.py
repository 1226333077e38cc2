"""The exact part of a comparison where one machine is too small: on a cluster of Spark, and by the same definition on DuckDB.

What comes out is what `engine.exact.compare` says of the same list, snapshot and terms, record by record; only the order is free.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from dancu.kernel.errors import Invalid, Unavailable
from dancu.reconcile.engine.arrow import VERDICTS
from dancu.reconcile.spark.columns import READ, RECORDS, VERDICT, spark_schema
from dancu.reconcile.spark.kernels import Terms, judge_joined, read_records

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Kernel = Callable[[Iterable[pa.RecordBatch], Terms], Iterator[pa.RecordBatch]]
ROWS_A_BATCH = 50_000
JAVA_MIN = 17
_JAVA_VERSION = re.compile(r'version "(\d+)')
_SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_A_BATCH),
    # What is moved between workers lies on their disks meanwhile: names and numbers as somebody's list has them.
    "spark.io.encryption.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def compare_on_spark(
    master: str, list_parquet: str, snapshot_parquet: str, out: str, terms: Terms, *, settings: Mapping[str, str] | None = None
) -> int:
    """Compare a list with an exported snapshot on a cluster (*đối soát trên Spark*); gives how many records it had.

    Every place is a path or address all workers can read; `out` must not exist. The workers need this package and its extra.
    Raises `Invalid` without the extra or its Java here, `Unavailable` when the cluster did not come to an end.
    """
    require_spark()
    with _failures_told(master), _session(master, {**_SETTINGS, **(settings or {})}) as session:
        records = _mapped(session.read.parquet(list_parquet).select(*RECORDS.names), read_records, READ, terms)
        records = records.persist()  # three parts of the definition read it
        count = int(records.count())
        joined = _joined(session, records, snapshot_parquet)
        _mapped(joined, judge_joined, VERDICT, terms).write.parquet(out)
        return count


@contextlib.contextmanager
def _failures_told(master: str) -> Iterator[None]:
    """What Spark says of a failure may hold records: it goes no further than its logs."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as failure:
        raise Unavailable(
            "reconcile.spark_failed",
            f"Cụm Spark {master} không làm xong phần so khớp. Bạn xem nhật ký của cụm, rồi chạy tiếp với --resume.",
            f"The cluster {master} did not finish the comparison. Look at its logs, then go on with --resume.",
        ) from failure


def _session(master: str, settings: Mapping[str, str]) -> SparkSession:
    from pyspark.sql import SparkSession

    # Workers run the Python this process runs in, unless they are told another; Spark knows no setting for it but this.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return SparkSession.builder.master(master).appName("dancu reconcile").config(map=dict(settings)).getOrCreate()


def require_spark() -> None:
    """Raises `Invalid` where this machine lacks what a cluster is asked with (*kiểm tra phần mở rộng Spark*)."""
    if _java_version() < JAVA_MIN:
        raise _missing(f"Java {JAVA_MIN}, openjdk-17-jre-headless")
    if not all(find_spec(name) for name in ("pyspark", "ibis")):
        raise _missing("requirements/spark.txt")


def _java_version() -> int:
    """Of the Java that Spark would start; 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java:
        return 0
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = _JAVA_VERSION.search(said)
    return int(found.group(1)) if found else 0


def _missing(what: str) -> Invalid:
    told = f"Máy này chưa có phần mở rộng để đối soát trên Spark ({what}). Bạn chạy make setup-spark rồi chạy lại lệnh này."
    english = f"This machine lacks what comparing on Spark needs ({what}). Run make setup-spark, then run this again."
    return Invalid("reconcile.spark_missing", told, english, field="engine")


def stop_running() -> None:
    """End what this process has a cluster do; whoever waits for it gets an error (*dừng việc trên cụm*)."""
    from pyspark import SparkContext

    # There is no public way to the session another thread is in.
    if (context := SparkContext._active_spark_context) is not None:
        context.cancelAllJobs()


def _mapped(frame: DataFrame, kernel: Kernel, schema: pa.Schema, terms: Terms) -> DataFrame:
    return frame.mapInArrow(lambda batches: kernel(batches, terms), spark_schema(schema))


def _joined(session: SparkSession, records: DataFrame, snapshot_parquet: str) -> DataFrame:
    from dancu.reconcile.spark.relations import sql_of_people_found

    records.createOrReplaceTempView("records")
    for name in ("persons", "old"):
        session.read.parquet(f"{snapshot_parquet}/{name}").createOrReplaceTempView(name)
    return session.sql(sql_of_people_found("pyspark"))


def compare_on_duckdb(list_parquet: Path, snapshot_parquet: Path, out: Path, terms: Terms) -> int:
    """The same on this machine (*đối soát trên DuckDB*): the definition without a cluster, to hold both against each other."""
    import duckdb

    from dancu.reconcile.spark.relations import sql_of_people_found

    source = ds.dataset(list_parquet).to_batches(columns=RECORDS.names, batch_size=ROWS_A_BATCH)
    records = pa.Table.from_batches(read_records(source, terms), READ)
    with duckdb.connect() as engine:
        engine.register("records", records)
        for name in ("persons", "old"):
            engine.read_parquet(str(snapshot_parquet / name / "*.parquet")).create_view(name)
        joined = engine.sql(sql_of_people_found("duckdb")).to_arrow_reader(ROWS_A_BATCH)
        out.mkdir()
        with pq.ParquetWriter(out / "part-00000.parquet", VERDICT) as writer:
            for batch in judge_joined(joined, terms):
                writer.write_batch(batch)
    return len(records)


def read_verdicts(folder: Path) -> pa.Table:
    """The verdicts of a finished comparison in the order of the list, as the engine writes them (*đọc kết quả*)."""
    table = pq.read_table(folder, columns=VERDICT.names)
    table = table.take(pc.sort_indices(table, [("record", "ascending")]))
    return pa.table([pc.cast(table[field.name], field.type, safe=False) for field in VERDICTS], schema=VERDICTS)
