"""Sub-queries in FROM, common table expressions, VALUES and set operations."""

from datetime import date

from schema import Album, Artist, Category, Play, Track, row

from qb import alias, col, columns, exists, fn, insert, literal, select, values

# Sub-queries in FROM

top = select(Album.artist_id, fn.max(Album.plays).as_("most")).group_by(Album.artist_id).subquery("top")
reveal_type(top.artist_id)  # R: SourceColumn[int, Literal['top.artist_id']]
reveal_type(top.most)  # R: SourceColumn[int, Literal['top.most']]
q = select(Artist.name, top.most).join(top, on=top.artist_id == Artist.id)
reveal_type(row(q))  # R: tuple[str, int, fallback=Row[TypedDict({'most': int, 'name': str})]]
reveal_type(row(q).most)  # R: int
reveal_type(row(select(top)).most)  # R: int
reveal_type(row(select(top)))  # R: tuple[int, int, fallback=Row[TypedDict({'artist_id': int, 'most': int})]]
reveal_type(row(select(Artist.name, top).join(top, on=top.artist_id == Artist.id)).top.artist_id)  # R: int
reveal_type(row(select(Artist.name, top.artist_id).from_(Artist).left_join(top, on=top.artist_id == Artist.id)).artist_id)  # R: int | None
reveal_type(row(select(select(Album).subquery("a"))).title)  # R: str
reveal_type(row(select(select(Album.title.as_("t")).subquery("s").t)))  # R: tuple[str, fallback=Row[TypedDict({'t': str})]]
outer = select(Album.title, Artist.country).from_(Artist).left_join(Album, on=Album.artist_id == Artist.id).subquery("o")
reveal_type(outer.title)  # R: SourceColumn[str | None, Literal['o.title']]
reveal_type(columns(top)["most"])  # R: SourceColumn[Any, object]

top.least  # E[qb-name]: "top" has no column "least"
top.mots  # E[qb-name]: "top" has no column "mots"
top.most == "x"  # E[qb-type]: top.most is int, but the value is str
select(Artist.name).where(top.most > 5).compile("sqlite")  # E[qb-scope]: top.most is used in .where(), but top is not in this query
select(Artist.name, top.most).compile("sqlite")  # E[qb-scope]: Artist and top are selected, but not joined
select(Album.plays + 1).subquery("s")  # E[qb-name]: has no name in "s"
select(Album.title).join(Artist, on=Artist.id == Album.artist_id).subquery("s").name  # E[qb-name]: "s" has no column "name"
select(Artist, Album).join(Album, on=Album.artist_id == Artist.id).subquery("s")  # E[qb-type]: "s" selects Artist as a whole beside others: select its columns
row(select(top)).least  # E[qb-name]: The row has no column "least"

# Lateral

latest = select(Album.title).where(Album.artist_id == Artist.id).order_by(Album.released.desc()).limit(1)
reveal_type(row(select(Artist.name, latest.lateral("l").title).from_(Artist).left_join(latest.lateral("l"), on=literal(True))).title)  # R: str | None
select(Artist.name).join(latest.lateral("l"), on=literal(True)).compile("postgres")
select(Track.title).from_(Track).join(latest.lateral("l"), on=literal(True)).compile("postgres")  # E[qb-scope]: Artist.id is used in .join(), but Artist is not in this query
select(Artist.name).join(latest.subquery("l"), on=literal(True))  # E[qb-scope]: "l" reads Artist.id, but Artist stands beside it

# Common table expressions

