"""SELECT: what is selected, from where, and how rows come back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, Query, Select, alias, col, exists, fn, literal, select, sql
from qb.errors import CompileError, SchemaError
from qb.tables import Table
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Genre, Track


@feature("Select", "columns, their table as the FROM")
async def test_columns_of_one_table_need_no_from(check: Check) -> None:
    await check(
        select(Artist.id, Artist.name),
        sqlite='SELECT "artists"."id", "artists"."name" FROM "artists"',
        rows=[(1, "Joni"), (2, "Miles"), (3, "Nina")],
    )


async def test_a_column_comes_back_under_its_attribute(check: Check, filled: Executor) -> None:
    query = select(Track.title).where(Track.album_id == 3).order_by(Track.title)
    await check(
        query,
        sqlite=(
            'SELECT "tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."album_id" = ? ORDER BY "tracks"."name"'
        ),
        parameters=[3],
        rows=[("Blue in Green",), ("So What",)],
    )
    row = (await filled.fetch_all(query))[0]
    assert row.title == "Blue in Green"


@feature("Select", "labels")
async def test_a_label_names_an_expression(check: Check, filled: Executor) -> None:
    query = select((Album.plays + 1).as_("more"), Album.title.as_("select")).where(Album.id == 1)
    await check(
        query,
        sqlite=(
            'SELECT "albums"."plays" + ? AS "more", "albums"."title" AS "select" FROM "albums" WHERE "albums"."id" = ?'
        ),
        parameters=[1, 1],
        rows=[(101, "Blue")],
    )
    row = await filled.fetch_one(query)
    assert row._asdict() == {"more": 101, "select": "Blue"}


@feature("Select", "whole tables")
async def test_a_whole_table_is_its_columns_by_attribute(check: Check, filled: Executor) -> None:
    query = select(Track).where(Track.album_id == 1).order_by(Track.position)
    await check(
        query,
        sqlite=(
            'SELECT "tracks"."album_id", "tracks"."position", "tracks"."name" AS "title", '
            '"tracks"."seconds", "tracks"."fee" FROM "tracks" WHERE "tracks"."album_id" = ? ORDER BY '
            '"tracks"."position"'
        ),
        parameters=[1],
        rows=[(1, 1, "All I Want", 214.5, Decimal("0.0525")), (1, 2, "My Old Man", 213.0, Decimal("10.5"))],
    )
    row = (await filled.fetch_all(query))[0]
    assert row._asdict() == {
        "album_id": 1,
        "position": 1,
        "title": "All I Want",
        "seconds": 214.5,
        "fee": Decimal("0.0525"),
    }


async def test_every_kind_of_column_comes_back_as_its_python_type(check: Check) -> None:
    await check(
        select(Album).where(Album.id.in_([1, 4])).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", "albums"."artist_id", "albums"."title", "albums"."released", '
            '"albums"."plays", "albums"."price", "albums"."genre", "albums"."live" FROM "albums" WHERE '
            '"albums"."id" IN (?, ?) ORDER BY "albums"."id"'
        ),
        parameters=[1, 4],
        rows=[
            (1, 1, "Blue", date(1971, 6, 22), 100, Decimal("10.50"), Genre.POP, False),
            (4, 2, "Agharta", None, 0, Decimal("100.00"), None, True),
        ],
    )


@feature("Select", "several whole tables, as rows in a row")
async def test_two_whole_tables_are_rows_in_a_row(check: Check, filled: Executor) -> None:
    query = select(Artist, Category).from_(Artist).join(Category, on=Category.id == Artist.id).where(Artist.id == 2)
    await check(
        query,
        sqlite=(
            'SELECT "artists"."id", "artists"."name", "artists"."country", "categories"."id", '
            '"categories"."parent_id", "categories"."name" FROM "artists" INNER JOIN "categories" ON '
            '"categories"."id" = "artists"."id" WHERE "artists"."id" = ?'
        ),
        parameters=[2],
        rows=[((2, "Miles", "US"), (2, 1, "Jazz"))],
    )
    row = await filled.fetch_one(query)
    assert row.artist.name == "Miles"
    assert row.category.parent_id == 1


async def test_a_whole_table_beside_a_column(check: Check, filled: Executor) -> None:
    query = select(Artist, Album.title).from_(Album).join(Artist, on=Album.artist_id == Artist.id).where(Album.id == 3)
    await check(
        query,
        sqlite=(
            'SELECT "artists"."id", "artists"."name", "artists"."country", "albums"."title" FROM "albums" '
            'INNER JOIN "artists" ON "albums"."artist_id" = "artists"."id" WHERE "albums"."id" = ?'
        ),
        parameters=[3],
        rows=[((2, "Miles", "US"), "Kind of Blue")],
    )
    row = await filled.fetch_one(query)
    assert (row.artist.name, row.title) == ("Miles", "Kind of Blue")


@feature("Select", "a whole table of an outer join is None")
async def test_a_whole_table_without_a_match_is_none(check: Check) -> None:
    await check(
        select(Artist.name, Album)
        .from_(Artist)
        .left_join(Album, on=(Album.artist_id == Artist.id) & (Album.plays > 100))
        .order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name", "albums"."id", "albums"."artist_id", "albums"."title", '
            '"albums"."released", "albums"."plays", "albums"."price", "albums"."genre", "albums"."live" '
            'FROM "artists" LEFT JOIN "albums" ON "albums"."artist_id" = "artists"."id" AND '
            '"albums"."plays" > ? ORDER BY "artists"."id"'
        ),
        parameters=[100],
        rows=[
            ("Joni", None),
            ("Miles", (3, 2, "Kind of Blue", date(1959, 8, 17), 300, Decimal("9.25"), Genre.JAZZ, False)),
            ("Nina", None),
        ],
    )


@feature("Select", "DISTINCT")
async def test_distinct_gives_each_row_once(check: Check) -> None:
    query = select(Album.artist_id).distinct().order_by(Album.artist_id)
    await check(
        query,
        sqlite='SELECT DISTINCT "albums"."artist_id" FROM "albums" ORDER BY "albums"."artist_id"',
        rows=[(1,), (2,)],
    )


def test_distinct_rows_do_not_sort_by_what_is_not_selected() -> None:
    for query in (
        select(Album.title).order_by(Album.plays).distinct(),
        select(Album.title.as_("t")).distinct().order_by(Album.title, fn.lower(Album.title)),
        select(Artist).distinct().order_by(fn.lower(Artist.name)),
    ):
        with pytest.raises(CompileError, match=r"a row of \.distinct\(\) may stand for several"):
            query.compile("postgres")
    select(Artist).distinct().order_by(Artist.name.desc()).compile("postgres")
    select(fn.lower(Artist.name).as_("n")).distinct().order_by(fn.lower(Artist.name)).compile("postgres")


async def test_distinct_rows_sort_by_what_they_are_computed_from_a_parameter(check: Check) -> None:
    initial = fn.substring(Album.title, 1, 1)
    await check(
        select(initial.as_("initial")).distinct().order_by(initial.desc()),
        sqlite=(
            'SELECT DISTINCT substr("albums"."title", ?, ?) AS "initial" FROM "albums" ORDER BY '
            'substr("albums"."title", ?, ?) DESC'
        ),
        postgres=(
            'SELECT DISTINCT substr("albums"."title", $1::integer, $1::integer) AS "initial" FROM '
            '"albums" ORDER BY substr("albums"."title", $1::integer, $1::integer) DESC'
        ),
        parameters=[1, 1, 1, 1],
        postgres_parameters=[1],
        rows=[("K",), ("H",), ("B",), ("A",)],
    )


@feature("Select", "LIMIT, OFFSET")
async def test_limit_and_offset_are_parameters(check: Check) -> None:
    query = select(Artist.name).order_by(Artist.id).limit(1).offset(1)
    await check(
        query,
        sqlite='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" LIMIT ? OFFSET ?',
        parameters=[1, 1],
        rows=[("Miles",)],
    )


@feature("Select", "OFFSET without LIMIT", sqlite="bridged")
async def test_offset_without_limit(check: Check) -> None:
    query = select(Artist.name).order_by(Artist.id).offset(2)
    await check(
        query,
        sqlite='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" LIMIT -1 OFFSET ?',
        postgres='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" OFFSET $1',
        parameters=[2],
        rows=[("Nina",)],
    )


@feature("Select", "LIMIT of an expression")
async def test_limit_of_an_expression(check: Check) -> None:
    query = select(Artist.name).order_by(Artist.id).limit(literal(1) + 1)
    await check(
        query,
        sqlite='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" LIMIT ? + ?',
        postgres='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" LIMIT $1::integer + $2',
        parameters=[1, 1],
        rows=[("Joni",), ("Miles",)],
    )


async def test_limit_zero_gives_no_row(check: Check) -> None:
    await check(
        select(Artist.name).limit(0), sqlite='SELECT "artists"."name" FROM "artists" LIMIT ?', parameters=[0], rows=[]
    )


def test_a_number_of_rows_is_not_negative() -> None:
    for build in (select(Artist.id).limit, select(Artist.id).offset):
        with pytest.raises(ValueError, match="not negative: -1"):
            build(-1)
        with pytest.raises(TypeError, match="a number of rows is a SQL expression, not str"):
            build("1")  # type: ignore[arg-type]  # a mistake on purpose


def test_a_number_of_rows_reads_no_row_of_the_query() -> None:
    select(Artist.id).limit(fn.coalesce(select(fn.count(Album.id)).scalar_subquery(), 0)).compile("sqlite")
    for query in (
        select(Artist.id).limit(Artist.id),  # type: ignore[qb-scope]  # a mistake on purpose
        select(Artist.id).order_by(Artist.id).offset(Artist.id + 1),  # type: ignore[qb-scope]  # a mistake on purpose
        select(Artist.id).union(select(Album.id)).limit(Artist.id),
    ):
        with pytest.raises(CompileError, match='one number for all rows, and this one reads "artists"'):
            query.compile("sqlite")
    elsewhere: Query[Any] = select(Album.id).limit(Artist.id)
    with pytest.raises(CompileError, match='one number for all rows, and this one reads "artists"'):
        elsewhere.compile("d1")
    with pytest.raises(CompileError, match='"artists" is not in this query, but its column'):
        elsewhere.compile("postgres")
    with pytest.raises(CompileError, match="an aggregate, and cannot stand in LIMIT: compute it in a sub-query"):
        select(Artist.id).limit(fn.count()).compile("sqlite")  # type: ignore[qb-group]  # a mistake on purpose
    ranked = select(Artist.id).limit(fn.rank().over())  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="over a window cannot stand in LIMIT"):
        ranked.compile("postgres")


@feature("Select", "LIMIT and OFFSET by a row of the query around", sqlite="refused")
async def test_a_lateral_sub_query_may_be_as_long_as_the_row_beside_it_says(check: Check) -> None:
    some = (
        select(Album.title).where(Album.artist_id == Artist.id).order_by(Album.id).limit(Artist.id - 1).lateral("some")
    )
    query = select(Artist.name, some.title).join(some, on=literal(True)).order_by(Artist.id)
    await check(
        query,
        postgres='SELECT "artists"."name", "some"."title" FROM "artists" INNER JOIN LATERAL (SELECT "albums"."title" '
        'FROM "albums" WHERE "albums"."artist_id" = "artists"."id" ORDER BY "albums"."id" LIMIT "artists"."id" - $1) '
        'AS "some" ON $2::boolean ORDER BY "artists"."id"',
        postgres_parameters=[1, True],
        rows=[("Miles", "Kind of Blue")],
    )


async def test_the_last_limit_counts(check: Check) -> None:
    await check(
        select(Artist.name).order_by(Artist.id).limit(3).limit(1),
        sqlite='SELECT "artists"."name" FROM "artists" ORDER BY "artists"."id" LIMIT ?',
        parameters=[1],
        rows=[("Joni",)],
    )


@feature("Select", "no table at all")
async def test_a_constant_needs_no_table(check: Check) -> None:
    query = select(literal(5).as_("n"), literal("x").as_("t"), literal(True).as_("b"))
    await check(
        query,
        sqlite='SELECT ? AS "n", ? AS "t", ? AS "b"',
        postgres='SELECT $1::integer AS "n", $2::text AS "t", $3::boolean AS "b"',
        parameters=[5, "x", 1],
        postgres_parameters=[5, "x", True],
        rows=[(5, "x", True)],
    )


async def test_from_names_the_source_that_nothing_is_selected_of(check: Check) -> None:
    await check(select(fn.count().as_("n")).from_(Artist), sqlite='SELECT count(*) AS "n" FROM "artists"', rows=[(3,)])


@feature("Sources", "several tables in FROM")
async def test_two_sources_in_from_are_every_row_with_every_row(check: Check) -> None:
    query = (
        select(Artist.id, Category.id.as_("category")).from_(Artist, Category).where(Artist.id == Category.parent_id)
    )
    await check(
        query.order_by(Category.id),
        sqlite=(
            'SELECT "artists"."id", "categories"."id" AS "category" FROM "artists", "categories" WHERE '
            '"artists"."id" = "categories"."parent_id" ORDER BY "categories"."id"'
        ),
        rows=[(1, 2), (1, 3)],
    )


@feature("Sources", "table aliases")
async def test_an_alias_is_a_source_of_its_own(check: Check) -> None:
    parent = alias(Category, "parent")
    await check(
        select(Category.name, parent.name.as_("of"))
        .join(parent, on=Category.parent_id == parent.id)
        .order_by(Category.id),
        sqlite=(
            'SELECT "categories"."name", "parent"."name" AS "of" FROM "categories" INNER JOIN '
            '"categories" AS "parent" ON "categories"."parent_id" = "parent"."id" ORDER BY '
            '"categories"."id"'
        ),
        rows=[("Jazz", "Music"), ("Pop", "Music")],
    )


async def test_a_whole_alias_has_the_name_of_the_alias(check: Check, filled: Executor) -> None:
    parent = alias(Category, "parent")
    query = select(Category, parent).from_(Category).left_join(parent, on=Category.parent_id == parent.id)
    await check(
        query.order_by(Category.id).limit(2),
        sqlite=(
            'SELECT "categories"."id", "categories"."parent_id", "categories"."name", "parent"."id", '
            '"parent"."parent_id", "parent"."name" FROM "categories" LEFT JOIN "categories" AS "parent" '
            'ON "categories"."parent_id" = "parent"."id" ORDER BY "categories"."id" LIMIT ?'
        ),
        parameters=[2],
        rows=[((1, None, "Music"), None), ((2, 1, "Jazz"), (1, None, "Music"))],
    )
    row = (await filled.fetch_all(query.where(Category.id == 2)))[0]
    assert row.parent.name == "Music"  # type: ignore[union-attr]  # there is a parent


async def test_an_alias_alone(check: Check) -> None:
    artist = alias(Artist, "a")
    await check(
        select(artist).where(artist.id == 1),
        sqlite='SELECT "a"."id", "a"."name", "a"."country" FROM "artists" AS "a" WHERE "a"."id" = ?',
        parameters=[1],
        rows=[(1, "Joni", "CA")],
    )


async def test_a_label_may_be_used_as_the_expression(check: Check) -> None:
    more = (Album.plays * 2).as_("more")
    await check(
        select(more).where(more > 30, more + 1 != 41).order_by(more.desc()),
        sqlite=(
            'SELECT "albums"."plays" * ? AS "more" FROM "albums" WHERE "albums"."plays" * ? > ? AND '
            '"albums"."plays" * ? + ? <> ? ORDER BY "albums"."plays" * ? DESC'
        ),
        parameters=[2, 2, 30, 2, 1, 41, 2],
        rows=[(600,), (200,)],
    )


@feature("GROUP BY", "labels as keys")
async def test_a_label_may_be_a_group_key(check: Check) -> None:
    initial = fn.substring(Album.title, 1, 1).as_("initial")
    await check(
        select(initial, fn.count().as_("n")).from_(Album).group_by(initial).order_by(initial),
        sqlite=(
            'SELECT substr("albums"."title", ?, ?) AS "initial", count(*) AS "n" FROM "albums" GROUP BY '
            'substr("albums"."title", ?, ?) ORDER BY substr("albums"."title", ?, ?)'
        ),
        postgres=(
            'SELECT substr("albums"."title", $1::integer, $1::integer) AS "initial", count(*) AS "n" FROM '
            '"albums" GROUP BY substr("albums"."title", $1::integer, $1::integer) ORDER BY '
            'substr("albums"."title", $1::integer, $1::integer)'
        ),
        parameters=[1, 1, 1, 1, 1, 1],
        postgres_parameters=[1],
        rows=[("A", 1), ("B", 1), ("H", 1), ("K", 1)],
    )


# Scope


def test_two_selected_sources_must_be_joined() -> None:
    with pytest.raises(CompileError, match='"albums" and "artists" are selected, but not joined'):
        select(Album.title, Artist.name).compile("sqlite")  # type: ignore[qb-scope]  # a mistake on purpose


def test_a_select_of_joined_sources_needs_a_from() -> None:
    with pytest.raises(CompileError, match="nothing but joined sources"):
        select(Artist.name).join(Artist, on=Artist.id == 1).compile("sqlite")  # type: ignore[qb-scope]  # a mistake on purpose


@pytest.mark.parametrize(
    "query",
    [
        select(Album.title).where(Artist.id == 1),
        select(Album.title).order_by(Artist.id),
        select(Album.title).group_by(Artist.id),
        select(Album.title).having(Artist.id == 1),
        select(Album.title).from_(Album).join(Track, on=Artist.id == 1),
        select(Artist.name).from_(Album),
        select(Album.title).where(alias(Album, "a").id == 1),
        select(Album.title).where(exists(select(Track.title).where(Track.album_id == Artist.id))),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_a_column_out_of_scope(query: Select[Any], dialect: str) -> None:
    with pytest.raises(CompileError, match="is not in this query, but its column"):
        query.compile(dialect)


@pytest.mark.parametrize(
    "query",
    [
        select(Album.title).from_(Album, Album),  # type: ignore[qb-scope]  # a mistake on purpose
        select(Album.title).from_(Album).join(Album, on=Album.id == 1),  # type: ignore[qb-scope]  # a mistake on purpose
        select(Album.title).from_(Album).cross_join(alias(Artist, "albums")),
        select(Album.title).from_(alias(Artist, "a"), alias(Track, "a"), Album),  # type: ignore[qb-scope]  # a mistake on purpose
    ],
)
def test_a_source_twice(query: Select[Any]) -> None:
    with pytest.raises(CompileError, match="a source is twice in this query"):
        query.compile("sqlite")


def test_names_of_sources_differ_in_more_than_case() -> None:
    """SQLite does not tell them apart."""
    with pytest.raises(CompileError, match="a source is twice in this query"):
        select(Album.title).from_(Album).cross_join(alias(Artist, "Albums")).compile("sqlite")


async def test_two_columns_of_one_name(filled: Executor) -> None:
    query = select(Album.id, Artist.id).from_(Album).join(Artist, on=Album.artist_id == Artist.id)  # type: ignore[qb-name]  # a mistake on purpose
    with pytest.raises(CompileError, match='two columns of this query are named "id"'):
        await filled.fetch_all(query)


async def test_expressions_without_names_are_read_by_position(filled: Executor) -> None:
    rows = await filled.fetch_all(select(Album.plays + 1, Album.plays + 2).where(Album.id == 1))
    assert rows == [(101, 102)]


def test_select_needs_something() -> None:
    with pytest.raises(TypeError, match="needs a column"):
        select()  # type: ignore[qb-type]  # a mistake on purpose


@pytest.mark.parametrize("thing", ["title", 5, None, object(), {"node": 1}])
def test_select_takes_columns_and_tables_only(thing: object) -> None:
    with pytest.raises(TypeError, match="a source is a table, an alias or a sub-query"):
        select(thing)  # type: ignore[qb-type]  # a mistake on purpose


# Tables elsewhere


@feature("Sources", "tables of a schema", d1="refused")
def test_a_table_in_a_schema_is_qualified_where_it_stands() -> None:
    class Log(Table, name="log", schema="audit"):
        id = col.integer().primary_key()

    expected = 'SELECT "log"."id" FROM "audit"."log" WHERE "log"."id" = '
    assert select(Log.id).where(Log.id == 1).compile("sqlite").sql == expected + "?"
    assert select(Log.id).where(Log.id == 1).compile("postgres").sql == expected + "$1"
    other = alias(Log, "l")
    assert select(other.id).compile("postgres").sql == 'SELECT "l"."id" FROM "audit"."log" AS "l"'


def test_tables_of_one_name_in_two_schemas_need_an_alias() -> None:
    class Ours(Table, name="log", schema="ours"):
        id = col.integer().primary_key()

    class Theirs(Table, name="log", schema="theirs"):
        id = col.integer().primary_key()

    with pytest.raises(CompileError, match="give one of them a name of its own with alias"):
        select(Ours.id).from_(Ours).join(Theirs, on=Ours.id == Theirs.id).compile("postgres")
    theirs = alias(Theirs, "t")
    assert select(Ours.id).join(theirs, on=Ours.id == theirs.id).compile("postgres").sql == (
        'SELECT "log"."id" FROM "ours"."log" INNER JOIN "theirs"."log" AS "t" ON "log"."id" = "t"."id"'
    )


# Showing


def test_a_query_shows_itself() -> None:
    query = select(Album.title).where(Album.plays > 1)
    assert str(query) == 'SELECT "albums"."title" FROM "albums" WHERE "albums"."plays" > ?'
    assert repr(query) == f"<Select {query}>"
    assert repr(Album.title) == '<Column "albums"."title">'
    assert repr(Album.plays + 1) == '<Expr "albums"."plays" + ?>'
    assert repr(alias(Album, "a")) == "alias(Album, 'a')"
    assert repr(sql("now()")) == "<Sql now()>"


def test_every_query_shows_itself_even_one_that_cannot_be_compiled() -> None:
    query = select(Album.title).where(Artist.id == 1)
    assert "artists" in repr(query)
    assert repr(select(Album.title).where(Album.title.startswith("x")))


def test_an_unknown_dialect() -> None:
    with pytest.raises(Exception, match='no dialect "sqlit", did you mean "sqlite"'):
        select(Album.id).compile("sqlit")


def test_an_unknown_column_is_named() -> None:
    with pytest.raises((SchemaError, AttributeError), match="titel"):
        Album.titel  # type: ignore[qb-name]  # noqa: B018  # a mistake on purpose
