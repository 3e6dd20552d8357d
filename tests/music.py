"""The tables that the tests use, and some rows for them."""

from __future__ import annotations

import datetime

from qb import Executor, NewRow, Table, col, index, insert


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()
    released = col.date().nullable()
    plays = col.integer().default(0).check(lambda plays: plays >= 0)

    by_artist = index(artist_id, released.desc())


class Track(Table, name="tracks"):
    id = col.integer().primary_key()
    album_id = col.integer().references(lambda: Album.id, on_delete="cascade")
    title = col.text()


# Their keys are 1, 2, 3, …: the database counts.
ARTISTS: list[NewRow[Artist]] = [{"name": "Joni Mitchell"}, {"name": "AC/DC"}, {"name": "Nobody"}]
ALBUMS: list[NewRow[Album]] = [
    {"artist_id": 1, "title": "Blue", "released": datetime.date(1971, 6, 22), "plays": 300},
    {"artist_id": 1, "title": "Hejira", "released": datetime.date(1976, 11, 1), "plays": 120},
    {"artist_id": 2, "title": "Powerage", "released": datetime.date(1978, 5, 5), "plays": 90},
    {"artist_id": 2, "title": "Demos", "released": None, "plays": 0},
]
TRACKS: list[NewRow[Track]] = [
    {"album_id": 1, "title": "All I Want"},
    {"album_id": 1, "title": "River"},
    {"album_id": 3, "title": "Riff Raff"},
]


async def create_music(db: Executor) -> None:
    """Create the tables and fill them."""
    await db.create_tables(Artist, Album, Track)
    await db.execute(insert(Artist).values_many(ARTISTS))
    await db.execute(insert(Album).values_many(ALBUMS))
    await db.execute(insert(Track).values_many(TRACKS))
