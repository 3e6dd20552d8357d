"""Pages by keyset: SQL, all pages together, cursors."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from qb import Database, Expr, Table, alias, col, cursor_of, fn, insert, keyset, select
from qb.errors import CompileError, InvalidCursor
from qb.expressions import Ordering
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Genre, Track

SELECT = 'SELECT "albums"."id" FROM "albums"'
ID = '"albums"."id"'
PLAYS = '"albums"."plays"'
RELEASED = '"albums"."released"'
ARTIST = '"albums"."artist_id"'


@feature("Composition", "pages by keyset()")
async def test_the_first_page(check: Check) -> None:
    await check(
        keyset(select(Album.id), by=(Album.released.desc(), Album.id), size=3),
        sqlite=f"{SELECT} ORDER BY {RELEASED} DESC NULLS LAST, {ID} LIMIT ?",
        parameters=[3],
        rows=[(2,), (1,), (3,)],
    )


@feature("Composition", "pages by keyset()")
async def test_keys_of_one_direction_are_one_comparison(check: Check) -> None:
    await check(
        keyset(select(Album.id), by=(Album.artist_id, Album.plays), size=2, after=(1, 100)),
        sqlite=f"{SELECT} WHERE ({ARTIST}, {PLAYS}) > (?, ?) ORDER BY {ARTIST}, {PLAYS} LIMIT ?",
        parameters=[1, 100, 2],
        rows=[(4,), (3,)],
    )
    await check(
        keyset(select(Album.id), by=(Album.artist_id.desc(), Album.plays.desc()), size=9, after=(2, 0)),
        sqlite=f"{SELECT} WHERE ({ARTIST}, {PLAYS}) < (?, ?) ORDER BY {ARTIST} DESC, {PLAYS} DESC LIMIT ?",
        parameters=[2, 0, 9],
        rows=[(1,), (2,)],
    )


@feature("Composition", "pages by keyset()")
async def test_mixed_directions(check: Check) -> None:
    await check(
        keyset(select(Album.id).where(Album.id < 9), by=(Album.artist_id, Album.plays.desc()), size=2, after=(1, 100)),
        sqlite=f"{SELECT} WHERE {ID} < ? AND {ARTIST} >= ? AND ({ARTIST} > ? OR {ARTIST} = ? AND {PLAYS} < ?) "
        f"ORDER BY {ARTIST}, {PLAYS} DESC LIMIT ?",
        parameters=[9, 1, 1, 1, 100, 2],
        rows=[(2,), (3,)],
    )


@feature("Composition", "pages by keyset()")
async def test_nulls(check: Check) -> None:
    by = (Album.released, Album.id)
    await check(
        keyset(select(Album.id), by=by, size=2, after=(date(1971, 6, 22), 1)),
        sqlite=f"{SELECT} WHERE {RELEASED} > ? OR {RELEASED} IS NULL OR {RELEASED} = ? AND {ID} > ? "
        f"ORDER BY {RELEASED} NULLS LAST, {ID} LIMIT ?",
        parameters=["1971-06-22", "1971-06-22", 1, 2],
        postgres_parameters=[date(1971, 6, 22), date(1971, 6, 22), 1, 2],
        rows=[(2,), (4,)],
    )
    await check(
        keyset(select(Album.id), by=by, size=2, after=(None, 4)),
        sqlite=f"{SELECT} WHERE {RELEASED} IS NULL AND {ID} > ? ORDER BY {RELEASED} NULLS LAST, {ID} LIMIT ?",
        parameters=[4, 2],
        rows=[],
    )
    await check(
        keyset(select(Album.id), by=(Album.released.asc().nulls_first(),), size=9, after=(None,)),
        sqlite=f"{SELECT} WHERE {RELEASED} IS NOT NULL ORDER BY {RELEASED} NULLS FIRST LIMIT ?",
        parameters=[9],
        rows=[(3,), (1,), (2,)],
    )
    await check(
        keyset(select(Album.id), by=(Album.released,), size=9, after=(None,)),
        sqlite=f"{SELECT} WHERE 1 = 0 ORDER BY {RELEASED} NULLS LAST LIMIT ?",
        parameters=[9],
        rows=[],
    )


@feature("Composition", "pages by keyset()")
async def test_before_a_place(check: Check) -> None:
    await check(
        keyset(select(Album.id), by=(Album.released.desc(), Album.id), size=2, before=(None, 4)),
        sqlite=f"{SELECT} WHERE {RELEASED} IS NOT NULL OR {RELEASED} IS NULL AND {ID} < ? "
        f"ORDER BY {RELEASED} NULLS FIRST, {ID} DESC LIMIT ?",
        parameters=[4, 2],
        rows=[(3,), (1,)],
    )


async def test_an_outer_join_brings_nulls(check: Check) -> None:
    query = select(Album.id).left_join(Track, on=Track.album_id == Album.id)
    await check(
        keyset(query, by=(Album.id, Track.position), size=9, after=(3, 2)),
        sqlite=f'{SELECT} LEFT JOIN "tracks" ON "tracks"."album_id" = {ID} WHERE {ID} >= ? AND ({ID} > ? OR {ID} = ? '
        f'AND ("tracks"."position" > ? OR "tracks"."position" IS NULL)) '
        f'ORDER BY {ID}, "tracks"."position" NULLS LAST LIMIT ?',
        parameters=[3, 3, 3, 2, 9],
        rows=[(4,)],
    )


def test_mistakes() -> None:
    def page(query: Any, by: Any = (Album.id,), **options: Any) -> None:
        keyset(query, by=by, **{"size": 5, **options})

    for clause in (
        select(Album.id).order_by(Album.id),
        select(Album.id).limit(5),
        select(Album.id).offset(5),
        select(Album.id).group_by(Album.id),
    ):
        with pytest.raises(CompileError, match=r"the query has \w+\(\) already"):
            page(clause)
    with pytest.raises(CompileError, match="not both"):
        page(select(Album.id), after=(1,), before=(2,))
    with pytest.raises(CompileError, match="a place among 1 sort keys has as many values, not 2"):
        page(select(Album.id), after=(1, 2))
    with pytest.raises(CompileError, match="needs a sort key"):
        page(select(Album.id), by=())
    with pytest.raises(CompileError, match="cannot sort by an aggregate"):
        page(select(fn.count()).from_(Album), by=(fn.count(),))
    with pytest.raises(ValueError, match="at least one row"):
        page(select(Album.id), size=0)
    with pytest.raises(CompileError, match="cannot be compared with str"):
        page(select(Album.id), after=("x",))
    with pytest.raises(TypeError, match="takes a select"):
        page(insert(Artist).values(name="x").returning(Artist.id))


# All pages together are the whole


class Size(Enum):
    SMALL = "s"
    LARGE = "l"
    MEDIUM = "m"


class Thing(Table, name="things"):
    id = col.integer().primary_key()
    group = col.integer()
    name = col.text().nullable()
    size = col.enum(Size).nullable()
    price = col.numeric(8, 2)
    day = col.date().nullable()
    at = col.timestamp()
    weight = col.real()
    lasts = col.interval().nullable()
    live = col.boolean()
    key = col.uuid()


KEYS: list[Expr[Any] | Ordering[Any]] = [
    Thing.group, Thing.group.desc(), Thing.name, Thing.name.desc(), Thing.name.asc().nulls_first(),
    Thing.name.desc().nulls_last(), Thing.size, Thing.size.desc().nulls_first(), Thing.price.desc(), Thing.day,
    Thing.day.desc().nulls_first(), Thing.at.desc(), Thing.weight, Thing.lasts.desc(), Thing.live, Thing.live.desc(),
    Thing.key, Thing.price + 1,
]  # fmt: skip


def things(chance: random.Random) -> list[Any]:
    return [
        {
            "id": number,
            "group": chance.randint(1, 2),
            "name": chance.choice(["a", "B", "ä", "", None]),
            "size": chance.choice([*Size, None]),
            "price": Decimal(chance.choice(["1.50", "10.00", "9.99"])),
            "day": chance.choice([date(2024, 1, 31), date(999, 1, 1), None]),
            "at": datetime(2024, 1, 1, chance.randint(0, 2), 0, 0, chance.choice([0, 1]), tzinfo=UTC),
            "weight": chance.choice([0.1, 0.1 + 0.2, -1e300]),
            "lasts": chance.choice([timedelta(days=-1), timedelta(microseconds=1), None]),
            "live": chance.random() < 0.5,
            "key": UUID(int=chance.randint(0, 2)),
        }
        for number in range(1, 25)
    ]


async def test_the_pages_together_are_all_rows(database: Database) -> None:
    chance = random.Random(7)
    await database.create_tables(Thing)
    await database.execute(insert(Thing).values_many(things(chance)))
    for _ in range(60):
        by = [*chance.sample(KEYS, chance.randint(0, 3)), chance.choice([Thing.id.asc(), Thing.id.desc()])]
        size = chance.choice([1, 2, 5, 7, 23, 24, 100])
        labels = [f"k{number}" for number in range(len(by))]
        operands = [Expr[Any]((key.node if isinstance(key, Ordering) else key.asc().node).operand) for key in by]
        query: Any = select(Thing.id, *[one.as_(label) for one, label in zip(operands, labels, strict=True)])
        whole = await database.fetch_all(keyset(query, by=by, size=1000))
        assert len(whole) == 24
        found: list[Any] = []
        cursor: str | None = None
        while rows := await database.fetch_all(keyset(query, by=by, size=size, after=cursor)):
            assert len(rows) <= size
            found += rows
            cursor = cursor_of(tuple(rows[-1][1:]), by)
        assert found == whole, by
        back: list[Any] = []
        place: Sequence[object] = whole[-1][1:]
        while rows := await database.fetch_all(keyset(query, by=by, size=size, before=place)):
            back += rows
            place = rows[-1][1:]
        assert [*reversed(back), whole[-1]] == whole, by


async def test_the_order_is_that_of_order_by(database: Database) -> None:
    await database.create_tables(Thing)
    await database.execute(insert(Thing).values_many(things(random.Random(3))))
    rows = await database.fetch_all(keyset(select(Thing), by=(Thing.size.desc(), Thing.price, Thing.id), size=99))
    ranks = list(Size)
    expected = sorted(rows, key=lambda row: (row.size is None, -ranks.index(row.size) if row.size else 0, row.price))
    assert rows == expected


# Cursors


@feature("Composition", "pages by keyset(): cursors")
def test_a_cursor_of_a_row_and_back() -> None:
    by = (Album.released.desc(), Album.id)
    cursor = cursor_of((date(1971, 6, 22), 1), by)
    assert re.fullmatch(r"[\w-]+", cursor)
    one, other = (
        keyset(select(Album.id), by=by, size=2, after=cursor),
        keyset(select(Album.id), by=by, size=2, after=(date(1971, 6, 22), 1)),
    )
    assert one.compile("postgres") == other.compile("postgres")


async def test_a_cursor_of_what_was_fetched(database: Database) -> None:
    await database.create_tables(Artist)
    await database.execute(insert(Artist).values_many([{"name": "Joni"}, {"name": "Miles"}]))
    by = (Artist.name, Artist.id)
    row = await database.fetch_one(keyset(select(Artist), by=by, size=1))
    assert await database.fetch_all(keyset(select(Artist.name), by=by, size=5, after=cursor_of(row, by))) == [
        ("Miles",)
    ]
    short = await database.fetch_one(select(Artist.name).where(Artist.id == 1))
    with pytest.raises(CompileError, match='cursor_of\\(\\) finds no "id" in the row, which has name'):
        cursor_of(short, by)
    with pytest.raises(CompileError, match="finds no expression in the row"):
        cursor_of(short, (fn.lower(Artist.name),))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Thing.group, 5),
        (Thing.name, "ä/+?"),
        (Thing.name, None),
        (Thing.size, Size.LARGE),
        (Thing.price, Decimal("1.50")),
        (Thing.day, date(999, 1, 1)),
        (Thing.at, datetime(2024, 1, 1, 1, 1, 1, 5, UTC)),
        (Thing.weight, 0.1 + 0.2),
        (Thing.lasts, timedelta(days=-1, microseconds=1)),
        (Thing.live, False),
        (Thing.key, UUID(int=5)),
        (Expr[Any](col.time().node), time(1, 2, 3, 4)),
        (Expr[Any](col.blob().node), b"\0\xff"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_every_kind_of_value_comes_back(key: Expr[Any], value: object) -> None:
    from qb.composition.cursors import decode
    from qb.composition.keysets import orders

    keys = orders((key,))
    (found,) = decode(cursor_of((value,), (key,)), keys)
    assert found == value
    assert type(found) is type(value)


def tampered() -> list[str]:
    by = (Album.released.desc(), Album.id)
    cursor = cursor_of((date(1971, 6, 22), 1), by)
    mark, *_ = json.loads(base64.urlsafe_b64decode(cursor + "=="))

    def made(*items: object) -> str:
        return base64.urlsafe_b64encode(json.dumps([mark, *items]).encode()).decode().rstrip("=")

    return [
        "", "x", "ä", cursor[:-3], cursor[3:], "e30", "W10", "NQ", made(), made("1971-06-22"), made("1971-06-99", 1),
        made(5, 1), made("1971-06-22", "1"), made("1971-06-22", True), made("1971-06-22", 1.5), made([], {}),
        cursor_of((5, 1), (Album.plays, Album.id)), cursor_of((date(1971, 6, 22), 1), (Album.released, Album.id)),
        "W1" * 10_000, "WyIiLCIi" + "Ww" * 5000,
    ]  # fmt: skip


@pytest.mark.parametrize("text", tampered(), ids=lambda text: text[:20] or "empty")
def test_a_cursor_that_was_changed(text: str) -> None:
    with pytest.raises(InvalidCursor) as caught:
        keyset(select(Album.id), by=(Album.released.desc(), Album.id), size=5, after=text)
    assert isinstance(caught.value, ValueError)


def test_what_a_cursor_cannot_keep() -> None:
    with pytest.raises(CompileError, match="cannot keep the value of a sort key"):
        cursor_of(([1],), (Expr[Any](col.json(list[int]).node),))


def test_an_alias_sorts_as_well() -> None:
    other = alias(Artist, "o")
    page = keyset(select(other.name), by=(other.country, other.id), size=5, after=("CA", 1))
    assert '"o"."country" > ? OR "o"."country" IS NULL' in str(page)


def test_enums_are_compared_by_rank_on_sqlite() -> None:
    page = keyset(select(Album.id), by=(Album.genre, Album.id), size=5, after=(Genre.JAZZ, 1))
    assert "CASE" in page.compile("sqlite").sql
