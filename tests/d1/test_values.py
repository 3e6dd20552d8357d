"""What travels to D1 and back as JSON: whole numbers, floats, texts, and the names of columns."""

from __future__ import annotations

import pytest

from qb import Database, Table, col, fn, insert, literal, select, sql, update
from qb.errors import EncodingError
from tests.music import Album, Artist, create_music


class Reading(Table, name="readings"):
    id = col.integer().primary_key()
    key = col.bigint().nullable()
    value = col.real().nullable()
    note = col.text().nullable()
    data = col.blob().nullable()


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
        '"artists"."id" AS "id_2", "artists"."name", CAST(? AS INTEGER) AS "1_2", CAST(? AS INTEGER), '
        'CAST(? AS INTEGER) AS "column_2" FROM'
    )
    row = await d1_db.fetch_one(query)
    assert (row.album.id, row.artist.id, row.artist.name, *row[2:]) == (3, 2, "AC/DC", 1, 2, 2)
