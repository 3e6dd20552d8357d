"""Rows as instances of a class: `.into(Cls)` and `into=Cls`."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypedDict, TypeVar

from qb import Database, Executor, Query, insert, many, query, select
from schema import Album, Artist, row

C = TypeVar("C")


@dataclass
class Named:
    name: str


@dataclass
class NameAndTitle:
    name: str
    title: str


class Title(NamedTuple):
    title: str


class Key(TypedDict):
    id: int


names = select(Artist.name)
reveal_type(row(names.into(Named)))  # R: Named
reveal_type(row(select(Album.title).into(Title)))  # R: tuple[str, fallback=Title]
reveal_type(row(select(Album.id).into(Key)))  # R: TypedDict(Key, {'id': int})
reveal_type(row(names.union_all(select(Album.title)).into(Named)))  # R: Named
reveal_type(row(insert(Artist).values(name="x").returning(Artist.name).into(Named)))  # R: Named


@query
def prepared(number: int) -> Query:
    return select(Artist.name).where(Artist.id == number).into(Named)


reveal_type(row(prepared(1)))  # R: Named


async def fetch(db: Database, either: Executor) -> None:
    reveal_type(await db.fetch_all(names, into=Named))  # R: list[Named]
    reveal_type(await db.fetch_all(names.into(Named)))  # R: list[Named]
    reveal_type(await either.fetch_one(names, into=Named))  # R: Named
    reveal_type(await db.fetch_one_or_none(names, into=Named))  # R: Named | None
    reveal_type(await db.fetch_all(prepared(1)))  # R: list[Named]
    async for named in db.stream(names, into=Named, size=10):
        reveal_type(named)  # R: Named
    albums = many(select(Album.title).into(Title)).as_("albums")
    reveal_type((await db.fetch_one(select(Artist.name, albums))).albums)  # R: list[tuple[str, fallback=Title]]


async def helper(db: Database, found: Query[Any], cls: type[C]) -> list[C]:
    return await db.fetch_all(found, into=cls)


async def use_helper(db: Database) -> None:
    reveal_type(await helper(db, names, Named))  # R: list[Named]


# The query is checked where it is run, as without a class

select(Artist.name).where(Album.id == 1).into(Named).compile("sqlite")  # E[qb-scope]: Album.id is used in .where(), but Album is not in this query
many(select(Album.title).where(Artist.id == 1).into(Title))
insert(Artist).returning(Artist.name).into(Named)  # E[qb-type]: insert(Artist) has no rows


async def checked(db: Database, local: Database[Literal["sqlite"]]) -> None:
    wrong = select(Artist.name).order_by(Album.id).into(Named)  # E[qb-scope]: Album is not in this query
    await db.fetch_all(wrong)
    await db.fetch_all(select(Artist.name, Album.title), into=NameAndTitle)  # E[qb-scope]: Artist and Album are selected, but not joined
    distinct = names.distinct_on(Artist.id).into(Named)
    await db.fetch_all(distinct)
    await local.fetch_all(distinct)  # E[qb-dialect]: DISTINCT ON is not in SQLite
