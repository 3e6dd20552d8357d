"""Comparisons: what may be compared, and what comes out."""

import enum
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from schema import Album, Artist, Category, Genre, Play, Track, anything, row

from qb import Expr, fn, literal, select

# They are bool, or None where a side may be NULL

reveal_type(Album.plays > 5)  # R: Expr[bool, Literal['Album.plays']]
reveal_type(Album.released == date.today())  # R: Expr[bool | None, Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(Album.plays == Track.count)  # R: Expr[bool, Literal['Album.plays'] | Literal['Track.count']]
reveal_type(row(select((Album.plays == Category.parent_id).as_("same")).cross_join(Category)).same)  # R: bool | None
# IS NULL is always true or false.
reveal_type(row(select((Album.released == None).as_("unknown"))).unknown)  # R: bool
reveal_type(row(select(Album.released.is_not_null().as_("known"))).known)  # R: bool

# Each with its own kind

Album.id == "5"  # E[qb-type]: Album.id is int, but the value is str: they cannot be compared
Album.title != 5  # E[qb-type]: Album.title is str, but the value is int
Album.plays < "many"  # E[qb-type]: Album.plays is int, but the value is str
Album.title >= Album.plays  # E[qb-type]: Album.title is str, but Album.plays is int
Album.released == "2024-01-01"  # E[qb-type]: Album.released is date, but the value is str
Album.released < datetime.now()  # E[qb-type]: Album.released is date, but the value is datetime
Album.created_at > date.today()  # E[qb-type]: Album.created_at is datetime, but the value is date
Album.genre == "rock"  # E[qb-type]: Album.genre is Genre, but the value is str
Album.live == 1  # E[qb-type]: Album.live is bool, but the value is int
Album.plays == True  # E[qb-type]: Album.plays is int, but the value is bool
Track.id == "8e5b3c1e-0000-0000-0000-000000000000"  # E[qb-type]: Track.id is UUID, but the value is str
Track.id == Album.id  # E[qb-type]: Track.id is UUID, but Album.id is int
Track.length > 180  # E[qb-type]: Track.length is timedelta, but the value is int
Album.title == b"Blue"  # E[qb-type]: Album.title is str, but the value is bytes
Album.id == Album  # E[qb-type]: Album.id is int, but the value is type[Album]
Album.id == [1, 2]  # E[qb-type]: Album.id is int, but the value is list[int]
Album.id == select(Album.id)  # E[qb-type]: A select is a value only as .scalar_subquery()
fn.lower(Album.title) == 5  # E[qb-type]: The expression is str, but the value is int
fn.count(Album.id) == "5"  # E[qb-type]: The expression is int, but the value is str
Album.plays + 1 == "6"  # E[qb-type]: The expression is int, but the value is str

Album.price == 5
Album.price > Decimal("9.99")
Album.rating >= 4
Album.plays < 0.5
Album.genre == Genre.rock
Album.genre != Album.genre
Track.length < timedelta(minutes=3)
Track.id == uuid4()
Album.created_at < fn.now()
Album.plays == anything()
Album.title == literal("Blue")
Category.parent_id == Category.id


class Size(enum.Enum):
    small = "small"


Album.genre == Size.small  # E[qb-type]: Album.genre is Genre, but the value is Size

# NULL is compared with == and != alone

Album.released != None
Album.released > None  # E[qb-type]: Album.released > None is never true: write == None or .is_null()
Album.plays.between(None, 5)  # E[qb-type]: Album.plays.between(None) is never true


def since(day: date | None, key: int | None, either: int | str) -> None:
    Album.released == day
    Album.id == key
    Album.released >= day  # E[qb-type]: Album.released >= None is never true
    Album.id == either  # E[qb-type]: Album.id is int, but the value is str


# A comparison the other way round is the column's

reveal_type(5 < Album.plays)  # R: Expr[bool, Literal['Album.plays']]
"x" < Album.plays  # E[qb-type]: Album.plays is int, but the value is str
# But Python's own == takes anything, so mypy sees a bool here: the column goes first.
select(Album.id).where("Blue" == Album.title)  # E[arg-type]: has incompatible type "bool"; expected "Expr[bool | None, object]"

# Between

