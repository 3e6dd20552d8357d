"""The queries of the building benchmark in PyPika, which writes values into the text."""

from __future__ import annotations

from typing import Any

from pypika import AliasedQuery, Field, Order, PostgreSQLQuery, Table
from pypika import analytics as an
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


def ranking() -> Any:
    busy = (
        PostgreSQLQuery.from_(albums)
        .select(albums.artist_id, fn.Count("*").as_("albums"), fn.Sum(albums.plays).as_("plays"))
        .groupby(albums.artist_id)
    )
    plays = Field("plays", table=AliasedQuery("busy"))
    good = PostgreSQLQuery.from_(albums).select(albums.artist_id).where(albums.rating > 4.5)
    artist_id = Field("artist_id", table=AliasedQuery("busy"))
    rank: Any = an.Rank()  # type: ignore[no-untyped-call]  # PyPika's own
    return (
        PostgreSQLQuery.with_(busy, "busy")
        .from_(AliasedQuery("busy"))
        .join(artists)
        .on(artists.id == artist_id)
        .select(artists.name, plays, rank.orderby(plays, order=Order.desc).as_("place"))
        .where((Field("albums", table=AliasedQuery("busy")) >= 3) & artist_id.isin(good))
        .orderby(plays, order=Order.desc)
        .limit(10)
    )
