"""Rows: their items by position, and in loops."""

from typing import reveal_type

from qb import Database, Row, fn, select
from tests.typing.checkers.cases.schema import Album, Artist


async def rows(db: Database) -> None:
    for title, plays in await db.fetch_all(select(Album.title, Album.plays)):
        reveal_type(title)  # R: str
        reveal_type(plays)  # R: int
    row = await db.fetch_one(select(Album.id, fn.nullif(Album.plays, 0), Album.released))
    reveal_type(row[0])  # R: int
    reveal_type(row[1])  # R: int | None
    reveal_type(row[-1])  # R: date | None
    maybe = await db.fetch_one_or_none(select(Album.title))
    reveal_type(maybe is None)  # R: bool
    if maybe is not None:
        reveal_type(maybe[0])  # R: str
    async for (streamed,) in db.stream(select(Album.title)):
        reveal_type(streamed)  # R: str
    reveal_type(await db.fetch_value(select(Album.title)))  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    whole = await db.fetch_all(select(Album))
    reveal_type(whole)  # R: list[Row[Album]]
    reveal_type(whole[0][2])  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    album, artist = await db.fetch_one(select(Album, Artist).join(Artist, on=Artist.id == Album.artist_id))
    reveal_type(album)  # R: Row[Album]
    reveal_type(artist)  # R: Row[Artist]
    row[3]  # E: all
    one, two = row  # E: all
    row[0].upper()  # E: all
    plays_text: str = row[0]  # E: all
    await db.fetch_value(select(Album.id, Album.title))  # E: plugin
    await db.fetch_all(Album)  # E: all
    db.fetch_one(select(Album.title))[0]  # E: all


def described(album: Row[Album]) -> None:
    other: Row[Artist] = album  # E: all
