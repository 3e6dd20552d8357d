"""PostgreSQL's arrays."""

from schema import Album, Genre

from qb import Table, col, fn


class Disc(Table, name="discs"):
    id = col.integer().primary_key()
    title = col.text()
    tags = col.array(col.text())
    years = col.array(col.bigint()).nullable()
    genres = col.array(col.enum(Genre))


reveal_type(Disc.tags.has("x"))  # R: Expr[bool, Literal['Disc.tags'] | Literal['@needs .has() of an array']]
reveal_type(Disc.years.has(5))  # R: Expr[bool | None, Literal['Disc.years'] | Literal['@needs .has() of an array']]
reveal_type(Disc.tags.contains_all([]))  # R: Expr[bool, Literal['Disc.tags'] | Literal['@needs .contains_all() of an array']]
reveal_type(Disc.tags.overlaps(["a", "b"]))  # R: Expr[bool, Literal['Disc.tags'] | Literal['@needs .overlaps() of an array']]
reveal_type(Disc.tags.contained_by(Disc.tags))  # R: Expr[bool, Literal['Disc.tags'] | Literal['@needs .contained_by() of an array']]
reveal_type(fn.array_get(Disc.tags, 1))  # R: Expr[str | None, Literal['Disc.tags'] | Literal['@needs fn.array_get()']]
reveal_type(fn.array_length(Disc.years))  # R: Expr[int | None, Literal['Disc.years'] | Literal['@null Disc.years'] | Literal['@needs fn.array_length()']]
reveal_type(fn.array_append(Disc.tags, "x"))  # R: Expr[list[str], Literal['Disc.tags'] | Literal['@needs fn.array_append()']]
reveal_type(fn.array_position(Disc.genres, Genre.rock))  # R: Expr[int | None, Literal['Disc.genres'] | Literal['@needs fn.array_position()']]
reveal_type(Disc.tags + ["x"])  # R: Expr[list[str], Literal['Disc.tags'] | Literal['@needs + of arrays']]

Disc.tags.has(1)  # E[qb-type]: The expression is str, but the value is int
Disc.tags.has(None)  # E[qb-type]: is never true
Disc.tags.has(Album.plays)  # E[qb-type]: The expression is str, but Album.plays is int
Disc.tags.overlaps("x")  # E[qb-type]: Disc.tags is list[str], but the value is str
Disc.tags.contains_all([1])  # E[qb-type]: Disc.tags is list[str], but the value is list[int]
Disc.tags.contains_all(Disc.years)  # E[qb-type]: Disc.tags is list[str], but Disc.years is list[int]
Disc.title.has("x")  # E[qb-type]: Disc.title is str, but .has() is for arrays
Disc.title.overlaps(["x"])  # E[qb-type]: Disc.title is str, but .overlaps() is for arrays
fn.array_length(Disc.title)  # E[qb-type]: Disc.title is str, but fn.array_length() is for arrays
fn.array_get(Disc.tags, "1")  # E[arg-type]: Argument 2 to "array_get" has incompatible type "str"
Disc.tags + "x"  # E[qb-type]: there is no "+" between them
