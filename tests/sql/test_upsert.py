"""Upserts: what they may conflict with, and what they update."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import Table, alias, col, excluded, fn, index, insert, select, update
from qb.errors import CompileError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Member, Note, Track

MEMBERS = select(Member.email, Member.team, Member.score).order_by(Member.id)
JONI: Any = {"artist_id": 1, "title": "Blue", "plays": 5, "price": Decimal("1.25")}


@feature("Writes", "upsert: on columns")
async def test_the_order_of_the_columns_does_not_matter(check: Check) -> None:
    await check(
        insert(Album).values(**JONI).on_conflict(Album.title, Album.artist_id).do_update(plays=Album.plays + 1),
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "plays", "price") VALUES (?, ?, ?, ?) ON CONFLICT '
            '("title", "artist_id") DO UPDATE SET "plays" = "albums"."plays" + ?'
        ),
        parameters=[1, "Blue", 5, 125, 1],
        postgres_parameters=[1, "Blue", 5, Decimal("1.25"), 1],
        affected=1,
        then=select(Album.plays).where(Album.id == 1),
        rows=[(101,)],
    )


@feature("Writes", "upsert: on a composite primary key")
async def test_a_composite_primary_key(check: Check) -> None:
    await check(
        insert(Track)
        .values(album_id=1, position=1, title="new", fee=Decimal("0.5"))
        .on_conflict(Track.album_id, Track.position)
        .do_update_all(),
        sqlite=(
            'INSERT INTO "tracks" ("album_id", "position", "name", "fee") VALUES (?, ?, ?, ?) ON CONFLICT '
            '("album_id", "position") DO UPDATE SET "name" = excluded."name", "fee" = excluded."fee"'
        ),
        parameters=[1, 1, "new", 5000],
        postgres_parameters=[1, 1, "new", Decimal("0.5")],
        affected=1,
        then=select(Track.title, Track.fee).where(Track.album_id == 1, Track.position == 1),
        rows=[("new", Decimal("0.5"))],
    )


@feature("Writes", "upsert: on a named constraint", sqlite="bridged")
async def test_a_named_constraint(check: Check) -> None:
    await check(
        insert(Album).values(**JONI).on_conflict(constraint=Album.one_title).do_update_all(except_=[Album.plays]),
        sqlite=(
            'INSERT INTO "albums" ("artist_id", "title", "plays", "price") VALUES (?, ?, ?, ?) ON CONFLICT '
            '("artist_id", "title") DO UPDATE SET "price" = excluded."price"'
        ),
        postgres=(
            'INSERT INTO "albums" ("artist_id", "title", "plays", "price") VALUES ($1, $2, $3, $4) ON CONFLICT '
            'ON CONSTRAINT "albums_one_title" DO UPDATE SET "price" = excluded."price"'
        ),
        parameters=[1, "Blue", 5, 125],
        postgres_parameters=[1, "Blue", 5, Decimal("1.25")],
        affected=1,
        then=select(Album.plays, Album.price).where(Album.id == 1),
        rows=[(100, Decimal("1.25"))],
    )


async def test_a_named_primary_key(check: Check) -> None:
    await check(
        insert(Track).values(album_id=1, position=1, title="x").on_conflict(constraint=Track.key).do_nothing(),
        sqlite=(
            'INSERT INTO "tracks" ("album_id", "position", "name") VALUES (?, ?, ?) ON CONFLICT '
            '("album_id", "position") DO NOTHING'
        ),
        postgres=(
            'INSERT INTO "tracks" ("album_id", "position", "name") VALUES ($1, $2, $3) ON CONFLICT ON CONSTRAINT '
            '"tracks_key" DO NOTHING'
        ),
        parameters=[1, 1, "x"],
        affected=0,
    )


async def test_a_constraint_whose_name_has_quotes(check: Check) -> None:
    row = insert(Member).values(email="a", team=1, score=Decimal(3)).on_conflict(constraint=Member.with_quote)
    await check(
        row.do_nothing(),
        sqlite=(
            'INSERT INTO "members" ("email", "team", "score") VALUES (?, ?, ?) ON CONFLICT ("team", "score") DO NOTHING'
        ),
        postgres=(
            'INSERT INTO "members" ("email", "team", "score") VALUES ($1, $2, $3) ON CONFLICT ON CONSTRAINT '
            '"one ""score""" DO NOTHING'
        ),
        parameters=["a", 1, 300],
        postgres_parameters=["a", 1, Decimal(3)],
        affected=1,
    )


