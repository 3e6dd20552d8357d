"""Scope: what a query reads must be in its FROM, or come from the query around it."""

from schema import Album, Artist, Category, Play, Track, parent, row

from qb import alias, columns, exists, fn, literal, select

of_artist = Album.artist_id == Artist.id
of_album = Track.album_id == Album.id

# Every clause

select(Album.title).where(Artist.name == "x").compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query: add .join(Artist, on=…)
select(Album.title).group_by(Artist.id).compile("sqlite")  # E[qb-scope]: Artist.id is used in .group_by(), but Artist is not in this query
select(Album.title).group_by(Album.title).having(fn.count(Track.id) > 1).compile("sqlite")  # E[qb-scope]: Track.id is used in .having(), but Track is not in this query
select(Album.title).order_by(Artist.name).compile("sqlite")  # E[qb-scope]: Artist.name is used in .order_by(), but Artist is not in this query
select(Album.title).order_by(Artist.name.desc().nulls_last()).compile("sqlite")  # E[qb-scope]: Artist.name is used in .order_by()
select(Album.title).join(Artist, on=Track.album_id == Album.id).compile("sqlite")  # E[qb-scope]: Track.album_id is used in .join(), but Track is not in this query
select(Album.title).left_join(Artist, on=of_artist).where(fn.lower(Track.title) == "x").compile("sqlite")  # E[qb-scope]: Track.title is used in .where()
select(Album.title, Artist.name).from_(Album).compile("sqlite")  # E[qb-scope]: Artist is selected, but not in FROM (Album): add .join(Artist, on=…)
select(Album.title, fn.count(Track.id)).from_(Album).compile("sqlite")  # E[qb-scope]: Track is selected, but not in FROM (Album)
select(Album, Artist).compile("sqlite")  # E[qb-scope]: Album and Artist are selected, but not joined: add .join(Artist, on=…), or name the first in .from_()
select(Album.title + Artist.name).compile("sqlite")  # E[qb-scope]: Album and Artist are selected, but not joined
select(Album.title, Artist.name, Track.title.as_("track")).join(Artist, on=of_artist).compile("sqlite")  # E[qb-scope]: Album and Track are selected, but not joined

# The place is the line that is wrong, in a query of several

several = (
    select(Album.title)
    .join(Artist, on=of_artist)
    .where(Album.plays > 5)
    .where(
        Artist.country == "uk",
        Track.title == "x",  # E[qb-scope]: Track.title is used in .where(), but Track is not in this query
    )
    .order_by(Category.name)  # E[qb-scope]: Category.name is used in .order_by()
)
several.compile("sqlite")

# What is joined later is there in the end

select(Album.title).where(Artist.name == "x").join(Artist, on=of_artist).compile("sqlite")
select(Track.title).where(Artist.id == 1).join(Album, on=of_album).join(Artist, on=of_artist).compile("sqlite")

# The implied FROM

select(Album.title).where(Album.plays > 5).compile("sqlite")
select(Artist.name).left_join(Album, on=of_artist).compile("sqlite")
select(fn.count()).from_(Album).where(Album.live).compile("sqlite")
select(literal(1).as_("one")).compile("sqlite")
select(fn.count()).where(Album.live).compile("sqlite")  # E[qb-scope]: Album.live is used in .where(), but Album is not in this query: add .from_(Album)
select(Artist.name).join(Artist, on=of_artist).compile("sqlite")  # E[qb-scope]: Artist is joined, but to nothing: name the first source in .from_() # E[qb-scope]: Album.artist_id is used in .join()

# An alias is a source of its own

select(Category.name).where(parent.name == "x").compile("sqlite")  # E[qb-scope]: parent.name is used in .where(), but parent is not in this query: add .join(parent, on=…)
select(parent.name).where(Category.name == "x").compile("sqlite")  # E[qb-scope]: Category.name is used in .where(), but Category is not in this query
select(Category.name, parent.name.as_("above")).join(parent, on=Category.parent_id == parent.id).compile("sqlite")
other = alias(Artist, "other")
select(Album.title).join(other, on=Album.artist_id == Artist.id).compile("sqlite")  # E[qb-scope]: Artist.id is used in .join(), but Artist is not in this query

# A table is in a query once

select(Album.title).join(Artist, on=of_artist).join(Artist, on=of_artist)  # E[qb-scope]: Artist is in this query already: give one of them a name of its own with alias(Artist, "…")
select(Album.title).from_(Album).join(Album, on=Album.id == 1)  # E[qb-scope]: Album is in this query already
select(Album.title).from_(Album, Album)  # E[qb-scope]: Album is in this query already

