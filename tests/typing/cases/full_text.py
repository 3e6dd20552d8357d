"""Full-text search."""

from schema import Album, Artist

from qb import fts

reveal_type(fts.match(Album.title, "x"))  # R: Expr[bool, Literal['Album.title']]
reveal_type(fts.match(Artist.country, "x", config="simple"))  # R: Expr[bool | None, Literal['Artist.country']]
reveal_type(fts.rank(Album.title, "x"))  # R: Expr[float, Literal['Album.title']]
fts.match("title", "x")  # E[arg-type]: Argument 1 to "match" has incompatible type "str"
fts.match(Album.plays, "x")  # E[qb-type]: Album.plays is int, but fts.match() is for text
fts.match(Album.title)  # E[call-arg]: Missing positional argument "query"
fts.search(Album.title, "x")  # E[attr-defined]: Module has no attribute "search"