c = select(Album.id, Album.title).cte("c")
reveal_type(row(select(c.title)).title)  # R: str
c2 = alias(c, "c2")
reveal_type(c2.title)  # R: SourceColumn[str, Literal['c2.title']]
reveal_type(row(select(c.title, c2.title.as_("other")).join(c2, on=c2.id == c.id)).other)  # R: str
listed = select(Album.id, Album.title).cte("listed", columns=("a", "b"))
reveal_type(listed.b)  # R: SourceColumn[str, Literal['listed.b']]
new = insert(Artist).values(name="x").returning(Artist.id).cte("new")
reveal_type(new.id)  # R: SourceColumn[int, Literal['new.id'] | Literal['@needs A write inside of WITH']]
select(c.title, c2.title.as_("x")).join(c, on=c2.id == c.id).compile("sqlite")
select(Album.id, Album.title).cte("listed", columns=("a",))  # E[qb-name]: "listed" has 2 columns, but its list names 1
listed.title  # E[qb-name]: "listed" has no column "title"
select(c.id).join(c, on=c.id == c.id).compile("sqlite")  # E[qb-scope]: c
select(c.id).where(c2.id == 1).compile("sqlite")  # E[qb-scope]: c2.id is used in .where(), but c2 is not in this query

tree = select(Album.id, literal(0).as_("depth")).recursive_cte(
    "tree", lambda tree: select(Track.album_id, tree.depth + 1).join(tree, on=tree.id == Track.album_id)
)
reveal_type(tree.depth)  # R: SourceColumn[int, Literal['tree.depth']]
reveal_type(row(select(tree)).id)  # R: int
select(Album.id, literal(0).as_("depth")).recursive_cte(
    "tree", lambda tree: select(Track.album_id, tree.dept).join(tree, on=tree.id == Track.album_id)  # E[qb-name]: "tree" has no column "dept"
)
select(Album.id).recursive_cte("t", lambda t: select(Track.title).join(t, on=t.id == Track.album_id))  # E[qb-type]: The recursive "t" puts Album.id (int) together with Track.title (str)
select(Album.id).recursive_cte("t", lambda t: select(Track.album_id, t.id).join(t, on=t.id == Track.album_id))  # E[qb-type]: The recursive "t" puts 1 column together with 2

# They go by position, so the same names in another order are a mistake.
swap = select(Album.id, Album.plays)
swap.recursive_cte("t", lambda t: select(t.plays, t.id))  # E[qb-name]: The recursive "t" goes by position, but the names are in another order (id, plays, and plays, id): select them in one
swap.recursive_cte("t", lambda t: select(t.plays.as_("id"), t.id.as_("plays")))
swap.cte("c", columns=("a", "a"))  # E[qb-name]: The column list of "c" has two columns named "a"
swap.cte("c", columns=("b", "a"))
# What a step reads of itself may be NULL where the step before it has made it so.
chain = select(Category.id, Category.id.as_("before"), literal(0).as_("depth")).recursive_cte(
    "chain",
    lambda chain: select(Category.parent_id, chain.id + 1, chain.depth + 1)
    .join(chain, on=(Category.id == fn.coalesce(chain.id, 1)) & (chain.depth < 5)),
)
reveal_type(row(select(chain)))  # R: tuple[int | None, int | None, int, fallback=Row[TypedDict({'id': int | None, 'before': int | None, 'depth': int})]]
row(select(chain)).before + 1  # E[operator]: Unsupported operand types for + ("None" and "int")

# VALUES

wanted = values("wanted", [(1, "a"), (2, "b")], id=col.integer(), name=col.text().nullable())
reveal_type(wanted.name)  # R: SourceColumn[str | None, Literal['wanted.name']]
reveal_type(row(select(wanted)))  # R: tuple[int, str | None, fallback=Row[TypedDict({'id': int, 'name': str | None})]]
wanted.title  # E[qb-name]: "wanted" has no column "title"
values("v", [(1, None), ("x", "y")], id=col.integer(), name=col.text().nullable())  # E[qb-type]: id is int, but the value is str
values("v", [(literal(1) + 1,)], id=col.integer())
values("v", [(1,), (Album.id,)], id=col.integer())  # E[qb-scope]: Album.id is used in values(), which reads no source: write a select
values("v", [(None,)], id=col.integer())  # E[qb-type]: id is int, but the value is NULL

