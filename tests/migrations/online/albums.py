"""Tables that change in every way while programs use them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from qb import Database, Table, check, col, index, sql
from qb.dialect import find_dialect
from qb.migrations.hints import Hints, declared_hints
from qb.migrations.making import Draft, draft
from qb.schema.objects import Name

POSTGRES = find_dialect("postgres")

describe = POSTGRES.ddl().description.describe

ROWS = 2500
"""More than two batches."""


class Artist(Table, name="artists"):
    id = col.integer().primary_key()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    plays = col.integer().default(0)
    artist_id = col.integer().nullable()
    year = col.integer()
    by_title = index(title)
    by_year = index(year)
    by_plays = index(plays)


class LaterArtist(Table, name="artists"):
    id = col.integer().primary_key()


class LaterAlbum(Table, name="albums"):
    id = col.integer().primary_key()
    name = col.text(renamed_from="title").unique()
    plays = col.bigint().default(0)
    artist_id = col.integer().references(lambda: LaterArtist.id)
    year = col.integer()
    token = col.uuid().default_sql(sql("gen_random_uuid()", returns=UUID))
    decade = col.integer()
    by_name = index(name)
    by_year = index(year.desc())
    by_plays = index(plays)
    real_year = check(year > 1000)


BEFORE, AFTER = describe([Artist, Album]), describe([LaterArtist, LaterAlbum])
HINTS = declared_hints([LaterArtist, LaterAlbum], BEFORE, AFTER).merged(
    Hints(using={(Name("albums"), "decade"): "year / 10 * 10"}, dropped=frozenset({(Name("albums"), "by_title")}))
)

FILL = (
    "INSERT INTO artists (id) SELECT n FROM generate_series(1, 10) n",
    f"""INSERT INTO albums (title, plays, artist_id, year)
    SELECT 'title ' || n, n, n % 10 + 1, 1900 + n % 100 FROM generate_series(1, {ROWS}) n""",
)


def drafts(online: bool = True, finish: bool = False) -> list[Draft]:
    """The way from one to the other."""
    return draft(POSTGRES, BEFORE, AFTER, HINTS, online=online, finish=finish)


async def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    async with db.driver.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(query, (), list)]
