"""Nested results: rows inside of rows, to any depth."""

import asyncio

from schema import Album, Artist, Category, Play, Track, parent, row

from qb import Database, alias, exists, fn, insert, literal, many, one, select

child = alias(Category, "child")

# One level

albums = many(select(Album.title, Album.released))
reveal_type(albums)  # R: Expr[list[tuple[str, date | None, fallback=Row[TypedDict({'released': date | None, 'title': str})]]], Literal['@nested']]
named = row(select(Artist.name, albums.as_("albums")))
reveal_type(named.name)  # R: str
reveal_type(named.albums[0].title)  # R: str
reveal_type(named.albums[0].released)  # R: date | None
reveal_type([title for title, released in named.albums])  # R: list[str]
named.albums.title  # E[attr-defined]: has no attribute "title"
named.albums[0].titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?
named.albums[0].title + 1  # E[operator]: Unsupported operand types for + ("str" and "int")
named.album  # E[qb-name]: The row has no column "album"; did you mean "albums"?

# Whole tables

whole = row(select(Artist, many(select(Album)).as_("albums")))
reveal_type(whole.artist.name)  # R: str
reveal_type(whole.albums)  # R: list[Row[Album]]
reveal_type(whole.albums[0].price)  # R: Decimal
whole.albums[0].nothing  # E[qb-name]: "Album" has no column "nothing"
whole.name  # E[qb-name]: The row has no column "name"

# One row

reveal_type(row(select(Album.id, one(select(Artist.name)).as_("artist"))).artist)  # R: tuple[str, fallback=Row[TypedDict({'name': str})]] | None
reveal_type(row(select(Album.id, one(select(Artist), required=True).as_("artist"))).artist)  # R: Row[Artist]
row(select(Album.id, one(select(Artist)).as_("artist"))).artist.name  # E[union-attr]: Item "None" of "Row[Artist] | None" has no attribute "name"
row(select(Album.id, one(select(Artist), required=True).as_("artist"))).artist[0].name  # E[attr-defined]: "int" has no attribute "name"

# Two and three levels

tracks = many(select(Track.title, Track.length, one(select(Album.title)).as_("album"))).as_("tracks")
deep = row(select(Artist.name, many(select(Album, tracks)).as_("albums")))
reveal_type(deep.albums[0].album.price)  # R: Decimal
reveal_type(deep.albums[0].tracks[0].length)  # R: timedelta | None
reveal_type(deep.albums[0].tracks[0].title)  # R: str
for item in deep.albums:
    for track in item.tracks:
        reveal_type(track.album)  # R: tuple[str, fallback=Row[TypedDict({'title': str})]] | None
        track.album.title  # E[union-attr]: Item "None"
        track.position  # E[qb-name]: The row has no column "position"
deep.albums[0].title  # E[qb-name]: The row has no column "title"

# Clauses, joins and aggregates inside

counted = many(select(Album.genre, fn.count().as_("n")).group_by(Album.genre).order_by(Album.genre).limit(3))
reveal_type(row(select(Artist.id, counted.as_("genres"))).genres[0].n)  # R: int
joined = many(select(Track.title, Album.title.as_("album")).left_join(Album, on=Track.album_id == Album.id))
reveal_type(row(select(Artist.id, joined.as_("x"))).x[0].album)  # R: str | None

# A list is there even where an outer join finds nothing; a column is not

outer = select(Artist.id, Album.title, many(select(Track.title), on=Track.album_id == Album.id).as_("tracks"))
reveal_type(row(outer.left_join(Album, on=Album.artist_id == Artist.id)).tracks)  # R: list[tuple[str, fallback=Row[TypedDict({'title': str})]]]
reveal_type(row(outer.left_join(Album, on=Album.artist_id == Artist.id)).title)  # R: str | None

# What the inner query takes from around it

