"""Joins of every kind, on filled tables."""

from __future__ import annotations

import pytest

from qb import alias, select
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Track


@feature("Sources", "INNER JOIN")
async def test_inner_join_keeps_what_matches(check: Check) -> None:
    query = select(Artist.name, Album.title).from_(Artist).join(Album, on=Album.artist_id == Artist.id)
    await check(
        query.order_by(Album.id),
        sqlite=(
            'SELECT "artists"."name", "albums"."title" FROM "artists" INNER JOIN "albums" ON '
            '"albums"."artist_id" = "artists"."id" ORDER BY "albums"."id"'
        ),
        rows=[("Joni", "Blue"), ("Joni", "Hejira"), ("Miles", "Kind of Blue"), ("Miles", "Agharta")],
    )


@feature("Sources", "LEFT JOIN")
async def test_left_join_keeps_the_left_side(check: Check) -> None:
    await check(
        select(Artist.name, Album.title)
        .from_(Artist)
        .left_join(Album, on=Album.artist_id == Artist.id)
        .where(Artist.id > 1)
        .order_by(Artist.id, Album.id),
        sqlite=(
            'SELECT "artists"."name", "albums"."title" FROM "artists" LEFT JOIN "albums" ON '
            '"albums"."artist_id" = "artists"."id" WHERE "artists"."id" > ? ORDER BY "artists"."id", '
            '"albums"."id"'
        ),
        parameters=[1],
        rows=[("Miles", "Kind of Blue"), ("Miles", "Agharta"), ("Nina", None)],
    )


@feature("Sources", "RIGHT JOIN")
async def test_right_join_keeps_the_right_side(check: Check) -> None:
    await check(
        select(Album.title, Artist.name)
        .from_(Album)
        .right_join(Artist, on=Album.artist_id == Artist.id)
        .where(Artist.id != 1)
        .order_by(Artist.id, Album.title),
        sqlite=(
            'SELECT "albums"."title", "artists"."name" FROM "albums" RIGHT JOIN "artists" ON '
            '"albums"."artist_id" = "artists"."id" WHERE "artists"."id" <> ? ORDER BY "artists"."id", '
            '"albums"."title"'
        ),
        parameters=[1],
        rows=[("Agharta", "Miles"), ("Kind of Blue", "Miles"), (None, "Nina")],
    )


async def test_right_join_makes_the_rows_before_it_none(check: Check) -> None:
    await check(
        select(Category, Artist)
        .from_(Category)
        .right_join(Artist, on=Category.parent_id == Artist.id)
        .where(Artist.id > 1)
        .order_by(Artist.id),
        sqlite=(
            'SELECT "categories"."id", "categories"."parent_id", "categories"."name", "artists"."id", '
            '"artists"."name", "artists"."country" FROM "categories" RIGHT JOIN "artists" ON '
            '"categories"."parent_id" = "artists"."id" WHERE "artists"."id" > ? ORDER BY "artists"."id"'
        ),
        parameters=[1],
        rows=[(None, (2, "Miles", "US")), (None, (3, "Nina", None))],
    )


@feature("Sources", "FULL JOIN")
async def test_full_join_keeps_both_sides(check: Check) -> None:
    await check(
        select(Artist.name, Category.name.as_("category"))
        .from_(Artist)
        .full_join(Category, on=Category.parent_id == Artist.id)
        .order_by(Artist.id.asc().nulls_last(), Category.id),
        sqlite=(
            'SELECT "artists"."name", "categories"."name" AS "category" FROM "artists" FULL JOIN '
            '"categories" ON "categories"."parent_id" = "artists"."id" ORDER BY "artists"."id" NULLS '
            'LAST, "categories"."id"'
        ),
        rows=[("Joni", "Jazz"), ("Joni", "Pop"), ("Miles", None), ("Nina", None), (None, "Music")],
    )


@feature("Sources", "CROSS JOIN")
async def test_cross_join_is_every_row_with_every_row(check: Check) -> None:
    query = (
        select(Artist.id, Category.id.as_("category"))
        .from_(Artist)
        .cross_join(Category)
        .where(Artist.id < 3, Category.id < 3)
    )
    await check(
        query.order_by(Artist.id, Category.id),
        sqlite=(
            'SELECT "artists"."id", "categories"."id" AS "category" FROM "artists" CROSS JOIN '
            '"categories" WHERE "artists"."id" < ? AND "categories"."id" < ? ORDER BY "artists"."id", '
            '"categories"."id"'
        ),
        parameters=[3, 3],
        rows=[(1, 1), (1, 2), (2, 1), (2, 2)],
    )


async def test_joins_stand_in_the_order_they_were_made(check: Check) -> None:
    await check(
        select(Track.title, Artist.name)
        .from_(Track)
        .join(Album, on=Track.album_id == Album.id)
        .left_join(Artist, on=(Album.artist_id == Artist.id) & (Artist.country == "CA"))
        .where(Track.position == 1)
        .order_by(Track.album_id),
        sqlite=(
            'SELECT "tracks"."name" AS "title", "artists"."name" FROM "tracks" INNER JOIN "albums" ON '
            '"tracks"."album_id" = "albums"."id" LEFT JOIN "artists" ON "albums"."artist_id" = '
            '"artists"."id" AND "artists"."country" = ? WHERE "tracks"."position" = ? ORDER BY '
            '"tracks"."album_id"'
        ),
        parameters=["CA", 1],
        rows=[("All I Want", "Joni"), ("So What", None)],
    )


async def test_a_table_joined_with_itself(check: Check) -> None:
    a, b = alias(Category, "a"), alias(Category, "b")
    await check(
        select(a.name.as_("one"), b.name.as_("other"))
        .from_(a)
        .join(b, on=(a.parent_id == b.parent_id) & (a.id < b.id)),
        sqlite=(
            'SELECT "a"."name" AS "one", "b"."name" AS "other" FROM "categories" AS "a" INNER JOIN '
            '"categories" AS "b" ON "a"."parent_id" = "b"."parent_id" AND "a"."id" < "b"."id"'
        ),
        rows=[("Jazz", "Pop")],
    )


async def test_the_parameters_of_a_join_come_before_those_of_where(check: Check) -> None:
    await check(
        select((Album.plays + 1).as_("x"))
        .join(Artist, on=(Artist.id == Album.artist_id) & (Artist.name == "Joni"))
        .where(Album.plays == 20),
        sqlite=(
            'SELECT "albums"."plays" + ? AS "x" FROM "albums" INNER JOIN "artists" ON "artists"."id" = '
            '"albums"."artist_id" AND "artists"."name" = ? WHERE "albums"."plays" = ?'
        ),
        parameters=[1, "Joni", 20],
        rows=[(21,)],
    )


def test_a_join_needs_a_source() -> None:
    with pytest.raises(TypeError, match="a source is a table, an alias or a sub-query"):
        select(Album.id).join("artists", on=Album.id == 1)  # type: ignore[arg-type]  # a mistake on purpose
