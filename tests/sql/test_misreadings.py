"""SQL that looks right and is taken for something else by an engine: found by tests/properties, said in another way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, Select, alias, cast, col, exists, fn, literal, select
from qb.errors import UnsupportedError
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist

FIRST = select(Album.id).where(Album.title == "Blue")
NOTHING = select(Album.id).where(Album.title == "Nothing")


async def test_one_group_whose_aggregates_are_in_having_only(check: Check) -> None:
    """SQLite looks for aggregates among the selected values."""
    query = select(literal(1).as_("one")).from_(Album).having(fn.count() > 3)
    await check(
        query,
        sqlite='SELECT CASE WHEN count(*) IS NOT NULL THEN ? END AS "one" FROM "albums" HAVING count(*) > ?',
        postgres='SELECT $1::integer AS "one" FROM "albums" HAVING count(*) > $2',
        parameters=[1, 3],
        rows=[(1,)],
    )


async def test_one_group_whose_aggregates_are_in_order_by_only(filled: Executor) -> None:
    assert await filled.fetch_all(select(literal(1)).from_(Album).order_by(fn.max(Album.plays))) == [(1,)]


async def test_a_group_without_rows_is_still_one(filled: Executor) -> None:
    query = select(literal(Decimal("1.50"))).from_(Album).where(Album.id < 0).having(fn.count() == 0)
    assert await filled.fetch_all(query) == [(Decimal("1.50"),)]


async def test_an_aggregate_in_an_empty_list(check: Check) -> None:
    """It makes one row of all of them, whether it is in the list or not."""
    await check(
        select(fn.max(Album.plays).in_([]), fn.max(Album.plays).not_in([])),
        sqlite=(
            'SELECT (max("albums"."plays") IS NULL AND 1 = 0), (max("albums"."plays") IS NULL OR 1 = 1) FROM "albums"'
        ),
        rows=[(False, True)],
    )


async def test_a_list_of_one_subquery_is_a_list(check: Check) -> None:
    """`IN ((SELECT …))` is one of its rows to PostgreSQL, and its only value to SQLite: NULL if there is none."""
    await check(
        select(literal(1).in_([NOTHING.scalar_subquery()]), literal(1).not_in([FIRST.scalar_subquery()])),
        sqlite=(
            'SELECT ? = (SELECT "albums"."id" FROM "albums" WHERE "albums"."title" = ?), '
            '? <> (SELECT "albums"."id" FROM "albums" WHERE "albums"."title" = ?)'
        ),
        postgres=(
            'SELECT $1::integer = (SELECT "albums"."id" FROM "albums" WHERE "albums"."title" = $2), '
            '$3::integer <> (SELECT "albums"."id" FROM "albums" WHERE "albums"."title" = $4)'
        ),
        parameters=[1, "Nothing", 1, "Blue"],
        rows=[(None, False)],
    )


async def test_exists_of_distinct_rows_with_an_offset(filled: Executor) -> None:
    """SQLite overlooks the DISTINCT."""
    rows = select(Album.live).where(Album.live.is_not_null()).distinct().order_by(Album.live)
    tests = [exists(rows.offset(count)) for count in (0, 1, 2)]
    assert await filled.fetch_one(select(*tests)) == (True, True, False)


@pytest.mark.parametrize("clause", ["ORDER BY", "GROUP BY"])
async def test_keys_of_the_query_around(filled: Executor, clause: str) -> None:
    """SQLite finds no column of the query around in the keys of a sub-query."""
    query: Select[Any] = select(Album.id).where(Album.artist_id == Artist.id).limit(1)
    query = query.order_by(Artist.id, Album.id) if clause == "ORDER BY" else query.group_by(Artist.id, Album.id)
    outer = select(Artist.id, query.scalar_subquery().as_("album")).order_by(Artist.id)
    if filled.dialect.name != "postgres":
        with pytest.raises(UnsupportedError, match=f'of the query around in {clause}, .* has "artists" there'):
            await filled.fetch_all(outer)
    else:
        assert [row[0] for row in await filled.fetch_all(outer)] == [1, 2, 3]


async def test_a_negative_number_of_days(filled: Executor) -> None:
    """Two minus signs would begin a comment on PostgreSQL."""
    other = alias(Album, "other")
    query = select(-fn.days_between(Album.released, other.released)).from_(Album).cross_join(other)
    assert await filled.fetch_all(query.where(Album.id == 1, other.id == 2)) == [(-1980,)]


async def test_a_text_with_a_date_behind_it(filled: Executor) -> None:
    day: Any = Album.released  # mypy knows no sum of a text and a date
    query = select(cast(Album.released, col.text()) + day, Album.title + day)
    assert await filled.fetch_all(query.where(Album.id == 1)) == [("1971-06-221971-06-22", "Blue1971-06-22")]


async def test_a_difference_of_floats_as_a_decimal(filled: Executor) -> None:
    query = select(cast(literal(1.25) - literal(0.5), col.numeric(8, 2)))
    assert await filled.fetch_value(query) == Decimal("0.75")


async def test_a_text_padded_with_null(filled: Executor) -> None:
    nobody: Any = fn.nullif(Artist.country, "CA")  # mypy wants one that is never NULL
    query = select(fn.lpad(Artist.name, 2, nobody), fn.rpad(Artist.name, 2, nobody)).where(Artist.id == 1)
    assert set(await filled.fetch_one(query)) == {None}


async def test_a_cte_that_has_the_parameters_of_a_group_key(filled: Executor) -> None:
    """PostgreSQL gives equal parameters one number in a grouped query, which must not make a second CTE of one."""
    hits = select(Album.id, (Album.plays + 1).as_("more")).where(Album.plays > 1).cte("hits")
    nested = select(hits.id, hits.more).cte("nested")
    query = select((nested.more + 1).as_("m")).group_by(nested.more + 1).order_by(nested.more + 1)
    assert await filled.fetch_all(query) == [(22,), (102,), (302,)]
    both = select((nested.more + 1).as_("m")).join(hits, on=hits.id == nested.id).group_by(nested.more + 1)
    assert sorted(await filled.fetch_all(both)) == [(22,), (102,), (302,)]


async def test_a_subquery_that_reads_one_with_the_parameters_of_a_key(filled: Executor) -> None:
    plays = select(Album.id, (Album.plays + 1).as_("more")).where(Album.plays > 1).subquery("plays")
    grouped = select(Artist.id + 1).where(plays.more > Artist.id + 1).group_by(Artist.id + 1)
    query = select(plays.id).from_(plays).where(exists(grouped)).order_by(plays.id)
    assert await filled.fetch_all(query) == [(1,), (2,), (3,)]


async def test_a_pattern_in_a_sort_key_of_distinct_rows(check: Check) -> None:
    query = select(Album.title.startswith("B").as_("b")).distinct().order_by(Album.title.startswith("B"))
    await check(
        query,
        sqlite=('SELECT DISTINCT "albums"."title" GLOB ? AS "b" FROM "albums" ORDER BY "albums"."title" GLOB ?'),
        postgres='SELECT DISTINCT "albums"."title" LIKE $1 AS "b" FROM "albums" ORDER BY "albums"."title" LIKE $1',
        parameters=["B*", "B*"],
        postgres_parameters=["B%"],
        rows=[(False,), (True,)],
    )
