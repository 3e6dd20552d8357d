"""The tables that statements are tried on, and what is in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import NotRequired, TypedDict

from qb import NewRow, Table, check, col, fn, foreign_key, index, literal, primary_key, unique


class Genre(Enum):
    """Not in the order of the alphabet."""

    ROCK = "rock"
    JAZZ = "jazz"
    POP = "pop"


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()
    country = col.varchar(2).nullable()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()
    released = col.date().nullable()
    plays = col.integer().default(0)
    price = col.numeric(10, 2).default(Decimal("9.99"))
    genre = col.enum(Genre).nullable()
    live = col.boolean().default(False)

    one_title = unique(artist_id, title)
    by_release = index(released.desc())


class Track(Table, name="tracks"):
    album_id = col.integer()
    position = col.integer()
    title = col.text("name")  # not its name in the database
    seconds = col.real().nullable()
    fee = col.numeric(8, 4).nullable()  # of another scale than a price

    key = primary_key(album_id, position)
    album = foreign_key(album_id, references=lambda: (Album.id,), on_delete="cascade")
    counted = check(position > 0)


class Category(Table, name="categories"):
    id = col.integer().primary_key(generated=False)
    parent_id = col.integer().nullable().references(lambda: Category.id)
    name = col.text()


class Event(Table, name="events"):
    id = col.integer().primary_key(generated=False)
    happened = col.timestamp()
    noted = col.timestamp(zone=False)
    starts = col.time()
    lasts = col.interval()


class Note(Table, name="notes"):
    """All that an insert may leave out."""

    id = col.integer().primary_key()
    text = col.text().default("-")
    priority = col.smallint().default(5).check(lambda priority: priority > 0)
    big = col.bigint().nullable()
    share = col.numeric(5, 3).default(Decimal("0.5"))
    size = col.integer().generated(priority * 2)


class Member(Table, name="members"):
    """Unique in many ways, with defaults that the database computes."""

    id = col.integer().primary_key()
    email = col.text()
    team = col.integer().nullable()
    gone = col.boolean().default(False)
    score = col.numeric(8, 2).default(0)
    code = col.text().default_sql(fn.upper(literal("m") + "1"))

    by_email = index(fn.lower(email), unique=True, where=team.is_null())
    active = index(email, team.desc(), unique=True, where=gone == False)  # noqa: E712  # SQL, not Python
    with_quote = unique(team, score, name='one "score"')
    by_code = index(code)


class Look(TypedDict):
    """A part of a document, of which every part may be missing."""

    colors: NotRequired[list[str]]
    font: NotRequired[str | None]


class Settings(TypedDict):
    theme: str
    level: int
    volume: float
    loud: bool
    look: Look
    seen: dict[str, int]


class Profile(Table, name="profiles"):
    id = col.integer().primary_key(generated=False)
    settings = col.json(Settings)
    extra = col.json(object).nullable()


TABLES = (Artist, Album, Track, Category, Event, Note, Member, Profile)

ARTISTS: list[NewRow[Artist]] = [
    {"name": "Joni", "country": "CA"},
    {"name": "Miles", "country": "US"},
    {"name": "Nina", "country": None},
]
ALBUMS: list[NewRow[Album]] = [
    {"artist_id": 1, "title": "Blue", "released": date(1971, 6, 22), "plays": 100, "price": Decimal("10.50"),
     "genre": Genre.POP, "live": False},
    {"artist_id": 1, "title": "Hejira", "released": date(1976, 11, 22), "plays": 20, "price": Decimal("9.00"),
     "genre": Genre.JAZZ, "live": False},
    {"artist_id": 2, "title": "Kind of Blue", "released": date(1959, 8, 17), "plays": 300, "price": Decimal("9.25"),
     "genre": Genre.JAZZ, "live": False},
    {"artist_id": 2, "title": "Agharta", "released": None, "plays": 0, "price": Decimal("100.00"), "genre": None,
     "live": True},
]  # fmt: skip
TRACKS: list[NewRow[Track]] = [
    {"album_id": 1, "position": 1, "title": "All I Want", "seconds": 214.5, "fee": Decimal("0.0525")},
    {"album_id": 1, "position": 2, "title": "My Old Man", "seconds": 213.0, "fee": Decimal("10.5000")},
    {"album_id": 3, "position": 1, "title": "So What", "seconds": 562.25, "fee": None},
    {"album_id": 3, "position": 2, "title": "Blue in Green", "seconds": None, "fee": Decimal("0.1000")},
]
CATEGORIES: list[NewRow[Category]] = [
    {"id": 1, "parent_id": None, "name": "Music"},
    {"id": 2, "parent_id": 1, "name": "Jazz"},
    {"id": 3, "parent_id": 1, "name": "Pop"},
]
EVENTS: list[NewRow[Event]] = [
    {"id": 1, "happened": datetime(2024, 2, 29, 23, 59, 58, 999999, UTC), "noted": datetime(2024, 3, 1, 0, 59, 58),
     "starts": time(9, 30, 15, 250000), "lasts": timedelta(days=1, microseconds=1)},
    {"id": 2, "happened": datetime(2024, 12, 31, 12, tzinfo=UTC), "noted": datetime(1, 1, 1, 1),
     "starts": time(0), "lasts": timedelta(hours=-2)},
]  # fmt: skip
PROFILES: list[NewRow[Profile]] = [
    {"id": 1, "settings": {"theme": "dark", "level": 3, "volume": 0.5, "loud": True,
                           "look": {"colors": ["red", "blue"], "font": "Serif"}, "seen": {"home": 2}},
     "extra": {"a": [1, {"b": "x"}], "t": True, "n": None, "s": "text", "f": 1.5}},
    {"id": 2, "settings": {"theme": "light", "level": 2**53 + 1, "volume": 2.0, "loud": False,
                           "look": {"font": None}, "seen": {}},
     "extra": [10, 20, [30]]},
    {"id": 3, "settings": {"theme": "it's \"é\"", "level": -1, "volume": 0.0, "loud": False, "look": {}, "seen": {}},
     "extra": None},
]  # fmt: skip
