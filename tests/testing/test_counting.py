"""assert_queries: how many statements were run."""

from __future__ import annotations

import asyncio
import re

import pytest

from qb import Database, insert, select
from qb.errors import TransactionError, UniqueViolated
from qb.testing import assert_queries
from tests.music import Album, Artist

ALL = select(Artist.name)


async def test_the_right_number(db: Database) -> None:
    with assert_queries(db, 2) as queries:
        await db.fetch_all(ALL)
        assert len(queries) == 1
        await db.execute(insert(Artist).values(name="a"))
    assert [sql.partition(" ")[0] for sql in queries.statements] == ["SELECT", "INSERT"]
    await db.fetch_all(ALL)
    assert len(queries) == 2


async def test_the_message_lists_what_was_run(db: Database) -> None:
    with pytest.raises(AssertionError) as caught, assert_queries(db, 1):
        for artist in await db.fetch_all(select(Artist).where(Artist.id <= 2)):
            await db.fetch_all(select(Album.title).where(Album.artist_id == artist.id))
    first, *listed = str(caught.value).splitlines()
    assert first == "1 statements were expected, and 3 were run"
    assert [line.partition(". ")[0] for line in listed] == ["  1", "  2", "  3"]
    assert re.fullmatch(r'  1\. SELECT "artists"\."id".* FROM "artists" WHERE .*', listed[0])
    assert listed[1].partition(". ")[2] == listed[2].partition(". ")[2]


@pytest.mark.parametrize(("number", "said"), [(0, "0 statements"), (2, "2 statements")])
async def test_too_many_and_too_few(db: Database, number: int, said: str) -> None:
    with pytest.raises(AssertionError, match=f"{said} were expected, and 1 were run"), assert_queries(db, number):
        await db.fetch_all(ALL)
    with pytest.raises(AssertionError, match="1 statements were expected, and none were run"), assert_queries(db, 1):
        pass


async def test_at_most(db: Database) -> None:
    for count in range(3):
        with assert_queries(db, at_most=2):
            for _ in range(count):
                await db.fetch_all(ALL)
    said = "at most 2 statements were expected, and 3 were run"
    with pytest.raises(AssertionError, match=said), assert_queries(db, at_most=2):
        for _ in range(3):
            await db.fetch_all(ALL)


async def test_transactions_and_batches_count_by_their_statements(db: Database) -> None:
    with assert_queries(db, 5):
        async with db.transaction() as tx:
            await tx.fetch_all(ALL)
            async with tx.transaction():
                await db.fetch_all(ALL)
        await db.batch(ALL, ALL)
        async for _ in db.stream(ALL, size=1):
            pass


async def test_statements_of_other_tasks_and_those_that_fail_count(db: Database) -> None:
    async def other() -> None:
        await db.fetch_all(ALL)

    with assert_queries(db, 3):
        await asyncio.gather(other(), other())
        with pytest.raises(UniqueViolated):
            await db.execute(insert(Artist).values(name="Nobody"))


async def test_another_failure_is_not_hidden(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), assert_queries(db, 7):
        _ = 1 / 0


async def test_a_transaction_that_cannot_be_seen_is_told(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.fetch_all(ALL)
        async with tx.transaction():
            with pytest.raises(TransactionError, match="put it around the transaction"), assert_queries(db, 1):
                pass
    async with db.transaction() as tx:
        with assert_queries(db, 1):  # it begins with the statement
            await tx.fetch_all(ALL)


async def test_in_a_transaction_of_a_test_database(test_db: Database) -> None:
    async with test_db.transaction() as tx:
        await tx.fetch_all(ALL)
        with assert_queries(test_db, 1):
            await tx.fetch_all(ALL)


def test_one_number_is_needed() -> None:
    db = Database.connect("sqlite://")
    with pytest.raises(TypeError, match="one number is needed"):
        assert_queries(db)  # type: ignore[call-overload]  # the test is about it
    with pytest.raises(TypeError, match="one number is needed"):
        assert_queries(db, 1, at_most=2)  # type: ignore[call-overload]  # likewise