@feature("Writes", "upsert: on a partial unique index")
async def test_a_partial_unique_index(check: Check) -> None:
    row = insert(Member).values(email="a", team=1, score=Decimal(3))
    await check.executor.execute(row)
    await check(
        row.on_conflict(Member.team, Member.email, where=Member.gone == False).do_update(  # noqa: E712  # SQL, not Python
            score=Member.score + excluded(Member.score)
        ),
        sqlite=(
            'INSERT INTO "members" ("email", "team", "score") VALUES (?, ?, ?) ON CONFLICT ("team", "email") '
            'WHERE "gone" = 0 DO UPDATE SET "score" = ("members"."score" + excluded."score")'
        ),
        postgres=(
            'INSERT INTO "members" ("email", "team", "score") VALUES ($1, $2, $3) ON CONFLICT ("team", "email") '
            'WHERE "gone" = FALSE DO UPDATE SET "score" = "members"."score" + excluded."score"'
        ),
        parameters=["a", 1, 300],
        postgres_parameters=["a", 1, Decimal(3)],
        affected=1,
        then=MEMBERS,
        rows=[("a", 1, Decimal(6))],
    )


@feature("Writes", "upsert: on an index of expressions")
async def test_an_index_of_expressions(check: Check) -> None:
    row = insert(Member).values(email="A@b.c", score=Decimal(3))
    await check.executor.execute(row)
    await check(
        insert(Member)
        .values(email="a@B.c", score=Decimal(4))
        .on_conflict(constraint=Member.by_email)
        .do_update_all(Member.score < excluded(Member.score), except_=[Member.email]),
        sqlite=(
            'INSERT INTO "members" ("email", "score") VALUES (?, ?) ON CONFLICT (lower("email")) WHERE "team" IS NULL '
            'DO UPDATE SET "score" = excluded."score" WHERE "members"."score" < excluded."score"'
        ),
        parameters=["a@B.c", 400],
        postgres_parameters=["a@B.c", Decimal(4)],
        affected=1,
        then=MEMBERS,
        rows=[("A@b.c", None, Decimal(4))],
    )


@feature("Writes", "upsert: of many rows with all their columns")
async def test_update_all_of_many_rows(check: Check) -> None:
    await check(
        insert(Artist)
        .values_many([{"name": "Joni", "country": "XX"}, {"name": "Eve", "country": "DE"}])
        .on_conflict(Artist.name)
        .do_update_all()
        .returning(Artist.name, Artist.country),
        sqlite=(
            'INSERT INTO "artists" ("name", "country") VALUES (?, ?), (?, ?) ON CONFLICT ("name") DO UPDATE SET '
            '"country" = excluded."country" RETURNING "artists"."name", "artists"."country"'
        ),
        parameters=["Joni", "XX", "Eve", "DE"],
        rows=[("Joni", "XX"), ("Eve", "DE")],
    )


@feature("Writes", "upsert: from a select")
async def test_update_all_from_a_select(check: Check) -> None:
    await check(
        insert(Artist)
        .from_select(select(Artist.id, (Artist.name + "!").as_("name")))
        .on_conflict(Artist.id)
        .do_update_all(),
        sqlite=(
            'INSERT INTO "artists" ("id", "name") SELECT "artists"."id", "artists"."name" || ? AS "name" FROM '
            '"artists" WHERE 1 = 1 ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"'
        ),
        postgres=(
            'INSERT INTO "artists" ("id", "name") SELECT "artists"."id", "artists"."name" || $1 AS "name" FROM '
            '"artists" ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"'
        ),
        parameters=["!"],
        affected=3,
        then=select(Artist.name).where(Artist.id == 1),
        rows=[("Joni!",)],
    )


async def test_the_row_that_was_tried_is_there_in_sub_queries(check: Check) -> None:
    other = alias(Artist, "other")
    longest = select(fn.max(other.name)).where(other.name != excluded(Artist.name)).scalar_subquery()
    await check(
        insert(Artist).values(name="Joni").on_conflict(Artist.name).do_update(country=fn.substring(longest, 1, 2)),
        sqlite=(
            'INSERT INTO "artists" ("name") VALUES (?) ON CONFLICT ("name") DO UPDATE SET "country" = substr((SELECT '
            'max("other"."name") FROM "artists" AS "other" WHERE "other"."name" <> excluded."name"), ?, ?)'
        ),
        postgres=(
            'INSERT INTO "artists" ("name") VALUES ($1) ON CONFLICT ("name") DO UPDATE SET "country" = substr((SELECT '
            'max("other"."name") FROM "artists" AS "other" WHERE "other"."name" <> excluded."name"), $2::integer, '
            "$3::integer)"
        ),
        parameters=["Joni", 1, 2],
        affected=1,
        then=select(Artist.country).where(Artist.name == "Joni"),
        rows=[("Ni",)],
    )


