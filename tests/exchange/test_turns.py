"""The queue takes organisations in turn, whatever each sends, loses nothing and keeps the order of each."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from dancu.exchange.turns import TOGETHER_SECONDS, TurnQueue

Queue = TurnQueue[tuple[str, int]]
LATER = 100.0 + TOGETHER_SECONDS


def filled(**waiting: int) -> Queue:
    """All of them at the hundredth second."""
    queue = Queue(1_000, 500, 16)
    for name, number in waiting.items():
        for at in range(number):
            assert queue.add(name, (name, at), 100.0)
    return queue


def test_who_comes_last_with_one_question_is_in_the_next_batch():
    queue = filled(chiendich=400, xa=1)

    taken, shares = queue.take(256, 100.0)

    assert ("xa", 0) in taken
    assert shares == {"chiendich": 16, "xa": 1}


def test_one_organisation_alone_fills_the_batches_in_order():
    queue = filled(tinh=300)

    (first, _), (second, _) = queue.take(256, 100.0), queue.take(256, 100.0)

    assert (first, second) == ([("tinh", at) for at in range(256)], [("tinh", at) for at in range(256, 300)])
    assert queue.waiting == 0


def test_while_others_ask_a_busy_one_has_no_second_batch_under_way():
    queue = filled(chiendich=400, xa=1)
    _, shares = queue.take(256, 100.0)

    assert queue.takeable(100.1) == 0
    assert queue.take(256, 100.1) == ([], {})
    queue.finished(shares)
    assert queue.takeable(100.1) == 16


def test_a_second_after_the_others_fell_silent_it_is_alone_again():
    queue = filled(chiendich=400, xa=1)
    queue.take(256, 100.0)

    assert queue.takeable(LATER) == 384
    assert len(queue.take(256, LATER)[0]) == 256


def test_the_turn_goes_on_where_the_batch_was_full():
    queue = filled(a=3, b=3, c=3)

    names = [[name for name, _ in queue.take(2, 100.0)[0]] for _ in range(5)]

    assert names == [["a", "b"], ["c", "a"], ["b", "c"], ["a", "b"], ["c"]]


def test_an_organisation_fills_its_own_lane_and_leaves_room():
    queue = Queue(10, 6, 4)

    taken_in = [queue.add("a", ("a", at), 1.0) for at in range(8)]

    assert taken_in == [True] * 6 + [False] * 2
    assert [queue.add("b", ("b", at), 1.0) for at in range(6)] == [True] * 4 + [False] * 2


_STEPS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["add", "take", "end"]), st.integers(1, 9)), max_size=150)


@given(_STEPS, st.integers(1, 5), st.booleans())
def test_nothing_is_lost_doubled_or_reordered(steps: list[tuple[str, str, int]], turn: int, is_slow: bool) -> None:
    queue = Queue(60, 25, turn)
    model: dict[str, deque[int]] = {name: deque() for name in "abcd"}
    under_way: list[dict[str, int]] = []

    for at, (name, what, most) in enumerate(steps):
        now = at * (0.4 if is_slow else 0.01)
        if what == "add":
            has_room = len(model[name]) < 25 and sum(map(len, model.values())) < 60
            assert queue.add(name, (name, at), now) is has_room
            if has_room:
                model[name].append(at)
        elif what == "end" and under_way:
            queue.finished(under_way.pop())
        elif what == "take":
            could = queue.takeable(now)
            taken, shares = queue.take(most, now)
            under_way.append(dict(shares))
            assert len(taken) <= most
            assert (len(taken) > 0) == (could > 0)
            for each, number in taken:
                assert model[each].popleft() == number
            assert shares == {each: sum(one == each for one, _ in taken) for each in shares}

    assert queue.waiting == sum(map(len, model.values()))
    assert sorted(queue.drain()) == sorted((each, number) for each, waiting in model.items() for number in waiting)