reveal_type(many(select(child.name), on=child.parent_id == Category.id))  # R: Expr[list[tuple[str, fallback=Row[TypedDict({'name': str})]]], Literal['@nested'] | Literal['@nested schema.Category.id']]
reveal_type(many(select(child.name).where(child.name != parent.name)))  # R: Expr[list[tuple[str, fallback=Row[TypedDict({'name': str})]]], Literal['@nested'] | Literal['@nested ^parent.name']]
many(select(Album), on=Album.artist_id == Artist.name)  # E[qb-type]: Album.artist_id is int, but Artist.name is str
many(select(Album), on=Album.artist_id)  # E[arg-type]: Argument "on" to "many" has incompatible type
many(select(Album), on=True)  # E[arg-type]: Argument "on" to "many" has incompatible type "bool"
many(select(Album), on=Album.live and Artist.id == 1)  # E[qb-type]: "and" is not SQL
many(Album)  # E[arg-type]: Argument 1 to "many" has incompatible type "type[Album]"
many(select(Album).union(select(Album)))  # E[qb-type]: Nested rows are those of a select, not of a set operation: select from its .subquery(…)
one(insert(Artist).values(name="x").returning(Artist.id))  # E[qb-type]: Nested rows are those of a select, not of the rows that a write returns
many(select(Album.title, Artist.name))  # E[qb-scope]: Album and Artist are selected, but not joined
many(select(Album.titel))  # E[qb-name]: "Album" has no column "titel"; did you mean "title"?
select(albums.as_("a"), literal(1).as_("a"))  # E[qb-name]: Two columns of this query are named "a"

# Of other sources

liked = select(Album.artist_id, Album.title, Album.released).where(Album.plays > 5).subquery("liked")
reveal_type(row(select(Artist.name, many(select(liked), on=liked.artist_id == Artist.id).as_("x"))).x[0].released)  # R: date | None
many(select(liked.plays))  # E[qb-name]: "liked" has no column "plays"

# Not for SQL

select(Artist.name).order_by(albums)  # E[qb-type]: Nested rows cannot stand in .order_by(): they can only be selected
select(Artist.name).where(albums == albums)  # E[qb-type]: Nested rows cannot stand in .where()
select(Artist.name).group_by(albums.as_("a"))  # E[qb-type]: Nested rows cannot stand in .group_by()
select(albums.as_("a")).from_(Artist).scalar_subquery()  # E[qb-type]: Nested rows cannot stand in a sub-query: select them in the query around it
select(Artist.id, albums.as_("a")).subquery("s")  # E[qb-type]: Nested rows cannot stand in a sub-query
exists(select(Artist.id, albums.as_("a")))  # E[qb-type]: Nested rows cannot stand in a sub-query


async def main(db: Database) -> None:
    rows = await db.fetch_all(select(Artist.name, albums.as_("albums")))
    reveal_type(rows[0].albums[0].title)  # R: str
    reveal_type(await db.fetch_value(select(albums.as_("albums")).from_(Artist)))  # R: list[tuple[str, date | None, fallback=Row[TypedDict({'released': date | None, 'title': str})]]]
    await db.fetch_all(select(Artist.name, many(select(Album).where(Play.at < fn.now())).as_("a")))  # E[qb-scope]: Play.at is used in select(), but Play is not in this query: add .join(Play, on=…)
    await db.fetch_all(select(many(select(Album), on=Album.artist_id == Artist.id).as_("a")).from_(Track))  # E[qb-scope]: Artist.id is used in select(), but Artist is not in this query: add .join(Artist, on=…)
    around = many(select(Track.title), on=(Track.album_id == Album.id) & (Artist.id == 1)).as_("tracks")
    two = select(Artist.name, many(select(Album.title, around)).as_("albums"))
    reveal_type((await db.fetch_all(two))[0].albums[0].tracks[0].title)  # R: str
    await db.fetch_all(two.clear("limit").where(Artist.id == 1))
    await db.fetch_all(
        select(
            Category,
            many(select(Album.title, around)).as_("albums"),  # E[qb-scope]: Artist.id is used in select(), but Artist is not in this query
        )
    )


asyncio.run(main(Database.connect("sqlite://")))


# Where SQL compares rows

with_albums = select(Artist.name, many(select(Album.title)).as_("albums"))
with_albums.distinct()  # E[qb-type]: Nested rows cannot stand in .distinct(): they can only be selected
with_albums.union(with_albums)  # E[qb-type]: Nested rows cannot stand in .union()  # E[qb-type]: Nested rows cannot stand in .union()
insert(Artist).values(name="x").returning(many(select(Album.title)))  # E[qb-type]: Nested rows cannot stand in .returning()
