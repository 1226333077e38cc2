"""Promise: at least 500 free-text addresses a second on one core, against parting the same texts into words only."""

from __future__ import annotations

import csv
import os
import statistics
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS = Path(__file__).parents[1] / "tests" / "population" / "addresses.csv"


def run(*, quick: bool) -> dict[str, Any]:
    from dancu.population.units.addresses import resolve_address
    from dancu.population.units.words import words_of

    with ROWS.open(encoding="utf-8", newline="") as file:
        texts = [unicodedata.normalize("NFC", row["text"]) for row in csv.DictReader(file)]
    resolve_address("Phường Bến Ngé, Quận 1, TP HCM")  # builds the indexes
    rounds = 3 if quick else 15
    rates = [_rate(resolve_address, texts) for _ in range(rounds)]
    limits = [_rate(words_of, texts) for _ in range(rounds)]
    value, limit = statistics.median(rates), statistics.median(limits)
    return {
        "name": "addresses",
        "value": round(value),
        "unit": "addresses/s",
        "limit": round(limit),
        "ratio": round(value / limit, 3),
        "size": len(texts),
        "machine": f"{os.cpu_count()} cores",
        "promise": 500,
    }


def _rate(read: Callable[[str], object], texts: list[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        read(text)
    return len(texts) / (time.perf_counter() - begun)
