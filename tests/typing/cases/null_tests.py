"""Tests for NULL: of a column that is NOT NULL they are never true, unless an outer join leaves its row out."""

from schema import Album, Artist, Category, Track, row

from qb import Expr, delete, exists, fn, rollup, select, tuple_, update

of_artist = Album.artist_id == Artist.id
albums = select(Album.title)

# A column that is NOT NULL

albums.where(Album.id == None).compile("sqlite")  # E[qb-type]: Album.id is never NULL here: the column is NOT NULL, and no outer join leaves it out
albums.where(Album.id.is_null()).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
albums.where(Album.id.in_([None])).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
albums.where(Album.id.in_((1, None))).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
albums.where((Album.plays > 5) | (Album.title == None)).compile("sqlite")  # E[qb-type]: Album.title is never NULL here
albums.where(~Album.live.is_null()).compile("sqlite")  # E[qb-type]: Album.live is never NULL here
albums.order_by((Album.title == None).desc()).compile("sqlite")  # E[qb-type]: Album.title is never NULL here
albums.join(Artist, on=of_artist & (Artist.name == None)).compile("sqlite")  # E[qb-type]: Artist.name is never NULL here
select((Album.id == None).as_("unknown")).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
select(fn.count().filter(Album.plays == None).as_("n")).from_(Album).compile("sqlite")  # E[qb-type]: Album.plays is never NULL here
select(albums.subquery("a").title).where(select(Album.id).subquery("b").id == None).compile("sqlite")  # E[qb-scope]: b.id is used in .where(), but b is not in this query

albums.where(Album.released == None, Album.rating.is_null(), Album.released.in_([None])).compile("sqlite")
albums.where(Album.id != None, Album.id.is_not_null()).compile("sqlite")
albums.where((Album.released == None) | (Album.plays > 5)).compile("sqlite")
albums.where(fn.nullif(Album.plays, 0) == None).compile("sqlite")
albums.where(Album.id == None).clear("where").compile("sqlite")
reveal_type(row(select((Album.released == None).as_("unknown"))).unknown)  # R: bool

# Outer joins leave rows out, wherever they stand

select(Artist.name).left_join(Album, on=of_artist).where(Album.id == None).compile("sqlite")
select(Artist.name).where(Album.id.is_null()).left_join(Album, on=of_artist).compile("sqlite")
select(Album.title).right_join(Artist, on=of_artist).where(Album.id == None).compile("sqlite")
select(Album.title, Artist.name).from_(Album).full_join(Artist, on=of_artist).where((Album.id == None) | (Artist.id == None)).compile("sqlite")
select(Artist.name, (Album.id == None).as_("none")).left_join(Album, on=of_artist).compile("sqlite")
select(Artist.name).where(Album.id == None).join(Album, on=of_artist).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
select(Artist.name).left_join(Album, on=of_artist).where(Artist.id == None).compile("sqlite")  # E[qb-type]: Artist.id is never NULL here
select(Album.title).from_(Album).right_join(Artist, on=of_artist).where(Artist.id == None).compile("sqlite")  # E[qb-type]: Artist.id is never NULL here
# What else must be true for a row may leave it no way out.
select(Artist.name).left_join(Album, on=of_artist).where(Album.title == "Blue", Album.id == None).compile("sqlite")  # E[qb-type]: Album.id is never NULL here

# Sub-queries: their columns, and those of the query around them

inner = select(Album.id, Album.released).subquery("inner")
select(inner.id).where(inner.released == None).compile("sqlite")
select(inner.id).where(inner.id == None).compile("sqlite")  # E[qb-type]: inner.id is never NULL here
select(Artist.name).left_join(inner, on=inner.id == Artist.id).where(inner.id == None).compile("sqlite")
outer = select(Album.id).from_(Artist).left_join(Album, on=of_artist).subquery("outer")
select(outer.id).where(outer.id == None).compile("sqlite")
select(Artist.id).where(exists(select(Album.id).where(of_artist, Album.id == None))).compile("sqlite")  # E[qb-type]: Album.id is never NULL here
select(Artist.id).where(exists(select(Album.id).where(of_artist, Artist.id == None))).compile("sqlite")

# Group keys of several groupings are NULL where they are not grouped by

by_artist = select(Album.artist_id, fn.count().as_("n")).group_by(rollup(Album.artist_id))
by_artist.having(Album.artist_id == None).compile("postgres")
by_artist.order_by((Album.artist_id == None).desc()).compile("postgres")
by_artist.where(Album.artist_id == None).compile("postgres")  # E[qb-type]: Album.artist_id is never NULL here
select(Album.artist_id).group_by(Album.artist_id).having(Album.artist_id == None).compile("postgres")  # E[qb-type]: Album.artist_id is never NULL here

# Writes

update(Album).set(plays=0).where(Album.plays == None).compile("sqlite")  # E[qb-type]: Album.plays is never NULL here
delete(Album).where(Album.title.is_null()).compile("sqlite")  # E[qb-type]: Album.title is never NULL here
delete(Album).where(Album.released.is_null()).compile("sqlite")
update(Album).set(plays=0).from_(Artist).where(of_artist, Artist.name == None).compile("sqlite")  # E[qb-type]: Artist.name is never NULL here
unplayed = update(Album).set(plays=0).from_(Artist).left_join(Track, on=Track.title == Artist.name)
unplayed.where(of_artist, Track.id == None).compile("sqlite")


# What nobody knows is not reported


def search(expression: Expr[int], artist: int | None) -> None:
    albums.where(expression == None).compile("sqlite")
    albums.where(Album.artist_id == artist).compile("sqlite")


# NOT IN of a sub-query is true for no row when NULL is among its values

albums.where(Album.artist_id.not_in(select(Category.parent_id)))  # E[qb-type]: The sub-query may give NULL, and then Album.artist_id.not_in(…) is true for no row: leave NULL out with .where(….is_not_null()), or write ~exists(…)
albums.where(Album.title.not_in(select(Artist.name).union(select(Artist.country))))  # E[qb-type]: The sub-query may give NULL
albums.where(Album.artist_id.not_in(select(fn.max(Artist.id))))  # E[qb-type]: The sub-query may give NULL
albums.where(Album.artist_id.not_in(select(Category.parent_id).where(Category.parent_id.is_not_null())))
albums.where(Album.artist_id.not_in(select(Artist.id)))
albums.where(Album.artist_id.in_(select(Category.parent_id)))
albums.where(Album.artist_id.not_in([1, 2]))
albums.where(tuple_(Album.artist_id, Album.title).not_in(select(Artist.id, Artist.name)))
