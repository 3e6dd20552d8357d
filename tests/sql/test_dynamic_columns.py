"""Columns that a web request names: looked up, never written."""

from __future__ import annotations

import re

import pytest

from qb import QbError, alias, column_named, fn, select, sort_keys
from qb.errors import SchemaError, UnknownName
from qb.expressions import Ordering
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Track

SORTABLE = ("plays", "title")


@feature("Composition", "sort keys that a request names: sort_keys()")
async def test_sort_keys_of_a_table(check: Check) -> None:
    await check(
        select(Album.title).order_by(*sort_keys(Album, "-plays,title", among=SORTABLE)),
        sqlite='SELECT "albums"."title" FROM "albums" ORDER BY "albums"."plays" DESC, "albums"."title"',
        rows=[("Kind of Blue",), ("Blue",), ("Hejira",), ("Agharta",)],
    )


async def test_sort_keys_of_any_query(check: Check) -> None:
    keys = {"tracks": fn.count(Track.position), "title": Album.title}
    await check(
        select(Album.title)
        .left_join(Track, on=Track.album_id == Album.id)
        .group_by(Album.id, Album.title)
        .order_by(*sort_keys(keys, "-tracks, -title")),
        sqlite='SELECT "albums"."title" FROM "albums" LEFT JOIN "tracks" ON "tracks"."album_id" = "albums"."id" '
        'GROUP BY "albums"."id", "albums"."title" ORDER BY count("tracks"."position") DESC, "albums"."title" DESC',
        rows=[("Kind of Blue",), ("Blue",), ("Hejira",), ("Agharta",)],
    )


@feature("Composition", "a column that a request names: column_named()")
async def test_a_column_by_name(check: Check) -> None:
    column = column_named(alias(Track, "t"), "title")  # not its name in the database
    await check(
        select(column).order_by(column),
        sqlite='SELECT "t"."name" AS "title" FROM "tracks" AS "t" ORDER BY "t"."name"',
        rows=[("All I Want",), ("Blue in Green",), ("My Old Man",), ("So What",)],
    )
    derived = select(Album.id.as_("number")).where(Album.id == 1).subquery("s")
    await check(
        select(column_named(derived, "number")),
        sqlite='SELECT "s"."number" FROM (SELECT "albums"."id" AS "number" FROM "albums" WHERE "albums"."id" = ?) '
        'AS "s"',
        parameters=[1],
        rows=[(1,)],
    )


def shown(keys: list[Ordering[object]]) -> list[str]:
    return [f"{key.node.operand.name}{' desc' if key.node.descending else ''}" for key in keys]  # type: ignore[attr-defined]  # columns


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        (" , ", []),
        ("title", ["title"]),
        (" -title , plays,", ["title desc", "plays"]),
        ("plays,-plays,title,plays", ["plays", "title"]),
    ],
)
def test_texts(text: str, keys: list[str]) -> None:
    assert shown(sort_keys(Album, text)) == keys


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("play", "no sort key 'play', did you mean \"plays\"? allowed are plays, title"),
        ("--plays", "no sort key '-plays', did you mean"),
        ("-", "no sort key '': allowed are plays, title"),
        ("price", "no sort key 'price': allowed are plays, title"),
        ("__class__", "no sort key '__class__': allowed are plays, title"),
        ('plays"; DROP TABLE albums; --', "no sort key 'plays\"; DROP TABLE albums; --'"),
        ("title desc", "no sort key 'title desc', did you mean \"title\"?"),
    ],
)
def test_what_is_not_allowed(text: str, words: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(words)) as caught:
        sort_keys(Album, text, among=SORTABLE)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, QbError)
    with pytest.raises(UnknownName):
        sort_keys({"plays": Album.plays, "title": Album.title}, text)


def test_a_column_that_is_not_allowed() -> None:
    with pytest.raises(UnknownName, match="no column 'price': allowed are plays, title"):
        column_named(Album, "price", among=SORTABLE)
    with pytest.raises(UnknownName, match="no column 'by_release'"):
        column_named(Album, "by_release")
    with pytest.raises(UnknownName, match="allowed are none"):
        column_named(Album, "id", among=())


def test_mistakes_of_the_program() -> None:
    with pytest.raises(SchemaError, match="has no column 'playz', did you mean \"plays\""):
        sort_keys(Album, "title", among=("title", "playz"))  # type: ignore[qb-name]  # the mistake
    with pytest.raises(TypeError, match="several names"):
        column_named(Album, "title", among="title")
    with pytest.raises(TypeError, match="is not a table"):
        column_named(5, "title")  # type: ignore[call-overload]  # the mistake
