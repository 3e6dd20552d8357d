"""The queries of the building benchmark in PyPika, which writes values into the text."""

from __future__ import annotations

from typing import Any

from pypika import Order, PostgreSQLQuery, Table
from pypika import functions as fn

from benchmarks.with_qb import ROWS

artists, albums, tracks = Table("artists"), Table("albums"), Table("tracks")


def primary_key() -> Any:
    return PostgreSQLQuery.from_(albums).select(albums.id, albums.title, albums.plays).where(albums.id == 7)


def joins() -> Any:
    count = fn.Count(tracks.id)
    return (
        PostgreSQLQuery.from_(albums)
        .join(artists)
        .on(albums.artist_id == artists.id)
        .left_join(tracks)
        .on(tracks.album_id == albums.id)
        .select(artists.name, albums.title, count.as_("tracks"), fn.Sum(tracks.seconds).as_("seconds"))
        .where((albums.plays > 100) & artists.name.like("A%"))
        .groupby(artists.name, albums.title)
        .having(count >= 3)
        .orderby(count, order=Order.desc)
        .limit(10)
    )


def insert_many() -> Any:
    query = PostgreSQLQuery.into(albums).columns(*ROWS[0])
    return query.insert(*[tuple(row.values()) for row in ROWS])
