"""Numbers of persons: twelve digits never given twice in the nation, nine digits of the old card with their real duplicates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dancu.synth.people import People
from dancu.synth.plan import Part, guest_run, keys_of, old_run, own_run, scatter
from dancu.synth.statistics import Statistics


@dataclass(slots=True)
class Numbers:
    """Numbers as integers, 0 for no old number; row positions of rows that were replaced or cancelled come behind."""

    personal: np.ndarray
    registered_in: np.ndarray  # place of the province of birth registration
    old: np.ndarray


class Issuer:
    """Gives the numbers of one part; remembers how far each cell is used, so that later calls go on from there."""

    def __init__(self, seed: int, part: Part, statistics: Statistics) -> None:
        self._seed, self._part = seed, part
        self._codes = statistics.table("provinces")["code"].cast(int).to_numpy()
        self._used: dict[int, int] = {}

    def issue(self, sex: np.ndarray, year: np.ndarray, home: np.ndarray, province: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers, and the province each was registered in: where a guest's run is used up, the province of residence."""
        numbers = np.zeros(len(sex), np.int64)
        province = province.copy()
        guests = np.flatnonzero(home != province)
        first, room = guest_run(self._part)
        over = self._give(numbers, guests, sex, year, province, first, room, 1)
        province[over] = home[over]
        for piece in self._part.pieces:
            own = np.flatnonzero((home == piece.province) & (province == piece.province))
            left = self._give(numbers, own, sex, year, province, *own_run(piece), 0)
            assert not len(left), "a piece has more births in a year than its run of numbers"
        return numbers, province

    def _give(
        self,
        numbers: np.ndarray,
        who: np.ndarray,
        sex: np.ndarray,
        year: np.ndarray,
        province: np.ndarray,
        first: int,
        room: int,
        kind: int,
    ) -> np.ndarray:
        """Give numbers to `who`; returns those for whom the run has no more."""
        prefix = self._codes[province[who]] * 1000 + ((year[who] // 100 - 19) * 2 + sex[who] - 1) * 100 + year[who] % 100
        order = np.argsort(prefix, kind="stable")
        cells, starts, counts = np.unique(prefix[order], return_index=True, return_counts=True)
        used = np.array([self._used.get(int(cell) * 2 + kind, 0) for cell in cells], np.int64)
        for cell, before, more in zip(cells, used, counts, strict=True):
            self._used[int(cell) * 2 + kind] = min(int(before + more), room)
        serial = np.arange(len(who)) - np.repeat(starts, counts) + np.repeat(used, counts)
        fits = serial < room
        given = order[fits]
        cell = prefix[given]
        numbers[who[given]] = cell * 1_000_000 + scatter(first + serial[fits], keys_of(self._seed, cell))
        return np.asarray(who[order[~fits]])


def where_registered(chance: np.random.Generator, statistics: Statistics, people: People, today: int) -> np.ndarray:
    """Province of birth registration: mostly that of residence; people who moved come from where people leave."""
    provinces = statistics.table("provinces")
    moved = provinces["migrants_percent"].to_numpy()[people.province] / 100
    age = (today - people.born) / 365.2425
    moves = chance.random(len(people)) < moved * np.where(age < 16, 0.35, np.where(age < 60, 1.3, 0.8))
    leave = provinces["origin_weight"].to_numpy() * np.sqrt(provinces["population"].to_numpy())
    origin = np.searchsorted(np.cumsum(leave) / leave.sum(), chance.random(len(people)))
    return np.where(moves, np.minimum(origin, len(provinces) - 1), people.province).astype(np.int16)


def old_numbers(
    chance: np.random.Generator, statistics: Statistics, people: People, registered: np.ndarray, part: Part, seed: int
) -> np.ndarray:
    """Nine digits: block of the province of residence and seven more; some persons carry the number of somebody else."""
    provinces = statistics.table("provinces")
    blocks = provinces["old_block"].cast(int).to_numpy()
    share = statistics.by_year("cohorts", "old_number", people.birth_year) / 100
    has = chance.random(len(people)) < share
    old = np.zeros(len(people), np.int64)
    for piece in part.pieces:
        who = np.flatnonzero(has & (people.province == piece.province))
        sharing = np.flatnonzero(blocks == blocks[piece.province])
        first, room = old_run(piece, len(sharing), int(np.searchsorted(sharing, piece.province)))
        serial = first + chance.permutation(len(who)) % room
        old[who] = blocks[piece.province] * 10_000_000 + serial
    _share_some(chance, statistics, old, registered != people.province)
    return old


def _share_some(chance: np.random.Generator, statistics: Statistics, old: np.ndarray, is_guest: np.ndarray) -> None:
    """Real duplicates: a person who came from another province carries the number of one from here (else anybody does)."""
    holders = np.flatnonzero(old > 0)
    count = int(len(holders) * statistics.share("old_number_shared_percent") + chance.random())
    if len(holders) < 2 * count + 2 or not count:
        return
    mixed = chance.permutation(holders)
    mixed = mixed[np.argsort(~is_guest[mixed], kind="stable")]
    second, first = mixed[:count], mixed[-count:]
    old[second] = old[first]
