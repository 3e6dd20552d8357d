"""CASE and CAST."""

from schema import Album, Artist, Genre, Track, anything, row

from qb import case, cast, col, literal, select, sql

# Searched: the common type of the values, NULL without else_

reveal_type(case((Album.plays > 100, "hit"), else_="flop"))  # R: Expr[str, Literal['~Album.plays']]
reveal_type(case((Album.plays > 100, "hit")))  # R: Expr[str | None, Literal['~Album.plays']]
reveal_type(case((Album.live, Album.title), else_=None))  # R: Expr[str | None, Literal['~Album.live'] | Literal['Album.title']]
reveal_type(case((Album.live, Album.released), (Album.plays > 1, None)))  # R: Expr[date | None, Literal['~Album.live'] | Literal['~Album.plays'] | Literal['Album.released']]
reveal_type(case((Album.live, Album.plays), else_=1.5))  # R: Expr[float, Literal['~Album.live'] | Literal['Album.plays']]
reveal_type(case((Album.live, 1), else_=Album.price))  # R: Expr[Decimal, Literal['~Album.live'] | Literal['Album.price']]
reveal_type(case((Album.live, Genre.jazz), else_=Album.genre))  # R: Expr[Genre, Literal['~Album.live'] | Literal['Album.genre']]
reveal_type(case((Album.live, True), else_=False))  # R: Expr[bool, Literal['~Album.live']]
reveal_type(row(select(case((Album.live, 1), else_=0).as_("x"))).x)  # R: int
reveal_type(row(select(Album.id, case((Artist.id > 1, Artist.name), else_="").as_("x")).left_join(Artist, on=Artist.id == Album.artist_id)).x)  # R: str | None
reveal_type(row(select(Album.id, case((Artist.id > 1, "y"), else_="").as_("x")).left_join(Artist, on=Artist.id == Album.artist_id)).x)  # R: str
reveal_type(case((sql("{} > 1", Album.plays, returns=bool), 1), else_=2))  # R: Expr[int, Literal['~Album.plays']]
reveal_type(case((anything(), 1), else_=2))  # R: Expr[int, Never]

case((Album.plays, 1), else_=2)  # E[qb-type]: Album.plays is int, not a condition
case((True, 1), else_=2)  # E[qb-type]: The value is bool, not a condition
case((Album.live and Album.plays > 1, 1), else_=2)  # E[qb-type]: "and" is not SQL
case((Album.live, 1), else_="x")  # E[qb-type]: The values of case() do not fit together: one is int, another str
case((Album.live, Album.title), else_=0)  # E[qb-type]: The values of case() do not fit together: one is str, another int
case((Album.live, 1), else_=True)  # E[qb-type]: The values of case() do not fit together: one is int, another bool
case((Album.live, None))  # E[qb-type]: case() has no value but NULL
case(else_=1)  # E[qb-type]: case() needs a condition and a value
case()  # E[qb-type]: case() needs a condition and a value
case(condition=1)  # E[call-overload]: Unexpected keyword argument "condition" for overloaded function "case"
case(Album.live, 1)  # E[qb-type]: case() takes pairs, as in case((condition, value)), not Album.live  # E[qb-type]: case() takes pairs, as in case((condition, value)), not "int"
case((Album.live == "x", 1), else_=2)  # E[qb-type]: Album.live is bool, but the value is str
select(Album.id).where(case((Album.live, 1), else_=2))  # E[arg-type]: Argument 1 to "where" of "Select" has incompatible type

# Simple

reveal_type(case({1: "a", 2: "b"}, value=Album.plays))  # R: Expr[str | None, Literal['~Album.plays']]
reveal_type(case({1: "a", 2: Album.title}, value=Album.plays, else_=""))  # R: Expr[str, Literal['~Album.plays'] | Literal['Album.title']]
reveal_type(case({Genre.rock: 1}, value=Album.genre, else_=0))  # R: Expr[int, Literal['~Album.genre']]
reveal_type(case(("x", 1), (Artist.name, 2), value=Album.title, else_=0))  # R: Expr[int, Literal['~Album.title'] | Literal['~Artist.name']]
names = {1: "a", 2: "b"}
reveal_type(case(names, value=Album.plays, else_="?"))  # R: Expr[str, Literal['~Album.plays']]
case({"x": 1}, value=Album.plays)  # E[qb-type]: Album.plays is int, but the value is str
case({1: "a", 2: 3}, value=Album.plays)  # E[qb-type]: The values of case() do not fit together: one is str, another int
case({1: "a"})  # E[qb-type]: give it the value=… that is looked up
case((None, 1), value=Album.plays)  # E[qb-type]: Nothing is equal to NULL
case((Genre.rock, 1), (5, 2), value=Album.genre)  # E[qb-type]: Album.genre is Genre, but the value is int
case({1: "a"}, vlaue=Album.plays)  # E[call-overload]: did you mean "value"?  # E[call-overload]: No overload variant of "case"

# CAST

reveal_type(cast(Album.plays, col.text()))  # R: Expr[str, Literal['Album.plays']]
reveal_type(cast(Artist.country, col.integer()))  # R: Expr[int | None, Literal['Artist.country'] | Literal['@null Artist.country']]
reveal_type(cast(Album.rating, col.numeric(10, 2)))  # R: Expr[Decimal | None, Literal['Album.rating'] | Literal['@null Album.rating']]
reveal_type(cast(Album.created_at, col.date()))  # R: Expr[date, Literal['Album.created_at']]
reveal_type(cast(Album.title, col.enum(Genre)))  # R: Expr[Genre, Literal['Album.title'] | Literal['@needs A cast of text to a date, time, UUID or enum']]
reveal_type(cast(Album.genre, col.text()))  # R: Expr[str, Literal['Album.genre']]
reveal_type(cast(literal("5"), col.integer()) + 1)  # R: Expr[int, Never]
cast(Album.released, col.integer())  # E[qb-type]: Album.released is date, and engines do not agree on a cast of it to int
cast(Album.rating, col.text())  # E[qb-type]: Album.rating is float, and engines do not agree on a cast of it to str
cast(Track.length, col.text())  # E[qb-type]: Track.length is timedelta, and engines do not agree
cast(Album.title, col.timestamp())  # E[qb-type]: Album.title is str, and engines do not agree
cast(Album.live, col.real())  # E[qb-type]: Album.live is bool, and engines do not agree
cast("5", col.integer())  # E[arg-type]: Argument 1 to "cast" has incompatible type "str"
cast(Album.title, int)  # E[arg-type]: Argument 2 to "cast" has incompatible type "type[int]"
cast(Album.plays, col.text()) + 1  # E[qb-type]: The expression is str, but the value is int
