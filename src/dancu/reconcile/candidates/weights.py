"""What each level of agreement weighs: Fellegi and Sunter's m and u, fitted on simulated lists and kept beside the code.

m is how often a level is seen where record and row are one person, u where they are not; the weight is log2(m / u). How common a
name is in this registry takes the place of how common names are on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.levels import PLACE_LEVELS, DateLevel, NameLevel, SequenceLevel, SexLevel

SCALE = 128  # weights in whole numbers: so many a bit
FITTED = Path(__file__).parent / "data" / "weights.json"
_SEEN_AT_LEAST = 1e-9
ENDS_SEEN_LATER = int(NameLevel.MIDDLE_LOST)  # what a name with the same ends most often turns out to be


class Pair(msgspec.Struct, frozen=True):
    """How often a level is seen of one person and of two (*xác suất m, u*)."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        return float(np.log2(max(self.m, _SEEN_AT_LEAST) / max(self.u, _SEEN_AT_LEAST)))


class Weights(msgspec.Struct, frozen=True):
    """Weights of all comparisons (*bộ trọng số*), as fitted. `alike` is the chance that two persons share a name, by key."""

    name: dict[str, Pair]
    date: dict[str, Pair]
    sequence: dict[str, Pair]
    place: dict[str, Pair]
    sex: dict[str, Pair]
    alike: dict[str, float]
    share_known: float  # records whose person is in the registry
    how: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The weights as arrays by level, in parts of a bit, for the compiled loops."""

    name: NDArray[np.int32]
    date: NDArray[np.int32]
    sequence: NDArray[np.int32]
    place: NDArray[np.int32]
    sex: NDArray[np.int32]


def read_weights(file: Path = FITTED) -> Weights:
    """The weights that were fitted (*bộ trọng số đã ước lượng*)."""
    return msgspec.json.decode(file.read_bytes(), type=Weights)


def tables_of(weights: Weights) -> Tables:
    """Arrays by level; level 0 is no evidence."""
    names = _by_level({NameLevel[level.upper()]: pair for level, pair in weights.name.items()}, 32)
    names[NameLevel.UNSEEN] = 0  # not known yet: neither for nor against
    names[NameLevel.UNSEEN + 16] = names[ENDS_SEEN_LATER]
    return Tables(
        names,
        _by_level({DateLevel[level.upper()]: pair for level, pair in weights.date.items()}, 16),
        _by_level({SequenceLevel[level.upper()]: pair for level, pair in weights.sequence.items()}, 8),
        _by_level({int(level): pair for level, pair in weights.place.items()}, PLACE_LEVELS),
        _by_level({SexLevel[level.upper()]: pair for level, pair in weights.sex.items()}, 4),
    )


def _by_level(pairs: Mapping[Any, Pair], size: int) -> NDArray[np.int32]:
    table = np.zeros(size, np.int32)
    for level, pair in pairs.items():
        if level:
            table[level] = round(SCALE * pair.bits)
    return table