@feature("Writes", "upsert: on several keys", postgres="refused")
async def test_several_clauses(check: Check) -> None:
    await check(
        insert(Artist)
        .values_many([{"id": 1, "name": "x"}, {"id": 77, "name": "Nina"}])
        .on_conflict(Artist.id)
        .do_update(country="II")
        .on_conflict(Artist.name)
        .do_update(country="NN")
        .on_conflict()
        .do_nothing(),
        sqlite=(
            'INSERT INTO "artists" ("id", "name") VALUES (?, ?), (?, ?) ON CONFLICT ("id") DO UPDATE SET "country" = ? '
            'ON CONFLICT ("name") DO UPDATE SET "country" = ? ON CONFLICT DO NOTHING'
        ),
        parameters=[1, "x", 77, "Nina", "II", "NN"],
        affected=2,
        then=select(Artist.name, Artist.country).order_by(Artist.id),
        rows=[("Joni", "II"), ("Miles", "US"), ("Nina", "NN")],
    )


# Mistakes


def test_nothing_comes_after_any_conflict() -> None:
    with pytest.raises(CompileError, match="never reached"):
        insert(Artist).values(name="x").on_conflict().do_nothing().on_conflict(Artist.id).do_nothing()


def test_a_target_that_is_not_unique() -> None:
    row = insert(Album).values(**JONI)
    for target in [(Album.plays,), (Album.title,), (Album.id, Album.title)]:
        with pytest.raises(CompileError, match=r"takes \(id\) or \(artist_id, title\)$"):
            row.on_conflict(*target)
    with pytest.raises(CompileError, match=r"Album has no unique key \(plays\): "):
        row.on_conflict(Album.plays)  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="has no unique key"):
        insert(Artist).values(name="x").on_conflict(Album.id)  # type: ignore[qb-scope]  # a mistake on purpose


def test_a_partial_index_needs_its_condition() -> None:
    row = insert(Member).values(email="a")
    known = (
        r'takes \(id\), \(team, score\), \(lower\("email"\)\) WHERE "team" IS NULL or \(email, team\) WHERE "gone" = '
    )
    with pytest.raises(CompileError, match=known):
        row.on_conflict(Member.email, Member.team)
    with pytest.raises(CompileError, match=known):
        row.on_conflict(Member.email, Member.team, where=Member.gone == True)  # noqa: E712  # SQL, not Python
    with pytest.raises(CompileError, match="name them"):
        row.on_conflict(where=Member.team.is_null())


def test_a_table_without_a_key() -> None:
    class Log(Table, name="logs"):
        text = col.text()
        by_text = index(text)

    with pytest.raises(CompileError, match="this table has no unique key"):
        insert(Log).values(text="x").on_conflict(Log.text)  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(CompileError, match='"logs_by_text" is no unique constraint or unique index of Log'):
        insert(Log).values(text="x").on_conflict(constraint=Log.by_text)


def test_a_constraint_of_another_table_or_kind() -> None:
    row = insert(Artist).values(name="x")
    with pytest.raises(CompileError, match='"albums_one_title" is no unique constraint or unique index of Artist'):
        row.on_conflict(constraint=Album.one_title)  # type: ignore[qb-scope]  # a mistake on purpose
    with pytest.raises(CompileError, match="no unique constraint"):
        row.on_conflict(constraint="artists_name_key")  # type: ignore[arg-type]  # a mistake on purpose
    with pytest.raises(CompileError, match="not both"):
        insert(Album).values(**JONI).on_conflict(Album.id, constraint=Album.one_title)


def test_update_all_needs_columns() -> None:
    with pytest.raises(CompileError, match="has only the key"):
        insert(Artist).values(name="x").on_conflict(Artist.name).do_update_all()
    with pytest.raises(CompileError, match=r"before \.on_conflict"):
        insert(Artist).on_conflict(Artist.name).do_update_all()
    with pytest.raises(CompileError, match="needs to know the conflict"):
        insert(Artist).values(name="x").on_conflict().do_update_all()


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_excluded_outside_of_do_update(dialect: str) -> None:
    tried = excluded(Artist.name)
    for statement in (
        select(tried.as_("x")).from_(Artist),
        update(Artist).set(name=tried).all_rows(),  # type: ignore[qb-scope]  # a mistake on purpose
        insert(Artist).values(name=tried),  # type: ignore[qb-scope]  # a mistake on purpose
        insert(Artist).values(name="x").on_conflict(Artist.name).do_update(country="x").returning(tried.as_("x")),  # type: ignore[qb-scope]  # a mistake on purpose
        insert(Note).values(id=1).on_conflict(Note.id).do_update(text=tried),  # type: ignore[qb-scope]  # a mistake on purpose
    ):
        with pytest.raises(CompileError, match=r'excluded\(\) of "artists"."name" .* in its .do_update\(…\) alone'):
            statement.compile(dialect)  # type: ignore[qb-scope]  # a mistake on purpose
    assert str(tried) == 'excluded."name"'
