"""How many persons a rogue partner with valid keys learns about before it is closed, and that lawful work goes on.

Five strategies on a simulated clock, against the real decisions (`rogue.World`): sequential numbers, the cell of one birth year,
slow and low over many systems and accounts, frequent names and dates for known numbers, and this hidden in a registered campaign.
The attacker knows every line, pads its guesses with people it lawfully knows, waits when told to wait and takes whole dates when it
must. Control: the same attackers against a limit per second alone. A smaller part meets a real gateway process.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import Any

from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from tests.faults.finding import Control, Finding
from tests.faults.rogue import CELL, Nation, World, a_partner, claim_of, guess

LEARNED_MAX, MISSES_MAX, SECONDS_MAX = 1_000, 500, 300
PER_SECOND = 50
DAY = timedelta(days=1)
PATIENCE = 200  # refusals in a row after which the attacker waits for the next day

Guesses = Callable[[bool], PersonClaim]  # whole date or year only


@dataclass
class Attack:
    """One strategy against one world, and how it went."""

    world: World
    clients: dict[str, list[str]]  # client: its accounts
    guesses: Guesses
    padding: float  # share of questions about people it lawfully knows
    known: Iterator[PersonClaim]
    per_second: float
    days: int
    calls_max: int
    learned: int = 0
    calls: int = 0

    def go(self, chance: random.Random) -> dict[str, Any]:
        world, begun = self.world, self.world.now
        whole, day = False, world.now.date()
        turns = {client: cycle(accounts) for client, accounts in self.clients.items()}
        for client in cycle(self.clients):
            if world.now - begun >= self.days * DAY or self.calls >= self.calls_max or set(self.clients) <= set(world.suspended):
                break
            world.now += timedelta(seconds=1 / self.per_second)
            if client in world.suspended:
                continue
            if world.now.date() != day:  # every day the years alone are tried again first
                whole, day = False, world.now.date()
            pads = chance.random() < self.padding
            told = world.ask(client, next(turns[client]), next(self.known) if pads else self.guesses(whole))
            self.calls += 1
            if not pads and told.outcome in ("match", "explained"):
                self.learned += 1
            if told.outcome == "whole_date":
                whole = True
            elif told.wait and len(self.clients) * len(self.clients[client]) <= 20:
                world.now += timedelta(seconds=told.wait)
                whole = False
            elif told.wait:
                world.now += timedelta(minutes=5)
        misses = sum(number for name, number in world.answered.items() if name.endswith(" miss"))
        first = min(world.suspended.values(), default=None)
        return {
            "learned": self.learned,
            "calls": self.calls,
            "misses": misses,
            "simulated_hours": round((world.now - begun).total_seconds() / 3600, 1),
            "suspended_after_seconds": _seconds(begun, first),
            "suspended": len(world.suspended),
        }


def _seconds(begun: datetime, at: datetime | None) -> float | None:
    return None if at is None else round((at - begun).total_seconds(), 1)


def run(size: int, seed: int) -> dict[str, Any]:
    """Simulate with at most `size` questions a strategy; the figure is the most persons learned by any of them in a day."""
    nation = Nation(seed, cells=max(4, min(30, size // 10_000)))
    attacks = {name: make(nation, size, seed, limited=True) for name, make in STRATEGIES.items()}
    results = {name: attack.go(random.Random(f"{seed} {name}")) for name, attack in attacks.items()}
    controls = []
    for name in ("dictionary", "cell"):
        attack = STRATEGIES[name](nation, size, seed, limited=False)
        attack.padding, attack.per_second = 0.0, PER_SECOND
        told = attack.go(random.Random(f"{seed} {name}"))
        a_day = round(told["learned"] / max(told["simulated_hours"], 0.1) * 24)
        caught = told["learned"] > 10 * max(1, results[name]["learned"])
        controls.append({"name": f"{name}, {PER_SECOND} a second and nothing else", **told, "a_day": a_day, "caught": caught})
    lawful = {name: make(nation, size, seed) for name, make in LAWFUL.items()}
    fast = [results[name] for name in ("sequential", "cell", "dictionary")]
    return {
        "figure": max(each["learned"] for each in results.values()),
        "limit": LEARNED_MAX,
        "size": size,
        "seed": seed,
        "fast_are_suspended_in_time": all(
            each["suspended"] and (each["misses"] <= MISSES_MAX or each["suspended_after_seconds"] <= SECONDS_MAX) for each in fast
        ),
        "strategies": results,
        "lawful": lawful,
        "lawful_goes_on": all(not each["suspended"] and not each["refused"] for each in lawful.values()),
        "controls": controls,
    }


def bounded(size: int, seed: int) -> Finding:
    """R13: the ceiling, lawful work beside it, and the same attackers without our limits."""
    told = run(size, seed)
    worst = max(told["strategies"].items(), key=lambda each: each[1]["learned"])
    return Finding(
        told["figure"] <= LEARNED_MAX and told["fast_are_suspended_in_time"] and told["lawful_goes_on"],
        f"{worst[1]['learned']} persons at most ({worst[0]}); "
        + ", ".join(f"{name} {each['learned']}" for name, each in told["strategies"].items())
        + f"; {sum(each['calls'] for each in told['lawful'].values()):,} lawful questions, none refused" * told["lawful_goes_on"],
        tuple(Control(each["name"], each["caught"], f"{each['learned']:,} learned") for each in told["controls"]),
    )


# -- strategies --------------------------------------------------------------------------------------------------------


def _sequential(nation: Nation, size: int, seed: int, *, limited: bool) -> Attack:
    numbers = count(nation.cells[0])

    def guesses(whole: bool) -> PersonClaim:
        number = next(numbers)
        return guess(number, nation.frequent[0], _born(nation, number, whole, random.Random(number)))

    return _attack(nation, guesses, size, seed, limited, padding=0.0, per_second=20)


def _cell(nation: Nation, size: int, seed: int, *, limited: bool) -> Attack:
    chance = random.Random(seed)

    def guesses(whole: bool) -> PersonClaim:
        number = nation.cells[0] + chance.randrange(CELL)
        return guess(number, nation.frequent[0], _born(nation, number, whole, chance))

    return _attack(nation, guesses, size, seed, limited, padding=0.5, per_second=20)


def _dictionary(nation: Nation, size: int, seed: int, *, limited: bool) -> Attack:
    """The attacker has the numbers (of a stolen list) and tries the most frequent name for each, then the next."""
    chance = random.Random(seed)
    numbers = cycle(chance.sample(nation.numbers, len(nation.numbers) // 2))
    tried = count()

    def guesses(whole: bool) -> PersonClaim:
        number = next(numbers)
        name = nation.frequent[next(tried) // (len(nation.numbers) // 2) % len(nation.frequent)]
        return guess(number, name, _born(nation, number, whole, chance))

    return _attack(nation, guesses, size, seed, limited, padding=0.4, per_second=20)


def _slow(nation: Nation, size: int, seed: int, *, limited: bool) -> Attack:
    """Five systems with twenty accounts each, one guess in eight, twenty questions a minute together, for days."""
    attack = _dictionary(nation, size, seed, limited=limited)
    clients = {f"slow-{at}": [f"account-{at}-{each}" for each in range(20)] for at in range(5)}
    world = _world(nation, dict.fromkeys(clients, 0), limited)
    attack.world, attack.clients, attack.padding, attack.per_second, attack.days = world, clients, 0.875, 1 / 3, 5
    return attack


def _campaign(nation: Nation, size: int, seed: int, *, limited: bool) -> Attack:
    """A registered campaign that sends guesses about known numbers in place of all its lawful mismatches, for a day."""
    attack = _dictionary(nation, size, seed, limited=limited)
    world = _world(nation, {"campaign": size}, limited)
    attack.world, attack.clients, attack.padding = world, {"campaign": ["account"]}, 0.82
    attack.per_second, attack.days, attack.calls_max = size / 86400, 1, size
    return attack


def _attack(nation: Nation, guesses: Guesses, size: int, seed: int, limited: bool, *, padding: float, per_second: float) -> Attack:
    world = _world(nation, {"rogue": 0}, limited)
    return Attack(world, {"rogue": ["account"]}, guesses, padding, _customers(nation, seed), per_second, 3, size)


def _world(nation: Nation, volumes: dict[str, int], limited: bool) -> World:
    grants = {client: a_partner(client, volume) for client, volume in volumes.items()}
    return World(nation, grants, dict.fromkeys(volumes, "H99"), limited=limited)


def _customers(nation: Nation, seed: int) -> Iterator[PersonClaim]:
    """People the partner lawfully knows with all three keys: half of the registry."""
    mine = random.Random(seed + 1).sample(nation.numbers, len(nation.numbers) // 2)
    return cycle(claim_of(nation.people[number]) for number in mine[:20_000])


def _born(nation: Nation, number: int, whole: bool, chance: random.Random) -> PartialDate:
    year = nation.year_of(number)
    return PartialDate(year, chance.randint(1, 12), chance.randint(1, 28)) if whole else PartialDate(year)


STRATEGIES = {"sequential": _sequential, "cell": _cell, "slow": _slow, "dictionary": _dictionary, "campaign": _campaign}


# -- lawful work -------------------------------------------------------------------------------------------------------


def _cleaning(nation: Nation, size: int, seed: int) -> dict[str, Any]:
    """A telephone company's list at its registered volume: 18.1 % mismatches, among them numbers nobody has and years only."""
    chance, world = random.Random(seed), _world(nation, {"telecom": size}, limited=True)
    told = []
    for place in range(size):
        world.now += timedelta(seconds=86400 / size)
        told.append(
            world.ask("telecom", "account", _sloppy(nation, nation.numbers[place % len(nation.numbers)], chance, 0.181)).outcome
        )
    return _went(world, told)


