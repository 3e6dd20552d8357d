"""Row values, and comparisons to which NULL is a value."""

from datetime import date

from schema import Album, Artist, Category, Genre, Track, anything

from qb import select, tuple_

# IS DISTINCT FROM: never NULL

reveal_type(Album.released.is_distinct_from(date(2024, 1, 1)))  # R: Expr[bool, Literal['~Album.released']]
reveal_type(Album.released.is_not_distinct_from(None))  # R: Expr[bool, Literal['~Album.released']]
reveal_type(Artist.country.is_distinct_from(Artist.name))  # R: Expr[bool, Literal['~Artist.country'] | Literal['~Artist.name']]
Album.released.is_distinct_from("2024")  # E[qb-type]: Album.released is date, but the value is str
Album.genre.is_not_distinct_from(Album.title)  # E[qb-type]: Album.genre is Genre, but Album.title is str
Album.id.is_distinct_from()  # E[call-arg]: Missing positional argument "other"

# Regular expressions and collations

reveal_type(Artist.country.matches("^C"))  # R: Expr[bool | None, Literal['Artist.country'] | Literal['@null Artist.country'] | Literal['@needs A regular expression']]
reveal_type(Album.title.not_matches(Artist.name, ignore_case=True))  # R: Expr[bool, Literal['Album.title'] | Literal['Artist.name'] | Literal['@needs A regular expression']]
reveal_type(Album.title.not_ilike("a%"))  # R: Expr[bool, Literal['Album.title']]
reveal_type(Artist.country.collate("nocase"))  # R: Expr[str | None, Literal['Artist.country'] | Literal['@null Artist.country']]
Album.plays.matches("1")  # E[qb-type]: Album.plays is int, but .matches() is for text
Album.title.matches(5)  # E[qb-type]: Album.title is str, but the value is int
Album.title.not_matches(None)  # E[qb-type]: Album.title.not_matches(None) is never true
Album.title.matches("a", True)  # E[call-arg]: Too many positional arguments for "matches"
Album.genre.collate("C")  # E[qb-type]: Album.genre is Genre, but .collate() is for text
Album.title.collate(5)  # E[arg-type]: Argument 1 to "collate" of "Expr" has incompatible type "int"

# Row values

key = tuple_(Album.artist_id, Album.title)
reveal_type(key)  # R: RowValue[tuple[int, str], Literal['Album.artist_id'] | Literal['Album.title']]
reveal_type(key == (1, "x"))  # R: Expr[bool, Literal['Album.artist_id'] | Literal['Album.title']]
reveal_type(tuple_(Album.released, Album.id) > (date(2024, 1, 1), 5))  # R: Expr[bool | None, Literal['Album.released'] | Literal['Album.id']]
reveal_type(key != tuple_(Artist.id, Artist.country))  # R: Expr[bool | None, Literal['Album.artist_id'] | Literal['Album.title'] | Literal['Artist.id'] | Literal['Artist.country']]
reveal_type(key.in_([(1, "x"), (Artist.id, "y")]))  # R: Expr[bool, Literal['Album.artist_id'] | Literal['Album.title'] | Literal['Artist.id']]
reveal_type(key.not_in(select(Artist.id, Artist.name)))  # R: Expr[bool, Literal['Album.artist_id'] | Literal['Album.title']]
reveal_type(tuple_(Category.id, Category.parent_id).in_(list[tuple[int, int]]()))  # R: Expr[bool | None, Literal['Category.id'] | Literal['Category.parent_id']]
reveal_type(key == anything())  # R: Any
select(Album.id).where(key == (1, "x"))

key == ("x", 1)  # E[qb-type]: The expression is int, but the value is str  # E[qb-type]: The expression is str, but the value is int
key == (1, "x", 2)  # E[qb-type]: A row value of 2 is compared with one of 3: both have as many values
key < (1, None)  # E[qb-type]: A row value with NULL is equal to nothing
key == 1  # E[qb-type]: A row value is compared with a tuple, not with int
key == tuple_(Artist.name, Artist.id)  # E[qb-type]: The expression is int, but the other one is str  # E[qb-type]: The expression is str, but the other one is int
key.in_([(1, 2)])  # E[qb-type]: The expression is str, but the value is int
key.in_([1, 2])  # E[qb-type]: A row value is compared with a tuple, not with int  # E[qb-type]: A row value is compared with a tuple, not with int
key.in_(select(Artist.id))  # E[qb-type]: A row value of 2 is compared with one of 1: both have as many values
key.in_(select(Artist.id, Album.plays))  # E[qb-type]: The expression is str, but the sub-query's column is int  # E[qb-scope]: Artist and Album are selected, but not joined
tuple_(Album.id)  # E[qb-type]: tuple_() takes two expressions or more
key == tuple_()  # E[qb-type]: tuple_() takes two expressions or more
tuple_() == key  # E[qb-type]: tuple_() takes two expressions or more
tuple_(Album.id, 5)  # E[call-overload]: No overload variant of "tuple_" matches argument types
select(Album.id).where(key)  # E[arg-type]: Argument 1 to "where" of "Select" has incompatible type "RowValue
select(key)  # E[qb-type]: select() takes columns, expressions and tables
select(Track.title).where(Track.position == 1, key == (1, "x")).compile("sqlite")  # E[qb-scope]: Album.artist_id is used in .where(), but Album is not in this query  # E[qb-scope]: Album.title is used in .where()
key == (Genre.rock, "x")  # E[qb-type]: The expression is int, but the value is Genre
