"""Row values: several columns compared as one value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, fn, select, tuple_
from qb.errors import CompileError, EncodingError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Genre, Track


@feature("Expressions", "row values")
async def test_equal_and_not_equal(check: Check) -> None:
    await check(
        select(Album.id)
        .where(tuple_(Album.id, Album.price) == (1, Decimal("10.500")), tuple_(Album.id, Album.live) != (2, True)),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", ("albums"."price" * 10)) = (?, ?) AND '
            '("albums"."id", "albums"."live") <> (?, ?)'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", "albums"."price") = ($1, $2) AND '
            '("albums"."id", "albums"."live") <> ($3, $4)'
        ),
        parameters=[1, 10500, 2, 1],
        postgres_parameters=[1, Decimal("10.5"), 2, True],
        rows=[(1,)],
    )  # fmt: skip


async def test_order_is_by_the_first_position_that_differs(check: Check) -> None:
    await check(
        select(Album.id).where(tuple_(Album.released, Album.id) > (date(1959, 8, 17), 2)).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."released", "albums"."id") > (?, ?) '
            'ORDER BY "albums"."id"'
        ),
        parameters=["1959-08-17", 2],
        postgres_parameters=[date(1959, 8, 17), 2],
        rows=[(1,), (2,), (3,)],
    )


async def test_enums_are_ordered_by_their_members(check: Check) -> None:
    rank = "CASE \"albums\".\"genre\" WHEN 'rock' THEN 0 WHEN 'jazz' THEN 1 WHEN 'pop' THEN 2 END"
    await check(
        select(Album.id).where(tuple_(Album.genre, Album.id) <= (Genre.JAZZ, 2)).order_by(Album.id),
        sqlite=f'SELECT "albums"."id" FROM "albums" WHERE ({rank}, "albums"."id") <= (1, ?) ORDER BY "albums"."id"',
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."genre", "albums"."id") <= ($1, $2) '
            'ORDER BY "albums"."id"'
        ),
        parameters=[2],
        postgres_parameters=["jazz", 2],
        rows=[(2,)],
    )


@feature("Expressions", "row values in a list", sqlite="bridged")
async def test_one_of_several(check: Check) -> None:
    await check(
        select(Album.id)
        .where(tuple_(Album.id, Album.price).in_([(1, Decimal("10.5000")), (2, 9), (3, Album.price)]))
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", ("albums"."price" * 100)) IN '
            '(VALUES (?, ?), (?, ?), (?, ("albums"."price" * 100))) ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", "albums"."price") IN '
            '(($1, $2), ($3, $4), ($5, "albums"."price")) ORDER BY "albums"."id"'
        ),
        parameters=[1, 105000, 2, 90000, 3],
        postgres_parameters=[1, Decimal("10.5"), 2, Decimal(9), 3],
        rows=[(1,), (2,), (3,)],
    )


async def test_an_empty_list(check: Check) -> None:
    key = tuple_(Album.id, Album.title)
    await check(
        select(fn.count()).from_(Album).where(key.not_in([]) & ~key.in_([])),
        sqlite='SELECT count(*) FROM "albums" WHERE 1 = 1 AND NOT 1 = 0',
        rows=[(4,)],
    )


@feature("Expressions", "row values in a sub-query")
async def test_rows_of_a_select(check: Check) -> None:
    await check(
        select(Album.id)
        .where(
            tuple_(Album.id, Album.price).in_(
                select(Track.album_id, Track.fee).where(Track.position > Album.plays - 100)
            ),
        )
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", ("albums"."price" * 100)) IN '
            '(SELECT "tracks"."album_id", "tracks"."fee" FROM "tracks" WHERE "tracks"."position" > '
            '"albums"."plays" - ?) ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."id", "albums"."price") IN '
            '(SELECT "tracks"."album_id", "tracks"."fee" FROM "tracks" WHERE "tracks"."position" > '
            '"albums"."plays" - $1) ORDER BY "albums"."id"'
        ),
        parameters=[100],
        rows=[(1,)],
    )


async def test_decimals_of_a_sub_query_are_brought_to_one_scale(filled: Executor) -> None:
    key = tuple_(Track.album_id, Track.fee)
    found = select(Track.position).where(key.in_(select(Album.id, Album.price)))
    assert await filled.fetch_all(found) == [(2,)]
    # NULL is neither in the list nor outside of it, unless another position decides.
    outside = select(Track.album_id, Track.position).where(key.not_in(select(Album.id, Album.price)))
    assert await filled.fetch_all(outside.order_by(Track.album_id, Track.position)) == [(1, 1), (3, 2)]


def test_decimals_among_floats_of_a_sub_query() -> None:
    query = select(Album.id).where(tuple_(Album.id, Album.price).in_(select(Track.album_id, Track.seconds)))
    with pytest.raises(UnsupportedError, match="decimal among floats"):
        query.compile("sqlite")
    query.compile("postgres")


async def test_null_decides_nothing(filled: Executor) -> None:
    key = tuple_(Artist.id, Artist.country)
    query = select(key == (3, "DE"), key == (4, "DE"), key > (2, "US"), key.in_([(3, "DE"), (4, "DE")]))
    assert await filled.fetch_all(query.where(Artist.id == 3)) == [(None, False, True, None)]


@pytest.mark.parametrize(
    ("other", "error", "words"),
    [
        ((1,), CompileError, "of 2 stands beside one of 1"),
        ((1, "x", 2), CompileError, "of 2 stands beside one of 3"),
        ((1, None), CompileError, "with NULL"),
        ((1, 2), CompileError, "cannot be compared"),
        (1, TypeError, "with a tuple, not with int"),
        ("ab", TypeError, "with a tuple, not with str"),
        (None, TypeError, "with a tuple"),
        (tuple_(Album.title, Album.id), CompileError, "cannot be compared"),
    ],
)
def test_what_does_not_stand_beside_a_row_value(other: Any, error: type[Exception], words: str) -> None:
    key = tuple_(Album.id, Album.title)
    with pytest.raises(error, match=words):
        key == other  # noqa: B015  # the comparison itself raises
    with pytest.raises(error, match=words):
        key.in_([other])


def test_sub_queries_of_another_shape() -> None:
    key = tuple_(Album.id, Album.title)
    with pytest.raises(CompileError, match="of 2 stands beside one of 1"):
        key.in_(select(Artist.id))  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="column 2 of the sub-query is integer, beside text"):
        key.in_(select(Artist.id, Artist.id.as_("two")))  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(TypeError, match="columns, not tables"):
        key.in_(select(Artist, Album).join(Album, on=Album.artist_id == Artist.id))  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="two expressions or more"):
        tuple_(Album.id)  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(TypeError, match="part of a row value"):
        tuple_(Album.id, 5)  # type: ignore[call-overload]  # a mistake on purpose
    with pytest.raises(TypeError, match="truth value"):
        bool(key)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_value_that_its_column_cannot_have_is_named(dialect: str) -> None:
    query = select(Album.id).where(tuple_(Album.id, Album.genre) == (1, "polka"))  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(EncodingError, match=r"albums\.genre: 'polka' is no Genre"):
        query.compile(dialect)
