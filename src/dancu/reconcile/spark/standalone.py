"""A cluster of Spark out of processes of this machine, to try and to measure: one master, some workers, gone at the end.

The package of Spark has no scripts that start them; the classes behind those scripts are started instead. Each says in its log
where it listens, so nobody has to choose a free port.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

HOST = "127.0.0.1"
START_SECONDS_MAX = 180.0
_MASTER_AT = re.compile(r"Starting Spark master at (spark://\S+)")
_REGISTERED = re.compile(r"Successfully registered with master (\S+)")
_PACKAGE = "org.apache.spark.deploy"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a cluster is (*cỡ cụm*): workers, and of each the cores and the memory."""

    workers: int = 2
    cores: int = 1
    memory_gb: int = 2


@contextmanager
def standalone_cluster(folder: Path, size: Size = Size()) -> Iterator[str]:
    """Run a cluster that works in `folder`; gives the master's address. Whatever happens, none of its processes stays."""
    with ExitStack() as running:
        common = ["--host", HOST, "--port", "0", "--webui-port", "0"]
        (master,) = running.enter_context(_process([f"{_PACKAGE}.master.Master", *common], folder / "master", _MASTER_AT))
        limits = ["--cores", str(size.cores), "--memory", f"{size.memory_gb}g"]
        for number in range(size.workers):
            home = folder / f"worker-{number}"
            worker = [f"{_PACKAGE}.worker.Worker", *common, *limits, "--work-dir", str(home), master]
            running.enter_context(_process(worker, home, _REGISTERED))
        yield master


@contextmanager
def _process(arguments: list[str], home: Path, ready: re.Pattern[str]) -> Iterator[tuple[str]]:
    import pyspark

    home.mkdir(parents=True)
    spark = Path(pyspark.__file__).parent
    given = {"SPARK_HOME": str(spark), "SPARK_LOCAL_IP": HOST, "SPARK_LOCAL_DIRS": str(home), "PYSPARK_PYTHON": sys.executable}
    process = subprocess.Popen(
        [str(spark / "bin" / "spark-class"), *arguments],
        env={**os.environ, **given}, cwd=home, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    lines: Queue[str] = Queue()
    reader = Thread(target=_read_lines, args=(process, lines), daemon=True)
    reader.start()
    try:
        yield (_first_match(lines, ready),)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()


def _read_lines(process: subprocess.Popen[str], lines: Queue[str]) -> None:
    """To the end, so that the process never waits for a reader."""
    assert process.stderr is not None
    for line in process.stderr:
        lines.put(line)
    lines.put("")


def _first_match(lines: Queue[str], ready: re.Pattern[str]) -> str:
    said = []
    while True:
        try:
            line = lines.get(timeout=START_SECONDS_MAX)
        except Empty:
            line = ""
        said.append(line)
        if found := ready.search(line):
            return found.group(1)
        if not line:
            raise RuntimeError("a process of the cluster did not start: " + "".join(said[-5:]))
