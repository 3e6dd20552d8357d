"""What travels to D1 and back as JSON: whole numbers, floats, texts, and the names of columns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import Database, Table, case, cast, col, delete, fn, insert, literal, select, sql, update
from qb.errors import EncodingError
from tests.music import Album, Artist, create_music


class Reading(Table, name="readings"):
    id = col.integer().primary_key()
    key = col.bigint().nullable()
    value = col.real().nullable()
    note = col.text().nullable()
    data = col.blob().nullable()


class Price(Table, name="prices"):
    id = col.integer().primary_key()
    amount = col.numeric(10, 2)


LARGE = 2**63 - 1


async def test_large_whole_numbers_keep_every_digit(d1_db: Database) -> None:
    await d1_db.create_tables(Reading)
    await d1_db.execute(insert(Reading).values(key=LARGE))
    await d1_db.execute(insert(Reading).values_many([{"key": -LARGE - 1}, {"key": 2**53 + 1}, {"key": 5}]))
    query = select(Reading.key).order_by(Reading.key)
    assert query.compile("d1").sql == (
        'SELECT CAST("readings"."key" AS TEXT) AS "key" FROM "readings" ORDER BY "readings"."key"'
    )
    assert [row.key for row in await d1_db.fetch_all(query)] == [-LARGE - 1, 5, 2**53 + 1, LARGE]
    assert await d1_db.fetch_value(select(Reading.id).where(Reading.key == LARGE)) == 1
    assert await d1_db.fetch_value(select(fn.count()).from_(Reading).where(Reading.key.in_([LARGE, 5]))) == 2
    assert await d1_db.fetch_value(select(Reading.key - 1).where(Reading.key == LARGE)) == LARGE - 1
    both = select(Reading.key).where(Reading.id == 1).union(select(Reading.key).where(Reading.id == 4))
    assert {row.key for row in await d1_db.fetch_all(both)} == {5, LARGE}
    changed = update(Reading).set(key=Reading.key - 2).where(Reading.key == LARGE).returning(Reading.key)
    assert await d1_db.fetch_all(changed) == [(LARGE - 2,)]


async def test_whole_numbers_stay_whole_where_no_column_makes_them_so(d1_db: Database) -> None:
    found = await d1_db.fetch_one(
        select(
            (literal(7) // 2).as_("half"),
            (literal(7) % 4).as_("rest"),
            sql("{} || ''", 5, returns=str).as_("text"),
            sql("typeof({})", True, returns=str).as_("kind"),
        )
    )
    assert found == (3, 3, "5", "integer")


plays, most = Album.plays, 10**16 + 1
grown = select(Album.id, (plays * most).as_("n")).subquery("grown")
steps = select(literal(1).as_("n")).recursive_cte(
    "steps", lambda steps: select(steps.n * 1_000_003).where(steps.n < most)
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (plays * most, 3 * most),
        (plays + 2**60, 2**60 + 3),
        (-(plays * most), -3 * most),
        (literal(most), most),
        (fn.max(plays * most), 3 * most),
        (fn.sum(plays * most), 3 * most),
        (fn.coalesce(fn.nullif(plays, 3), most), most),
        (case((plays > 1, plays * most), else_=0), 3 * most),
        (case((plays > 7, plays * most), else_=most), most),
        (select(fn.min(grown.n)).scalar_subquery(), 3 * most),
        (select(fn.max(steps.n)).scalar_subquery(), 1_000_003**3),
        (fn.first_value(plays * most).over(order_by=Album.id), 3 * most),
        (cast(sql("'9007199254740993'", returns=str), col.integer()), 2**53 + 1),
        (sql("9007199254740993", returns=int), 2**53 + 1),
    ],
    ids=str,
)
async def test_expressions_of_whole_numbers_keep_every_digit(d1_db: Database, expression: Any, value: int) -> None:
    await create_music(d1_db)
    await d1_db.execute(delete(Album).where(Album.id != 1))
    await d1_db.execute(update(Album).set(plays=3).where(Album.id == 1))
    query = select(expression.as_("found")).from_(Album)
    found = await d1_db.fetch_value(query)
    assert (type(found), found) == (int, value)
    both = query.union_all(query)
    assert await d1_db.fetch_all(both) == [(value,), (value,)]
    outer = query.subquery("outer")
    assert await d1_db.fetch_value(select(outer.found)) == value


async def test_values_beside_columns_in_set_operations_are_whole(d1_db: Database) -> None:
    await d1_db.create_tables(Reading, Price)
    await d1_db.execute(insert(Price).values(amount=Decimal("2.50")))
    await d1_db.execute(insert(Reading).values(key=LARGE))
    both = select(literal(3).as_("n")).union_all(select(Price.amount.as_("n")))
    assert sorted([row.n for row in await d1_db.fetch_all(both)]) == [Decimal("2.50"), 3]
    same = select(literal(LARGE).as_("n")).union(select(Reading.key.as_("n")))
    assert await d1_db.fetch_all(same) == [(LARGE,)]


def test_what_no_number_is_large_in_is_selected_as_it_is() -> None:
    query = select(
        plays,
        (-plays).as_("a"),
        (plays // 2).as_("b"),
        (plays % 7).as_("c"),
        fn.max(plays).as_("d"),
        fn.length(Album.title).as_("e"),
    )
    assert "TEXT" not in query.group_by(Album.id).compile("d1").sql
    assert "TEXT" not in select(query.group_by(Album.id).subquery("s")).compile("d1").sql
    unnamed = select(Album.id, plays * 2).union_all(select(Album.id, plays))
    assert "TEXT" not in unnamed.compile("d1").sql  # which would need a name


def test_an_integer_column_refuses_what_would_come_back_rounded() -> None:
    with pytest.raises(EncodingError, match=r"albums\.plays: 9007199254740993 would come back rounded .* col\.bigint"):
        insert(Album).values(title="x", artist_id=1, plays=2**53 + 1).compile("d1")
    with pytest.raises(EncodingError, match="infinite"):
        insert(Reading).values(value=float("inf")).compile("d1")


@pytest.mark.parametrize("count", [1, 30])
async def test_nul_and_every_plane_of_unicode(d1_db: Database, count: int) -> None:
    await d1_db.create_tables(Reading)
    texts = ["a\0b", "\U0001f600", "\u2028", "'\"\\"] * count
    await d1_db.execute(insert(Reading).values_many([{"note": text, "data": text.encode()} for text in texts]))
    rows = await d1_db.fetch_all(select(Reading.note, Reading.data).order_by(Reading.id))
    assert rows == [(text, text.encode()) for text in texts]


async def test_columns_of_one_name(d1_db: Database) -> None:
    await create_music(d1_db)
    query = select(Album, Artist, literal(1).as_("1"), literal(2), literal(2)).join(
        Artist, on=Album.artist_id == Artist.id
    )
    query = query.where(Album.id == 3)
    assert query.compile("d1").sql.startswith(
        'SELECT "albums"."id", "albums"."artist_id", "albums"."title", "albums"."released", "albums"."plays", '
        '"artists"."id" AS "id_2", "artists"."name", CAST(CAST(? AS INTEGER) AS TEXT) AS "1_2", '
        'CAST(CAST(? AS INTEGER) AS TEXT), CAST(CAST(? AS INTEGER) AS TEXT) AS "column_2" FROM'
    )
    row = await d1_db.fetch_one(query)
    assert (row.album.id, row.artist.id, row.artist.name, *row[2:]) == (3, 2, "AC/DC", 1, 2, 2)
