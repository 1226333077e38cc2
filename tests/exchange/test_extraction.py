"""Limits on extraction as decisions: what was counted goes in, a verdict comes out; and what the gateway counts in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories.people import NOW, NUMBER, a_claim, a_grant, an_actor

from dancu.exchange.domain import DECOY, counts_of, judge, refusal_after
from dancu.exchange.extraction import (
    COUNTS,
    GRAINS,
    Channel,
    Level,
    Verdict,
    Volume,
    Window,
    crossed,
    end_of,
    gravest,
    limits_on,
    refuses,
    slot_of,
)
from dancu.exchange.marks import SubjectMarks
from dancu.exchange.reasons import Reason
from dancu.exchange.watch import PENDING_MAX, SAMPLED_EVERY, Watch, volumes_of
from dancu.kernel.dates import PartialDate
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor

LIMITS = limits_on(date(2026, 11, 24))
KEY = SealingKey(bytes(range(32)))
UNKNOWN, DIFFERS, UNDATED = (1, 1, 0, 0, 0, 0, 0), (1, 0, 1, 0, 0, 0, 0), (1, 0, 1, 0, 1, 0, 0)


def a_tally(**counts: int) -> list[int]:
    return [counts.get(name, 0) for name in COUNTS]


def verdict(level: Level = Level.SYSTEM, volume: int = 0, suspensions: int = 0, **windows: Sequence[int]) -> str:
    tallies = {window: windows.get(window.name.lower(), a_tally()) for window in Window}
    lines = LIMITS.drawn(level, Channel.SYSTEM, Volume(volume, volume, volume), suspensions)
    closing, alarms = crossed(lines, tallies, LIMITS, NOW)
    return closing.code if closing else " ".join(each.code for each in alarms)


def test_the_limits_name_their_source_and_every_line_stands_once():
    codes = [line.code for line in LIMITS.lines]

    assert LIMITS.source
    assert LIMITS.author
    assert len(set(codes)) == len(codes)


def test_fast_guessing_is_suspended_and_a_few_slips_are_not():
    assert verdict(five_minutes=a_tally(calls=99, differs=99)) == ""
    assert verdict(five_minutes=a_tally(calls=100, differs=100)) == "fast-guessing"
    assert verdict(five_minutes=a_tally(calls=201, differs=100)) == ""
    assert verdict(five_minutes=a_tally(calls=200, unknown=60)) == "fast-unknown-numbers"


def test_the_mismatches_of_the_great_cleaning_are_lawful_and_a_third_is_not():
    lawful = a_tally(calls=88_100_000, differs=15_200_000, unknown=762_382)
    assert verdict(volume=90_000_000, day=lawful) == ""
    assert verdict(volume=90_000_000, day=a_tally(calls=88_100_000, differs=27_000_000)) == "many-misses-share"
    assert verdict(volume=90_000_000, day=a_tally(calls=88_100_000, unknown=1_800_000)) == "unknown-numbers-noticed"


def test_lines_without_a_share_end_guessing_that_hides_among_good_questions():
    assert verdict(day=a_tally(calls=10_000_000, differs=1_250)) == "misses"
    assert verdict(day=a_tally(calls=10_000_000, differs=150, undated=150)) == "dates-without-a-day"
    assert verdict(day=a_tally(calls=10_000_000, learned=7_500)) == "new-persons"


def test_a_registered_volume_moves_the_lines_and_a_suspension_draws_them_closer():
    misses = a_tally(calls=100_000, differs=1_300)
    assert verdict(day=misses) == "misses"
    assert verdict(volume=20_000, day=misses) == ""
    assert verdict(volume=20_000, suspensions=2, day=misses) == "misses"
    assert verdict(five_minutes=a_tally(calls=25, differs=25), suspensions=9) == "fast-guessing"


def test_one_planted_person_is_noticed_and_two_suspend_whatever_the_volume():
    assert verdict(volume=10**9, day=a_tally(calls=10**6, planted=1)) == "planted-noticed"
    assert verdict(volume=10**9, day=a_tally(calls=10**6, planted=2)) == "planted"


def test_an_officer_is_stopped_and_never_suspended():
    assert all(line.verdict is not Verdict.SUSPEND for line in LIMITS.lines if line.level is Level.OFFICER)
    assert verdict(Level.OFFICER, volume=300, hour=a_tally(calls=60, differs=45)) == "misses-of-officer-in-an-hour"


def test_windows_begin_on_the_clock_of_viet_nam_and_waiting_ends_with_them():
    assert end_of(Window.DAY, NOW).isoformat() == "2026-11-24T17:00:00+00:00"
    assert end_of(Window.FIVE_MINUTES, NOW) - NOW == timedelta(minutes=5)
    assert slot_of(Window.THIRTY_DAYS, NOW) == slot_of(Window.DAY, NOW)


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_what_a_miss_counts_as():
    claim, year_only = a_claim(), a_claim(born="1990")
    missed = judge(claim, [], a_grant())

    assert counts_of(missed, claim, is_somebody=False) == UNKNOWN
    assert counts_of(missed, claim, is_somebody=True) == DIFFERS
    assert counts_of(missed, year_only, is_somebody=True) == UNDATED


def test_nobody_ever_agrees_with_the_decoy():
    born = PartialDate(DECOY.birth_year, DECOY.birth_month, DECOY.birth_day)

    assert judge(a_claim(name=DECOY.full_name, born=str(born.iso)), [DECOY], a_grant()).person is None


# -- the counts of a gateway -------------------------------------------------------------------------------------------


def count(watch: Watch, hits: Iterable[str] = (), misses: Iterable[str] = (), counts: Sequence[int] = DIFFERS, **more: Any) -> None:
    actor, now = more.get("actor", an_actor()), more.get("now", NOW)
    for subject in hits:
        watch.count_hit(actor, subject, NOW)
    for subject in misses:
        watch.count_miss(actor, subject, counts, now)
    watch.look(now)


def numbers(many: int, first: int = 0) -> list[str]:
    return [f"{first + each:012d}" for each in range(many)]


def test_who_crosses_a_line_is_closed_at_once_and_others_are_not():
    watch = Watch(KEY)
    count(watch, misses=numbers(99))
    assert watch.crossing(an_actor(), NOW) is None

    count(watch, misses=numbers(1, 99))

    crossing = watch.crossing(an_actor(), NOW)
    assert crossing is not None
    assert crossing.verdict is Verdict.SUSPEND
    assert watch.crossing(Actor("H01", "khac", "canbo01"), NOW) is None


def test_a_throttled_system_asks_again_when_the_window_is_over():
    watch = Watch(KEY)
    count(watch, hits=numbers(7_600))
    crossing = watch.crossing(an_actor(), NOW)
    assert crossing is not None
    told = refusal_after(crossing, NOW)

    assert (told.reason, told.retry_after_seconds) == (Reason.EXTRACTION_LIMIT, 14 * 3600 + 1)
    assert watch.crossing(an_actor(), NOW + timedelta(hours=14, seconds=1)) is None


def test_years_alone_are_refused_and_whole_dates_go_on():
    watch = Watch(KEY)
    count(watch, hits=[NUMBER] * 500, misses=numbers(150), counts=UNDATED)
    crossing = watch.crossing(an_actor(), NOW)
    assert crossing is not None

    assert refuses(crossing, has_whole_date=False)
    assert not refuses(crossing, has_whole_date=True)


def test_a_person_is_new_once_and_what_the_table_knew_is_taken_back():
    watch = Watch(KEY)
    count(watch, hits=[NUMBER] * 3 + ["046090000102"])
    assert learned(watch) == 2

    taken = watch.take_pending()
    marked = watch.marked(taken.values())
    assert len({mark for mark, _ in marked}) == 2
    watch.take_back(marked[0][1])

    assert learned(watch) == 1
    count(watch, hits=["046090000102"])
    assert learned(watch) == 1


@pytest.mark.parametrize("volume", [1_000_000, 50_000])
def test_new_persons_of_a_large_volume_are_counted_by_a_sample_that_repeats_do_not_move(volume: int):
    watch = Watch(KEY)
    watch.set_volumes([a_grant(volume_per_day=volume, officer_per_day=volume)], {"he-thong": "H57"})
    everybody = numbers(40_000)

    count(watch, hits=everybody)
    followed, once = len(watch.pending), learned(watch)
    watch.take_pending()
    count(watch, hits=everybody)

    assert learned(watch) == once
    if volume == 50_000:  # low enough to count every one
        assert (followed, once) == (40_000, 40_000)
    else:
        assert followed == once / SAMPLED_EVERY
        assert abs(once / 40_000 - 1) < 4.5 * (SAMPLED_EVERY / 40_000) ** 0.5  # standard deviations: one run in 150,000 fails


def learned(watch: Watch) -> int:
    watch.look(NOW, at_once=True)
    return watch.scopes["system:he-thong#0"].tallies(NOW)[Window.DAY][COUNTS.index("learned")]


def test_systems_of_one_organisation_are_counted_together():
    watch = Watch(KEY)
    for at in range(10):  # each of them stays below its own lines
        actor = Actor("H57", f"he-thong-{at}", f"canbo-{at}")
        count(watch, hits=[NUMBER] * 1000, misses=numbers(180, at * 1000), actor=actor)
        own = watch.closed.get(f"system:he-thong-{at}#0")
        assert own is None

    crossing = watch.crossing(Actor("H57", "he-thong-moi", "canbo-moi"), NOW)

    assert crossing is not None
    assert crossing.level is Level.ORGANISATION


def test_a_number_is_closed_to_its_organisation_after_five_misses_and_open_to_others():
    watch = Watch(KEY)
    count(watch, misses=[NUMBER] * 4)
    assert not watch.is_spent(an_actor(), NUMBER, NOW)

    count(watch, misses=[NUMBER])

    assert watch.is_spent(an_actor("canbo02"), NUMBER, NOW)
    assert not watch.is_spent(an_actor(), "046090000102", NOW)
    assert not watch.is_spent(Actor("H01", "khac", "canbo01"), NUMBER, NOW)
    assert not watch.is_spent(an_actor(), NUMBER, NOW + timedelta(days=1))


def test_volumes_are_those_of_the_grants_together():
    grants = [a_grant("a", volume_per_day=10, officer_per_day=3), a_grant("a", procedure="2", volume_per_day=5), a_grant("b")]

    assert volumes_of(grants, {"a": "H57", "b": "H57"}) == {"a": Volume(15, 15, 3), "b": Volume(0, 15, 0)}


def test_the_gravest_of_three_counts():
    watch = Watch(KEY)
    count(watch, misses=numbers(100))

    assert gravest(watch.closed.values()) is not None
    assert gravest([None, None]) is None


@pytest.mark.parametrize("other", [SealingKey(bytes(32)), None])
def test_a_mark_depends_on_the_key_and_on_the_organisation(other: SealingKey | None):
    one = SubjectMarks(KEY).mark("H57", NUMBER)

    assert one == SubjectMarks(KEY).mark("H57", NUMBER)
    assert one != (SubjectMarks(other).mark("H57", NUMBER) if other else SubjectMarks(KEY).mark("H58", NUMBER))


def test_a_batch_from_before_midnight_takes_nothing_from_the_day_it_ends():
    watch = Watch(KEY)
    midnight = NOW.replace(hour=17, minute=0, second=0, microsecond=0)  # of Viet Nam
    yesterday = slot_of(Window.DAY, midnight - timedelta(seconds=1))
    count(watch, misses=numbers(80), now=midnight - timedelta(hours=1))
    written = {(row.scope, row.minutes, row.slot): row.counts for row in watch.take_dirty(midnight - timedelta(minutes=59))}

    count(watch, misses=numbers(1, 500), now=midnight + timedelta(milliseconds=100))
    count(watch, misses=numbers(1, 600), now=midnight - timedelta(milliseconds=100))
    written |= {(row.scope, row.minutes, row.slot): row.counts for row in watch.take_dirty(midnight)}

    day = int(Window.DAY)
    assert written["system:he-thong#0", day, yesterday][COUNTS.index("differs")] == 80
    assert written["system:he-thong#0", day, yesterday + 86400][COUNTS.index("differs")] == 2


def test_counts_of_others_that_belong_to_an_older_slot_are_not_taken_for_this_one():
    watch = Watch(KEY)
    count(watch, misses=numbers(1), now=NOW)
    starts = {grain: slot_of(grain, NOW) for grain in GRAINS}
    watch.heard("system:he-thong#0", starts, {(int(Window.DAY), starts[Window.DAY]): DIFFERS}, a_tally(differs=7))
    tomorrow = NOW + timedelta(days=1)
    count(watch, misses=numbers(1, 100), now=tomorrow)

    watch.heard("system:he-thong#0", starts, {(int(Window.DAY), starts[Window.DAY]): DIFFERS}, a_tally(differs=7))

    scope = watch.scopes["system:he-thong#0"]
    assert scope.tallies(tomorrow)[Window.DAY][COUNTS.index("differs")] == 1
    assert not scope.is_read, "the days before are asked for again"


def test_an_exchange_carries_no_more_persons_than_it_can():
    watch = Watch(KEY)
    everybody = numbers(PENDING_MAX + 100)
    count(watch, hits=everybody)

    first, second = watch.take_pending(), watch.take_pending()

    assert (len(first), len(second), len(watch.pending)) == (PENDING_MAX, 100, 0)
    assert not set(first) & set(second)


def test_of_what_was_read_at_start_only_what_may_have_crossed_a_line_is_looked_at_again():
    watch = Watch(KEY)
    starts = {grain: slot_of(grain, NOW) for grain in GRAINS}
    for name, differs in (("system:he-thong#0", 120), ("system:khac#0", 3)):
        watch.read_at_start(name, Level.SYSTEM)
        slots = {(int(grain), start): a_tally(calls=differs, differs=differs) for grain, start in starts.items()}
        watch.heard(name, starts, slots, a_tally())
    assert not watch.is_calm

    watch.pass_over_harmless(NOW)

    assert watch.unlooked == {"system:he-thong#0"}
    assert watch.crossing(an_actor(), NOW) is not None
    assert watch.unlooked == set()