# Set operations

both = select(Album.title.as_("name")).union(select(Artist.name))
reveal_type(row(both))  # R: tuple[str, fallback=Row[TypedDict({'name': str})]]
reveal_type(row(select(Album.released).union_all(select(literal(date(2000, 1, 1))))).released)  # R: date | None
reveal_type(row(select(Artist.name).intersect(select(Artist.country))).name)  # R: str | None
reveal_type(row(select(Album.plays.as_("x")).except_(select(Album.rating))).x)  # R: float | None
reveal_type(row(select(Album).union(select(Album).where(Album.plays > 1))))  # R: Row[Album]
reveal_type(row(both.union_all(select(Album.title)).limit(3)).name)  # R: str
reveal_type(both.subquery("b").name)  # R: SourceColumn[str, Literal['b.name']]
both.order_by(Artist.name, Album.title.as_("name").desc())
exists(both)
Artist.name.in_(both)
reveal_type(both.scalar_subquery())  # R: Expr[str | None, Never]
insert(Artist).from_select(both)

select(Album.title).union(select(Album.plays))  # E[qb-type]: UNION puts Album.title (str) together with Album.plays (int)
select(Album.title).union_all(select(Album.title, Album.plays))  # E[qb-type]: UNION ALL puts 1 column together with 2
select(Album.id, Album.plays).union(select(Album.plays, Album.id))  # E[qb-name]: UNION goes by position, but the names are in another order (id, plays, and plays, id): select them in one
select(Album.title).union(insert(Artist).values(name="x").returning(Artist.name))  # E[qb-type]: UNION puts selects together, not the rows that a write returns


def by_position(first: bool) -> None:
    """Of the columns of one select or another, the order is known when they have names of their own."""
    swapped = select(Album.id, Album.plays) if first else select(Album.plays, Album.id)
    swapped.union(select(Album.id, Album.plays))  # E[qb-name]: UNION goes by position, but a select that depends on a condition has id, plays in an order that is not known: name them with .as_("…") in each branch
    select(Album.plays, Album.id).union_all(swapped)  # E[qb-name]: UNION ALL goes by position, but a select that depends on a condition
    named = select(Album.id.as_("a"), Album.plays.as_("b")) if first else select(Album.plays.as_("a"), Album.id.as_("b"))
    named.union(select(Artist.id.as_("a"), Album.plays.as_("b")).join(Album, on=Album.artist_id == Artist.id))
    named.union(select(Album.plays.as_("b"), Album.id.as_("a")))  # E[qb-name]: UNION goes by position, but the names are in another order (a, b, and b, a)
    crossed = select(Album.id.as_("a"), Album.plays.as_("b")) if first else select(Album.plays.as_("b"), Album.id.as_("a"))
    crossed.intersect(select(Album.id.as_("a"), Album.plays.as_("b")))  # E[qb-name]: INTERSECT goes by position, but a select that depends on a condition
    # Where every column is of another type, their types tell the order; and other names are none of its business.
    typed = select(Album.id, Album.title) if first else select(Artist.id, Artist.name.as_("title"))
    typed.union(select(Album.id, Album.title))
    typed.union(select(Album.title, Album.id))  # E[qb-type]: UNION puts
    swapped.union(select(Album.id.as_("x"), Album.plays.as_("y")))


both.order_by(Album.plays)  # E[qb-scope]: A set operation is sorted by what its first query selects (name): plays is not there
both.where(Album.plays > 1)  # E[attr-defined]: has no attribute "where"
row(both).title  # E[qb-name]: The row has no column "title"
select(Album.title).where(Track.position == 1).union(select(Artist.name)).compile("sqlite")  # E[qb-scope]: Track.position is used in .where(), but Track is not in this query
Album.plays.in_(both)  # E[qb-type]: Album.plays is int, but the sub-query's column is str
