"""INSERT, with upsert and RETURNING."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, alias, excluded, fn, insert, literal, select
from qb.errors import CompileError, EncodingError, SchemaError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Genre, Member, Note, Track

TITLES = select(Album.title, Album.plays).order_by(Album.id)
NEW = select(Artist.name, Artist.country).where(Artist.id > 3).order_by(Artist.name)
NOTES = select(Note.text, Note.priority, Note.big, Note.share, Note.size).order_by(Note.id)
DEFAULTS = ("-", 5, None, Decimal("0.5"), 10)


@feature("Writes", "INSERT of a row")
async def test_one_row(check: Check) -> None:
    await check(
        insert(Artist).values(name="Eve", country="DE"),
        sqlite='INSERT INTO "artists" ("name", "country") VALUES (?, ?)',
        parameters=["Eve", "DE"],
        affected=1,
        then=NEW,
        rows=[("Eve", "DE")],
    )


async def test_every_kind_of_value(check: Check) -> None:
    await check(
        insert(Album).values(
            artist_id=3, title="x", released=date(2024, 2, 29), price=Decimal("1.5"), genre=Genre.ROCK, live=True
        ),
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "released", "price", "genre", "live") VALUES (?, '
            "?, ?, ?, ?, ?)"
        ),
        parameters=[3, "x", "2024-02-29", 150, "rock", 1],
        postgres_parameters=[3, "x", date(2024, 2, 29), Decimal("1.5"), "rock", True],
        affected=1,
        then=select(Album.released, Album.plays, Album.price, Album.genre, Album.live).where(Album.title == "x"),
        rows=[(date(2024, 2, 29), 0, Decimal("1.50"), Genre.ROCK, True)],
    )


async def test_a_column_of_another_name_in_the_database(check: Check) -> None:
    await check(
        insert(Track).values(album_id=1, position=9, title="T"),
        sqlite='INSERT INTO "tracks" ("album_id", "position", "name") VALUES (?, ?, ?)',
        parameters=[1, 9, "T"],
        affected=1,
        then=select(Track.title).where(Track.position == 9),
        rows=[("T",)],
    )


@feature("Writes", "INSERT of defaults alone")
async def test_nothing_given_is_all_defaults(check: Check) -> None:
    await check(
        insert(Note).values(), sqlite='INSERT INTO "notes" DEFAULT VALUES', affected=1, then=NOTES, rows=[DEFAULTS]
    )


async def test_no_values_at_all_is_all_defaults(check: Check) -> None:
    await check(insert(Note), sqlite='INSERT INTO "notes" DEFAULT VALUES', affected=1, then=NOTES, rows=[DEFAULTS])


async def test_none_is_null(check: Check) -> None:
    await check(
        insert(Artist).values(name="Eve", country=None),
        sqlite='INSERT INTO "artists" ("name", "country") VALUES (?, ?)',
        parameters=["Eve", None],
        affected=1,
        then=NEW,
        rows=[("Eve", None)],
    )


@feature("Writes", "INSERT of expressions")
async def test_expressions_are_values(check: Check) -> None:
    count = select(fn.count()).from_(Album).scalar_subquery()
    await check(
        insert(Note).values(text=fn.upper(literal("a")) + "b", priority=literal(1) + 1, big=count),
        sqlite=(
            'INSERT INTO "notes" ("text", "priority", "big") VALUES (upper(?) || ?, ? + ?, (SELECT '
            'count(*) FROM "albums"))'
        ),
        postgres=(
            'INSERT INTO "notes" ("text", "priority", "big") VALUES (upper($1::text) || $2, $3::integer + '
            '$4, (SELECT count(*) FROM "albums"))'
        ),
        parameters=["a", "b", 1, 1],
        affected=1,
        then=NOTES,
        rows=[("Ab", 2, 4, Decimal("0.5"), 4)],
    )


async def test_decimals_of_another_scale_are_values(check: Check) -> None:
    fee = select(fn.max(Track.fee)).scalar_subquery()
    await check(
        insert(Album).values(artist_id=3, title="x", price=fee + Decimal("0.0055")),  # type: ignore[arg-type]  # a sub-query may be NULL
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "price") VALUES (?, ?, ((((SELECT '
            'max("tracks"."fee") FROM "tracks") + ?) + CASE WHEN ((SELECT max("tracks"."fee") FROM '
            '"tracks") + ?) < 0 THEN -50 ELSE 50 END) / 100))'
        ),
        postgres=(
            'INSERT INTO "albums" ("artist_id", "title", "price") VALUES ($1, $2, (SELECT '
            'max("tracks"."fee") FROM "tracks") + $3)'
        ),
        parameters=[3, "x", 55, 55],
        postgres_parameters=[3, "x", Decimal("0.0055")],
        affected=1,
        then=select(Album.price).where(Album.title == "x"),
        rows=[(Decimal("10.51"),)],
    )


@feature("Writes", "INSERT of many rows")
async def test_many_rows(check: Check) -> None:
    rows = [{"name": "Eve", "country": None}, {"country": "DE", "name": "Ada"}]
    await check(
        insert(Artist).values_many(rows),  # type: ignore[arg-type]  # rows of different keys
        sqlite='INSERT INTO "artists" ("name", "country") VALUES (?, ?), (?, ?)',
        parameters=["Eve", None, "Ada", "DE"],
        affected=2,
        then=NEW,
        rows=[("Ada", "DE"), ("Eve", None)],
    )


async def test_many_rows_of_one_column(check: Check) -> None:
    await check(
        insert(Artist).values_many([{"name": "Eve"}, {"name": "Ada"}]),
        sqlite='INSERT INTO "artists" ("name") VALUES (?), (?)',
        parameters=["Eve", "Ada"],
        affected=2,
        then=NEW,
        rows=[("Ada", None), ("Eve", None)],
    )


async def test_many_rows_from_an_iterator(check: Check) -> None:
    await check(
        insert(Artist).values_many({"name": name} for name in "ab"),
        sqlite='INSERT INTO "artists" ("name") VALUES (?), (?)',
        parameters=["a", "b"],
        affected=2,
        then=NEW,
        rows=[("a", None), ("b", None)],
    )


@feature("Writes", "INSERT of rows that leave out different columns", sqlite="bridged")
async def test_what_a_row_leaves_out_gets_its_default(check: Check) -> None:
    await check(
        insert(Note).values_many([{"text": "a"}, {"priority": 1, "share": Decimal("0.125")}, {"big": 2**40}]),
        sqlite=(
            'INSERT INTO "notes" ("text", "priority", "share", "big") VALUES (?, ?, ?, NULL), (?, ?, ?, '
            "NULL), (?, ?, ?, ?)"
        ),
        postgres=(
            'INSERT INTO "notes" ("text", "priority", "share", "big") VALUES ($1, DEFAULT, DEFAULT, '
            "DEFAULT), (DEFAULT, $2, $3, DEFAULT), (DEFAULT, DEFAULT, DEFAULT, $4)"
        ),
        parameters=["a", 5, 500, "-", 1, 125, "-", 5, 500, 1099511627776],
        postgres_parameters=["a", 1, Decimal("0.125"), 1099511627776],
        affected=3,
        then=NOTES,
        rows=[
            ("a", 5, None, Decimal("0.5"), 10),
            ("-", 1, None, Decimal("0.125"), 2),
            ("-", 5, 2**40, Decimal("0.5"), 10),
        ],
    )


async def test_a_key_that_some_rows_leave_out_is_generated(check: Check) -> None:
    await check(
        insert(Artist).values_many([{"id": 100, "name": "a"}, {"name": "b"}]),
        sqlite='INSERT INTO "artists" ("id", "name") VALUES (?, ?), (NULL, ?)',
        postgres='INSERT INTO "artists" ("id", "name") VALUES ($1, $2), (DEFAULT, $3)',
        parameters=[100, "a", "b"],
        affected=2,
        then=select(Artist.name, (Artist.id == 100).as_("given"))
        .where(Artist.name.in_(["a", "b"]))
        .order_by(Artist.name),
        rows=[("a", True), ("b", False)],
    )


async def test_expressions_among_many_rows(check: Check) -> None:
    await check(
        insert(Note).values_many([{"text": literal("a") + "b", "priority": 1}, {"text": "c", "priority": literal(2)}]),  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
        sqlite='INSERT INTO "notes" ("text", "priority") VALUES (? || ?, ?), (?, ?)',
        postgres='INSERT INTO "notes" ("text", "priority") VALUES ($1::text || $2, $3), ($4, $5)',
        parameters=["a", "b", 1, "c", 2],
        affected=2,
        then=select(Note.text, Note.priority).order_by(Note.id),
        rows=[("ab", 1), ("c", 2)],
    )


@pytest.mark.parametrize("rows", [[], (), iter([])])
def test_no_rows(rows: Any) -> None:
    with pytest.raises(CompileError, match="there are no rows"):
        insert(Artist).values_many(rows)


async def test_many_rows_of_nothing(filled: Executor) -> None:
    """Each is a row of defaults, which no engine can say of several at once."""
    with pytest.raises(CompileError, match="default"):
        await filled.execute(insert(Note).values_many([{}, {}]))


# From a select


@feature("Writes", "INSERT from a select")
async def test_from_a_select_by_the_names(check: Check) -> None:
    query = insert(Artist).from_select(
        select(Album.title.as_("name"), literal("XX").as_("country")).where(Album.id < 3)
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "artists" ("name", "country") SELECT "albums"."title" AS "name", ? AS "country" '
            'FROM "albums" WHERE "albums"."id" < ?'
        ),
        postgres=(
            'INSERT INTO "artists" ("name", "country") SELECT "albums"."title" AS "name", $1::text AS '
            '"country" FROM "albums" WHERE "albums"."id" < $2'
        ),
        parameters=["XX", 3],
        affected=2,
        then=NEW,
        rows=[("Blue", "XX"), ("Hejira", "XX")],
    )


@feature("Writes", "INSERT from a select")
async def test_from_a_select_into_columns(check: Check) -> None:
    query = insert(Note).from_select(
        select(Album.title, Album.plays).where(Album.plays > 99).order_by(Album.id), Note.text, Note.big
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "notes" ("text", "big") SELECT "albums"."title", "albums"."plays" FROM "albums" '
            'WHERE "albums"."plays" > ? ORDER BY "albums"."id"'
        ),
        parameters=[99],
        affected=2,
        then=select(Note.text, Note.big).order_by(Note.id),
        rows=[("Blue", 100), ("Kind of Blue", 300)],
    )


async def test_from_a_select_of_the_same_table(check: Check) -> None:
    query = insert(Artist).from_select(select((Artist.name + "2").as_("name")).where(Artist.id == 1))
    await check(
        query,
        sqlite=(
            'INSERT INTO "artists" ("name") SELECT "artists"."name" || ? AS "name" FROM "artists" WHERE '
            '"artists"."id" = ?'
        ),
        parameters=["2", 1],
        affected=1,
        then=NEW,
        rows=[("Joni2", None)],
    )


async def test_from_a_whole_table(check: Check) -> None:
    query = insert(Category).from_select(
        select(Category.id + 10, Category.parent_id, Category.name).where(Category.id == 1),
        Category.id,
        Category.parent_id,
        Category.name,
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "categories" ("id", "parent_id", "name") SELECT "categories"."id" + ?, '
            '"categories"."parent_id", "categories"."name" FROM "categories" WHERE "categories"."id" = ?'
        ),
        parameters=[10, 1],
        affected=1,
        then=select(Category).where(Category.id > 9),
        rows=[(11, None, "Music")],
    )
    whole = insert(Category).from_select(select(Category).where(Category.id > 90))
    await check(
        whole,
        sqlite=(
            'INSERT INTO "categories" ("id", "parent_id", "name") SELECT "categories"."id", '
            '"categories"."parent_id", "categories"."name" FROM "categories" WHERE "categories"."id" > ?'
        ),
        parameters=[90],
        affected=0,
        then=select(Category.id).where(Category.id > 90),
        rows=[],
    )


async def test_decimals_of_another_scale_from_a_select(check: Check) -> None:
    query = insert(Album).from_select(
        select(Track.album_id, Track.title, Track.fee).where(Track.fee.is_not_null(), Track.position == 1),
        Album.artist_id,
        Album.title,
        Album.price,
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "price") SELECT "tracks"."album_id", '
            '"tracks"."name" AS "title", (("tracks"."fee" + CASE WHEN "tracks"."fee" < 0 THEN -50 ELSE 50 END) / '
            '100) FROM "tracks" WHERE "tracks"."fee" IS NOT NULL AND "tracks"."position" = ?'
        ),
        postgres=(
            'INSERT INTO "albums" ("artist_id", "title", "price") SELECT "tracks"."album_id", '
            '"tracks"."name" AS "title", "tracks"."fee" FROM "tracks" WHERE "tracks"."fee" IS NOT NULL '
            'AND "tracks"."position" = $1'
        ),
        parameters=[1],
        affected=1,
        then=select(Album.price).where(Album.title == "All I Want"),
        rows=[(Decimal("0.05"),)],
    )


async def test_numbers_of_other_kinds_from_a_select(check: Check) -> None:
    query = insert(Track).from_select(  # type: ignore[qb-type]  # decimals of other scales, which only the engines bring together
        select(Album.artist_id + 0, Album.id + 50, Album.title, Album.price, Album.plays).where(Album.id == 1),
        Track.album_id,
        Track.position,
        Track.title,
        Track.seconds,
        Track.fee,
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "tracks" ("album_id", "position", "name", "seconds", "fee") SELECT '
            '"albums"."artist_id" + ?, "albums"."id" + ?, "albums"."title", ("albums"."price" / 100.0), '
            '("albums"."plays" * 10000) FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'INSERT INTO "tracks" ("album_id", "position", "name", "seconds", "fee") SELECT '
            '"albums"."artist_id" + $1, "albums"."id" + $2, "albums"."title", "albums"."price", '
            '"albums"."plays" FROM "albums" WHERE "albums"."id" = $3'
        ),
        parameters=[0, 50, 1],
        affected=1,
        then=select(Track.seconds, Track.fee).where(Track.position == 51),
        rows=[(10.5, Decimal(100))],
    )


def test_a_select_into_fewer_or_more_columns() -> None:
    with pytest.raises(CompileError, match="gives 1 columns for 2"):
        insert(Note).from_select(select(Album.title), Note.text, Note.big)  # type: ignore[qb-type]  # a mistake on purpose


def test_a_select_that_fills_a_column_twice() -> None:
    with pytest.raises(CompileError, match=r"from_select\(\) into Note names a column twice"):
        insert(Note).from_select(select(Album.title, Album.title.as_("again")), Note.text, Note.text)  # type: ignore[qb-type]  # a mistake on purpose


def test_a_select_without_names() -> None:
    with pytest.raises(CompileError, match="name each selected expression"):
        insert(Note).from_select(select(Album.plays + 1))  # type: ignore[qb-name]  # a mistake on purpose


# Upsert


@feature("Writes", "upsert: DO NOTHING")
async def test_do_nothing(check: Check) -> None:
    await check(
        insert(Artist).values(name="Joni", country="XX").on_conflict(Artist.name).do_nothing(),
        sqlite='INSERT INTO "artists" ("name", "country") VALUES (?, ?) ON CONFLICT ("name") DO NOTHING',
        parameters=["Joni", "XX"],
        affected=0,
        then=select(Artist.country).where(Artist.name == "Joni"),
        rows=[("CA",)],
    )


@feature("Writes", "upsert: DO NOTHING")
async def test_do_nothing_whatever_the_conflict(check: Check) -> None:
    await check(
        insert(Artist).values(name="Joni").on_conflict().do_nothing(),
        sqlite='INSERT INTO "artists" ("name") VALUES (?) ON CONFLICT DO NOTHING',
        parameters=["Joni"],
        affected=0,
        then=NEW,
        rows=[],
    )


@feature("Writes", "upsert: DO UPDATE")
async def test_do_update_with_what_was_to_be_inserted(check: Check) -> None:
    await check(
        insert(Artist)
        .values_many([{"name": "Joni", "country": "XX"}, {"name": "Eve", "country": "DE"}])
        .on_conflict(Artist.name)
        .do_update(country=fn.lower(excluded(Artist.country))),
        sqlite=(
            'INSERT INTO "artists" ("name", "country") VALUES (?, ?), (?, ?) ON CONFLICT ("name") DO '
            'UPDATE SET "country" = lower(excluded."country")'
        ),
        parameters=["Joni", "XX", "Eve", "DE"],
        affected=2,
        then=select(Artist.country).where(Artist.name.in_(["Joni", "Eve"])).order_by(Artist.name),
        rows=[("DE",), ("xx",)],
    )


@feature("Writes", "upsert: DO UPDATE with a condition")
async def test_do_update_where(check: Check) -> None:
    row: dict[str, Any] = {"artist_id": 1, "title": "Blue", "plays": 5, "price": Decimal(1)}
    await check(
        insert(Album)
        .values(**row)
        .on_conflict(Album.artist_id, Album.title)
        .do_update(Album.plays < excluded(Album.plays), Album.id > 0, plays=excluded(Album.plays)),
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "plays", "price") VALUES (?, ?, ?, ?) ON '
            'CONFLICT ("artist_id", "title") DO UPDATE SET "plays" = excluded."plays" WHERE '
            '"albums"."plays" < excluded."plays" AND "albums"."id" > ?'
        ),
        parameters=[1, "Blue", 5, 100, 0],
        postgres_parameters=[1, "Blue", 5, Decimal("1"), 0],
        affected=0,
        then=select(Album.plays).where(Album.id == 1),
        rows=[(100,)],
    )


async def test_do_update_of_decimals(check: Check) -> None:
    row: dict[str, Any] = {"artist_id": 1, "title": "Blue", "price": Decimal("1.5")}
    await check(
        insert(Album)
        .values(**row)
        .on_conflict(Album.artist_id, Album.title)
        .do_update(price=Album.price + excluded(Album.price) * 2),
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "price") VALUES (?, ?, ?) ON CONFLICT '
            '("artist_id", "title") DO UPDATE SET "price" = (((("albums"."price" * 100) + '
            '(excluded."price" * ?)) + CASE WHEN (("albums"."price" * 100) + (excluded."price" * ?)) < 0 '
            "THEN -50 ELSE 50 END) / 100)"
        ),
        postgres=(
            'INSERT INTO "albums" ("artist_id", "title", "price") VALUES ($1, $2, $3) ON CONFLICT '
            '("artist_id", "title") DO UPDATE SET "price" = "albums"."price" + excluded."price" * $4'
        ),
        parameters=[1, "Blue", 150, 200, 200],
        postgres_parameters=[1, "Blue", Decimal("1.5"), Decimal("2")],
        affected=1,
        then=select(Album.price).where(Album.id == 1),
        rows=[(Decimal("13.5"),)],
    )


@feature("Writes", "upsert: from a select without WHERE", sqlite="bridged")
async def test_upsert_from_a_select_without_where(check: Check) -> None:
    query = insert(Artist).from_select(select(Album.title.as_("name"))).on_conflict(Artist.name).do_nothing()
    await check(
        query,
        sqlite=(
            'INSERT INTO "artists" ("name") SELECT "albums"."title" AS "name" FROM "albums" WHERE 1 = 1 '
            'ON CONFLICT ("name") DO NOTHING'
        ),
        postgres=(
            'INSERT INTO "artists" ("name") SELECT "albums"."title" AS "name" FROM "albums" ON CONFLICT '
            '("name") DO NOTHING'
        ),
        affected=4,
        then=NEW.limit(1),
        rows=[("Agharta", None)],
    )


def test_do_update_needs_a_target_and_values() -> None:
    with pytest.raises(CompileError, match="needs to know the conflict"):
        insert(Artist).values(name="x").on_conflict().do_update(name="y")
    with pytest.raises(CompileError, match="sets nothing"):
        insert(Artist).values(name="x").on_conflict(Artist.id).do_update()  # type: ignore[qb-type]  # a mistake on purpose


# RETURNING


@feature("Writes", "RETURNING of an INSERT")
async def test_returning_columns_and_expressions(check: Check) -> None:
    query = insert(Note).values(priority=2).returning(Note.text, Note.size, (Note.priority + 1).as_("next"), Note.share)
    await check(
        query,
        sqlite=(
            'INSERT INTO "notes" ("priority") VALUES (?) RETURNING "notes"."text", "notes"."size", '
            '"notes"."priority" + ? AS "next", "notes"."share"'
        ),
        parameters=[2, 1],
        rows=[("-", 4, 3, Decimal("0.5"))],
    )


@feature("Writes", "RETURNING of an INSERT")
async def test_returning_a_whole_row(check: Check) -> None:
    await check(
        insert(Category).values(id=9, name="x").returning(Category),
        sqlite=(
            'INSERT INTO "categories" ("id", "name") VALUES (?, ?) RETURNING "categories"."id", '
            '"categories"."parent_id", "categories"."name"'
        ),
        parameters=[9, "x"],
        rows=[(9, None, "x")],
    )


async def test_returning_many_rows(check: Check) -> None:
    query = (
        insert(Track)
        .values_many([{"album_id": 2, "position": n, "title": f"t{n}"} for n in (1, 2)])
        .returning(Track.title)
    )
    await check(
        query,
        sqlite=(
            'INSERT INTO "tracks" ("album_id", "position", "name") VALUES (?, ?, ?), (?, ?, ?) RETURNING '
            '"tracks"."name" AS "title"'
        ),
        parameters=[2, 1, "t1", 2, 2, "t2"],
        rows=[("t1",), ("t2",)],
    )


@feature("Writes", "RETURNING of an upsert")
async def test_returning_of_an_upsert(check: Check) -> None:
    query = (
        insert(Artist)
        .values(name="Joni", country="XX")
        .on_conflict(Artist.name)
        .do_update(country=excluded(Artist.country))
    )
    await check(
        query.returning(Artist.id, Artist.country),
        sqlite=(
            'INSERT INTO "artists" ("name", "country") VALUES (?, ?) ON CONFLICT ("name") DO UPDATE SET '
            '"country" = excluded."country" RETURNING "artists"."id", "artists"."country"'
        ),
        parameters=["Joni", "XX"],
        rows=[(1, "XX")],
    )


# Mistakes


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(SchemaError, match="Artist has no column 'nmae', did you mean \"name\""):
        insert(Artist).values(nmae="x")  # type: ignore[call-arg]  # a mistake on purpose
    with pytest.raises(SchemaError, match="Artist has no column 'nmae'"):
        insert(Artist).values_many([{"nmae": "x"}])  # type: ignore[typeddict-item]  # a mistake on purpose
    with pytest.raises(SchemaError, match="Artist has no column 'nmae'"):
        insert(Artist).values_many([{"name": "x"}, {"nmae": "x"}])  # type: ignore[typeddict-item]  # a mistake on purpose


def test_a_generated_column_is_not_written() -> None:
    with pytest.raises(CompileError, match=r"Note\.size is generated"):
        insert(Note).values(size=1)  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match=r"Note\.size is generated"):
        insert(Note).values_many([{"size": 1}])  # type: ignore[misc]  # a mistake on purpose


def test_a_value_reads_no_column() -> None:
    for value in (Artist.id, Note.priority + 1):
        with pytest.raises(CompileError, match="is not in this query"):
            insert(Note).values(big=value).compile("sqlite")


def test_only_a_table_takes_rows() -> None:
    with pytest.raises(TypeError, match="not its alias"):
        insert(alias(Artist, "a"))  # type: ignore[arg-type]  # a mistake on purpose
    with pytest.raises(TypeError, match="a source is a table"):
        insert("artists")  # type: ignore[arg-type]  # a mistake on purpose
    with pytest.raises(TypeError, match="is not a column"):
        excluded(Artist.id + 1)  # type: ignore[arg-type]  # a mistake on purpose


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"plays": 1.5}, "no whole number"),
        ({"plays": 2**63}, "does not fit"),
        ({"price": 1.5}, "no Decimal"),
        ({"price": Decimal("1.001")}, "more than 2 digits"),
        ({"price": Decimal("1e8")}, "too large"),
        ({"released": "2024-01-01"}, "no date"),
        ({"genre": "folk"}, "no Genre"),
        ({"live": 1}, "neither True nor False"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_value_that_does_not_fit_names_table_and_column(values: dict[str, Any], message: str, dialect: str) -> None:
    column = next(iter(values))
    for statement in (
        insert(Album).values(title="x", **values),
        insert(Album).values_many([{"title": "x", column: None}, {"title": "x", **values}]),  # type: ignore[misc, typeddict-item]  # an expression in a row, which only values() takes for mypy
        insert(Album).values_many([{"title": literal("x"), **values}]),  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
    ):
        with pytest.raises(EncodingError, match=message) as caught:
            statement.compile(dialect)
        assert f"albums.{column}: " in str(caught.value)


async def test_a_default_that_the_database_computes(check: Check) -> None:
    await check(
        insert(Member).values_many([{"email": "a", "code": "x"}, {"email": "b", "team": 3}]),
        sqlite=('INSERT INTO "members" ("email", "code", "team") VALUES (?, ?, NULL), (?, upper(? || ?), ?)'),
        postgres='INSERT INTO "members" ("email", "code", "team") VALUES ($1, $2, DEFAULT), ($3, DEFAULT, $4)',
        parameters=["a", "x", "b", "m", "1", 3],
        postgres_parameters=["a", "x", "b", 3],
        affected=2,
        then=select(Member.email, Member.code, Member.team, Member.score, Member.gone).order_by(Member.id),
        rows=[("a", "x", None, Decimal(0), False), ("b", "M1", 3, Decimal(0), False)],
    )


def test_a_key_that_is_not_generated_is_given_in_every_row() -> None:
    """SQLite would take NULL for it, and say that it must not be NULL; PostgreSQL's default is NULL too."""
    rows: Any = [{"id": 1, "name": "x"}, {"name": "y"}]
    assert "(NULL, ?)" in insert(Category).values_many(rows).compile("sqlite").sql
    assert "(DEFAULT, $3)" in insert(Category).values_many(rows).compile("postgres").sql
