"""The tables of the typed cases."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, NotRequired, TypedDict, TypeVar

from qb import Query, Table, alias, check, col, fn, index, primary_key, unique

R = TypeVar("R")


def row(query: Query[R]) -> R:
    """The row type of a query."""
    raise NotImplementedError


class Genre(enum.Enum):
    rock = "rock"
    jazz = "jazz"


class Settings(TypedDict):
    theme: str


class Timestamps:
    created_at = col.timestamp().default_sql(fn.now())
    updated_at = col.timestamp("updatedAt").nullable()


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()
    country = col.varchar(2).nullable()


class Album(Timestamps, Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()
    released = col.date().nullable()
    plays = col.integer().default(0).check(lambda plays: plays >= 0)
    price = col.numeric(10, 2)
    rating = col.real().nullable()
    live = col.boolean().default(False)
    genre = col.enum(Genre)
    settings = col.json(Settings).nullable()
    label = col.text().generated(fn.upper(title))

    by_artist = index(artist_id, released.desc())
    one_title = unique(artist_id, title)
    named = check(fn.length(title) > 0)


class Track(Table, name="tracks"):
    id = col.uuid().primary_key()
    album_id = col.integer().references(lambda: Album.id, on_delete="cascade")
    title = col.text()
    length = col.interval().nullable()
    position = col.smallint()
    # Names that tuples have methods for are columns first.
    count = col.integer().default(0)


class Play(Table, name="plays"):
    """A key of two columns, and nothing generated."""

    track_id = col.uuid().references(lambda: Track.id)
    at = col.timestamp()
    key = primary_key(track_id, at)


class Category(Table, name="categories"):
    id = col.bigint().primary_key(generated=False)
    parent_id = col.bigint().nullable().references(lambda: Category.id)
    name = col.text()


parent = alias(Category, "parent")


def anything() -> Any:
    """A value that mypy knows nothing of."""
    return datetime.now()


@dataclass
class ArtistData:
    id: int
    name: str
    country: str | None


class AlbumTuple(NamedTuple):
    title: str
    released: date | None = None


class ArtistAlbumsDict(TypedDict):
    name: str
    albums: list[AlbumTuple]
    country: NotRequired[str]
