"""Scopes, groups and dialects."""

from typing import Literal, reveal_type

from qb import Database, fn, select
from tests.typing.checkers.cases.schema import Album, Artist

select(Album.title).where(Artist.id == 1).compile("sqlite")  # E: plugin
select(Album.title, Artist.name).compile("sqlite")  # E: plugin
select(Album.id, Artist.id)  # E: plugin
select(Album.title, fn.count()).compile("sqlite")  # E: plugin
select(Album.title).where(fn.count() > 1)  # E: plugin
select(Album.title).join(Album, on=Album.id == Album.id).compile("sqlite")  # E: plugin
select("title")  # E: all
select(Album.title).limit("ten")  # E: all
select(Album.title).join(Artist)  # E: all
select(Album.title).where(Album.id == 1, "title")  # E: all


async def dialects(db: Database[Literal["sqlite"]]) -> None:
    reveal_type(Database.connect("sqlite://"))  # R: Database[Literal['sqlite']]  # R[mypy, pyright, ty]: Database[str]  # R[pyrefly]: Database
    await db.fetch_all(select(Album.title).distinct_on(Album.artist_id).order_by(Album.artist_id))  # E: plugin
