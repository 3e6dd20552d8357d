"""The queries of the building benchmark in SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.base import Executable
from sqlalchemy.util import LRUCache

from benchmarks.with_qb import ROWS

metadata = MetaData()
artists = Table("artists", metadata, Column("id", Integer, primary_key=True), Column("name", Text))
albums = Table(
    "albums",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("artist_id", ForeignKey("artists.id")),
    Column("title", Text),
    Column("released", Text),
    Column("plays", Integer),
    Column("rating", Float),
)
tracks = Table(
    "tracks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("album_id", ForeignKey("albums.id")),
    Column("seconds", Integer),
)


def primary_key() -> Executable:
    return select(albums.c.id, albums.c.title, albums.c.plays).where(albums.c.id == 7)


def joins() -> Executable:
    count = func.count(tracks.c.id)
    return (
        select(artists.c.name, albums.c.title, count.label("tracks"), func.sum(tracks.c.seconds).label("seconds"))
        .select_from(albums)
        .join(artists, albums.c.artist_id == artists.c.id)
        .outerjoin(tracks, tracks.c.album_id == albums.c.id)
        .where(albums.c.plays > 100, artists.c.name.like("A%"))
        .group_by(artists.c.name, albums.c.title)
        .having(count >= 3)
        .order_by(count.desc())
        .limit(10)
    )


def insert_many() -> Executable:
    return insert(albums).values(ROWS)


def ranking() -> Executable:
    busy = (
        select(albums.c.artist_id, func.count().label("albums"), func.sum(albums.c.plays).label("plays"))
        .group_by(albums.c.artist_id)
        .cte("busy")
    )
    good = select(albums.c.artist_id).where(albums.c.rating > 4.5)
    return (
        select(artists.c.name, busy.c.plays, func.rank().over(order_by=busy.c.plays.desc()).label("place"))
        .select_from(busy)
        .join(artists, artists.c.id == busy.c.artist_id)
        .where(busy.c.albums >= 3, busy.c.artist_id.in_(good))
        .order_by(busy.c.plays.desc())
        .limit(10)
    )


DIALECT: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
CACHE: Any = LRUCache(500)


def compiled(build: Callable[[], Any]) -> Callable[[], object]:
    """Build, compile, and take the parameters out."""

    def call() -> object:
        done = build().compile(dialect=DIALECT)
        return done.string, done.construct_params()

    return call


def cached(build: Callable[[], Any]) -> Callable[[], object]:
    """The same with the cache of compiled statements, as an engine does it."""

    def call() -> object:
        done, extracted, *_ = build()._compile_w_cache(DIALECT, compiled_cache=CACHE, column_keys=[])
        return done.string, done.construct_params(extracted_parameters=extracted)

    return call
