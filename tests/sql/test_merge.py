"""MERGE."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import alias, fn, literal, merge, select, when
from qb.errors import CompileError, EncodingError, SchemaError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Note, Track

other = alias(Album, "other")
ONE = merge(Artist).using(Album, on=Album.artist_id == Artist.id)


@feature("Writes", "MERGE: update, insert", sqlite="refused")
async def test_update_and_insert(check: Check) -> None:
    twice = (
        select((Album.id + 2).as_("id"), Album.title, (Album.price * 2).as_("price"))
        .where(Album.id < 4)
        .subquery("twice")
    )
    await check(
        merge(Album)
        .using(twice, on=twice.id == Album.id)
        .when_matched(Album.plays > 200, twice.price > 0)
        .update(price=twice.price, title=Album.title + "/" + twice.title)
        .when_not_matched()
        .insert(id=twice.id, artist_id=3, title=twice.title, price=Decimal("1.5")),
        postgres=(
            'MERGE INTO "albums" USING (SELECT "albums"."id" + $1 AS "id", "albums"."title", "albums"."price" * $2 AS '
            '"price" FROM "albums" WHERE "albums"."id" < $3) AS "twice" ON "twice"."id" = "albums"."id" WHEN MATCHED '
            'AND "albums"."plays" > $4 AND "twice"."price" > $5 THEN UPDATE SET "price" = "twice"."price", "title" = '
            '"albums"."title" || $6 || "twice"."title" WHEN NOT MATCHED THEN INSERT ("id", "artist_id", "title", '
            '"price") VALUES ("twice"."id", $7, "twice"."title", $8)'
        ),
        parameters=[2, Decimal(2), 4, 200, Decimal(0), "/", 3, Decimal("1.5")],
        affected=2,
        then=select(Album.id, Album.title, Album.price).where(Album.id > 2).order_by(Album.id),
        rows=[
            (3, "Kind of Blue/Blue", Decimal(21)),
            (4, "Agharta", Decimal(100)),
            (5, "Kind of Blue", Decimal("1.5")),
        ],
    )


@feature("Writes", "MERGE: delete, do nothing", sqlite="refused")
async def test_delete_and_do_nothing(check: Check) -> None:
    await check(
        merge(Track)
        .using(Album, on=Album.id == Track.album_id)
        .when_matched(Album.live | (Track.position == 2), Track.seconds.is_null())
        .do_nothing()
        .when_matched(Track.position == 2)
        .delete()
        .when_not_matched(Album.plays == 0)
        .do_nothing()
        .when_not_matched()
        .insert(album_id=Album.id, position=1, title=fn.upper(Album.title)),
        postgres=(
            'MERGE INTO "tracks" USING "albums" ON "albums"."id" = "tracks"."album_id" WHEN MATCHED AND '
            '("albums"."live" OR "tracks"."position" = $1) AND "tracks"."seconds" IS NULL THEN DO NOTHING WHEN '
            'MATCHED AND "tracks"."position" = $2 THEN DELETE WHEN NOT MATCHED AND "albums"."plays" = $3 THEN DO '
            'NOTHING WHEN NOT MATCHED THEN INSERT ("album_id", "position", "name") VALUES ("albums"."id", $4, '
            'upper("albums"."title"))'
        ),
        parameters=[2, 2, 0, 1],
        affected=2,
        then=select(Track.title).order_by(Track.album_id, Track.position),
        rows=[("All I Want",), ("HEJIRA",), ("So What",), ("Blue in Green",)],
    )


async def test_an_insert_of_defaults(check: Check) -> None:
    if check.dialect == "postgres":
        await check(
            merge(Note).using(Artist, on=literal(False)).when_not_matched(Artist.id == 1).insert(),
            postgres=(
                'MERGE INTO "notes" USING "artists" ON $1::boolean WHEN NOT MATCHED AND "artists"."id" = $2 THEN '
                "INSERT DEFAULT VALUES"
            ),
            parameters=[False, 1],
            affected=1,
            then=select(Note.text, Note.size),
            rows=[("-", 10)],
        )


async def test_rows_of_values_and_the_table_itself(check: Check) -> None:
    if check.dialect == "postgres":
        await check(
            merge(Album)
            .using(other, on=(other.id == Album.id) & (other.id == 1))
            .when_matched()
            .update(released=None, plays=other.plays + 1),
            postgres=(
                'MERGE INTO "albums" USING "albums" AS "other" ON "other"."id" = "albums"."id" AND "other"."id" = $1 '
                'WHEN MATCHED THEN UPDATE SET "released" = NULL, "plays" = "other"."plays" + $2'
            ),
            parameters=[1, 1],
            affected=1,
            then=select(Album.plays, Album.released).where(Album.id == 1),
            rows=[(101, None)],
        )


@feature("Writes", "MERGE: rows without a source, RETURNING (PostgreSQL 17)", sqlite="refused")
def test_what_postgres_17_adds() -> None:
    statement = (
        ONE.when_not_matched_by_source(Artist.country == "XX")
        .delete()
        .when_not_matched_by_source()
        .update(country="ZZ")
        .when_matched()
        .do_nothing()
        .returning(Artist, Album.title)
    )
    assert statement.compile("postgres") == (
        'MERGE INTO "artists" USING "albums" ON "albums"."artist_id" = "artists"."id" WHEN NOT MATCHED BY SOURCE AND '
        '"artists"."country" = $1 THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET "country" = $2 WHEN MATCHED '
        'THEN DO NOTHING RETURNING "artists"."id", "artists"."name", "artists"."country", "albums"."title"',
        ("XX", "ZZ"),
    )


# Mistakes


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
def test_only_postgres_has_it(dialect: str) -> None:
    with pytest.raises(UnsupportedError, match=r'no MERGE: write an insert into "artists" with \.on_conflict'):
        ONE.when_matched().delete().compile(dialect)


def test_a_merge_has_a_source_and_does_something() -> None:
    with pytest.raises(CompileError, match=r'into "artists" has no source: add \.using'):
        merge(Artist).when_matched().delete().compile("postgres")  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match=r'into "artists" does nothing: add \.when_matched'):
        ONE.compile("postgres")  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="sets nothing"):
        ONE.when_matched().update()  # type: ignore[qb-type]  # a mistake on purpose


def test_conditions_that_are_left_out_do_not_make_it_every_row() -> None:
    with pytest.raises(CompileError, match=r"conditions of when_matched\(\) are all left out"):
        ONE.when_matched(when(False, Album.live))
    assert 'AND "albums"."live" THEN' in str(ONE.when_matched(when(True, Album.live)).delete())


def test_a_clause_that_is_never_reached() -> None:
    with pytest.raises(CompileError, match=r"never reached: when_matched\(\) without a condition"):
        ONE.when_matched().delete().when_matched(Album.live).do_nothing().compile("postgres")


def test_each_case_reads_the_rows_that_it_has() -> None:
    for statement, message in (
        (ONE.when_not_matched(Artist.id > 1).do_nothing(), r'"artists" to read in when_not_matched\(\)'),  # type: ignore[qb-scope]  # a mistake on purpose
        (ONE.when_not_matched().insert(name=Artist.name), r'"artists" to read in when_not_matched\(\)'),  # type: ignore[qb-scope]  # a mistake on purpose
        (ONE.when_not_matched_by_source(Album.live).delete(), r'"albums" to read in when_not_matched_by_source\(\)'),  # type: ignore[qb-scope]  # a mistake on purpose
        (ONE.when_not_matched_by_source().update(name=Album.title), r'"albums" to read in when_not'),  # type: ignore[qb-scope]  # a mistake on purpose
        (ONE.when_matched(Track.position == 1).delete(), '"tracks" is not in this query'),
    ):
        with pytest.raises(CompileError, match=message):
            statement.compile("postgres")


def test_values_and_columns_are_checked() -> None:
    clause: Any = ONE.when_matched()
    with pytest.raises(SchemaError, match="Artist has no column 'nmae'"):
        clause.update(nmae="x")
    with pytest.raises(CompileError, match=r"Note\.size is generated"):
        merge(Note).using(Artist, on=literal(True)).when_not_matched().insert(size=1)  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(EncodingError, match=r"albums\.price: "):
        values: Any = {"price": Decimal("1.001"), "title": "x"}
        merge(Album).using(Artist, on=literal(True)).when_not_matched().insert(**values).compile("postgres")
    with pytest.raises(TypeError, match="not its alias"):
        merge(alias(Category, "c"))  # type: ignore[arg-type]  # a mistake on purpose


def test_neither_aggregates_nor_windows() -> None:
    by_count = merge(Artist).using(Album, on=fn.count() > 1)  # type: ignore[qb-group]  # a mistake on purpose
    joined = merge(Artist).using(Album, on=Album.artist_id == Artist.id)
    by_rank = joined.when_matched(fn.rank().over() == 1)  # type: ignore[qb-type]  # a mistake on purpose
    counting = joined.when_matched().update(id=fn.count())  # type: ignore[qb-group]  # a mistake on purpose
    for statement in (by_count.when_matched().delete(), by_rank.delete(), counting):
        with pytest.raises(CompileError, match="cannot stand in MERGE: compute it in a sub-query"):
            statement.compile("postgres")
