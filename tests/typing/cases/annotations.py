"""Annotations: `Row[Album]`, `NewRow[Album]`, `RowPatch[Album]`."""

from __future__ import annotations

import enum
from typing import Any, TypedDict, TypeVar

from schema import Album, Artist, R, Timestamps, row

from qb import NewRow, Row, RowPatch, Rows, Table, alias, col, fn, insert, select, update

T = TypeVar("T", bound=Table)


# Before the class, in the same module


def before(ship: Row[Ship], new: NewRow[Ship], patch: RowPatch[Ship]) -> None:
    reveal_type(ship.name)  # R: str
    reveal_type(ship.cargo)  # R: TypedDict(Cargo, {'tons': int}) | None
    reveal_type(ship.crew)  # R: list[str]
    reveal_type(ship.updated_at)  # R: datetime | None
    reveal_type(new)  # R: TypedDict({'created_at'?: datetime, 'updated_at'?: datetime | None, 'id'?: int, 'name': str, 'kind': Kind, 'cargo'?: TypedDict(Cargo, {'tons': int}) | None, 'crew': list[str], 'sails'?: int})
    reveal_type(patch)  # R: TypedDict({'created_at'?: datetime, 'updated_at'?: datetime | None, 'id'?: int, 'name'?: str, 'kind'?: Kind, 'cargo'?: TypedDict(Cargo, {'tons': int}) | None, 'crew'?: list[str], 'sails'?: int})
    ship.nam  # E[qb-name]: "Ship" has no column "nam"; did you mean "name"?
    reveal_type(ship[-1])  # R: str
    insert(Ship).values(name="Argo")  # E[call-arg]: Missing named argument "kind" # E[call-arg]: Missing named argument "crew"
    update(Ship).set(nam="Argo")  # E[call-arg]: Unexpected keyword argument "nam" for "set" of "Update"; did you mean "name"?
    insert(Ship).values_many([{"name": "Argo"}])  # E[typeddict-item]: but found only key "name"
    new["loud"]  # E[misc]: "loud" is not a valid TypedDict key


class Kind(enum.Enum):
    sail = "sail"


class Cargo(TypedDict):
    tons: int


class Ship(Timestamps, Table):
    id = col.integer().primary_key()
    name = col.text()
    kind = col.enum(Kind)
    cargo = col.json(Cargo).nullable()
    crew = col.array(col.text())
    sails = col.integer().default(3).check(lambda sails: sails > 0)
    loud = col.text().generated(fn.upper(name))


# After the class


def after(ship: Row[Ship], new: NewRow[Ship]) -> int:
    new["name"] = "Argo"
    new["sails"] = "three"  # E[typeddict-item]: Value of "sails" has incompatible type "str"; expected "int"
    insert(Ship).values(**new)
    insert(Ship).values_many([new])
    update(Ship).set(**new)
    return ship.name  # E[return-value]: Incompatible return value type (got "str", expected "int")


good: NewRow[Ship] = {"name": "Argo", "kind": Kind.sail, "crew": ["Jason"], "cargo": {"tons": 5}}
missing: NewRow[Ship] = {"name": "Argo"}  # E[typeddict-item]: Expected TypedDict keys ("name", "kind", "crew") but found only key "name"
unknown: NewRow[Artist] = {"name": "Joni", "nme": "x"}  # E[typeddict-item]: Expected TypedDict key "name" but found keys ("name", "nme")
ill_typed: RowPatch[Artist] = {"name": 5}  # E[typeddict-item]: Incompatible types (expression has type "int", TypedDict item "name" has type "str")
nothing: RowPatch[Artist] = {}

# A whole row fits its annotation, and no other

album: Row[Album] = row(select(Album))
not_album: Row[Album] = row(select(Artist))  # E[arg-type]: has incompatible type "Select[Row[Artist], tuple[type[Artist]], Never]"; expected "Query[Row[Album]]"
columns: Row[Album] = row(select(Album.id, Album.title))  # E[arg-type]: expected "Query[Row[Album]]"
anything: Row[Any] = row(select(Album.id))
nested: Row[Artist] = row(select(Album, Artist).join(Artist, on=Album.artist_id == Artist.id)).artist
rows: Rows = [row(select(Album))]

# Everywhere


class Harbour:
    ships: list[Row[Ship]]

    def add(self, new: NewRow[Ship]) -> Row[Ship]:
        self.ships[0].names  # E[qb-name]: "Ship" has no column "names"; did you mean "name"?

        def inner(patch: RowPatch[Ship]) -> None:
            reveal_type(patch["name"])  # R: str
            self.ships[0].kind.name

        inner({"name": 5})  # E[typeddict-item]: Incompatible types (expression has type "int"
        return row(insert(Ship).values(**new).returning(Ship))


def outer() -> None:
    class Local(Table):
        id = col.integer().primary_key()
        name = col.text()

    def local(new: NewRow[Local], one: Row[Local]) -> None:
        reveal_type(new)  # R: TypedDict({'id'?: int, 'name': str})
        reveal_type(one.name)  # R: str


def generic(table: type[T], one: Row[T]) -> Row[T]:
    return one


reveal_type(generic(Album, album).title)  # R: str

# What is no table


def wrong(
    a: Row[int],  # E[qb-type]: Row[…] takes a table, not "int"
    b: NewRow[Cargo],  # E[qb-type]: NewRow[…] takes a table, not "Cargo"
    c: RowPatch[str],  # E[qb-type]: RowPatch[…] takes a table, not "str"
    d: NewRow[Album, Artist],  # E[qb-type]: NewRow[…] takes one table
    e: Row[Album, Artist],  # E[qb-type]: Row[…] takes one table
    f: NewRow,  # E[qb-type]: NewRow[…] takes one table
    g: Row[Albums],  # E[name-defined]: Name "Albums" is not defined
    h: Row[Table],  # E[qb-type]: Row[…] takes a table, not "Table"
) -> None: ...


# A table of a later class, through an alias and a query


def by_alias() -> None:
    fleet = alias(Boat, "fleet")
    reveal_type(fleet.name)  # R: Column[str, Required, Literal['fleet.name']]
    reveal_type(row(select(Boat.name)).name)  # R: str
    fleet.nam  # E[qb-name]: "fleet" has no column "nam"; did you mean "name"?


class Boat(Table):
    id = col.integer().primary_key()
    name = col.text()
