"""The queries of the building benchmark in qb."""

from __future__ import annotations

from qb import NewRow, Table, col, fn, insert, select
from qb.queries import Compilable


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
    released = col.text()
    plays = col.integer()
    rating = col.real()


class Track(Table, name="tracks"):
    id = col.integer().primary_key()
    album_id = col.integer().references(lambda: Album.id)
    seconds = col.integer()


def primary_key() -> Compilable:
    return select(Album.id, Album.title, Album.plays).where(Album.id == 7)


def joins() -> Compilable:
    tracks = fn.count(Track.id)
    return (
        select(Artist.name, Album.title, tracks.as_("tracks"), fn.sum(Track.seconds).as_("seconds"))
        .from_(Album)
        .join(Artist, on=Album.artist_id == Artist.id)
        .left_join(Track, on=Track.album_id == Album.id)
        .where(Album.plays > 100, Artist.name.like("A%"))
        .group_by(Artist.name, Album.title)
        .having(tracks >= 3)
        .order_by(tracks.desc())
        .limit(10)
    )


ROWS: list[NewRow[Album]] = [
    {"artist_id": n, "title": f"Album {n}", "released": "2024-05-01", "plays": n * 10, "rating": n / 2}
    for n in range(100)
]


def insert_many() -> Compilable:
    return insert(Album).values_many(ROWS)


def ranking() -> Compilable:
    busy = (
        select(Album.artist_id, fn.count().as_("albums"), fn.sum(Album.plays).as_("plays"))
        .group_by(Album.artist_id)
        .cte("busy")
    )
    good = select(Album.artist_id).where(Album.rating > 4.5)
    return (
        select(Artist.name, busy.plays, fn.rank().over(order_by=busy.plays.desc()).as_("place"))
        .from_(busy)
        .join(Artist, on=Artist.id == busy.artist_id)
        .where(busy.albums >= 3, busy.artist_id.in_(good))
        .order_by(busy.plays.desc())
        .limit(10)
    )
