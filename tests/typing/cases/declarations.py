"""Declaring tables."""

import enum
from datetime import date
from decimal import Decimal
from typing import TypedDict

from schema import Album, Artist, Genre

from qb import Column, Table, check, col, columns, fn, foreign_key, index, primary_key, row_type, unique  # E[attr-defined]: Module "qb" has no attribute "row_type"


class Kind(enum.Enum):
    sail = "sail"
    steam = "steam"


class Cargo(TypedDict):
    tons: int


class Right(Table):
    id = col.integer().primary_key()
    key = col.text().default("")
    day = col.date().default(date(2024, 1, 1)).nullable()
    maybe = col.integer().nullable().default(None)
    kind = col.enum(Kind).default(Kind.sail)
    price = col.numeric(10, 2).default(0)
    cargo = col.json(Cargo).default({"tons": 5})
    names = col.json(list[str]).default([])
    made = col.timestamp().default_sql(fn.now())


reveal_type(Right.kind)  # R: Column[Kind, Defaulted, Literal['Right.kind']]
reveal_type(Right.names)  # R: Column[list[str], Defaulted, Literal['Right.names']]
reveal_type(Right.cargo)  # R: Column[TypedDict(Cargo, {'tons': int}), Defaulted, Literal['Right.cargo']]
reveal_type(columns(Right))  # R: dict[str, Column[Any, Any, Any]]


class Wrong(Table):
    id = col.integer().primary_key()
    plays = col.integer().default("0")  # E[qb-type]: The column is int, but its default is str
    title = col.text().default(0)  # E[qb-type]: The column is str, but its default is int
    live = col.boolean().default(0)  # E[qb-type]: The column is bool, but its default is int
    kind = col.enum(Kind).default("sail")  # E[qb-type]: The column is Kind, but its default is str
    day = col.date().default("today")  # E[qb-type]: The column is date, but its default is str
    none = col.text().default(None)  # E[qb-type]: The column is str, but its default is None
    made = col.timestamp().default_sql("now()")  # E[arg-type]: Argument 1 to "default_sql" of "Column" has incompatible type "str"
    made_day = col.date().default_sql(fn.now())  # E[qb-type]: The column is date, but its default is datetime
    half = col.integer().default(0.5)  # E[qb-type]: The column is int, but its default is float
    upper = col.integer().generated(fn.upper(title))  # E[qb-type]: The column is int, but it is generated as str
    artist = col.text().references(lambda: Artist.id)  # E[qb-type]: The column is str, but Artist.id is int
    album = col.integer().references(lambda: Album.idd)  # E[qb-name]: "Album" has no column "idd"; did you mean "id"?
    table = col.integer().references(Artist.id)  # E[arg-type]: Argument 1 to "references" of "Column" has incompatible type "Column[int
    action = col.integer().references(lambda: Artist.id, on_delete="CASCADE")  # E[arg-type]: Argument "on_delete" to "references" of "Column" has incompatible type
    length = col.varchar()  # E[call-arg]: Missing positional argument "length" in call to "varchar"
    price = col.numeric(10)  # E[call-arg]: Missing positional argument "scale" in call to "numeric"
    data = col.json()  # E[call-arg]: Missing positional argument "python_type" in call to "json" # E[var-annotated]: Need type annotation for "data"
    size = col.enum(str)  # E[type-var]: Value of type variable "E" of "enum" cannot be "str"
    word = col.string()  # E[attr-defined]: Module has no attribute "string"
    notes = col.text().optional()  # E[attr-defined]: has no attribute "optional"
    positive = col.integer().check(lambda positive: positive > "0")  # E[qb-type]: is int, but the value is str
    stars = col.integer().check(lambda stars: stars + 1)  # E[arg-type]: Argument 1 to "check" of "Column" # E[return-value]: Incompatible return value type
    by_title = index("title")  # E[arg-type]: Argument 1 to "index" has incompatible type "str"
    one_title = unique(title, "day")  # E[arg-type]: Argument 2 to "unique" has incompatible type "str"
    long = check(fn.length(title))  # E[arg-type]: Argument 1 to "check" has incompatible type "Expr[int
    key = primary_key(title.desc())  # E[arg-type]: Argument 1 to "primary_key" has incompatible type "Ordering


class Child(Table):
    artist = col.integer()
    album = col.integer()
    parent = foreign_key(artist, album, references=lambda: (Album.artist_id, Album.id))
    alone = foreign_key(artist, references=lambda: Artist.id)  # E[arg-type]: Argument "references" to "foreign_key" # E[return-value]: Incompatible return value type


# A table has no instances, and its columns are not assigned

Artist(name="Joni")  # E[call-arg]: Unexpected keyword argument "name" for "Artist"
Artist.name = "Joni"  # E[assignment]: Incompatible types in assignment (expression has type "str", variable has type "Column[str, Required, Literal['schema.Artist.name']]")
title: Column[str] = Album.title
number: Column[int] = Album.title  # E[assignment]: Incompatible types in assignment
price: Column[Decimal] = Album.price


# A foreign key may look ahead, and two tables may point to each other.
class Hen(Table):
    id = col.integer().primary_key()
    egg_id = col.bigint().nullable().references(lambda: Egg.id)
    name = col.text().references(lambda: Egg.id)  # E[qb-type]: The column is str, but Egg.id is int
    lost = col.text().references(lambda: Egg.nest)  # E[qb-name]: "Egg" has no column "nest"; it has id, hen_id, genre


class Egg(Table):
    id = col.bigint().primary_key()
    hen_id = col.integer().references(lambda: Hen.id)
    genre = col.enum(Genre).nullable()


reveal_type(Hen.egg_id)  # R: Column[int | None, Defaulted, Literal['Hen.egg_id']]
reveal_type(Egg.genre)  # R: Column[Genre | None, Defaulted, Literal['Egg.genre']]
