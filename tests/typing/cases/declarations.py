"""Declaring tables."""

import enum
from datetime import date
from decimal import Decimal
from typing import TypedDict

from schema import Album, Artist, Genre

from qb import Column, Table, check, col, columns, exists, fn, foreign_key, index, primary_key, row_type, select, unique  # E[attr-defined]: Module "qb" has no attribute "row_type"


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
    artist = col.text().references(lambda: Artist.id)  # E[qb-type]: The foreign key is str, but Artist.id is int
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
    title = col.text()
    parent = foreign_key(artist, title, references=lambda: (Album.artist_id, Album.title))
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
    name = col.text().references(lambda: Egg.id)  # E[qb-type]: The foreign key is str, but Egg.id is int
    lost = col.text().references(lambda: Egg.nest)  # E[qb-name]: "Egg" has no column "nest"; it has id, hen_id, genre


class Egg(Table):
    id = col.bigint().primary_key()
    hen_id = col.integer().references(lambda: Hen.id)
    genre = col.enum(Genre).nullable()


reveal_type(Hen.egg_id)  # R: Column[int | None, Defaulted, Literal['Hen.egg_id']]
reveal_type(Egg.genre)  # R: Column[Genre | None, Defaulted, Literal['Egg.genre']]


# A declaration is about one row of its table


class Narrow(Table):
    id = col.integer().primary_key()
    number = col.integer()
    double = col.integer().generated(number * 2)
    positive = col.integer().check(lambda positive: fn.abs(positive) > 0)
    by_double = index(double, where=number > 0)
    sane = check(number < double, fn.abs(number) > 0)
    total = col.integer().generated(fn.count(number))  # E[qb-group]: An aggregate cannot stand in .generated(), which is about one row
    rank = col.integer().generated(fn.rank().over())  # E[qb-type]: A function over a window cannot stand in .generated(), which is about one row
    foreign = col.integer().generated(Artist.id + 1)  # E[qb-scope]: Artist.id is used in .generated(), which is about the columns of this table alone
    largest = col.integer().check(lambda largest: fn.max(largest) > 0)  # E[qb-group]: An aggregate cannot stand in .check()
    known = col.integer().check(lambda known: known == Album.id)  # E[qb-scope]: Album.id is used in .check()
    listed = col.integer().check(lambda listed: listed.in_(select(Artist.id)))  # E[qb-scope]: Artist.id is used in .check()
    same = col.integer().default_sql(number)  # E[qb-scope]: number is used in .default_sql(), but a new row has no columns to read: write .generated(…)
    theirs = col.integer().default_sql(Artist.id)  # E[qb-scope]: Artist.id is used in .default_sql(), but a new row has no columns
    counted = col.integer().default_sql(fn.count())  # E[qb-group]: An aggregate cannot stand in .default_sql()
    few = check(fn.count(number) < 5)  # E[qb-group]: An aggregate cannot stand in check()
    there = check(exists(select(Artist.id)))  # E[qb-scope]: Artist.id is used in check()
    first = check((number > 0) & (fn.row_number().over() < 5))  # E[qb-type]: A function over a window cannot stand in check()
    by_name = index(Artist.name)  # E[qb-scope]: Artist.name is used in index(), which is about the columns of this table alone
    by_sum = index(fn.sum(number))  # E[qb-group]: An aggregate cannot stand in index()
    of_large = index(number, where=Album.plays > 5)  # E[qb-scope]: Album.plays is used in index()
    one_name = unique(number, Artist.name)  # E[qb-scope]: Artist.name is used in unique()
    key = primary_key(Artist.id)  # E[qb-scope]: Artist.id is used in primary_key()


# A foreign key is of the type of a key


class Keyed(Table):
    first = col.integer()
    second = col.text()
    pair = unique(first, second)
    by_first = index(first)


class Pointing(Table):
    a = col.integer()
    b = col.text()
    title = col.text()
    good = foreign_key(a, b, references=lambda: (Keyed.first, Keyed.second))
    unsorted = foreign_key(b, a, references=lambda: (Keyed.second, Keyed.first))
    crossed = foreign_key(a, b, references=lambda: (Keyed.second, Keyed.first))  # E[qb-type]: The foreign key is int, but Keyed.second is str  # E[qb-type]: The foreign key is str, but Keyed.first is int
    short = foreign_key(a, references=lambda: (Keyed.first, Keyed.second))  # E[qb-type]: The foreign key has 1 column, but references 2
    half = foreign_key(a, references=lambda: (Keyed.first,))  # E[qb-type]: Keyed has no unique key (first) that could be referenced: reference (first, second)
    strange = foreign_key(Album.id, references=lambda: (Artist.id,))  # E[qb-scope]: Album.id is used in foreign_key()
    name = col.text().references(lambda: Artist.name)
    album = col.text().references(lambda: Album.title)  # E[qb-type]: Album has no unique key (title) that could be referenced: reference (id) or (artist_id, title)
    later = col.integer().references(lambda: Behind.number)  # E[qb-type]: Behind has no unique key (number) that could be referenced: it has no key


class Behind(Table):
    number = col.integer()
