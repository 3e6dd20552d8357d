"""Inserts, updates and deletes."""

from typing import reveal_type

from qb import Database, NewRow, RowPatch, delete, excluded, insert, update
from tests.typing.checkers.cases.schema import Album, Artist

insert(Album).values(title="Blue", artist_id=1)
insert(Album).values(title="Blue", artist_id=1).on_conflict(Album.id).do_update(plays=excluded(Album.plays))
update(Album).set(plays=Album.plays + 1).where(Album.id == 1)
delete(Album).where(Album.released.is_null())
new: NewRow[Album] = {"title": "Blue", "artist_id": 1}
changed: RowPatch[Album] = {"plays": 1}
new["plays"] = 5
insert(Album).values_many([new])
insert(Album).values(**new)


def written(given: NewRow[Album]) -> None:
    reveal_type(given["title"])  # R: str  # R[mypy, pyright, ty, pyrefly]: Any


async def returned(db: Database) -> None:
    (row,) = await db.fetch_all(insert(Album).values(title="Blue", artist_id=1).returning(Album.id, Album.title))
    reveal_type(row[0])  # R: int  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(row[1])  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(row.title)  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(await db.fetch_one(delete(Album).where(Album.id == 1).returning(Album)))  # R: Row[Album]  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(await db.execute(update(Album).set(plays=1).where(Album.id == 1)))  # R: Affected
    await db.fetch_all(delete(Album).where(Album.id == 1))  # E: all


insert(Album).values(title="Blue")  # E: plugin
insert(Album).values(title=5, artist_id=1)  # E: plugin
insert(Album).values(titel="Blue", artist_id=1)  # E: plugin
insert("albums")  # E: all
insert(Album).value(title="Blue")  # E: all
update(Album).set(plays="many")  # E: plugin
update(Album).set(plas=1)  # E: plugin
update(Album).where("id = 1")  # E: all
delete(Album).where(Artist.id == 1).compile("sqlite")  # E: plugin
delete(Album).compile("sqlite")  # E: plugin
wrong: NewRow[Album] = {"title": "Blue"}  # E: plugin
insert(Album).values_many([1])  # E: all
insert(Album).values_many([{"titel": "Blue"}])  # E: plugin
