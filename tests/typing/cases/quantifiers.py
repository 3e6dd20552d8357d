"""Comparisons with ANY and ALL of a sub-query or an array."""

from typing import Any

from schema import Album, Artist, Category, Track, anything, row

from qb import Table, all_, any_, col, fn, literal, many, select


class Disc(Table, name="discs"):
    id = col.integer().primary_key()
    tags = col.array(col.text())
    years = col.array(col.integer()).nullable()


plays = select(Album.plays)

# One of the values, each of the values

reveal_type(Album.id > any_(plays))  # R: Expr[bool, Literal['schema.Album.id']]
reveal_type(Album.id == all_(plays))  # R: Expr[bool, Literal['schema.Album.id']]
reveal_type(Album.rating <= any_(plays))  # R: Expr[bool | None, Literal['Album.rating'] | Literal['@null Album.rating']]
reveal_type(Album.id < any_(select(Category.parent_id)))  # R: Expr[bool | None, Literal['schema.Album.id']]
reveal_type(any_(plays))  # R: Quantifier[int, Never]
select(Album.id).where(Album.plays > any_(plays), Album.title != all_(select(Artist.name))).compile("sqlite")
Album.title > any_(plays)  # E[qb-type]: Album.title is str, but the expression is int: they cannot be compared
Album.title == all_(plays)  # E[qb-type]: Album.title is str, but the expression is int
Album.id == any_(select(Album.id, Album.plays))  # E[qb-type]: any_() takes a query of one column, but this one has 2
Album.id == any_(select(Album))  # E[qb-type]: any_() takes a query of one column
Album.id == all_(select(many(select(Track.title))))  # E[qb-type]: Nested rows cannot stand in a sub-query  # E[qb-type]: Album.id is int, but the expression is list

# What it reads of the query around it

of_artist = any_(select(Album.plays).where(Album.artist_id == Artist.id))
reveal_type(Artist.id > of_artist)  # R: Expr[bool, Literal['schema.Artist.id'] | Literal['~^schema.Artist.id']]
select(Artist.name).where(Artist.id > of_artist).compile("sqlite")
select(Track.title).where(Track.position > of_artist).compile("sqlite")  # E[qb-scope]: Artist.id is used in .where()
any_(select(Album.plays, Artist.id))  # E[qb-type]: any_() takes a query of one column, but this one has 2  # E[qb-scope]: Album and Artist are selected, but not joined

# Arrays

reveal_type(literal("x") == any_(Disc.tags))  # R: Expr[bool, Literal['Disc.tags'] | Literal['@needs any_() of an array']]
reveal_type(literal(5) > all_(Disc.years))  # R: Expr[bool | None, Literal['Disc.years'] | Literal['@needs all_() of an array']]
reveal_type(any_(fn.array_agg(Album.title)))  # R: Quantifier[str | None, Literal['~#Album.title'] | Literal['@needs fn.array_agg()'] | Literal['@needs any_() of an array']]
literal(5) == any_(Disc.tags)  # E[qb-type]: The expression is int, but the other one is str
any_(Album.plays)  # E[qb-type]: Album.plays is int, but any_() is for selects and arrays
any_([1, 2])  # E[qb-type]: any_() takes a select or an array, not "list[int]"; of a list of values there is .in_(…)
any_()  # E[call-overload]: All overload variants of "any_" require at least one argument
any_(anything())


def unknown(value: Any) -> None:
    reveal_type(row(select((Album.id > any_(value)).as_("x"))).x)  # R: bool
