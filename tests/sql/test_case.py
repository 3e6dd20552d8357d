"""CASE: one of several values, of one type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, case, fn, insert, literal, select, update
from qb.errors import CompileError, EncodingError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Genre, Track


@feature("Expressions", "CASE")
async def test_the_first_condition_that_is_true(check: Check) -> None:
    await check(
        select(case((Album.plays > 100, "hit"), (Album.plays > 0, Album.title), else_="none").as_("how")).order_by(
            Album.id
        ),
        sqlite=(
            'SELECT CASE WHEN "albums"."plays" > ? THEN ? WHEN "albums"."plays" > ? THEN "albums"."title" '
            'ELSE ? END AS "how" FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CASE WHEN "albums"."plays" > $1 THEN $2::text WHEN "albums"."plays" > $3 THEN '
            '"albums"."title" ELSE $4::text END AS "how" FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[100, "hit", 0, "none"],
        rows=[("Blue",), ("Hejira",), ("hit",), ("none",)],
    )


async def test_no_else_is_null_and_a_condition_that_is_null_is_not_true(check: Check) -> None:
    await check(
        select(case((Album.released < date(1970, 1, 1), 1)), case((~(Album.released < date(1970, 1, 1)), 1), else_=2))
        .order_by(Album.id)
        .where(Album.id > 2),
        sqlite=(
            'SELECT CASE WHEN "albums"."released" < ? THEN ? END, CASE WHEN NOT "albums"."released" < ? THEN ? '
            'ELSE ? END FROM "albums" WHERE "albums"."id" > ? ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CASE WHEN "albums"."released" < $1 THEN $2::integer END, CASE WHEN NOT "albums"."released" < $3 '
            'THEN $4::integer ELSE $5::integer END FROM "albums" WHERE "albums"."id" > $6 ORDER BY "albums"."id"'
        ),
        parameters=["1970-01-01", 1, "1970-01-01", 1, 2, 2],
        postgres_parameters=[date(1970, 1, 1), 1, date(1970, 1, 1), 1, 2, 2],
        rows=[(1, 2), (None, 2)],
    )


@feature("Expressions", "simple CASE")
async def test_a_value_among_several(check: Check) -> None:
    await check(
        select(case({1: "one", 2: "two"}, value=Album.id, else_=Album.title)).order_by(Album.id),
        sqlite=(
            'SELECT CASE "albums"."id" WHEN ? THEN ? WHEN ? THEN ? ELSE "albums"."title" END FROM "albums" '
            'ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CASE "albums"."id" WHEN $1 THEN $2::text WHEN $3 THEN $4::text ELSE "albums"."title" END '
            'FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[1, "one", 2, "two"],
        rows=[("one",), ("two",), ("Kind of Blue",), ("Agharta",)],
    )


async def test_decimals_come_out_at_one_scale_and_floats_as_floats(check: Check, filled: Executor) -> None:
    query = (
        select(
            case((Track.position == 1, Album.price), (Track.position == 2, Track.fee), else_=3),
            case((Track.position == 1, 1), else_=Track.seconds),
        )
        .from_(Track)
        .join(Album, on=Album.id == Track.album_id)
        .where(Album.id == 1)
        .order_by(Track.position)
    )
    await check(
        query,
        sqlite=(
            'SELECT CASE WHEN "tracks"."position" = ? THEN ("albums"."price" * 100) WHEN "tracks"."position" = ? '
            'THEN "tracks"."fee" ELSE ? END, CASE WHEN "tracks"."position" = ? THEN ? ELSE "tracks"."seconds" END '
            'FROM "tracks" INNER JOIN "albums" ON "albums"."id" = "tracks"."album_id" WHERE "albums"."id" = ? '
            'ORDER BY "tracks"."position"'
        ),
        postgres=(
            'SELECT CASE WHEN "tracks"."position" = $1 THEN "albums"."price" WHEN "tracks"."position" = $2 '
            'THEN "tracks"."fee" ELSE $3::numeric END, CASE WHEN "tracks"."position" = $4 THEN $5::double precision '
            'ELSE "tracks"."seconds" END FROM "tracks" INNER JOIN "albums" ON "albums"."id" = "tracks"."album_id" '
            'WHERE "albums"."id" = $6 ORDER BY "tracks"."position"'
        ),
        parameters=[1, 2, 30000, 1, 1.0, 1],
        postgres_parameters=[1, 2, Decimal(3), 1, 1.0, 1],
        rows=[(Decimal("10.5"), 1.0), (Decimal("10.5"), 213.0)],
    )
    assert all(type(row[1]) is float for row in await filled.fetch_all(query))


async def test_whole_numbers_beside_floats_are_floats(filled: Executor) -> None:
    query = select(case((Album.id == 1, Album.plays), (Album.id == 2, 2.5)).as_("x")).order_by(Album.id).limit(2)
    assert [repr(row.x) for row in await filled.fetch_all(query)] == ["100.0", "2.5"]


async def test_a_decimal_is_looked_up_among_numbers_of_any_scale(check: Check) -> None:
    await check(
        select(case((Decimal("10.5000"), "a"), (9, "b"), (Track.fee, "c"), value=Album.price))
        .from_(Album)
        .left_join(Track, on=Track.album_id == -1)
        .order_by(Album.id)
        .limit(2),
        sqlite=(
            'SELECT CASE ("albums"."price" * 100) WHEN ? THEN ? WHEN ? THEN ? WHEN "tracks"."fee" THEN ? END '
            'FROM "albums" LEFT JOIN "tracks" ON "tracks"."album_id" = ? ORDER BY "albums"."id" LIMIT ?'
        ),
        postgres=(
            'SELECT CASE "albums"."price" WHEN $1 THEN $2::text WHEN $3 THEN $4::text WHEN "tracks"."fee" THEN '
            '$5::text END FROM "albums" LEFT JOIN "tracks" ON "tracks"."album_id" = $6 ORDER BY "albums"."id" '
            "LIMIT $7"
        ),
        parameters=[105000, "a", 90000, "b", "c", -1, 2],
        postgres_parameters=[Decimal("10.5000"), "a", Decimal(9), "b", "c", -1, 2],
        rows=[("a",), ("b",)],
    )


async def test_enums_are_sorted_by_their_members_in_a_case_too(filled: Executor) -> None:
    genre = case({Genre.JAZZ: Genre.POP, Genre.POP: Genre.ROCK}, value=Album.genre)
    query = select(Album.id, genre.as_("genre")).where(Album.id < 4).order_by(genre.desc(), Album.id)
    assert await filled.fetch_all(query) == [(2, Genre.POP), (3, Genre.POP), (1, Genre.ROCK)]


async def test_a_case_is_an_expression_like_any_other(filled: Executor) -> None:
    group = case((Album.plays >= 100, "much"), else_="little")
    query = select(group.as_("group"), fn.count().as_("count")).group_by(group).order_by(group)
    assert await filled.fetch_all(query) == [("little", 2), ("much", 2)]
    nested = case((case((Album.live, 1), else_=2) + 1 == 2, literal("live")), else_="studio")
    assert await filled.fetch_all(select(nested).where(Album.id > 2).order_by(Album.id)) == [("studio",), ("live",)]
    total = fn.sum(case((Album.live, 0), else_=Album.plays))
    assert await filled.fetch_value(select(total)) == 420
    await filled.execute(update(Album).set(price=case((Album.id == 1, Decimal(1)), else_=Album.price)).all_rows())
    assert await filled.fetch_value(select(Album.price).where(Album.id == 1)) == Decimal(1)
    await filled.execute(insert(Artist).values(name=case((literal(1) == 1, "x"), else_="y")))
    assert await filled.fetch_value(select(fn.count()).where(Artist.name == "x").from_(Artist)) == 1


def any_case(*whens: Any, **named: Any) -> None:  # what mypy would not let pass
    case(*whens, **named)


@pytest.mark.parametrize(
    ("whens", "named", "error", "words"),
    [
        ((), {"else_": 1}, CompileError, "needs a condition"),
        (((Album.live, None),), {}, CompileError, "no value but NULL"),
        (((Album.live, 1),), {"else_": "x"}, CompileError, "do not fit together"),
        (((Album.live, Album.released),), {"else_": Album.title}, CompileError, "date and text"),
        (((Album.live, Album.price),), {"else_": 1.5}, TypeError, "float beside a decimal"),
        ((Album.live, 1), {}, TypeError, "pairs"),
        (((Album.live, 1, 2),), {}, TypeError, "pairs"),
        (((True, 1),), {}, TypeError, "a condition is a SQL expression"),
        (({1: 2},), {}, TypeError, "value="),
        (((None, 2),), {"value": Album.id}, CompileError, "is_null"),
        ((("x", 2),), {"value": Album.id}, CompileError, "cannot be compared"),
        (((1, 2),), {"value": 1}, TypeError, "value of case"),
    ],
)
def test_what_is_no_case(whens: tuple[Any, ...], named: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        any_case(*whens, **named)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_value_that_its_column_cannot_have_is_named(dialect: str) -> None:
    query = select(case((Genre.POP, 1), ("polka", 2), value=Album.genre))  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(EncodingError, match=r"albums\.genre: 'polka' is no Genre"):
        query.compile(dialect)
