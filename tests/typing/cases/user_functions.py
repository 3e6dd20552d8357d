"""Functions of the database by name."""

from schema import Album, Artist, Track, anything, row

from qb import col, fn, function, select

levenshtein = function("levenshtein", col.text(), col.text(), returns=col.integer())
reveal_type(levenshtein)  # R: UserFunction[int, tuple[str, str]]
reveal_type(levenshtein(Artist.name, "x"))  # R: Expr[int, Literal['Artist.name']]
reveal_type(levenshtein(Artist.country, Artist.name))  # R: Expr[int | None, Literal['Artist.country'] | Literal['Artist.name']]
reveal_type(row(select(levenshtein(Artist.name, "x").as_("far"))).far)  # R: int
reveal_type(function("random_word", returns=col.text().nullable())())  # R: Expr[str | None, Never]
reveal_type(levenshtein(anything(), "x"))  # R: Expr[int, Never]

median = function("public.median", col.numeric(10, 2), returns=col.numeric(10, 2).nullable(), aggregate=True)
reveal_type(median)  # R: UserAggregate[Decimal | None, tuple[Decimal]]
reveal_type(median(Album.price))  # R: AggregateExpr[Decimal | None, Literal['~#Album.price']]
reveal_type(median(Album.price).distinct())  # R: AggregateExpr[Decimal | None, Literal['~#Album.price']]
reveal_type(median(Album.plays))  # R: AggregateExpr[Decimal | None, Literal['~#Album.plays']]

levenshtein(Artist.name)  # E[qb-type]: The function takes 2 arguments and was given 1
levenshtein(Artist.name, 5)  # E[qb-type]: Argument 2 of the function is str, not int
levenshtein(Album.released, "x")  # E[qb-type]: Argument 1 of the function is str, not date
median(Track.title)  # E[qb-type]: Argument 1 of the function is Decimal, not str
levenshtein(Artist.name, "x").distinct()  # E[attr-defined]: has no attribute "distinct"
function("f", str, returns=col.integer())  # E[call-overload]: No overload variant of "function"
function("f", returns=int)  # E[call-overload]: No overload variant of "function"
function("f", col.text())  # E[call-overload]: No overload variant of "function"
fn.abs(levenshtein(Artist.name, "x")) == "1"  # E[qb-type]: The expression is int, but the value is str
