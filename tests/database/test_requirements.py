"""require and expect: what a batch must find and do, or nothing of it is done."""

from __future__ import annotations

import pytest

from qb import Database, delete, exists, expect, fn, insert, require, select, update
from qb.errors import CompileError, RequirementFailed
from tests.features import feature
from tests.music import Album, Artist

ENGINES = ("sqlite", "postgres", "d1")

PLAYS = select(Album.plays).where(Album.id == 1)
PLAY = update(Album).set(plays=Album.plays + 1).where(Album.id == 1)


@feature("Running", "require and expect: conditions that a batch depends on")
async def test_a_requirement_that_is_true(db: Database) -> None:
    is_there = exists(select(Artist.id).where(Artist.name == "AC/DC"))
    nothing, changed, rows = await db.batch(require(is_there, "AC/DC is gone"), PLAY, PLAYS)
    assert (nothing, changed, rows) == (0, 1, [(301,)])


@pytest.mark.parametrize("message", ["not enough plays", 'it\'s "quoted"', "ä\n%$", ""])
async def test_a_requirement_that_is_not_true(db: Database, message: str) -> None:
    enough = select(Album.plays).where(Album.id == 1).scalar_subquery() >= 1000
    with pytest.raises(RequirementFailed) as caught:
        await db.batch(PLAY, require(enough, message), delete(Album).where(Album.id == 2))
    assert caught.value.args[0] == message
    assert not caught.value.is_retryable
    assert await db.fetch_value(PLAYS) == 300
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4


async def test_it_sees_what_was_written_before_it(db: Database) -> None:
    played = exists(select(Album.id).where(Album.plays == 301))
    await db.batch(PLAY, require(played, "not played"))
    with pytest.raises(RequirementFailed, match="not played"):
        await db.execute(require(exists(select(Album.id).where(Album.plays == 300)), "not played"))


async def test_null_is_not_true(db: Database) -> None:
    unknown = select(Album.plays).where(Album.id == -1).scalar_subquery() > 0
    with pytest.raises(RequirementFailed):
        await db.batch(require(unknown, "nobody knows"))


def test_it_reads_tables_by_sub_queries() -> None:
    with pytest.raises(CompileError, match='"albums" is not in this query'):
        require(Album.plays > 5, "x").compile("sqlite")


@feature("Running", "require and expect: conditions that a batch depends on")
async def test_a_write_that_changes_as_many_rows_as_it_must(db: Database) -> None:
    two = update(Album).set(plays=0).where(Album.artist_id == 1)
    assert await db.batch(expect(PLAY), expect(two, rows=2), PLAYS) == (1, 2, [(0,)])
    assert await db.execute(expect(delete(Album).where(Album.id == -1), rows=0)) == 0
    added = await db.execute(expect(insert(Artist).values(name="new")))
    assert added == 1
    assert added.last_row_id == (None if db.dialect.name == "postgres" else 4)


@pytest.mark.parametrize("rows", [0, 1, 3])
async def test_a_write_that_changes_another_number_of_rows(db: Database, rows: int) -> None:
    two = update(Album).set(plays=0).where(Album.artist_id == 1)
    for run in (
        db.batch(insert(Artist).values(name="new"), expect(two, rows=rows)),
        db.execute(expect(two, rows=rows)),
    ):
        with pytest.raises(RequirementFailed, match=f"another number of rows than {rows} was changed"):
            await run
        assert await db.fetch_value(PLAYS) == 300
        assert await db.fetch_value(select(fn.count()).from_(Artist)) == 3


async def test_the_first_of_two_who_have_read_the_same_wins(db: Database) -> None:
    read = await db.fetch_value(PLAYS)
    as_read = update(Album).set(plays=read + 1).where(Album.id == 1, Album.plays == read)
    await db.execute(expect(as_read))
    with pytest.raises(RequirementFailed):
        await db.execute(expect(as_read))
    assert await db.fetch_value(PLAYS) == 301


@pytest.mark.not_on_d1("transactions")
async def test_in_a_transaction_it_undoes_itself(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(PLAY)
        with pytest.raises(RequirementFailed):
            await tx.batch(PLAY, expect(PLAY, rows=2))
        assert await tx.fetch_value(PLAYS) == 301


def test_what_cannot_be_counted() -> None:
    with pytest.raises(CompileError, match="changed: leave"):
        expect(insert(Artist).values(name="x").returning(Artist.id))  # type: ignore[arg-type]  # the mistake
    with pytest.raises(ValueError, match="it is a number of rows"):
        expect(PLAY, rows=-1)