def _desk(nation: Nation, size: int, seed: int) -> dict[str, Any]:
    """Sixty officers of a busy one-stop desk, no volume registered: slips of the keyboard, asked again rightly; five days."""
    chance, world = random.Random(seed), _world(nation, {"desk": 0}, limited=True)
    told: list[str] = []
    for _day in range(5):
        for _ in range(min(3_600, size // 5)):
            world.now += timedelta(seconds=8)
            number, officer = chance.choice(nation.numbers), f"officer-{chance.randrange(60)}"
            told.append(world.ask("desk", officer, _sloppy(nation, number, chance, 0.06)).outcome)
            if told[-1] == "no_match":
                told.append(world.ask("desk", officer, claim_of(nation.people[number])).outcome)
        world.now += DAY - timedelta(seconds=8 * min(3_600, size // 5))
    return _went(world, told)


def _sloppy(nation: Nation, number: int, chance: random.Random, wrong: float) -> PersonClaim:
    right = claim_of(nation.people[number])
    if chance.random() >= wrong:
        return right
    kind = chance.random()
    if kind < 0.06:  # about one in a hundred of all: a number nobody has
        return guess(number // CELL * CELL + chance.randrange(CELL), right.full_name, right.birth_date)
    if kind < 0.09:
        return guess(number, right.full_name + " Anh", PartialDate(right.birth_date.year))
    if kind < 0.6:
        return guess(number, right.full_name + " Anh", right.birth_date)
    return guess(number, right.full_name, PartialDate(right.birth_date.year, right.birth_date.month % 12 + 1, right.birth_date.day))


def _went(world: World, told: list[str]) -> dict[str, Any]:
    misses = told.count("no_match")
    refused = len(told) - misses - told.count("match")
    return {"calls": len(told), "misses": misses, "refused": refused, "suspended": len(world.suspended)}


LAWFUL = {"cleaning of subscribers": _cleaning, "busy one-stop desk": _desk}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(run(given.size, given.seed), indent=1))
