"""Comparisons with ANY and ALL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from qb import Query, all_, any_, col, exists, fn, literal, select, tuple_, values
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Track

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def of_any(results: Sequence[bool | None]) -> bool | None:
    """SQL's ANY, by its definition."""
    return True if True in results else None if None in results else False


def of_all(results: Sequence[bool | None]) -> bool | None:
    """SQL's ALL, by its definition."""
    return False if False in results else None if None in results else True


@feature("Expressions", "= ANY, <> ALL a sub-query", sqlite="bridged")
async def test_what_is_in_and_not_in(check: Check) -> None:
    prolific = select(Album.artist_id).where(Album.plays > 200)
    await check(
        select(Artist.name).where(Artist.id == any_(prolific)),
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" IN (SELECT "albums"."artist_id" '
            'FROM "albums" WHERE "albums"."plays" > ?)'
        ),
        postgres=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" = ANY (SELECT "albums"."artist_id" '
            'FROM "albums" WHERE "albums"."plays" > $1)'
        ),
        parameters=[200],
        rows=[("Miles",)],
    )
    await check(
        select(Artist.name).where(Artist.id != all_(select(Album.artist_id))),
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" NOT IN (SELECT "albums"."artist_id" '
            'FROM "albums")'
        ),
        postgres=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" <> ALL (SELECT "albums"."artist_id" '
            'FROM "albums")'
        ),
        rows=[("Nina",)],
    )


@feature("Expressions", "other comparisons with ANY, ALL of a sub-query", sqlite="bridged")
async def test_comparisons(check: Check) -> None:
    await check(
        select(Album.title).where(Album.plays >= all_(select(Album.plays).where(Album.id < 4))),
        sqlite=(
            'SELECT "albums"."title" FROM "albums" WHERE (SELECT CASE WHEN NOT min("compared") THEN 0 '
            'WHEN count(*) > count("compared") THEN NULL ELSE 1 END FROM (SELECT "albums"."plays" >= '
            '"quantified"."value" AS "compared" FROM (SELECT "albums"."plays" AS "value" FROM "albums" '
            'WHERE "albums"."id" < ?) AS "quantified"))'
        ),
        postgres=(
            'SELECT "albums"."title" FROM "albums" WHERE "albums"."plays" >= ALL (SELECT "albums"."plays" '
            'FROM "albums" WHERE "albums"."id" < $1)'
        ),
        parameters=[4],
        rows=[("Kind of Blue",)],
    )


async def test_a_query_that_reads_the_one_around_it(check: Check) -> None:
    seconds = select(Track.seconds).where(Track.album_id == Album.id)
    query = select(Album.title, (literal(214) < any_(seconds)).as_("one"), (literal(213) < all_(seconds)).as_("each"))
    compiled = query.order_by(Album.id)
    rows = [("Blue", True, False), ("Hejira", False, True), ("Kind of Blue", True, None), ("Agharta", False, True)]
    assert await check.executor.fetch_all(compiled) == rows


@pytest.mark.parametrize("word", ["ANY", "ALL"])
@pytest.mark.parametrize("symbol", OPERATORS)
async def test_null_is_neither_true_nor_false(check: Check, symbol: str, word: str) -> None:
    """Each comparison of a value or NULL with no value, one, NULL, and several."""
    compare = OPERATORS[symbol]
    quantifier, definition = (any_, of_any) if word == "ANY" else (all_, of_all)
    for left in (None, 1, 2, 3):
        for items in ([], [2], [None], [2, None], [1, 3], [1, 1, None], [3, 2, 1]):
            source = values("source", [(item,) for item in items] or [(0,)], n=col.integer().nullable())
            query = select(source.n).where(source.n == None) if not items else select(source.n)  # noqa: E711  # SQL
            side = values("side", [(left,)], n=col.integer().nullable())
            outcome = await check.executor.fetch_value(select(compare(side.n, quantifier(query)).as_("outcome")))
            results = [None if None in (left, item) else compare(left, item) for item in items]
            assert outcome == definition(results), (left, items)


async def test_kinds_of_values(check: Check) -> None:
    genres = select(Album.genre).where(Album.genre != None)  # noqa: E711  # SQL, not Python
    fees = select(Track.fee).where(Track.fee != None)  # noqa: E711  # SQL, not Python
    wanted: list[tuple[Any, list[int]]] = [
        (Album.genre > any_(genres), [1]),  # by the order of the members
        (Album.genre >= all_(genres), [1]),
        (Album.price >= all_(fees), [1, 4]),  # of another scale
        (Album.price == any_(select(literal(Decimal("9.2500")))), [3]),
        (Album.price < any_(select(Album.price)), [1, 2, 3]),
        (Album.released < all_(select(Album.released).where(Album.id < 3)), [3]),
        (Album.title > any_(select(Track.title).union(select(Artist.name))), [1, 2, 3]),
        (Album.plays * 2 + 1 <= any_(select(Album.plays + 1)), [1, 2, 4]),
        (~(Album.plays > any_(select(Album.plays))), [4]),
        ((Album.plays > any_(select(Album.plays))) & Album.live, []),
        (Album.plays > any_(select(Album.plays).order_by(Album.plays.desc()).limit(2)), [3]),
    ]
    for condition, ids in wanted:
        found = await check.executor.fetch_all(select(Album.id).where(condition).order_by(Album.id))
        assert [row[0] for row in found] == ids, str(condition)


