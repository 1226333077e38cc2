"""The feed skips nobody, also when transactions overlap, and tells the changes of one person in their order."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings

from dancu.population import api as population
from dancu.population.api import Cursor
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row
from tests.population.scene import load_rows, until_all_is_readable

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = [46090000500 + at for at in range(6)]


@pytest.fixture(autouse=True)
def _registry(tmp_path: Any) -> None:
    load_rows([a_person_row(f"{number:012d}") for number in NUMBERS], tmp_path)


@contextmanager
def another_session() -> Iterator[psycopg.Connection[Any]]:
    """A transaction of somebody else."""
    database = settings.DATABASES["default"]
    parameters = {"dbname": database["NAME"], "user": database["USER"], "host": database["HOST"], "port": database["PORT"] or None}
    with psycopg.connect(**{k: v for k, v in parameters.items() if v}, **database.get("OPTIONS", {})) as session:
        yield session


ADD = """
insert into population_change (personal_no, seq, kind, valid_from, recorded_at, author, author_unit, author_holder,
  approver, approver_unit, approver_holder, request_id)
values (%s, %s, 'correction', '2020-01-01', now(), 'a', 'u1', 'a', 'b', 'u2', 'b', gen_random_uuid())
"""


def read_all(after: Cursor = Cursor()) -> tuple[list[tuple[int, int]], Cursor]:
    until_all_is_readable()
    news = population.announcements(after)
    return [(each.personal_no, each.seq) for each in news], news[-1].cursor if news else after


def test_a_change_that_commits_late_is_not_skipped():
    with another_session() as early, another_session() as late:
        early.execute(ADD, (NUMBERS[0], 1))  # the smaller transaction number, still open
        late.execute(ADD, (NUMBERS[1], 1))
        late.commit()
        before = population.announcements(Cursor())
        early.commit()

    after, _ = read_all()

    assert before == []
    assert after == [(NUMBERS[0], 1), (NUMBERS[1], 1)]


def test_a_reader_by_identity_alone_would_have_skipped_it():
    """The positive control: what the cursor guards against does happen without it."""
    with another_session() as early, another_session() as late, another_session() as reader:
        early.execute(ADD, (NUMBERS[0], 1))
        late.execute(ADD, (NUMBERS[1], 1))
        late.commit()
        seen = reader.execute("select id from population_change where id > 0 order by id").fetchall()
        early.commit()
        reader.rollback()
        behind = reader.execute("select id from population_change where id < %s", seen[-1]).fetchall()

    assert len(seen) == 1
    assert len(behind) == 1, "it committed behind the reader"


def test_an_older_transaction_never_overtakes_a_change_of_the_same_person():
    with another_session() as early, another_session() as late:
        early.execute("select pg_current_xact_id()")
        late.execute(ADD, (NUMBERS[0], 1))
        late.commit()

        with pytest.raises(psycopg.errors.SerializationFailure, match="overtake"):
            early.execute(ADD, (NUMBERS[0], 2))


def test_a_whole_transaction_runs_again_when_it_was_overtaken():
    runs: list[int] = []

    @population.again_when_overtaken
    def correct() -> None:
        from django.db import connection, transaction

        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_current_xact_id()")
            runs.append(1)
            if len(runs) == 1:
                with another_session() as late:
                    late.execute(ADD, (NUMBERS[0], 1))
                    late.execute(
                        "insert into population_change (personal_no, seq, kind, valid_from, recorded_at, items)"
                        " select personal_no, 0, 'first', '1990-05-17', now() - interval '1 day', to_jsonb(p)"
                        " from population_person p where personal_no = %s",
                        (NUMBERS[0],),
                    )
            population.correct_person(NUMBERS[0], {"sex": 2}, an_approval(), a_document(), now=NOW)

    correct()

    assert len(runs) == 2
    assert [seq for _, seq in read_all()[0]] == [1, 0, 2] or [seq for _, seq in read_all()[0]] == [0, 1, 2]


def test_transactions_are_read_in_the_order_of_their_numbers_not_of_their_digits():
    """Numbers of transactions grow by a digit: sorted as text, 10 comes before 9, and a short page skips the 9 for ever."""
    add = ADD.replace("(personal_no, seq,", "(tx, personal_no, seq,").replace("values (%s,", "values (%s::text::xid8, %s,")
    with another_session() as session:
        session.execute(add, ("9", NUMBERS[0], 1))
        session.execute(add, ("10", NUMBERS[1], 1))
        session.execute(add, ("100", NUMBERS[2], 1))

    seen, cursor = [], Cursor()
    until_all_is_readable()
    while some := population.announcements(cursor, 1):
        seen += [each.personal_no for each in some]
        cursor = some[-1].cursor

    assert seen == NUMBERS[:3]


def test_a_consumer_takes_each_change_once_and_goes_on_where_it_stood():
    for number in NUMBERS[:3]:
        population.correct_person(number, {"sex": 2}, an_approval(), a_document(), now=NOW)
    taken: list[tuple[int, int]] = []
    until_all_is_readable()

    def take(news: Any) -> None:
        taken.extend((each.personal_no, each.seq) for each in news)

    first = [population.consume("thu", take, limit=2) for _ in range(5)]

    assert first == [2, 2, 2, 0, 0]
    assert taken == [(number, seq) for number in NUMBERS[:3] for seq in (0, 1)]
    assert population.position_of("thu") != Cursor()


def test_a_consumer_that_fails_stays_where_it_stood():
    population.correct_person(NUMBERS[0], {"sex": 2}, an_approval(), a_document(), now=NOW)

    until_all_is_readable()
    with pytest.raises(RuntimeError):
        population.consume("hong", lambda news: (_ for _ in ()).throw(RuntimeError("no")))

    assert population.position_of("hong") == Cursor()


def test_two_writers_and_a_hasty_reader_lose_nothing_and_keep_each_persons_order():
    """Many short transactions of two writers, opened and committed in any order, read all the while."""
    stop, told, rounds = threading.Event(), [], 60

    def write(seed: int) -> None:
        luck = random.Random(seed)
        with another_session() as session:
            for _ in range(rounds):
                number = luck.choice(NUMBERS)
                session.execute("select pg_current_xact_id()") if luck.random() < 0.5 else None
                session.execute("select 1 from population_person where personal_no = %s for update", (number,))
                seq = session.execute("select coalesce(max(seq), 0) + 1 from population_change where personal_no = %s", (number,))
                try:
                    session.execute(ADD, (number, seq.fetchone()[0]))
                    session.commit()
                    told.append(number)
                except psycopg.errors.SerializationFailure:
                    session.rollback()

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, int]] = []
    cursor = Cursor()
    while not stop.is_set():
        if not any(writer.is_alive() for writer in writers):
            stop.set()
        some = population.announcements(cursor, 3)
        seen += [(each.personal_no, each.seq) for each in some]
        cursor = some[-1].cursor if some else cursor
    until_all_is_readable()
    while some := population.announcements(cursor, 3):
        seen += [(each.personal_no, each.seq) for each in some]
        cursor = some[-1].cursor

    assert len(seen) == len(set(seen)) == len(told)
    for number in NUMBERS:
        assert [seq for no, seq in seen if no == number] == list(range(1, told.count(number) + 1))
