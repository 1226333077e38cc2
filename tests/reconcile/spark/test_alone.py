"""The extra is asked for only by who wants it: this part can be imported without it, and nothing else of the room imports this."""

from __future__ import annotations

import subprocess
import sys

import pytest

_MODULES = "import sys; print(*{each.partition('.')[0] for each in sys.modules}, *sys.modules)"


def loaded_by(module: str) -> set[str]:
    made = subprocess.run([sys.executable, "-c", f"import {module}; {_MODULES}"], capture_output=True, text=True, check=True)
    return set(made.stdout.split())


def test_until_a_cluster_is_asked_for_nothing_of_the_extra_is_imported() -> None:
    loaded = loaded_by("dancu.reconcile.spark.engines, dancu.reconcile.spark.standalone, dancu.reconcile.spark.exporting")

    assert "dancu.reconcile.spark.kernels" in loaded
    of_arrow = loaded_by("pyarrow.dataset")  # which takes pandas along wherever it is installed
    assert (loaded - of_arrow) & {"pyspark", "ibis", "duckdb", "pandas", "django"} == set()


@pytest.mark.parametrize("module", ["dancu.reconcile.engine.exact", "dancu.reconcile.reading.batches"])
def test_who_compares_on_one_machine_does_not_import_this_part(module: str) -> None:
    assert "dancu.reconcile.spark" not in loaded_by(module)
