"""Selects inside of statements, and SQL text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import Select, alias, exists, fn, insert, literal, select, sql, update
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Track


@feature("Expressions", "EXISTS")
async def test_exists_is_correlated_by_its_condition(check: Check) -> None:
    query = select(Artist.name).where(exists(select(Album.id).where(Album.artist_id == Artist.id)))
    await check(
        query.order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE EXISTS (SELECT "albums"."id" FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id") ORDER BY "artists"."id"'
        ),
        rows=[("Joni",), ("Miles",)],
    )


async def test_exists_of_a_whole_table_selects_nothing(check: Check) -> None:
    query = select(Artist.name).where(exists(select(Album).where(Album.artist_id == Artist.id)))
    await check(
        query.order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE EXISTS (SELECT 1 FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id") ORDER BY "artists"."id"'
        ),
        rows=[("Joni",), ("Miles",)],
    )


async def test_exists_of_whole_tables_that_are_joined(check: Check) -> None:
    album = alias(Album, "a")
    without_fee = (album.artist_id == Artist.id) & Track.fee.is_null()
    expected = (
        'SELECT "artists"."name" FROM "artists" WHERE EXISTS (SELECT 1 FROM "albums" AS "a" INNER JOIN "tracks" '
        'ON "tracks"."album_id" = "a"."id" WHERE "a"."artist_id" = "artists"."id" AND "tracks"."fee" IS NULL)'
    )
    first = select(album).join(Track, on=Track.album_id == album.id).where(without_fee)
    await check(select(Artist.name).where(exists(first)), sqlite=expected, rows=[("Miles",)])
    second = select(Track).from_(album).join(Track, on=Track.album_id == album.id).where(without_fee)
    await check(select(Artist.name).where(exists(second)), sqlite=expected, rows=[("Miles",)])


def test_exists_keeps_what_decides_about_rows() -> None:
    def text(query: Select[Any]) -> str:
        return select(Artist.name).where(exists(query)).compile("sqlite").sql.partition("EXISTS ")[2]

    assert text(select(fn.count()).from_(Album)) == '(SELECT count(*) FROM "albums")'
    assert text(select(Album.id).distinct()) == '(SELECT DISTINCT "albums"."id" FROM "albums")'
    assert text(select(Album).limit(0)) == '(SELECT 1 FROM "albums" LIMIT ?)'
    assert text(select(Album).group_by(Album.id).having(fn.count() > 1)) == (
        '(SELECT 1 FROM "albums" GROUP BY "albums"."id" HAVING count(*) > ?)'
    )


def test_exists_of_a_table_that_is_not_there() -> None:
    query = select(Artist.name).where(exists(select(Track).from_(Album)))  # type: ignore[qb-scope]  # the mistake
    with pytest.raises(CompileError, match='"tracks" is not in this query'):
        query.compile("sqlite")


@feature("Expressions", "EXISTS")
async def test_not_exists(check: Check) -> None:
    query = select(Artist.name).where(~exists(select(Album.id).where(Album.artist_id == Artist.id)))
    await check(
        query,
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE NOT EXISTS (SELECT "albums"."id" FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id")'
        ),
        rows=[("Nina",)],
    )


@feature("Expressions", "IN, NOT IN a sub-query")
async def test_in_a_select(check: Check) -> None:
    query = select(Artist.name).where(Artist.id.in_(select(Album.artist_id).where(Album.plays > 200)))
    await check(
        query,
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" IN (SELECT "albums"."artist_id" '
            'FROM "albums" WHERE "albums"."plays" > ?)'
        ),
        parameters=[200],
        rows=[("Miles",)],
    )


@feature("Expressions", "IN, NOT IN a sub-query")
async def test_not_in_a_select(check: Check) -> None:
    query = select(Artist.name).where(Artist.id.not_in(select(Album.artist_id)))
    await check(
        query,
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" NOT IN (SELECT '
            '"albums"."artist_id" FROM "albums")'
        ),
        rows=[("Nina",)],
    )


async def test_decimals_in_a_select_of_another_scale(check: Check) -> None:
    await check(
        select(Album.id).where(Album.price.in_(select(Track.fee))),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."price" * 100) IN (SELECT "tracks"."fee" FROM "tracks")'
        ),
        postgres=('SELECT "albums"."id" FROM "albums" WHERE "albums"."price" IN (SELECT "tracks"."fee" FROM "tracks")'),
        rows=[(1,)],
    )
    await check(
        select(Track.title).where(Track.fee.in_(select(Album.price))),
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."fee" IN (SELECT '
            '("albums"."price" * 100) FROM "albums")'
        ),
        postgres=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."fee" IN (SELECT '
            '"albums"."price" FROM "albums")'
        ),
        rows=[("My Old Man",)],
    )
    await check(
        select(Album.id).where(Album.price.in_(select(Album.plays + 0))),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" IN (SELECT (("albums"."plays" + ?) '
            '* 100) FROM "albums")'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."price" IN (SELECT "albums"."plays" + $1 FROM "albums")'
        ),
        parameters=[0],
        rows=[(4,)],
    )
    await check(
        select(Album.id).where(Album.plays.in_(select(Album.price))),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" WHERE ("albums"."plays" * 100) IN (SELECT '
            '"albums"."price" FROM "albums")'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" IN (SELECT "albums"."price" FROM "albums")'
        ),
        rows=[(1,)],
    )


def test_a_decimal_in_a_select_of_floats_on_sqlite() -> None:
    query = select(Album.id).where(Album.price.in_(select(Track.seconds)))
    assert query.compile("postgres")
    with pytest.raises(UnsupportedError, match="floats"):
        query.compile("sqlite")


@feature("Expressions", "scalar sub-queries")
async def test_a_scalar_in_a_projection_and_in_a_comparison(check: Check) -> None:
    other = alias(Album, "other")
    most = select(fn.max(other.plays)).where(other.artist_id == Artist.id).scalar_subquery()
    await check(
        select(Artist.name, most.as_("most")).order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name", (SELECT max("other"."plays") FROM "albums" AS "other" WHERE '
            '"other"."artist_id" = "artists"."id") AS "most" FROM "artists" ORDER BY "artists"."id"'
        ),
        rows=[("Joni", 100), ("Miles", 300), ("Nina", None)],
    )
    top = select(Album.title).where(Album.plays == select(fn.max(other.plays)).scalar_subquery())
    await check(
        top,
        sqlite=(
            'SELECT "albums"."title" FROM "albums" WHERE "albums"."plays" = (SELECT max("other"."plays") '
            'FROM "albums" AS "other")'
        ),
        rows=[("Kind of Blue",)],
    )


async def test_a_scalar_of_another_scale(check: Check) -> None:
    greatest = select(fn.max(Track.fee)).scalar_subquery()
    await check(
        select(Album.price - greatest).where(Album.price >= greatest).order_by(Album.id),
        sqlite=(
            'SELECT ("albums"."price" * 100) - (SELECT max("tracks"."fee") FROM "tracks") FROM "albums" '
            'WHERE ("albums"."price" * 100) >= (SELECT max("tracks"."fee") FROM "tracks") ORDER BY '
            '"albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."price" - (SELECT max("tracks"."fee") FROM "tracks") FROM "albums" WHERE '
            '"albums"."price" >= (SELECT max("tracks"."fee") FROM "tracks") ORDER BY "albums"."id"'
        ),
        rows=[(Decimal(0),), (Decimal("89.5"),)],
    )


async def test_sub_queries_in_sub_queries_see_all_that_is_around_them(check: Check) -> None:
    tracks = select(Track.title).where(Track.album_id == Album.id, Track.title != Artist.name)
    query = select(Artist.name).where(exists(select(Album.id).where(Album.artist_id == Artist.id, exists(tracks))))
    await check(
        query.order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name" FROM "artists" WHERE EXISTS (SELECT "albums"."id" FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id" AND EXISTS (SELECT "tracks"."name" AS "title" '
            'FROM "tracks" WHERE "tracks"."album_id" = "albums"."id" AND "tracks"."name" <> '
            '"artists"."name")) ORDER BY "artists"."id"'
        ),
        rows=[("Joni",), ("Miles",)],
    )


async def test_the_limit_of_a_sub_query_is_its_own(check: Check) -> None:
    latest = select(Album.id).order_by(Album.released.desc().nulls_last()).limit(1)
    await check(
        select(Album.title).where(Album.id.in_(latest)).limit(5),
        sqlite=(
            'SELECT "albums"."title" FROM "albums" WHERE "albums"."id" IN (SELECT "albums"."id" FROM '
            '"albums" ORDER BY "albums"."released" DESC NULLS LAST LIMIT ?) LIMIT ?'
        ),
        parameters=[1, 5],
        rows=[("Hejira",)],
    )


@pytest.mark.parametrize("query", [select(Album), select(Album.id, Album.title)])
def test_a_value_is_one_column(query: Select[Any]) -> None:
    with pytest.raises(TypeError, match="one column"):
        query.scalar_subquery()
    with pytest.raises(TypeError, match="one column"):
        Album.id.in_(query)


def test_a_select_is_no_value_by_itself() -> None:
    with pytest.raises(TypeError, match="scalar_subquery"):
        Album.id == select(Album.id)  # type: ignore[qb-type]  # noqa: B015  # a mistake on purpose


def test_a_write_is_no_sub_query() -> None:
    returning = insert(Artist).values(name="x").returning(Artist.id)
    with pytest.raises(CompileError, match="a sub-query is a select"):
        exists(returning)
    with pytest.raises(CompileError, match="a sub-query is a select"):
        Artist.id.in_(returning)


# SQL text


@feature("Expressions", "SQL as text, with holes")
async def test_text_with_expressions_and_values_in_its_holes(check: Check) -> None:
    shout = sql("upper({} || {})", Artist.name, "!", returns=str)
    await check(
        select(shout.as_("shout")).where(Artist.id == 1),
        sqlite='SELECT upper("artists"."name" || ?) AS "shout" FROM "artists" WHERE "artists"."id" = ?',
        postgres=('SELECT upper("artists"."name" || $1::text) AS "shout" FROM "artists" WHERE "artists"."id" = $2'),
        parameters=["!", 1],
        rows=[("JONI!",)],
    )


async def test_text_is_a_condition(check: Check) -> None:
    await check(
        select(Artist.id).where(sql("{} % 2 = 0 OR {} = 3", Artist.id, Artist.id, returns=bool), Artist.id > 2),
        sqlite=(
            'SELECT "artists"."id" FROM "artists" WHERE ("artists"."id" % 2 = 0 OR "artists"."id" = 3) '
            'AND "artists"."id" > ?'
        ),
        parameters=[2],
        rows=[(3,)],
    )


async def test_text_has_parentheses_inside_of_expressions(check: Check) -> None:
    await check(
        select(Artist.id).where(sql("{} + 1", Artist.id, returns=int) * 2 == 6),
        sqlite='SELECT "artists"."id" FROM "artists" WHERE ("artists"."id" + 1) * ? = ?',
        parameters=[2, 6],
        rows=[(2,)],
    )


async def test_braces_in_text(check: Check) -> None:
    await check(select(sql("'{{}}{{'", returns=str).as_("x")), sqlite="SELECT '{}{' AS \"x\"", rows=[("{}{",)])


@feature("Expressions", "SQL as text, with holes")
async def test_tables_and_queries_in_holes(check: Check) -> None:
    await check(
        select(sql("(SELECT count(*) FROM {} WHERE id IN {})", Artist, select(Album.artist_id), returns=int).as_("n")),
        sqlite=(
            'SELECT (SELECT count(*) FROM "artists" WHERE id IN (SELECT "albums"."artist_id" FROM "albums")) AS "n"'
        ),
        rows=[(2,)],
    )


async def test_none_in_a_hole_is_null(check: Check) -> None:
    await check(
        select(sql("coalesce({}, {})", None, "x", returns=str)),
        sqlite="SELECT coalesce(NULL, ?)",
        postgres="SELECT coalesce(NULL, $1::text)",
        parameters=["x"],
        rows=[("x",)],
    )


@feature("Expressions", "SQL as text: a statement")
async def test_text_is_a_statement(check: Check) -> None:
    await check(
        sql("UPDATE artists SET name = {} WHERE id = {}", "Eve", 1),
        sqlite="UPDATE artists SET name = ? WHERE id = ?",
        postgres="UPDATE artists SET name = $1::text WHERE id = $2::integer",
        parameters=["Eve", 1],
        affected=1,
        then=select(Artist.name).where(Artist.id == 1),
        rows=[("Eve",)],
    )


def test_holes_and_values_are_counted() -> None:
    for text, values in [("{}", ()), ("x", (1,)), ("{} {}", (1,))]:
        with pytest.raises(CompileError, match="holes"):
            sql(text, *values)


def test_text_uses_the_scope_of_its_query() -> None:
    with pytest.raises(CompileError, match='"artists" is not in this query'):
        select(Album.id).where(sql("{} = 1", Artist.id, returns=bool)).compile("sqlite")  # type: ignore[qb-scope]  # a mistake on purpose
    assert update(Album).set(plays=sql("{} + 1", Album.plays)).all_rows().compile("sqlite").sql == (
        'UPDATE "albums" SET "plays" = "albums"."plays" + 1'
    )


def test_the_type_of_text_is_a_python_class() -> None:
    assert sql("1", returns=int).compile("sqlite") == ("1", ())
    with pytest.raises(TypeError, match="no SQL type"):
        sql("1", returns=dict)
    assert literal(1).node.type.kind == "integer"
