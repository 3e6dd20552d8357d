"""Functions: their values, when they are NULL, and what they take."""

from datetime import date

from schema import Album, Artist, Play, Track, row

from qb import fn, select

# Aggregates: NULL where there is no row, but for count

reveal_type(fn.count())  # R: AggregateExpr[int, Literal['#@rows']]
reveal_type(fn.count(Album.released))  # R: AggregateExpr[int, Literal['~#Album.released']]
reveal_type(fn.count(Album.artist_id).distinct())  # R: AggregateExpr[int, Literal['~#Album.artist_id']]
reveal_type(row(select(fn.sum(Album.plays).as_("x"))).x)  # R: int | None
reveal_type(row(select(fn.sum(Album.price).as_("x"))).x)  # R: Decimal | None
reveal_type(row(select(fn.avg(Album.plays).as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.min(Album.released).as_("x"))).x)  # R: date | None
reveal_type(row(select(fn.max(Album.title).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.coalesce(fn.sum(Album.plays), 0).as_("x"))).x)  # R: int
reveal_type(fn.count().filter(Album.plays > 5))  # R: AggregateExpr[int, Literal['#@rows'] | Literal['~#Album.plays']]
row(select(fn.max(Album.plays).as_("x"))).x + 1  # E[operator]: Unsupported operand types for + ("None" and "int")

fn.sum(Album.title)  # E[qb-type]: Album.title is str, but fn.sum() is for numbers
fn.avg(Album.released)  # E[qb-type]: Album.released is date, but fn.avg() is for numbers
fn.sum(Album.live)  # E[qb-type]: Album.live is bool, but fn.sum() is for numbers
fn.count(Album)  # E[arg-type]: Argument 1 to "count" has incompatible type "type[Album]"
fn.count("*")  # E[arg-type]: Argument 1 to "count" has incompatible type "str"
fn.sum(Album.plays, Album.price)  # E[call-arg]: Too many arguments for "sum"
fn.count().filter(Album.plays)  # E[arg-type]: Argument 1 to "filter" of "AggregateExpr"
fn.count().filter(Album.live and Album.plays > 1)  # E[qb-type]: "and" is not SQL
Album.plays.sum()  # E[attr-defined]: has no attribute "sum"
fn.lower(Album.title).distinct()  # E[attr-defined]: has no attribute "distinct"
fn.total(Album.plays)  # E[attr-defined]: Module has no attribute "total"

# NULL

reveal_type(fn.coalesce(Album.released, date(1970, 1, 1)))  # R: Expr[date, Literal['~Album.released']]
reveal_type(fn.coalesce(Artist.country, Artist.name))  # R: Expr[str, Literal['~Artist.country'] | Literal['Artist.name']]
reveal_type(row(select(fn.coalesce(Album.released, None).as_("x"))).x)  # R: date | None
reveal_type(row(select(fn.coalesce(Album.rating, Album.plays).as_("x"))).x)  # R: float
reveal_type(fn.nullif(Album.plays, 0))  # R: Expr[int | None, Literal['Album.plays']]
fn.coalesce(Album.released, "never")  # E[qb-type]: Album.released is date, but the value is str
fn.coalesce(Artist.country, Album.plays)  # E[qb-type]: Artist.country is str, but Album.plays is int
fn.coalesce("x", Artist.country)  # E[arg-type]: Argument 1 to "coalesce" has incompatible type "str"
fn.nullif(Album.plays, "")  # E[qb-type]: Album.plays is int, but the value is str

# Text

reveal_type(fn.upper(Artist.country))  # R: Expr[str | None, Literal['Artist.country']]
reveal_type(fn.trim(fn.lower(Album.title)))  # R: Expr[str, Literal['Album.title']]
reveal_type(fn.ltrim(Album.title))  # R: Expr[str, Literal['Album.title']]
reveal_type(fn.rtrim(Album.title))  # R: Expr[str, Literal['Album.title']]
reveal_type(fn.length(Artist.country))  # R: Expr[int | None, Literal['Artist.country'] | Literal['@null Artist.country']]
reveal_type(fn.replace(Album.title, "a", "b"))  # R: Expr[str, Literal['Album.title']]
reveal_type(fn.substring(Album.title, 1, Album.plays))  # R: Expr[str, Literal['Album.title'] | Literal['Album.plays']]
# To concat, NULL is empty.
reveal_type(fn.concat(Artist.country, "-", Artist.name))  # R: Expr[str, Literal['~Artist.country'] | Literal['~Artist.name']]
fn.lower(Album.plays)  # E[qb-type]: Album.plays is int, but fn.lower() is for text
fn.length(Album.released)  # E[qb-type]: Album.released is date, but fn.length() is for text
fn.lower("Blue")  # E[arg-type]: Argument 1 to "lower" has incompatible type "str"
fn.replace(Album.title, 1, "one")  # E[qb-type]: Album.title is str, but the value is int
fn.substring(Album.title, "1")  # E[arg-type]: Argument 2 to "substring" has incompatible type "str"

# Numbers

reveal_type(fn.abs(Album.rating))  # R: Expr[float | None, Literal['Album.rating']]
reveal_type(fn.round(Album.price, 1))  # R: Expr[Decimal, Literal['Album.price']]
fn.abs(Album.title)  # E[qb-type]: Album.title is str, but fn.abs() is for numbers
fn.round(Album.live)  # E[qb-type]: Album.live is bool, but fn.round() is for numbers

# Dates and times

reveal_type(fn.now())  # R: Expr[datetime, Never]
reveal_type(fn.current_date())  # R: Expr[date, Never]
reveal_type(fn.year(Album.released))  # R: Expr[int | None, Literal['Album.released'] | Literal['@null Album.released']]
reveal_type(fn.month(Album.created_at))  # R: Expr[int, Literal['Album.created_at']]
reveal_type(fn.day(Album.created_at))  # R: Expr[int, Literal['Album.created_at']]
reveal_type(fn.hour(Play.at))  # R: Expr[int, Literal['Play.at']]
reveal_type(fn.minute(Play.at))  # R: Expr[int, Literal['Play.at']]
reveal_type(fn.second(Play.at))  # R: Expr[int, Literal['Play.at']]
fn.year(Album.title)  # E[qb-type]: Album.title is str, but fn.year() is for dates and timestamps
fn.hour(Album.released)  # E[qb-type]: Album.released is date, but fn.hour() is for times and timestamps
fn.month(Track.length)  # E[qb-type]: Track.length is timedelta, but fn.month() is for dates and timestamps
Album.released == fn.now()  # E[qb-type]: Album.released is date, but the expression is datetime
