"""Functions around queries."""

from datetime import date
from typing import TypeVar, reveal_type

from qb import Database, Query, Rows, Select, Table, inferred, query, select
from tests.typing.checkers.cases.schema import Album

Q = TypeVar("Q", bound=Select)


@query
def by_title(title: str, *, since: date) -> Query:
    return select(Album.id, Album.plays).where(Album.title == title, Album.released >= since)


@inferred
async def titles(db: Database) -> Rows:
    return await db.fetch_all(select(Album.title))


def recent(query: Q) -> Q:
    return query


def typed() -> Select[tuple[str, int]]:
    return select(Album.title, Album.plays)


async def called(db: Database) -> None:
    row = await db.fetch_one(by_title("Blue", since=date(2020, 1, 1)))
    reveal_type(row[0])  # R: int  # R[mypy, pyright, ty, pyrefly]: Any
    reveal_type(row.plays)  # R: int  # R[mypy, pyright, ty, pyrefly]: Any
    (found, *_) = await titles(db)
    reveal_type(found.title)  # R: str  # R[mypy, pyright, ty, pyrefly]: Any
    title, plays = await db.fetch_one(recent(select(Album.title, Album.plays)))
    reveal_type(title)  # R: str  # R[pyright]: Any
    again, _ = await db.fetch_one(typed())
    reveal_type(again)  # R: str
    by_title(5, since=date(2020, 1, 1))  # E: all
    by_title("Blue")  # E: all
    by_title("Blue", since="2020")  # E: all
    await titles()  # E: all
    recent(Album)  # E: all
