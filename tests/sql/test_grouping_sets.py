"""ROLLUP, CUBE and GROUPING SETS."""

from __future__ import annotations

from typing import Any

import pytest

from qb import cube, fn, grouping_sets, rollup, select
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist


@feature("GROUP BY", "ROLLUP", sqlite="refused")
async def test_subtotals(check: Check) -> None:
    await check(
        select(
            Album.artist_id,
            Album.live,
            fn.sum(Album.plays).as_("plays"),
            (fn.grouping(Album.artist_id) + fn.grouping(Album.live)).as_("level"),
        )
        .group_by(rollup(Album.artist_id, Album.live))
        .order_by(Album.artist_id, Album.live),
        postgres=(
            'SELECT "albums"."artist_id", "albums"."live", sum("albums"."plays") AS "plays", '
            'grouping("albums"."artist_id") + grouping("albums"."live") AS "level" FROM "albums" GROUP BY ROLLUP '
            '("albums"."artist_id", "albums"."live") ORDER BY "albums"."artist_id", "albums"."live"'
        ),
        rows=[
            (1, False, 120, 0),
            (1, None, 120, 1),
            (2, False, 300, 0),
            (2, True, 0, 0),
            (2, None, 300, 1),
            (None, None, 420, 2),
        ],
    )


@feature("GROUP BY", "CUBE", sqlite="refused")
async def test_a_cube(check: Check) -> None:
    await check(
        select(Album.artist_id, Album.live, fn.count().as_("n"))
        .group_by(cube(Album.artist_id, Album.live))
        .having(fn.count() > 1)
        .order_by(Album.artist_id, Album.live),
        postgres=(
            'SELECT "albums"."artist_id", "albums"."live", count(*) AS "n" FROM "albums" GROUP BY CUBE '
            '("albums"."artist_id", "albums"."live") HAVING count(*) > $1 ORDER BY "albums"."artist_id", '
            '"albums"."live"'
        ),
        parameters=[1],
        rows=[(1, False, 2), (1, None, 2), (2, None, 2), (None, False, 3), (None, None, 4)],
    )


@feature("GROUP BY", "GROUPING SETS", sqlite="refused")
async def test_sets(check: Check) -> None:
    await check(
        select(Artist.name, Album.live, fn.count().as_("n"))
        .from_(Album)
        .join(Artist, on=Album.artist_id == Artist.id)
        .group_by(grouping_sets((Artist.name, Album.live), Artist.name, ()))
        .order_by(Artist.name, Album.live),
        postgres=(
            'SELECT "artists"."name", "albums"."live", count(*) AS "n" FROM "albums" INNER JOIN "artists" ON '
            '"albums"."artist_id" = "artists"."id" GROUP BY GROUPING SETS (("artists"."name", "albums"."live"), '
            '("artists"."name"), ()) ORDER BY "artists"."name", "albums"."live"'
        ),
        rows=[
            ("Joni", False, 2),
            ("Joni", None, 2),
            ("Miles", False, 1),
            ("Miles", True, 1),
            ("Miles", None, 2),
            (None, None, 4),
        ],
    )


@feature("GROUP BY", "GROUPING SETS of other keys and sets", sqlite="refused")
async def test_keys_beside_and_inside_of_each_other(check: Check) -> None:
    await check(
        select(Album.artist_id, (Album.plays / 100).as_("hundreds"), fn.count().as_("n"))
        .group_by(Album.artist_id, grouping_sets(rollup((Album.plays / 100, Album.live)), cube(Album.genre)))
        .having(fn.grouping(Album.plays / 100) == 0, Album.artist_id == 1)
        .order_by(Album.plays / 100),
        postgres=(
            'SELECT "albums"."artist_id", "albums"."plays"::double precision / $1::integer::double precision AS '
            '"hundreds", count(*) AS "n" FROM "albums" GROUP BY "albums"."artist_id", GROUPING SETS (ROLLUP '
            '(("albums"."plays"::double precision / $1::integer::double precision, "albums"."live")), CUBE '
            '("albums"."genre")) HAVING grouping("albums"."plays"::double precision / $1::integer::double precision) = '
            '$2 AND "albums"."artist_id" = $3 ORDER BY "albums"."plays"::double precision / '
            "$1::integer::double precision"
        ),
        parameters=[100, 0, 1],
        rows=[(1, 0.2, 1), (1, 1.0, 1)],
    )


@pytest.mark.parametrize("function", [rollup, cube, grouping_sets])
def test_what_is_no_key(function: Any) -> None:
    with pytest.raises(TypeError, match="needs a key"):
        function()
    with pytest.raises(TypeError, match="a group key is a SQL expression, not str"):
        function(Album.id, "title")


def test_only_in_group_by() -> None:
    with pytest.raises(CompileError, match=r"ROLLUP is for \.group_by\(\) alone"):
        select(Album.id).order_by(rollup(Album.id)).compile("postgres")


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
def test_what_sqlite_can_do_instead(dialect: str) -> None:
    with pytest.raises(UnsupportedError, match=r"SQLite has no CUBE: .* with \.union_all\("):
        select(fn.count()).from_(Album).group_by(cube(Album.id)).compile(dialect)
    with pytest.raises(UnsupportedError, match=r"no GROUPING\(\)"):
        select(fn.grouping(Album.id)).group_by(Album.id).compile(dialect)
