"""Columns and expressions."""

from typing import TypeVar, reveal_type

from qb import Expr, case, cast, col, exists, fn, literal, select, sql
from tests.typing.checkers.cases.schema import Album, Artist

T = TypeVar("T")


def value(expression: Expr[T]) -> T:
    """What an expression holds."""
    raise NotImplementedError


reveal_type(value(Album.title))  # R: str
reveal_type(value(Album.released))  # R: date | None
reveal_type(value(Album.plays + 1))  # R: int
reveal_type(value(Album.plays / 2))  # R: float
reveal_type(value(Album.title + "!"))  # R: str
reveal_type(value(Album.plays > 1))  # R: bool
reveal_type(value(Album.released.is_null()))  # R: bool
reveal_type(value((Album.plays > 1) & Album.title.startswith("A")))  # R: bool
reveal_type(value(fn.count()))  # R: int
reveal_type(value(fn.sum(Album.plays)))  # R: int | None
reveal_type(value(fn.max(Album.title)))  # R: str | None
reveal_type(value(fn.lower(Album.title)))  # R: str
reveal_type(value(fn.coalesce(Album.released, fn.current_date())))  # R: date
reveal_type(value(fn.row_number().over(order_by=Album.id)))  # R: int
reveal_type(value(case((Album.plays > 1, "many"), else_="few")))  # R: str  # R[ty]: Literal["many", "few"]
reveal_type(value(case((Album.plays > 1, 1))))  # R: int | None  # R[ty]: Literal[1] | None
reveal_type(value(literal("x")))  # R: str  # R[ty]: Literal["x"]
reveal_type(value(cast(Album.plays, col.text())))  # R: str
reveal_type(value(Album.title.as_("name")))  # R: str
reveal_type(value(select(Artist.name).where(Artist.id == Album.artist_id).scalar_subquery()))  # R: str | None
reveal_type(value(exists(select(Artist.id).where(Artist.id == Album.artist_id))))  # R: bool
select(Album.id).where(sql("random() < {}", 0.5))
select(case((Album.plays > 1, Album.title), else_=None))
select(case((Album.plays > 1, Album.plays * 1.5), else_=0))

Album.titel  # E: all
Album.title.upper()  # E: all
Album.plays == "many"  # E: plugin
Album.plays < None  # E: plugin
Album.plays + "1"  # E: plugin
Album.plays.like("1%")  # E: plugin
Album.plays & Album.title  # E: all
fn.lower(Album.plays)  # E: plugin
fn.sum(Album.title)  # E: plugin
fn.coalesce(Album.plays, "none")  # E: plugin
Album.title.in_([1, 2])  # E: plugin
select(Album.id).where(Album.title)  # E: all
