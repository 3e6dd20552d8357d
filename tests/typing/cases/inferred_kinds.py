"""`@inferred` of functions of all kinds: generators, methods, several returns, helpers."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, TypeVar

from schema import Album, Artist, Category, row

from qb import Database, Query, Row, Rows, Select, Table, alias, fn, inferred, query, select, update

T = TypeVar("T", bound=Table)

# Functions that call others


@inferred
def latest() -> Query:
    return select(Album.title, Album.released).where(Album.released.is_not_null())


@inferred
def later() -> Query:
    return latest()


@inferred
def uses_later() -> Query:
    return later()


reveal_type(row(uses_later()))  # R: tuple[str, date, fallback=Row[TypedDict({'released': date, 'title': str})]]
row(uses_later()).name  # E[qb-name]: The row has no column "name"; it has title, released

# Generators


@inferred
def each(rows: Iterable[int]) -> Iterator[Any]:
    for number in rows:
        yield number, row(later())


@inferred
def either(titles: bool) -> Iterator[Any]:
    if titles:
        yield row(select(Album.title))
    else:
        yield None


@inferred
def from_other() -> Iterator[Any]:
    yield from each([1])


@inferred
async def streamed(db: Database) -> AsyncIterator[Any]:
    async for found in db.stream(later()):
        yield found


@inferred
async def pages(db: Database) -> AsyncIterator[Any]:
    yield await db.fetch_all(select(Artist))


async def use(db: Database) -> None:
    for number, found in each([1]):
        reveal_type(number)  # R: int
        reveal_type(found.title)  # R: str
    reveal_type(either(True))  # R: typing.Iterator[tuple[str, fallback=Row[TypedDict({'title': str})]] | None]
    reveal_type(from_other())  # R: typing.Iterator[tuple[int, tuple[str, date, fallback=Row[TypedDict({'released': date, 'title': str})]]]]
    reveal_type(streamed(db))  # R: typing.AsyncIterator[tuple[str, date, fallback=Row[TypedDict({'released': date, 'title': str})]]]
    async for found in streamed(db):
        reveal_type(found.released)  # R: date
        found.plays  # E[qb-name]: The row has no column "plays"
    async for page in pages(db):
        reveal_type(page)  # R: list[Row[Artist]]
    for nothing in either(False):
        nothing.title  # E[union-attr]: Item "None"


# Methods


class Store:
    least = 5

    def __init__(self, db: Database) -> None:
        self.db = db

    @inferred
    def popular(self) -> Query:
        return select(Album.id, Album.title).where(Album.plays > self.least)

    @inferred
    async def load(self) -> Rows:
        return await self.db.fetch_all(self.popular())

    @classmethod
    @inferred
    def titles(cls) -> Query:
        return select(Album.title).where(Album.plays > cls.least)

    @staticmethod
    @inferred
    def names(start: str) -> Query:
        return select(Artist.name).where(Artist.name.startswith(start))

    @property
    @inferred
    def albums(self) -> Query:
        return select(Album)

    @classmethod
    @query
    def prepared(cls, least: int) -> Query:
        return select(Album.plays).where(Album.plays > least)


async def of_store(store: Store) -> None:
    for loaded in await store.load():
        reveal_type(loaded.title)  # R: str
        loaded.plays  # E[qb-name]: The row has no column "plays"; it has id, title
    reveal_type(row(store.popular()).id)  # R: int
    reveal_type(row(Store.titles()))  # R: tuple[str, fallback=Row[TypedDict({'title': str})]]
    reveal_type(row(store.titles()).title)  # R: str
    reveal_type(row(Store.names("A")).name)  # R: str
    reveal_type(row(store.albums))  # R: Row[Album]
    Store.names(5)  # E[arg-type]: Argument 1 to "names" of "Store" has incompatible type "int"; expected "str"


# Several returns


@inferred
def by(kind: str) -> Any:
    if kind == "title":
        return select(Album.title.as_("x"))
    if kind == "name":
        return select(Artist.name.as_("x"))
    return select(Album.plays.as_("x"))


reveal_type(row(by("title")).x)  # R: object
reveal_type(row(by("title")))  # R: tuple[object, fallback=Row[TypedDict({'x': object})]]

# Statements that return rows


@inferred
def renamed(id: int, title: str) -> Query:
    return update(Album).set(title=title).where(Album.id == id).returning(Album.id, Album.title)


reveal_type(row(renamed(1, "x")))  # R: tuple[int, str, fallback=Row[TypedDict({'id': int, 'title': str})]]

# Helpers of any table


def by_id(table: type[T], id: int) -> Select[Row[T]]:
    return select(table).limit(1)


@inferred
def one_album(id: int) -> Query:
    return by_id(Album, id).where(Album.id == id)


reveal_type(row(one_album(1)).title)  # R: str
row(one_album(1)).name  # E[qb-name]: "Album" has no column "name"

# Self-joins, whole tables mixed with columns


@inferred
def tree() -> Query:
    above = alias(Category, "above")
    return select(Category, above.name.as_("above"), fn.length(above.name).as_("length")).left_join(
        above, on=above.id == Category.parent_id
    )


reveal_type(row(tree()))  # R: tuple[Row[Category], str | None, int | None, fallback=Row[TypedDict({'above': str | None, 'category': Row[Category], 'length': int | None})]]
row(tree()).above.upper()  # E[union-attr]: Item "None" of "str | None"
row(tree()).category.title  # E[qb-name]: "Category" has no column "title"
