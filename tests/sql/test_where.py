"""Conditions: every operator, its SQL, and the rows that it finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from qb import Expr, literal, select
from qb.errors import CompileError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Genre, Track


@feature("Expressions", "comparisons: = <> < <= > >=")
@pytest.mark.parametrize(
    ("condition", "text", "found"),
    [
        (Album.plays == 20, '"albums"."plays" = ?', [2]),
        (Album.plays != 20, '"albums"."plays" <> ?', [1, 3, 4]),
        (Album.plays < 20, '"albums"."plays" < ?', [4]),
        (Album.plays <= 20, '"albums"."plays" <= ?', [2, 4]),
        (Album.plays > 20, '"albums"."plays" > ?', [1, 3]),
        (Album.plays >= 20, '"albums"."plays" >= ?', [1, 2, 3]),
    ],
    ids=["=", "<>", "<", "<=", ">", ">="],
)
async def test_comparison_with_a_value(check: Check, condition: Expr[bool], text: str, found: list[int]) -> None:
    await check(
        select(Album.id).where(condition).order_by(Album.id),
        sqlite=f'SELECT "albums"."id" FROM "albums" WHERE {text} ORDER BY "albums"."id"',
        parameters=[20],
        rows=[(number,) for number in found],
    )


async def test_comparison_of_columns(check: Check) -> None:
    await check(
        select(Album.title).where(Album.id == Album.artist_id),
        sqlite='SELECT "albums"."title" FROM "albums" WHERE "albums"."id" = "albums"."artist_id"',
        rows=[("Blue",)],
    )


async def test_a_value_on_the_left(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays > 100),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" > ?',
        parameters=[100],
        rows=[(3,)],
    )


async def test_two_values(check: Check) -> None:
    await check(
        select(Artist.id).where(literal(1) == 2),
        sqlite='SELECT "artists"."id" FROM "artists" WHERE ? = ?',
        postgres='SELECT "artists"."id" FROM "artists" WHERE $1::integer = $2',
        parameters=[1, 2],
        rows=[],
    )


@feature("Expressions", "None is NULL: == None, != None")
async def test_none_is_null(check: Check) -> None:
    await check(
        select(Album.title).where(Album.released == None),  # noqa: E711  # SQL, not Python
        sqlite='SELECT "albums"."title" FROM "albums" WHERE "albums"."released" IS NULL',
        rows=[("Agharta",)],
    )


@feature("Expressions", "None is NULL: == None, != None")
async def test_not_none_is_not_null(check: Check) -> None:
    await check(
        select(Artist.id).where(Artist.country != None),  # noqa: E711  # SQL, not Python
        sqlite='SELECT "artists"."id" FROM "artists" WHERE "artists"."country" IS NOT NULL',
        rows=[(1,), (2,)],
    )


@feature("Expressions", "IS NULL, IS NOT NULL")
async def test_is_null_by_name(check: Check) -> None:
    await check(
        select(Track.title)
        .where(Track.seconds.is_null() | Track.fee.is_null(), Track.title.is_not_null())
        .order_by(Track.position),
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE ("tracks"."seconds" IS NULL OR '
            '"tracks"."fee" IS NULL) AND "tracks"."name" IS NOT NULL ORDER BY "tracks"."position"'
        ),
        rows=[("So What",), ("Blue in Green",)],
    )


@pytest.mark.parametrize("operator", ["__lt__", "__le__", "__gt__", "__ge__"])
def test_nothing_is_less_than_none(operator: str) -> None:
    with pytest.raises(CompileError, match="compare with == None"):
        getattr(Album.plays, operator)(None)


@feature("Expressions", "IN, NOT IN a list")
async def test_in_a_list(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.in_([100, 300, 7])).order_by(Album.id),
        sqlite=('SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" IN (?, ?, ?) ORDER BY "albums"."id"'),
        parameters=[100, 300, 7],
        rows=[(1,), (3,)],
    )


@feature("Expressions", "IN, NOT IN a list")
async def test_not_in_a_list(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.not_in([100, 300])).order_by(Album.id),
        sqlite=('SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" NOT IN (?, ?) ORDER BY "albums"."id"'),
        parameters=[100, 300],
        rows=[(2,), (4,)],
    )


async def test_in_any_iterable(check: Check) -> None:
    query = select(Album.id).where(Album.plays.in_(n * 10 for n in (2, 10))).order_by(Album.id)
    await check(
        query,
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" IN (?, ?) ORDER BY "albums"."id"',
        parameters=[20, 100],
        rows=[(1,), (2,)],
    )


async def test_in_a_list_of_expressions(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.in_([Album.id - 4, 20])).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" IN ("albums"."id" - ?, ?) ORDER BY "albums"."id"'
        ),
        parameters=[4, 20],
        rows=[(2,), (4,)],
    )


@feature("Expressions", "IN an empty list")
async def test_in_nothing_is_false(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.in_([])), sqlite='SELECT "albums"."id" FROM "albums" WHERE 1 = 0', rows=[]
    )


async def test_not_in_nothing_is_true(check: Check) -> None:
    await check(
        select(Artist.id).where(Artist.country.not_in([])).order_by(Artist.id),
        sqlite='SELECT "artists"."id" FROM "artists" WHERE 1 = 1 ORDER BY "artists"."id"',
        rows=[(1,), (2,), (3,)],
    )


async def test_negation_of_in_nothing(check: Check) -> None:
    await check(
        select(Artist.id).where(~Artist.country.in_([]) == True).order_by(Artist.id),  # noqa: E712  # SQL, not Python
        sqlite='SELECT "artists"."id" FROM "artists" WHERE (NOT 1 = 0) = ? ORDER BY "artists"."id"',
        parameters=[1],
        postgres_parameters=[True],
        rows=[(1,), (2,), (3,)],
    )


@pytest.mark.parametrize("text", ["abc", b"abc"])
def test_in_takes_no_single_text(text: object) -> None:
    with pytest.raises(TypeError, match="in_ takes a list"):
        Album.title.in_(text)  # type: ignore[arg-type]  # a mistake on purpose


@feature("Expressions", "BETWEEN, NOT BETWEEN")
async def test_between_includes_both_ends(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.between(20, 100)).order_by(Album.id),
        sqlite=('SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" BETWEEN ? AND ? ORDER BY "albums"."id"'),
        parameters=[20, 100],
        rows=[(1,), (2,)],
    )


@feature("Expressions", "BETWEEN, NOT BETWEEN")
async def test_not_between(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.not_between(20, 100)).order_by(Album.id),
        sqlite=('SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" NOT BETWEEN ? AND ? ORDER BY "albums"."id"'),
        parameters=[20, 100],
        rows=[(3,), (4,)],
    )


async def test_between_expressions(check: Check) -> None:
    await check(
        select(Album.id).where(Album.plays.between(Album.id * 10, Album.id + 50)),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" BETWEEN "albums"."id" * ? AND "albums"."id" + ?'
        ),
        parameters=[10, 50],
        rows=[(2,)],
    )


async def test_between_dates(check: Check) -> None:
    await check(
        select(Album.id).where(Album.released.between(date(1959, 8, 17), date(1971, 6, 22))).order_by(Album.id),
        sqlite=('SELECT "albums"."id" FROM "albums" WHERE "albums"."released" BETWEEN ? AND ? ORDER BY "albums"."id"'),
        parameters=["1959-08-17", "1971-06-22"],
        postgres_parameters=[date(1959, 8, 17), date(1971, 6, 22)],
        rows=[(1,), (3,)],
    )


# Text


@feature("Expressions", "LIKE, NOT LIKE")
async def test_like(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.like("%Bl_e")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE ? ESCAPE \'\\\' ORDER BY "albums"."id"'
        ),
        postgres='SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE $1 ORDER BY "albums"."id"',
        parameters=["%Bl_e"],
        rows=[(1,), (3,)],
    )


@feature("Expressions", "LIKE, NOT LIKE")
async def test_not_like(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.not_like("%Blue")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" NOT LIKE ? ESCAPE \'\\\' ORDER BY "albums"."id"'
        ),
        postgres=('SELECT "albums"."id" FROM "albums" WHERE "albums"."title" NOT LIKE $1 ORDER BY "albums"."id"'),
        parameters=["%Blue"],
        rows=[(2,), (4,)],
    )


@feature("Expressions", "ILIKE, NOT ILIKE", sqlite="bridged")
async def test_ilike_ignores_case(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.ilike("%BLUE")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE ? ESCAPE \'\\\' ORDER BY "albums"."id"'
        ),
        postgres='SELECT "albums"."id" FROM "albums" WHERE "albums"."title" ILIKE $1 ORDER BY "albums"."id"',
        parameters=["%BLUE"],
        rows=[(1,), (3,)],
    )


async def test_like_a_column(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.like(Album.title)).order_by(Album.id).limit(1),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE "albums"."title" ESCAPE \'\\\' '
            'ORDER BY "albums"."id" LIMIT ?'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE "albums"."title" ORDER BY '
            '"albums"."id" LIMIT $1'
        ),
        parameters=[1],
        rows=[(1,)],
    )


async def test_a_backslash_makes_a_wildcard_plain(check: Check) -> None:
    await check(
        select(Album.id).where(literal("50% off").like(r"50\% %")).limit(1).order_by(Album.id),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE ? LIKE ? ESCAPE \'\\\' ORDER BY "albums"."id" LIMIT ?',
        postgres='SELECT "albums"."id" FROM "albums" WHERE $1::text LIKE $2 ORDER BY "albums"."id" LIMIT $3',
        parameters=["50% off", "50\\% %", 1],
        rows=[(1,)],
    )


@feature("Expressions", "startswith(), endswith(), contains()", sqlite="bridged")
async def test_startswith_minds_the_case(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.startswith("Bl") | Album.title.startswith("h")),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."title" GLOB ? OR "albums"."title" GLOB ?',
        postgres=('SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE $1 OR "albums"."title" LIKE $2'),
        parameters=["Bl*", "h*"],
        postgres_parameters=["Bl%", "h%"],
        rows=[(1,)],
    )


@feature("Expressions", "startswith(), endswith(), contains()", sqlite="bridged")
async def test_endswith_minds_the_case(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.endswith("Blue") | Album.title.endswith("A")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" GLOB ? OR "albums"."title" GLOB ? '
            'ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE $1 OR "albums"."title" LIKE '
            '$2 ORDER BY "albums"."id"'
        ),
        parameters=["*Blue", "*A"],
        postgres_parameters=["%Blue", "%A"],
        rows=[(1,), (3,)],
    )


@feature("Expressions", "startswith(), endswith(), contains()", sqlite="bridged")
async def test_contains_minds_the_case(check: Check) -> None:
    await check(
        select(Album.id).where(Album.title.contains("of") | Album.title.contains("BLUE")),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE instr("albums"."title", ?) > 0 OR instr("albums"."title", ?) > 0'
        ),
        postgres=('SELECT "albums"."id" FROM "albums" WHERE "albums"."title" LIKE $1 OR "albums"."title" LIKE $2'),
        parameters=["of", "BLUE"],
        postgres_parameters=["%of%", "%BLUE%"],
        rows=[(3,)],
    )


async def test_affixes_that_are_columns(check: Check) -> None:
    await check(
        select(Track.title)
        .from_(Track)
        .join(Album, on=Track.album_id == Album.id)
        .where(
            Track.title.startswith(Album.title) | Album.title.endswith(Track.title) | Album.title.contains(Track.title)
        ),
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" INNER JOIN "albums" ON "tracks"."album_id" = '
            '"albums"."id" WHERE instr("tracks"."name", "albums"."title") = 1 OR substr("albums"."title", '
            'length("albums"."title") - length("tracks"."name") + 1) = "tracks"."name" OR '
            'instr("albums"."title", "tracks"."name") > 0'
        ),
        postgres=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" INNER JOIN "albums" ON "tracks"."album_id" = '
            '"albums"."id" WHERE starts_with("tracks"."name", "albums"."title") OR '
            'right("albums"."title", length("tracks"."name")) = "tracks"."name" OR '
            'strpos("albums"."title", "tracks"."name") > 0'
        ),
        rows=[],
    )


async def test_affixes_that_are_expressions(check: Check) -> None:
    title = Album.title
    await check(
        select(title).where(
            title.startswith(literal("B") + "l"), title.endswith(literal("u") + "e"), title.contains(literal("l") + "u")
        ),
        sqlite=(
            'SELECT "albums"."title" FROM "albums" WHERE instr("albums"."title", ? || ?) = 1 AND '
            'substr("albums"."title", length("albums"."title") - length((? || ?)) + 1) = (? || ?) AND '
            'instr("albums"."title", ? || ?) > 0'
        ),
        postgres=(
            'SELECT "albums"."title" FROM "albums" WHERE starts_with("albums"."title", ($1::text || $2)) '
            'AND right("albums"."title", length(($3::text || $4))) = ($5::text || $6) AND '
            'strpos("albums"."title", ($7::text || $8)) > 0'
        ),
        parameters=["B", "l", "u", "e", "u", "e", "l", "u"],
        rows=[("Blue",)],
    )


async def test_an_affix_longer_than_the_text(check: Check) -> None:
    query = select(Artist.id).where(Artist.name.endswith(Artist.name + "x") | Artist.name.startswith(Artist.name + "x"))
    await check(
        query,
        sqlite=(
            'SELECT "artists"."id" FROM "artists" WHERE substr("artists"."name", length("artists"."name") '
            '- length(("artists"."name" || ?)) + 1) = ("artists"."name" || ?) OR instr("artists"."name", '
            '"artists"."name" || ?) = 1'
        ),
        postgres=(
            'SELECT "artists"."id" FROM "artists" WHERE right("artists"."name", length(("artists"."name" '
            '|| $1))) = ("artists"."name" || $2) OR starts_with("artists"."name", ("artists"."name" || '
            "$3))"
        ),
        parameters=["x", "x", "x"],
        rows=[],
    )


async def test_every_text_has_the_empty_affix(check: Check) -> None:
    query = select(Artist.id).where(Artist.name.startswith(""), Artist.name.endswith(""), Artist.name.contains(""))
    await check(
        query.order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."id" FROM "artists" WHERE "artists"."name" GLOB ? AND "artists"."name" GLOB '
            '? AND instr("artists"."name", ?) > 0 ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT "artists"."id" FROM "artists" WHERE "artists"."name" LIKE $1 AND "artists"."name" '
            'LIKE $2 AND "artists"."name" LIKE $3 ORDER BY "artists"."id"'
        ),
        parameters=["*", "*", ""],
        postgres_parameters=["%", "%", "%%"],
        rows=[(1,), (2,), (3,)],
    )


# Logic


async def test_conditions_of_one_call_and_of_more_calls_are_one_and(check: Check) -> None:
    await check(
        select(Album.id)
        .where(Album.plays > 10, Album.plays < 200)
        .where(Album.artist_id == 1)
        .where()
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" > ? AND "albums"."plays" < ? AND '
            '"albums"."artist_id" = ? ORDER BY "albums"."id"'
        ),
        parameters=[10, 200, 1],
        rows=[(1,), (2,)],
    )


@feature("Expressions", "AND, OR, NOT")
async def test_or_inside_of_and_has_parentheses(check: Check) -> None:
    await check(
        select(Album.id).where((Album.plays == 0) | (Album.plays == 20), Album.artist_id == 1),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."plays" = ? OR "albums"."plays" = ?) AND '
            '"albums"."artist_id" = ?'
        ),
        parameters=[0, 20, 1],
        rows=[(2,)],
    )


async def test_and_inside_of_or_needs_none(check: Check) -> None:
    await check(
        select(Album.id).where((Album.plays == 0) | (Album.plays == 20) & (Album.artist_id == 1)).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" = ? OR "albums"."plays" = ? AND '
            '"albums"."artist_id" = ? ORDER BY "albums"."id"'
        ),
        parameters=[0, 20, 1],
        rows=[(2,), (4,)],
    )


@feature("Expressions", "AND, OR, NOT")
async def test_not_of_a_comparison_and_of_a_conjunction(check: Check) -> None:
    await check(
        select(Album.id).where(~(Album.plays == 0), ~((Album.plays == 20) | (Album.plays == 100)), ~~(Album.id > 0)),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE NOT "albums"."plays" = ? AND NOT ("albums"."plays" '
            '= ? OR "albums"."plays" = ?) AND NOT NOT "albums"."id" > ?'
        ),
        parameters=[0, 20, 100, 0],
        rows=[(3,)],
    )


@feature("Expressions", "booleans as conditions, conditions as values")
async def test_a_boolean_column_is_a_condition(check: Check) -> None:
    await check(
        select(Album.id).where(Album.live),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."live"',
        rows=[(4,)],
    )


async def test_a_boolean_column_negated_and_compared(check: Check) -> None:
    await check(
        select(Album.id).where(~Album.live, Album.live == False, Album.live != (Album.plays > 0)).order_by(Album.id),  # noqa: E712  # SQL, not Python
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE NOT "albums"."live" AND "albums"."live" = ? AND '
            '"albums"."live" <> ("albums"."plays" > ?) ORDER BY "albums"."id"'
        ),
        parameters=[0, 0],
        postgres_parameters=[False, 0],
        rows=[(1,), (2,), (3,)],
    )


@feature("Expressions", "booleans as conditions, conditions as values")
async def test_a_condition_is_a_value(check: Check) -> None:
    await check(
        select((Album.plays > 50).as_("popular"), Album.released.is_null().as_("unknown")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."plays" > ? AS "popular", "albums"."released" IS NULL AS "unknown" FROM '
            '"albums" ORDER BY "albums"."id"'
        ),
        parameters=[50],
        rows=[(True, False), (False, False), (True, False), (False, True)],
    )


@pytest.mark.parametrize("condition", [True, False, None, "1 = 1", 1, {"node": "1 = 1"}, [Album.id]])
def test_a_condition_is_an_expression(condition: object) -> None:
    with pytest.raises(TypeError, match="a condition is a SQL expression"):
        select(Album.id).where(condition)  # type: ignore[arg-type]  # a mistake on purpose


def test_an_expression_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(Album.plays == 1)
    with pytest.raises(TypeError, match="no truth value"):
        1 < Album.plays < 3  # noqa: B015  # a mistake on purpose
    with pytest.raises(TypeError, match=r"write \.contains"):
        "x" in Album.title  # type: ignore[qb-type]  # noqa: B015  # a mistake on purpose


# Values of every kind beside a column


async def test_decimals_of_one_scale(check: Check) -> None:
    await check(
        select(Album.id).where(Album.price > Decimal("9.1")).order_by(Album.price),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."price" > ? ORDER BY "albums"."price"',
        parameters=[910],
        postgres_parameters=[Decimal("9.1")],
        rows=[(3,), (1,), (4,)],
    )


async def test_a_decimal_with_more_digits_than_the_column(check: Check) -> None:
    query = select(Album.id).where(
        Album.price > Decimal("9.249"), Album.price < Decimal("9.251"), Album.price != Decimal("9.2501")
    )
    await check(
        query,
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."price" * 10) > ? AND ("albums"."price" * '
            '10) < ? AND ("albums"."price" * 100) <> ?'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" > $1 AND "albums"."price" < $2 AND '
            '"albums"."price" <> $3'
        ),
        parameters=[9249, 9251, 92501],
        postgres_parameters=[Decimal("9.249"), Decimal("9.251"), Decimal("9.2501")],
        rows=[(3,)],
    )


async def test_a_decimal_beyond_the_column_is_only_greater(check: Check) -> None:
    await check(
        select(Album.id).where(Album.price < Decimal(10) ** 12, Album.id == 1),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."price" < ? AND "albums"."id" = ?',
        parameters=[100000000000000, 1],
        postgres_parameters=[Decimal("1000000000000"), 1],
        rows=[(1,)],
    )


async def test_a_decimal_beside_an_int_and_a_float(check: Check) -> None:
    await check(
        select(Album.id).where(Album.price >= 9, Album.price < 9.2, Album.price == Album.artist_id * 9),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" >= ? AND ("albums"."price" / '
            '100.0) < CAST(? AS REAL) AND "albums"."price" = (("albums"."artist_id" * ?) * 100)'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" >= $1 AND "albums"."price" < '
            '$2::double precision AND "albums"."price" = "albums"."artist_id" * $3'
        ),
        parameters=[900, 9.2, 9],
        postgres_parameters=[Decimal("9"), 9.2, 9],
        rows=[(2,)],
    )


@feature("Expressions", "decimals of different scales", sqlite="bridged")
async def test_decimals_of_two_scales(check: Check) -> None:
    await check(
        select(Track.title).from_(Track).join(Album, on=Track.album_id == Album.id).where(Track.fee == Album.price),
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" INNER JOIN "albums" ON "tracks"."album_id" = '
            '"albums"."id" WHERE "tracks"."fee" = ("albums"."price" * 100)'
        ),
        postgres=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" INNER JOIN "albums" ON "tracks"."album_id" = '
            '"albums"."id" WHERE "tracks"."fee" = "albums"."price"'
        ),
        rows=[("My Old Man",)],
    )


async def test_decimals_in_lists_and_ranges(check: Check) -> None:
    await check(
        select(Album.id)
        .where(
            Album.price.in_([Decimal("9"), Decimal("10.500"), 100]),
            Album.price.between(9, Decimal("10.5001")),
            Album.price.not_in([1.5]),
            Album.price.between(8.5, 10.75),
        )
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."price" * 10) IN (?, ?, ?) AND '
            '("albums"."price" * 100) BETWEEN ? AND ? AND ("albums"."price" / 100.0) NOT IN (CAST(? AS '
            'REAL)) AND ("albums"."price" / 100.0) BETWEEN CAST(? AS REAL) AND CAST(? AS REAL) ORDER BY '
            '"albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" IN ($1, $2, $3) AND '
            '"albums"."price" BETWEEN $4 AND $5 AND "albums"."price" NOT IN ($6::double precision) AND '
            '"albums"."price" BETWEEN $7::double precision AND $8::double precision ORDER BY '
            '"albums"."id"'
        ),
        parameters=[9000, 10500, 100000, 90000, 105001, 1.5, 8.5, 10.75],
        postgres_parameters=[
            Decimal("9"),
            Decimal("10.500"),
            Decimal("100"),
            Decimal("9"),
            Decimal("10.5001"),
            1.5,
            8.5,
            10.75,
        ],
        rows=[(1,), (2,)],
    )


async def test_an_integer_beside_a_decimal_and_a_float(check: Check) -> None:
    await check(
        select(Album.id).where(
            Album.plays > Decimal("19.5"), Album.plays < 20.5, Album.plays.in_([20, Decimal("20.5")])
        ),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."plays" * 10) > ? AND "albums"."plays" < '
            '? AND ("albums"."plays" * 10) IN (?, ?)'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" > $1::numeric AND "albums"."plays" '
            '< $2::double precision AND "albums"."plays" IN ($3, $4::numeric)'
        ),
        parameters=[195, 20.5, 200, 205],
        postgres_parameters=[Decimal("19.5"), 20.5, 20, Decimal("20.5")],
        rows=[(2,)],
    )


async def test_an_integer_beyond_its_column_is_only_greater(check: Check) -> None:
    query = select(Album.id).where(Album.plays < 2**31, Album.plays > -(2**31) - 1, Album.id.in_([1, 2**40]))
    await check(
        query,
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" < ? AND "albums"."plays" > ? AND '
            '"albums"."id" IN (?, ?)'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" < $1::bigint AND "albums"."plays" '
            '> $2::bigint AND "albums"."id" IN ($3, $4::bigint)'
        ),
        parameters=[2147483648, -2147483649, 1, 1099511627776],
        rows=[(1,)],
    )


async def test_a_float_beside_an_int_and_a_decimal(check: Check) -> None:
    query = select(Track.title).where(
        Track.seconds > 213, Track.seconds < Decimal("214.75"), Track.seconds.in_([214.5, 3])
    )
    await check(
        query,
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."seconds" > ? AND '
            'CAST("tracks"."seconds" AS REAL) < (? / 100.0) AND "tracks"."seconds" IN (?, ?)'
        ),
        postgres=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."seconds" > $1 AND '
            '"tracks"."seconds" < $2::numeric AND "tracks"."seconds" IN ($3, $4)'
        ),
        parameters=[213.0, 21475, 214.5, 3.0],
        postgres_parameters=[213.0, Decimal("214.75"), 214.5, 3.0],
        rows=[("All I Want",)],
    )


async def test_enums_compare_by_identity(check: Check) -> None:
    await check(
        select(Album.id)
        .where(Album.genre == Genre.JAZZ, Album.genre != Genre.POP, Album.genre.in_([Genre.JAZZ, Genre.ROCK]))
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."genre" = ? AND "albums"."genre" <> ? AND '
            '"albums"."genre" IN (?, ?) ORDER BY "albums"."id"'
        ),
        parameters=["jazz", "pop", "jazz", "rock"],
        rows=[(2,), (3,)],
    )


@feature("Expressions", "enums in the order of their members", sqlite="bridged")
async def test_enums_order_by_their_members(check: Check) -> None:
    await check(
        select(Album.id)
        .where(
            Album.genre > Genre.ROCK,
            Album.genre <= Genre.JAZZ,
            Album.genre.between(Genre.ROCK, Genre.JAZZ),
            Album.genre.not_between(Genre.POP, Genre.POP),
        )
        .order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE CASE "albums"."genre" WHEN \'rock\' THEN 0 WHEN '
            "'jazz' THEN 1 WHEN 'pop' THEN 2 END > 0 AND CASE \"albums\".\"genre\" WHEN 'rock' THEN 0 WHEN "
            "'jazz' THEN 1 WHEN 'pop' THEN 2 END <= 1 AND CASE \"albums\".\"genre\" WHEN 'rock' THEN 0 WHEN "
            "'jazz' THEN 1 WHEN 'pop' THEN 2 END BETWEEN 0 AND 1 AND CASE \"albums\".\"genre\" WHEN 'rock' "
            "THEN 0 WHEN 'jazz' THEN 1 WHEN 'pop' THEN 2 END NOT BETWEEN 2 AND 2 ORDER BY \"albums\".\"id\""
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."genre" > $1 AND "albums"."genre" <= $2 '
            'AND "albums"."genre" BETWEEN $3 AND $4 AND "albums"."genre" NOT BETWEEN $5 AND $6 ORDER BY '
            '"albums"."id"'
        ),
        postgres_parameters=["rock", "jazz", "rock", "jazz", "pop", "pop"],
        rows=[(2,), (3,)],
    )


async def test_the_value_of_an_enum_stands_for_its_member(check: Check) -> None:
    await check(
        select(Album.id).where(Album.genre == "pop"),  # type: ignore[qb-type]  # a mistake on purpose
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."genre" = ?',
        parameters=["pop"],
        rows=[(1,)],
    )


async def test_dates(check: Check) -> None:
    await check(
        select(Album.id).where(Album.released < date(1960, 1, 1)),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."released" < ?',
        parameters=["1960-01-01"],
        postgres_parameters=[date(1960, 1, 1)],
        rows=[(3,)],
    )


@feature("Expressions", "None in a list")
async def test_none_in_a_list_means_is_null(check: Check) -> None:
    """In SQL, a NULL in the list would match nothing, and NOT IN would find no row at all."""
    released: list[date | None] = [date(1971, 6, 22), None]
    await check(
        select(Album.id).where(Album.released.in_(released)).order_by(Album.id),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."released" IN (?) OR "albums"."released" IS NULL '
        'ORDER BY "albums"."id"',
        parameters=[date(1971, 6, 22)] if check.dialect == "postgres" else ["1971-06-22"],
        rows=[(1,), (4,)],
    )
    await check(
        select(Album.id).where(Album.released.not_in(released), Album.id < 9).order_by(Album.id),
        sqlite='SELECT "albums"."id" FROM "albums" WHERE "albums"."released" NOT IN (?) AND '
        '"albums"."released" IS NOT NULL AND "albums"."id" < ? ORDER BY "albums"."id"',
        parameters=[date(1971, 6, 22), 9] if check.dialect == "postgres" else ["1971-06-22", 9],
        rows=[(2,), (3,)],
    )


@pytest.mark.parametrize(
    ("compare", "message"),
    [  # mistakes on purpose, which mypy sees too
        (lambda: Album.released == "1971", 'released" is date and cannot be compared with str'),  # type: ignore[qb-type]  # a mistake on purpose
        (lambda: Album.title == 5, 'title" is text and cannot be compared with int'),  # type: ignore[qb-type]  # a mistake on purpose
        (lambda: Album.title.in_([5]), 'title" is text and cannot be compared with int'),  # type: ignore[qb-type]  # a mistake on purpose
        (lambda: Album.plays.between(1, "2"), 'plays" is integer and cannot be compared with str'),  # type: ignore[qb-type]  # a mistake on purpose
        (lambda: Album.plays == Album.title, 'plays" is integer and cannot be compared with "albums"."title"'),  # type: ignore[qb-type]  # a mistake on purpose
    ],
)
def test_what_engines_do_not_compare_alike_is_refused(compare: Callable[[], object], message: str) -> None:
    with pytest.raises(CompileError, match=re.escape(message)):
        compare()
