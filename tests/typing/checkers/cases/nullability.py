"""Nullability after outer joins."""

from typing import reveal_type

from qb import Database, fn, select
from tests.typing.checkers.cases.schema import Album, Artist


async def joined(db: Database) -> None:
    match = Album.artist_id == Artist.id
    (name, title, length, count) = await db.fetch_one(
        select(Artist.name, Album.title, fn.length(Album.title), fn.count(Album.id))
        .left_join(Album, on=match)
        .group_by(Artist.name, Album.title)
    )
    reveal_type(name)  # R: str
    reveal_type(title)  # R: str | None  # R[mypy, pyright, ty, pyrefly]: str
    reveal_type(length)  # R: int | None  # R[mypy, pyright, ty, pyrefly]: int
    reveal_type(count)  # R: int
    (left, right) = await db.fetch_one(select(Artist.name, Album.title).full_join(Album, on=match))
    reveal_type(left)  # R: str | None  # R[mypy, pyright, ty, pyrefly]: str
    reveal_type(right)  # R: str | None  # R[mypy, pyright, ty, pyrefly]: str
    artist, album = await db.fetch_one(select(Artist, Album).left_join(Album, on=match))
    reveal_type(artist)  # R: Row[Artist]
    reveal_type(album)  # R: Row[Album] | None  # R[mypy, pyright, ty, pyrefly]: Row[Album]
    (kept,) = await db.fetch_one(select(fn.coalesce(Album.title, "none")).from_(Artist).left_join(Album, on=match))
    reveal_type(kept)  # R: str
    title.upper()  # E: plugin
    album.title  # E: plugin
