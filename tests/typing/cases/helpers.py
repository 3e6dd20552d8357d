"""Helpers that take any table with certain columns, any column of a kind, or any query."""

from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from schema import Album, Artist, row

from qb import Column, Database, Expr, NewRow, Query, Row, Select, Table, alias, col, delete, fn, insert, select, update
from qb.aliases import Alias


class Deletable:
    deleted_at = col.timestamp().nullable()


class Entity(Deletable, Table, abstract=True):
    id = col.integer().primary_key()


class Person(Entity, name="people"):
    name = col.text()


class House(Entity, name="houses"):
    street = col.text()
    owner_id = col.integer()


class Loose(Deletable, Table, name="loose"):
    text = col.text()


class HasDeletedAt(Protocol):
    """Tables, aliases and sub-queries with such a column."""

    @property
    def deleted_at(self) -> Expr[datetime | None]: ...


D = TypeVar("D", bound=Deletable)
E = TypeVar("E", bound=Entity)
TB = TypeVar("TB", bound=Table)
Q = TypeVar("Q", bound=Select[Any])
V = TypeVar("V")

person = alias(Person, "p")
sub = select(Person.deleted_at).subquery("sub")

# A table that has a mixin


def active(table: type[D]) -> Expr[bool]:
    reveal_type(table.deleted_at)  # R: Column[datetime | None, Defaulted, Literal['?.deleted_at']]
    table.nope  # E[attr-defined]: "type[D]" has no attribute "nope"
    return table.deleted_at.is_null()


select(Person.name).where(active(Person)).compile("sqlite")
select(Loose.text).where(active(Loose)).compile("sqlite")
active(Artist)  # E[type-var]: Value of type variable "D" of "active" cannot be "Artist"
active(person)  # E[arg-type]: Argument 1 to "active" has incompatible type "Alias[Person, Literal['p']]"


def plainly_active(table: type[Deletable]) -> Expr[bool]:
    return table.deleted_at.is_null()


plainly_active(Loose)
plainly_active(Artist)  # E[arg-type]: Argument 1 to "plainly_active" has incompatible type "type[Artist]"

# Anything that has a column: tables, aliases, sub-queries


def gone(source: HasDeletedAt) -> Expr[bool]:
    return source.deleted_at.is_not_null()


gone(Person)
gone(person)
gone(sub)
gone(Artist)  # E[arg-type]: Argument 1 to "gone" has incompatible type "type[Artist]"; expected "HasDeletedAt"
gone(alias(Artist, "a"))  # E[arg-type]: Argument 1 to "gone" has incompatible type "Alias[Artist, Literal['a']]"
gone(select(Artist.id).subquery("s"))  # E[arg-type]: Argument 1 to "gone" has incompatible type

# A table of a family: its own columns are known, those of its subclasses are not


def newest(table: type[E]) -> Select[Row[E]]:
    q = select(table).where(table.deleted_at.is_null(), table.id > 5).order_by(table.id.desc())
    reveal_type(q)  # R: Select[Row[E], Any, Any]
    table.name  # E[qb-name]: "Entity" has no column "name"; it has deleted_at, id
    table.id == "x"  # E[qb-type]: The expression is int, but the value is str
    return q


def pair(table: type[E], other: type[E]) -> None:
    reveal_type(row(select(table.id, table.deleted_at)))  # R: tuple[int, datetime | None, fallback=Row[TypedDict({'id': int, 'deleted_at': datetime | None})]]
    reveal_type(row(select(table.id.as_("n"))).n)  # R: int
    # Two tables of one type variable, of which nobody knows the names.
    both = row(select(table, other).join(other, on=table.id == other.id))
    reveal_type(both[0].id)  # R: int
    both[1].nope  # E[qb-name]: "Entity" has no column "nope"
    reveal_type(row(select(table, Artist.name)).name)  # R: str
    q = select(Artist.id).join(table, on=table.id == Artist.id).where(table.id > 1)
    q.compile("sqlite")


def either(table: type[E] | Alias[E, Any]) -> Expr[bool]:
    return table.deleted_at.is_null()


