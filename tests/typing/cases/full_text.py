"""Full-text search."""

from schema import Album, Artist

from qb import fts, select

reveal_type(fts.match(Album.title, "x"))  # R: Expr[bool, Literal['Album.title'] | Literal['@needs fts.match() or fts.rank() of columns']]
reveal_type(fts.match(Artist.country, "x", config="simple"))  # R: Expr[bool | None, Literal['Artist.country'] | Literal['@null Artist.country'] | Literal['@needs fts.match() or fts.rank() of columns']]
reveal_type(fts.rank(Album.title, "x"))  # R: Expr[float, Literal['Album.title'] | Literal['@needs fts.match() or fts.rank() of columns']]
fts.match("title", "x")  # E[arg-type]: Argument 1 to "match" has incompatible type "str"
fts.match(Album.plays, "x")  # E[qb-type]: Album.plays is int, but fts.match() is for text
fts.match(Album.title)  # E[call-arg]: Missing positional argument "query"
fts.search(Album.title, "x")  # E[attr-defined]: Module has no attribute "search"

# Several texts, and tables

reveal_type(fts.match((Album.title, Artist.country), "x"))  # R: Expr[bool, Literal['~Album.title'] | Literal['~Artist.country'] | Literal['@needs fts.match() or fts.rank() of columns']]
reveal_type(fts.match(Album, "x"))  # R: Expr[bool, Literal['Album.*'] | Literal['@needs fts.match() or fts.rank() of an FTS5 table']]
reveal_type(fts.rank(Album, "x"))  # R: Expr[float, Literal['Album.*'] | Literal['@needs fts.match() or fts.rank() of an FTS5 table']]
fts.match((Album.title, Album.plays), "x")  # E[qb-type]: Album.plays is int, but fts.match() is for text
select(Album.id).where(fts.match((Album.title, Artist.name), "x")).compile("postgres")  # E[qb-scope]: Artist.name is used in .where()
select(Album.id).where(fts.match(Artist, "x")).compile("sqlite")  # E[qb-scope]: Artist is used in .where()
select(Album.id).where(fts.match(Album, "x")).order_by(fts.rank(Album, "x").desc()).compile("sqlite")

# The words in their places

reveal_type(fts.headline(Album.title, "x"))  # R: Expr[str, Literal['Album.title'] | Literal['@needs fts.headline()']]
reveal_type(fts.headline(Artist.country, "x"))  # R: Expr[str | None, Literal['Artist.country'] | Literal['@null Artist.country'] | Literal['@needs fts.headline()']]
reveal_type(fts.highlight(Album.title, before="["))  # R: Expr[str, Literal['Album.title'] | Literal['@needs fts.highlight()']]
reveal_type(fts.snippet(Artist.country, words=5))  # R: Expr[str | None, Literal['Artist.country'] | Literal['@null Artist.country'] | Literal['@needs fts.snippet()']]
fts.snippet(Album.plays)  # E[qb-type]: Album.plays is int, but fts.snippet() is for text
fts.headline(Album.title)  # E[call-arg]: Missing positional argument "query"
