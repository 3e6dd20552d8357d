"""DISTINCT ON: the first row of each group."""

from __future__ import annotations

import pytest

from qb import fn, select
from qb.errors import CompileError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Genre


@feature("Select", "DISTINCT ON", sqlite="refused")
async def test_the_first_row_for_each_key(check: Check) -> None:
    await check(
        select(Album.artist_id, Album.title).distinct_on(Album.artist_id).order_by(Album.artist_id, Album.plays.desc()),
        postgres='SELECT DISTINCT ON ("albums"."artist_id") "albums"."artist_id", "albums"."title" FROM "albums" '
        'ORDER BY "albums"."artist_id", "albums"."plays" DESC',
        rows=[(1, "Blue"), (2, "Kind of Blue")],
    )


@feature("Select", "DISTINCT ON", sqlite="refused")
async def test_keys_that_are_expressions_with_values(check: Check) -> None:
    recent = fn.coalesce(Album.genre, Genre.ROCK)
    await check(
        select(Album.id).distinct_on(Album.live, recent).order_by(recent.desc(), Album.live, Album.id),
        postgres='SELECT DISTINCT ON ("albums"."live", coalesce("albums"."genre", $1::"genre")) "albums"."id" '
        'FROM "albums" ORDER BY coalesce("albums"."genre", $1::"genre") DESC, "albums"."live", "albums"."id"',
        parameters=["rock"],
        rows=[(1,), (2,), (4,)],
    )


@feature("Select", "DISTINCT ON", sqlite="refused")
async def test_fewer_sort_keys_than_keys(check: Check) -> None:
    await check(
        select(Album.artist_id).distinct_on(Album.artist_id, Album.live).order_by(Album.artist_id),
        postgres='SELECT DISTINCT ON ("albums"."artist_id", "albums"."live") "albums"."artist_id" FROM "albums" '
        'ORDER BY "albums"."artist_id"',
        rows=[(1,), (2,), (2,)],
    )


@pytest.mark.parametrize(
    "query",
    [
        select(Album.id).distinct_on(Album.artist_id).order_by(Album.plays),
        select(Album.id).distinct_on(Album.artist_id, Album.live).order_by(Album.artist_id, Album.plays, Album.live),
        select(Album.id).distinct_on(Album.plays + 1).order_by(Album.plays + 2),
    ],
    ids=["another key", "a key between", "another value"],
)
def test_the_sort_keys_come_first(query: object) -> None:
    with pytest.raises(CompileError, match="needs its own keys first in ORDER BY"):
        query.compile("postgres")  # type: ignore[attr-defined]  # a select


def test_it_needs_keys() -> None:
    with pytest.raises(TypeError, match="needs a key"):
        select(Album.id).distinct_on()
    with pytest.raises(TypeError, match="a key is a SQL expression"):
        select(Album.id).distinct_on("artist_id")  # type: ignore[arg-type]  # the mistake


def test_what_sqlite_says_instead() -> None:
    with pytest.raises(CompileError, match="row_number"):
        select(Album.id).distinct_on(Album.artist_id).compile("sqlite")  # type: ignore[qb-dialect]  # the mistake