reveal_type(row(newest(Person)).name)  # R: str
reveal_type(row(newest(House)).street)  # R: str
row(newest(House)).name  # E[qb-name]: "House" has no column "name"
newest(Loose)  # E[type-var]: Value of type variable "E" of "newest" cannot be "Loose"
either(Person)
either(person)
either(Loose)  # E[type-var]: Value of type variable "E" of "either" cannot be "Loose"

# Any table


def first_of(table: type[TB]) -> Select[Row[TB]]:
    return select(table).limit(1)


reveal_type(row(first_of(Album)).title)  # R: str
first_of(int)  # E[type-var]: Value of type variable "TB" of "first_of" cannot be "int"

# Columns of a kind


def between(column: Column[int], low: int, high: int) -> Expr[bool]:
    column == "x"  # E[qb-type]: The expression is int, but the value is str
    return (column >= low) & (column <= high)


def same(column: Column[V], value: V) -> Expr[bool]:
    return column == value


def values_of(column: Column[V]) -> Select[tuple[V]]:
    return select(column)


select(Album.id).where(between(Album.plays, 1, 5)).compile("sqlite")
between(Album.title, 1, 5)  # E[arg-type]: Argument 1 to "between" has incompatible type "Column[str, Required, Literal['schema.Album.title']]"; expected "Column[int, Any, object]"
between(Album.rating, 1, 5)  # E[arg-type]: Argument 1 to "between" has incompatible type
same(Album.plays, 5)
reveal_type(row(values_of(Album.released)))  # R: tuple[date | None]

# Any query


def paged(query: Q, number: int) -> Q:
    return query.limit(20).offset(20 * number)


def with_total(query: Select[Any]) -> Select[tuple[int]]:
    return select(fn.count()).from_(query.subquery("q"))


def length(query: Query[Any]) -> int:
    return len(query.compile("sqlite").sql)


titles = select(Album.id, Album.title).where(Album.plays > 5)
reveal_type(row(paged(titles, 1)).title)  # R: str
paged(titles.where(Artist.id == 1), 1).compile("sqlite")  # E[qb-scope]: Artist.id is used in .where()
paged(Album, 1)  # E[type-var]: Value of type variable "Q" of "paged" cannot be "type[Album]"
with_total(titles)
length(titles)

# A class for any table of a family


class Repository(Generic[E]):
    def __init__(self, db: Database, table: type[E]) -> None:
        self.db = db
        self.table = table

    async def get(self, id: int) -> Row[E] | None:
        return await self.db.fetch_one_or_none(select(self.table).where(self.table.id == id))

    async def ids(self) -> list[int]:
        rows = await self.db.fetch_all(select(self.table.id).order_by(self.table.id))
        return [row.id for row in rows]

    async def deleted(self) -> list[datetime]:
        rows = await self.db.fetch_all(select(self.table))
        reveal_type(rows)  # R: list[Row[E]]
        return [row.deleted_at for row in rows]  # E[misc]: List comprehension has incompatible type List[datetime | None]

    async def add(self, values: NewRow[E]) -> None:
        await self.db.execute(insert(self.table).values_many([values]))

    async def remove(self, id: int) -> int:
        return await self.db.execute(delete(self.table).where(self.table.id == id))

    async def bury(self, id: int) -> int:
        changed = update(self.table).set(deleted_at=fn.now()).where(self.table.id == id)
        update(self.table).set(name="x")  # E[call-arg]: Unexpected keyword argument "name" for "set" of "Update"
        update(self.table).set(deleted_at=5)  # E[arg-type]: Argument "deleted_at" to "set" of "Update" has incompatible type "int"
        return await self.db.execute(changed)


async def houses(db: Database) -> None:
    repository = Repository(db, House)
    house = await repository.get(5)
    house.street  # E[union-attr]: Item "None" of "Row[House] | None" has no attribute "street"
    if house is not None:
        reveal_type(house.street)  # R: str
        house.name  # E[qb-name]: "House" has no column "name"
    await repository.add({"street": "x", "owner_id": 5})
    Repository(db, Artist)  # E[type-var]: Value of type variable "E" of "Repository" cannot be "Artist"
