"""The same search with Splink on DuckDB, as its documentation would have it done, on the same records with the same truth.

Run in an environment of its own (`requirements/fitting.txt`): `python -m bench.peers.splink_candidates --data FOLDER`, where
FOLDER is one size of `bench/candidates.py --data`. Its time counts training, prediction and choosing, not reading and cleaning.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dancu.kernel.names import folded_name

RULES = (
    "folded, birth",
    "words, birth",
    "ends, birth",
    "head, birth",
    "tail, year",
    "folded, commune",
    "commune, birth",
    "head, folded",
)
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99)
TRAINING_PAIRS = 10_000_000


def run(folder: Path) -> dict[str, Any]:
    """Precision, recall and seconds, at the threshold with the best F1 and at all others."""
    left, right = _records(pl.read_parquet(folder / "unresolved-1.0.parquet")), _persons(folder)
    started, worked = time.perf_counter(), time.process_time()
    pairs = _predicted(left, right)
    best = pairs.sort("p", "number_r", descending=[True, False]).group_by("unique_id_l", maintain_order=True).first()
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    known = left["truth"].drop_nulls().len()
    curve = {}
    for p in THRESHOLDS:
        clear = best.filter(pl.col("p") >= p)
        hits = clear.filter(pl.col("truth_l") == pl.col("number_r")).height
        precision, recall = hits / max(clear.height, 1), hits / known
        curve[str(p)] = {
            "precision": round(precision, 5),
            "recall": round(recall, 5),
            "f1": round(2 * precision * recall / (precision + recall), 5),
        }
    top = max(curve.values(), key=lambda each: each["f1"])
    size = {"persons": right.height, "records": left.height}
    return {
        "name": "splink_candidates",
        "seconds": round(seconds, 1),
        "cpu_seconds": round(worked, 1),
        "size": size,
        **top,
        "pairs": pairs.height,
        "curve": curve,
    }


def _predicted(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    import duckdb
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    con = duckdb.connect()
    con.execute("set threads = 2")
    con.register("a", left.to_arrow())
    con.register("b", right.to_arrow())
    api = DuckDBAPI(con)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            comparisons.JaroWinklerAtThresholds("folded", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            comparisons.DamerauLevenshteinAtThresholds("birth", [1, 2]),
            comparisons.DamerauLevenshteinAtThresholds("number", [1, 2]),
            comparisons.ExactMatch("commune"),
            comparisons.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule.split(", ")) for rule in RULES],
        additional_columns_to_retain=["truth"],
        probability_two_random_records_match=1 / right.height,
        retain_intermediate_calculation_columns=False,
    )
    tables = [api.register("a", dataset_display_name="a_lists"), api.register("b", dataset_display_name="b_registry")]
    linker = Linker(tables, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=TRAINING_PAIRS, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("folded", "birth"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("tail", "year"))
    made = linker.inference.predict(threshold_match_probability=0.01)
    asked = "select unique_id_l, unique_id_r, truth_l, match_probability as p from " + made.physical_name
    return pl.from_arrow(con.sql(asked).arrow().read_all()).with_columns(pl.col("unique_id_r").alias("number_r"))  # type: ignore[return-value]


def _records(frame: pl.DataFrame) -> pl.DataFrame:
    born = pl.col("birth_date").str.split("/").list.reverse().list.join("-")
    return _with_keys(
        frame.select(
            unique_id=pl.Series(np.arange(frame.height)),
            number=pl.when(pl.col("paper_no").str.len_chars() == 12).then("paper_no"),
            name="full_name",
            birth=pl.when(pl.col("birth_date") != "").then(born),
            sex=pl.when(pl.col("sex") != "0").then("sex"),
            commune=pl.when(pl.col("area_code") != "0").then(pl.col("area_code").str.tail(5)),
            truth=pl.col("true_personal_id").replace("", None).cast(pl.Int64),
        )
    )


def _persons(folder: Path) -> pl.DataFrame:
    register = pl.scan_parquet(folder / "register" / "part-*.parquet").filter(pl.col("number_state") == "0")
    return _with_keys(
        register.select(
            unique_id=pl.col("personal_id").cast(pl.Int64),
            number="personal_id",
            name="full_name",
            birth="birth_date",
            sex="sex",
            commune=pl.col("permanent_code").str.tail(5),
            truth=pl.col("personal_id").cast(pl.Int64),
        ).collect()
    )


def _with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    folded = [" ".join(folded_name(name.replace(".", " ")).split()) or None for name in frame["name"]]
    words = pl.col("folded").str.split(" ")
    return frame.with_columns(folded=pl.Series(folded, dtype=pl.String)).with_columns(
        words=words.list.sort().list.join(" "),
        ends=words.list.first() + " " + words.list.last(),
        head=pl.col("number").str.head(6),
        tail=pl.col("number").str.tail(6),
        year=pl.col("birth").str.head(4),
    )


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--data", type=Path, required=True)
    print(json.dumps(run(given.parse_args().data)))
