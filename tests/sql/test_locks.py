"""Row locks: FOR UPDATE and its like."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qb import Database, alias, fn, insert, select
from qb.errors import CompileError, TimeoutExceeded, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Track

other = alias(Artist, "other one")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "FOR UPDATE"),
        ({"key_share": True}, "FOR NO KEY UPDATE"),
        ({"read": True}, "FOR SHARE"),
        ({"read": True, "key_share": True}, "FOR KEY SHARE"),
        ({"nowait": True}, "FOR UPDATE NOWAIT"),
        ({"skip_locked": True}, "FOR UPDATE SKIP LOCKED"),
        ({"of": Artist}, 'FOR UPDATE OF "artists"'),
        ({"of": (Artist,), "read": True, "nowait": True}, 'FOR SHARE OF "artists" NOWAIT'),
    ],
    ids=str,
)
@feature("Select", "row locks", sqlite="refused")
async def test_strengths(check: Check, options: dict[str, Any], words: str) -> None:
    await check(
        select(Artist.id).order_by(Artist.id).limit(1).with_for_update(**options),
        postgres=f'SELECT "artists"."id" FROM "artists" ORDER BY "artists"."id" LIMIT $1 {words}',
        parameters=[1],
        rows=[(1,)],
    )


@feature("Select", "row locks", sqlite="refused")
async def test_some_tables_of_a_join(check: Check) -> None:
    await check(
        select(Album.id)
        .join(other, on=Album.artist_id == other.id)
        .left_join(Track, on=Track.album_id == Album.id)
        .where(Album.id == 4)
        .with_for_update(of=(Album, other)),
        postgres='SELECT "albums"."id" FROM "albums" INNER JOIN "artists" AS "other one" '
        'ON "albums"."artist_id" = "other one"."id" LEFT JOIN "tracks" ON "tracks"."album_id" = "albums"."id" '
        'WHERE "albums"."id" = $1 FOR UPDATE OF "albums", "other one"',
        parameters=[4],
        rows=[(4,)],
    )


async def test_two_transactions(postgres_url: str) -> None:
    all_of_them = select(Artist.name).order_by(Artist.id)
    first_one = all_of_them.where(Artist.id == 1).with_for_update()
    async with Database.connect(postgres_url) as db:
        await db.create_tables(Artist)
        await db.execute(insert(Artist).values_many([{"name": "Joni"}, {"name": "Miles"}]))
        async with db.transaction() as holder, db.autonomous().transaction() as tx:
            assert await holder.fetch_all(first_one) == [("Joni",)]
            assert await tx.fetch_all(all_of_them.with_for_update(skip_locked=True)) == [("Miles",)]
            assert await tx.fetch_all(all_of_them) == [("Joni",), ("Miles",)]
            with pytest.raises(TimeoutExceeded):
                async with tx.transaction() as nested:
                    await nested.fetch_all(all_of_them.with_for_update(nowait=True))
        async with db.transaction() as tx:
            assert await tx.fetch_all(all_of_them.with_for_update(nowait=True)) == [("Joni",), ("Miles",)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (select(Album.live).distinct(), "does not go together with distinct()"),
        (select(Album.live).distinct_on(Album.live), "does not go together with distinct()"),
        (select(Album.live).group_by(Album.live), "does not go together with group_by()"),
        (select(fn.count() + 1).from_(Album), "does not go together with aggregates"),
        (
            select(Album.id).left_join(Track, on=Track.album_id == Album.id),
            'rows of "tracks" cannot be locked, because an outer join may find none',
        ),
        (
            select(Album.id).right_join(Track, on=Track.album_id == Album.id),
            'rows of "albums" cannot be locked, because an outer join may find none',
        ),
    ],
    ids=["distinct", "distinct on", "group by", "aggregate", "left join", "right join"],
)
def test_rows_that_are_none_of_a_table(query: Any, words: str) -> None:
    with pytest.raises(CompileError, match=re.escape(words)):
        query.with_for_update().compile("postgres")


def test_a_subquery_may_count() -> None:
    tracks = select(fn.count()).from_(Track).where(Track.album_id == Album.id).scalar_subquery()
    assert select(Album.id, tracks).with_for_update().compile("postgres").sql.endswith(" FOR UPDATE")


def test_mistakes() -> None:
    with pytest.raises(CompileError, match='"tracks", which is not in this query'):
        select(Album.id).with_for_update(of=Track).compile("postgres")  # type: ignore[qb-scope]  # a mistake on purpose
    with pytest.raises(CompileError, match="nowait or skip_locked, not both"):
        select(Album.id).with_for_update(nowait=True, skip_locked=True)
    with pytest.raises(TypeError, match="a source is a table, an alias or a sub-query"):
        select(Album.id).with_for_update(of="albums")  # type: ignore[arg-type]  # the mistake
    with pytest.raises(UnsupportedError, match="SQLite locks the whole database"):
        select(Album.id).with_for_update().compile("sqlite")  # type: ignore[qb-dialect]  # the mistake
