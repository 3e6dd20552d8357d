"""Arithmetic: the types of results, and what has none."""

from datetime import timedelta
from decimal import Decimal

from schema import Album, Artist, Track, anything

from qb import fn, literal

# Whole numbers, decimals and floats, as SQL mixes them

reveal_type(Album.plays + 1)  # R: Expr[int, Literal['Album.plays']]
reveal_type(1 + Album.plays)  # R: Expr[int, Literal['Album.plays']]
reveal_type(Album.plays * 0.5)  # R: Expr[float, Literal['Album.plays']]
reveal_type(Album.plays / 2)  # R: Expr[float, Literal['Album.plays']]
reveal_type(10 / Album.plays)  # R: Expr[float, Literal['Album.plays']]
reveal_type(Album.plays // 2)  # R: Expr[int, Literal['Album.plays']]
reveal_type(Album.plays % 2)  # R: Expr[int, Literal['Album.plays']]
reveal_type(Album.price * Album.plays)  # R: Expr[Decimal, Literal['Album.price'] | Literal['Album.plays']]
reveal_type(Album.price + Decimal("0.5"))  # R: Expr[Decimal, Literal['Album.price']]
reveal_type(Decimal(1) - Album.price)  # R: Expr[Decimal, Literal['Album.price']]
reveal_type(-Album.price)  # R: Expr[Decimal, Literal['Album.price']]
reveal_type(fn.count() + 1)  # R: Expr[int, Literal['#@rows']]
reveal_type(Album.plays + anything())  # R: Any

# NULL spreads

reveal_type(Album.rating + 1)  # R: Expr[float | None, Literal['Album.rating'] | Literal['@null Album.rating']]
reveal_type(Album.plays * Album.rating)  # R: Expr[float | None, Literal['Album.plays'] | Literal['Album.rating'] | Literal['@null Album.rating']]
reveal_type(-Album.rating)  # R: Expr[float | None, Literal['Album.rating'] | Literal['@null Album.rating']]
reveal_type(fn.sum(Album.plays) + 1)  # R: Expr[int | None, Literal['~#Album.plays'] | Literal['@group']]


def discount(percent: int | None) -> None:
    reveal_type(Album.plays - percent)  # R: Expr[int | None, Literal['Album.plays']]


# `+` joins texts

reveal_type(Artist.name + " & Band")  # R: Expr[str, Literal['Artist.name']]
reveal_type("The " + Artist.name)  # R: Expr[str, Literal['Artist.name']]
reveal_type(Artist.name + Artist.country)  # R: Expr[str | None, Literal['Artist.name'] | Literal['Artist.country'] | Literal['@null Artist.country']]

# What SQL does not have

Album.title + 1  # E[qb-type]: Album.title is str, but the value is int: there is no "+" between them
Album.plays + "1"  # E[qb-type]: Album.plays is int, but the value is str: there is no "+" between them
"Plays: " + Album.plays  # E[qb-type]: The value is str, but Album.plays is int: there is no "+" between them
Album.title - Album.plays  # E[qb-type]: Album.title is str, but Album.plays is int: there is no "-" between them
Album.title * 2  # E[qb-type]: there is no "*" between them
Album.live + 1  # E[qb-type]: Album.live is bool, but the value is int: there is no "+" between them
Album.rating % 2  # E[qb-type]: Album.rating is float, but the value is int: there is no "%" between them
reveal_type(Album.price // 2)  # R: Expr[Decimal, Literal['Album.price']]
reveal_type(Album.price % 2)  # R: Expr[Decimal, Literal['Album.price']]
Album.released + 1  # E[qb-type]: Album.released is date, but the value is int
Album.plays + None  # E[qb-type]: Album.plays is int, but the value is NULL
Album.genre + "!"  # E[qb-type]: Album.genre is Genre, but the value is str
-Album.title  # E[qb-type]: Album.title is str: there is no "-" of it
-Album.released  # E[qb-type]: Album.released is date: there is no "-" of it
Album.plays ** 2  # E[operator]: Unsupported operand types for **
# Intervals add up; the engines have no other arithmetic of dates and intervals in common yet.
reveal_type(Track.length + Track.length)  # R: Expr[timedelta | None, Literal['Track.length'] | Literal['@null Track.length']]
Track.length * 2  # E[qb-type]: Track.length is timedelta, but the value is int
Album.created_at * timedelta(days=1)  # E[qb-type]: Album.created_at is datetime, but the value is timedelta
(Album.plays + "1") + 1  # E[qb-type]: Album.plays is int, but the value is str
literal(1) + literal("1")  # E[qb-type]: The expression is int, but the other one is str