# Sub-queries take from the query around them

tracks = select(Track.id).where(Track.album_id == Album.id)  # E[qb-scope]: Album.id is used in .where(), but Album is not in this query
select(Album.title).where(exists(tracks)).compile("sqlite")
select(Album.title).where(~exists(tracks.where(Track.title == Album.title))).compile("sqlite")
select(Artist.name).where(exists(tracks)).compile("sqlite")  # E[qb-scope]: Album.id is used in .where(), but Album is not in this query
select(Album.title).where(Album.id.in_(select(Track.album_id).where(Track.title == Artist.name))).compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
# On its own such a query is wrong, at the line where it takes what it does not have.
tracks.compile("sqlite")
# However deep.
play = select(Play.at).where(Play.track_id == Track.id)
select(Album.title).where(exists(tracks.where(exists(play)))).compile("sqlite")
select(Artist.name).where(exists(tracks.where(exists(play)))).compile("sqlite")  # E[qb-scope]: Album.id is used in .where()

count = select(fn.count()).from_(Track).where(Track.album_id == Album.id).scalar_subquery()
reveal_type(row(select(Album.title, count.as_("tracks"))).tracks)  # R: int
select(Album.title, fn.coalesce(count, 0).as_("tracks")).compile("sqlite")
select(Artist.name, count.as_("tracks")).compile("sqlite")  # E[qb-scope]: Album.id is used in select(), but Album is not in this query
select(Album.title).where(count > 5).order_by(count.desc()).compile("sqlite")
select(Album.title).where(count > "5")  # E[qb-type]: int, but the value is str
select(Track.id, Track.title).scalar_subquery()  # E[qb-type]: .scalar_subquery() takes a query of one column, but this one has 2
exists(Track.album_id == Album.id)  # E[arg-type]: Argument 1 to "exists" has incompatible type "Expr[bool
exists(Track)  # E[arg-type]: Argument 1 to "exists" has incompatible type "type[Track]"
select(Album.title).where(tracks)  # E[arg-type]: Argument 1 to "where" of "Select" has incompatible type "Select[
# A sub-query has a FROM of its own.
exists(select(Track.id, Artist.id.as_("artist_id")))  # E[qb-scope]: Track and Artist are selected, but not joined
select(Album.title).where(Album.artist_id == select(Artist.id).join(Album, on=of_artist).scalar_subquery()).compile("sqlite")

select(Album.title).from_("albums")  # E[arg-type]: Argument 1 to "from_" of "Select" has incompatible type "str"
select(Album.title).from_(select(Album.id))  # E[arg-type]: Argument 1 to "from_" of "Select" has incompatible type "Select[
select(Album.title).order_by("title")  # E[arg-type]: Argument 1 to "order_by" of "Select" has incompatible type "str"
select(Album.title).order_by(-1)  # E[arg-type]: Argument 1 to "order_by" of "Select" has incompatible type "int"
select(Album.title).limit("10")  # E[arg-type]: Argument 1 to "limit" of "Select" has incompatible type "str"
select(Album.title).compile()  # E[call-arg]: Missing positional argument "dialect"

# A column of which mypy does not know the table may be of any.
select(columns(Album)["title"]).where(Album.plays > 1).compile("sqlite")
select(columns(Album)["title"], Artist.name).join(Artist, on=Album.artist_id == Artist.id).compile("sqlite")


# Two levels out: what only the sub-queries of a select read may come from the query around it

counted = select(fn.count()).from_(Track).where(Track.album_id == Album.id, Track.title == Artist.name).scalar_subquery()
some = select(Album.plays + counted).where(Album.artist_id == Artist.id).limit(1)  # E[qb-scope]: Artist.name is used in select()  # E[qb-scope]: Artist.id is used in .where()
select(Artist.name, some.scalar_subquery()).compile("sqlite")
select(Artist.name).where(exists(select(Album.id, counted.as_("n")))).compile("sqlite")
select(Artist.name).where(Artist.id.in_(select(Album.id).where(Album.plays > counted))).compile("sqlite")
select(Album.id, counted.as_("n")).compile("sqlite")  # E[qb-scope]: Artist.name is used in select(), but Artist is not in this query
some.compile("sqlite")  # by itself it lacks the artist, which is said where it is read
select(counted.as_("n")).from_(Album).compile("sqlite")  # E[qb-scope]: Artist.name is used in select(), but Artist is not in this query
select(counted.as_("n")).compile("sqlite")  # E[qb-scope]: Album and Artist are selected, but not joined
