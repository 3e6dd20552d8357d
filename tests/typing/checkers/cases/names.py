"""Rows: their items by name."""

from typing import reveal_type

from qb import Database, Row, fn, select
from tests.typing.checkers.cases.schema import Album, Artist


async def names(db: Database, album: Row[Album]) -> None:
    row = await db.fetch_one(select(Album.title, fn.count().as_("albums")).group_by(Album.title))
    reveal_type(row.title)  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(row.albums)  # R: int  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(album.title)  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(album.released)  # R: date | None  # R[mypy, pyright, ty, pyrefly]: Any
    both = await db.fetch_one(select(Album, Artist).join(Artist, on=Artist.id == Album.artist_id))
    reveal_type(both.artist)  # R: Row[Artist]  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(both.artist.name)  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    row.titel  # E: plugin
    album.titel  # E: plugin
    row.title + 1  # E: plugin
    both.label  # E: plugin
    row.title = "Blue"  # E: plugin, pyright, ty, pyrefly
