"""Dates, numbers and texts: what their functions give."""

from datetime import date, timedelta

from schema import Album, Artist, Track

from qb import fn

reveal_type(Album.released + timedelta(days=1))  # R: Expr[date | None, Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(Album.created_at - timedelta(days=1))  # R: Expr[datetime, Literal['Album.created_at']]
reveal_type(Album.created_at - Album.created_at)  # R: Expr[timedelta, Literal['Album.created_at']]
reveal_type(fn.date_trunc("month", Album.released))  # R: Expr[date | None, Literal['Album.released']]
reveal_type(fn.extract("week", Album.released))  # R: Expr[int | None, Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(fn.extract("epoch", Album.created_at))  # R: Expr[float, Literal['Album.created_at']]
reveal_type(fn.add_months(Album.created_at, 1))  # R: Expr[datetime, Literal['Album.created_at']]
reveal_type(fn.days_between(Album.released, date(2024, 1, 1)))  # R: Expr[int | None, Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(fn.greatest(Album.rating, Album.plays))  # R: Expr[float, Literal['~Album.rating'] | Literal['Album.plays']]
reveal_type(fn.left(Artist.country, 1))  # R: Expr[str | None, Literal['Artist.country']]
reveal_type(fn.floor(Album.price))  # R: Expr[Decimal, Literal['Album.price']]
reveal_type(fn.trim(Album.title, "x"))  # R: Expr[str, Literal['Album.title']]
Album.released - Album.created_at  # E[qb-type]: Album.released is date, but Album.created_at is datetime: there is no "-" between them
Album.released + Album.released  # E[qb-type]: there is no "+" between them
Album.released + 5  # E[qb-type]: Album.released is date, but the value is int
fn.date_trunc("century", Album.released)  # E[arg-type]: Argument 1 to "date_trunc" has incompatible type
fn.days_between(Album.created_at, date(2024, 1, 1))  # E[qb-type]: Album.created_at is datetime, but fn.days_between() is for dates
fn.add_months(Album.title, 1)  # E[qb-type]: Album.title is str, but fn.add_months() is for dates and timestamps
fn.floor(Album.title)  # E[qb-type]: Album.title is str, but fn.floor() is for numbers
fn.left(Track.length, 1)  # E[qb-type]: Track.length is timedelta, but fn.left() is for text
fn.least(Album.plays, "x")  # E[qb-type]: Album.plays is int, but the value is str