reveal_type(Album.plays.between(1, 5))  # R: Expr[bool, Literal['Album.plays']]
Album.plays.between("a", "z")  # E[qb-type]: Album.plays is int, but the value is str
Album.released.between(date(1970, 1, 1), 1979)  # E[qb-type]: Album.released is date, but the value is int
Album.plays.not_between(1)  # E[call-arg]: Missing positional argument "high"

# In

reveal_type(Album.id.in_([1, 2]))  # R: Expr[bool, Literal['Album.id']]
reveal_type(Album.released.in_([]))  # R: Expr[bool | None, Literal['Album.released'] | Literal['@null Album.released']]
Album.genre.in_({Genre.rock, Genre.jazz})
Album.title.in_(name for name in ("a", "b"))
Album.id.in_(range(5))
Album.id.in_([1, Album.plays])
Album.id.in_(["1", "2"])  # E[qb-type]: Album.id is int, but the value is str
Album.id.in_((1, "2"))  # E[qb-type]: Album.id is int, but the value is str
Album.genre.not_in(["rock"])  # E[qb-type]: Album.genre is Genre, but the value is str
Album.id.in_(5)  # E[arg-type]: Argument 1 to "in_" of "Expr" has incompatible type "int"
Album.id.in_(1, 2)  # E[call-arg]: Too many arguments for "in_" of "Expr" # E[arg-type]: Argument 1
Album.title.in_("Blue")  # E[qb-type]: .in_() takes a list of values, not one str
Album.artist_id.in_(select(Artist.id))
Album.artist_id.in_(select(Artist.name))  # E[qb-type]: Album.artist_id is int, but the sub-query's column is str
Album.artist_id.in_(select(Artist.id, Artist.name))  # E[qb-type]: .in_() takes a query of one column, but this one has 2
Album.artist_id.in_(select(Artist))  # E[qb-type]: .in_() takes a query of one column, but this one has 3
Album.artist_id.in_(Artist)  # E[qb-type]: .in_() takes a list of values, not one type[Artist]

# And, or, not

reveal_type((Album.plays > 5) & Album.live)  # R: Expr[bool, Literal['Album.plays'] | Literal['Album.live']]
reveal_type(Album.live | (Album.released == date.today()))  # R: Expr[bool | None, Literal['Album.live'] | Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(~Album.live)  # R: Expr[bool, Literal['Album.live']]
Album.live & Album.plays  # E[operator]: Unsupported operand types for & ("Column[bool
Album.plays & Album.live  # E[qb-type]: Album.plays is int, not a condition
Album.live & Album.plays > 5  # E[operator]: Unsupported operand types for & ("Column[bool # E[qb-type]: The expression is bool, but the value is int
~Album.title  # E[qb-type]: Album.title is str, not a condition
Album.live | True  # E[operator]: Unsupported operand types for |

live = select(Album.id)
live.where(Album.live and Album.plays > 5)  # E[qb-type]: "and" is not SQL: write (a) & (b)
live.where((Album.plays > 5) or Album.live)  # E[qb-type]: "or" is not SQL: write (a) | (b)
live.where(~Album.live & (Album.plays > 1 and Album.plays < 5))  # E[qb-type]: "and" is not SQL
live.where(1 < Album.plays < 5)  # E[qb-type]: A chained comparison is not SQL: write (a < b) & (b < c), or .between(…)
live.where(not Album.live)  # E[arg-type]: has incompatible type "bool"; expected "Expr[bool | None, object]"
live.where(Album.id in [1, 2])  # E[arg-type]: has incompatible type "bool"; expected "Expr[bool | None, object]"
live.where("Blue" in Album.title)  # E[qb-type]: "in" is not SQL: write .contains(…) for a part of a text, .in_(…) for one of several # E[arg-type]: "bool"
live.where(Album.released is None)  # E[arg-type]: has incompatible type "bool"; expected "Expr[bool | None, object]"
live.where(Album.title)  # E[arg-type]: expected "Expr[bool | None, object]"
live.where(Album.plays)  # E[arg-type]: expected "Expr[bool | None, object]"
live.where(title="Blue")  # E[call-arg]: Unexpected keyword argument "title" for "where" of "Select"
live.having(fn.count())  # E[arg-type]: expected "Expr[bool | None, object]"


def conditions(any_of: list[Expr[bool]]) -> None:
    live.where(*any_of)