async def test_whatever_side_it_is_written_on(check: Check) -> None:
    plays = select(Album.plays)
    both: list[tuple[Query[Any], Query[Any]]] = [
        (select(Album.id).where(any_(plays) < Album.plays), select(Album.id).where(Album.plays > any_(plays))),
        (select(Album.id).where(all_(plays) >= Album.plays), select(Album.id).where(Album.plays <= all_(plays))),
        (select(literal(1)).where(any_(plays) > 5), select(literal(1)).where(literal(5) < any_(plays))),
        (select(literal(1)).where(any_(plays) == 5), select(literal(1)).where(literal(5) == any_(plays))),
    ]
    for one, other in both:
        assert one.compile(check.dialect) == other.compile(check.dialect)


@feature("Arrays", "= ANY, and other comparisons with ANY, ALL of an array", sqlite="refused")
async def test_arrays(check: Check) -> None:
    tags = fn.array_agg(Album.title)
    await check(
        select(Album.artist_id).group_by(Album.artist_id).having(literal("Blue") == any_(tags)),
        postgres=(
            'SELECT "albums"."artist_id" FROM "albums" GROUP BY "albums"."artist_id" '
            'HAVING $1::text = ANY (array_agg("albums"."title"))'
        ),
        parameters=["Blue"],
        rows=[(1,)],
    )
    await check(
        select(Album.artist_id).group_by(Album.artist_id).having(literal("B") < all_(tags)),
        postgres=(
            'SELECT "albums"."artist_id" FROM "albums" GROUP BY "albums"."artist_id" '
            'HAVING $1::text < ALL (array_agg("albums"."title"))'
        ),
        parameters=["B"],
        rows=[(1,)],
    )


async def test_beside_an_aggregate(check: Check) -> None:
    query = select(Album.artist_id).group_by(Album.artist_id).having(fn.sum(Album.plays) > all_(select(Album.plays)))
    equal = select(Album.artist_id).group_by(Album.artist_id).having(fn.max(Album.plays) == any_(select(Album.plays)))
    assert len(await check.executor.fetch_all(equal)) == 2
    if check.executor.dialect.name == "postgres":
        assert await check.executor.fetch_all(query) == []
    else:
        with pytest.raises(UnsupportedError, match=r"compare with fn.min\(\) or fn.max\(\) of a scalar sub-query"):
            query.compile("sqlite")


PLAYS = any_(select(Album.plays))


@pytest.mark.parametrize(
    "build",
    [
        lambda: select(PLAYS),
        lambda: select(Album.id).where(Album.plays.between(PLAYS, 5)),
        lambda: select(Album.id).where(Album.plays.in_([PLAYS])),
        lambda: select(Album.id).order_by(PLAYS),
        lambda: select(Album.id).where(PLAYS.is_null()),
        lambda: select(Album.id).where(any_(select(Album.id)) == PLAYS),
        lambda: select(Album.id).where(Album.plays.is_distinct_from(PLAYS)),
        lambda: select(Album.id).where(tuple_(Album.id, PLAYS) == (1, 2)),
        lambda: select(Album.id).where(exists(select(Album.id).where(Album.live & PLAYS))),  # type: ignore[operator]  # no condition
    ],
)
def test_it_stands_beside_a_comparison(build: Callable[[], Query[Any]]) -> None:
    for dialect in ("sqlite", "postgres"):
        with pytest.raises(CompileError, match=r"any_\(\) is one side of =, <>, <, <=, > or >=, and stands nowhere"):
            build().compile(dialect)


def test_mistakes() -> None:
    anything: Any = [1, 2]
    with pytest.raises(TypeError, match=r"any_\(\) takes a select or an array, not \[1, 2\]: of plain values there is"):
        any_(anything)
    with pytest.raises(CompileError, match=r"all_\(\) takes a select or an array, but .* is integer"):
        all_(Album.plays)  # type: ignore[qb-type]  # what mypy refuses, too
    with pytest.raises(TypeError, match="a sub-query selects one column here"):
        any_(select(Album.id, Album.plays))  # type: ignore[qb-type]  # likewise
    with pytest.raises(CompileError, match="cannot be compared with"):
        _ = Album.title > any_(select(Album.id))  # type: ignore[qb-type]  # likewise
    with pytest.raises(CompileError, match="NULL is equal to nothing"):
        _ = any_(select(Album.id)) == None  # noqa: E711  # SQL, not Python
    with pytest.raises(TypeError, match=r"no engine-independent meaning of integer \+ quantified\(integer\)"):
        _ = Album.plays + any_(select(Album.id))
