"""Nested results: rows inside of rows, to any depth."""

import asyncio

from schema import Album, Artist, Category, Play, Track, parent, row

from qb import Database, Table, alias, col, exists, fn, foreign_key, insert, literal, many, one, select

child = alias(Category, "child")

# One level

albums = many(select(Album.title, Album.released))
reveal_type(albums)  # R: Expr[list[tuple[str, date | None, fallback=Row[TypedDict({'released': date | None, 'title': str})]]], Literal['@nested'] | Literal['@nested-by-key many schema.Album']]
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
reveal_type(many(select(child.name).where(child.name != parent.name)))  # R: Expr[list[tuple[str, fallback=Row[TypedDict({'name': str})]]], Literal['@nested'] | Literal['@nested-by-key many child'] | Literal['@nested ^parent.name']]
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
            many(select(Album.title, around), on=Album.id == Category.id).as_("albums"),  # E[qb-scope]: Artist.id is used in select(), but Artist is not in this query
        )
    )


asyncio.run(main(Database.connect("sqlite://")))


# Where SQL compares rows

with_albums = select(Artist.name, many(select(Album.title)).as_("albums"))
with_albums.distinct()  # E[qb-type]: Nested rows cannot stand in .distinct(): they can only be selected
with_albums.union(with_albums)  # E[qb-type]: Nested rows cannot stand in .union()  # E[qb-type]: Nested rows cannot stand in .union()
insert(Artist).values(name="x").returning(many(select(Album.title)))  # E[qb-type]: Nested rows cannot stand in .returning()


# What ties the rows to those around them, when no condition does: one foreign key, in either direction


class Person(Table):
    id = col.integer().primary_key()
    name = col.text()


class Letter(Table):
    id = col.integer().primary_key()
    sender = col.integer().references(lambda: Person.id)
    receiver = col.integer().references(lambda: Person.id)
    number = col.integer()


class Stamp(Table):
    letter_id = col.integer()
    letter = foreign_key(letter_id, references=lambda: (Letter.id,))
    album_id = col.integer().nullable().references(lambda: Album.id)
    price = col.integer()


letters = many(select(Letter.number)).as_("letters")
stamps = many(select(Stamp.price)).as_("stamps")
select(Letter.number, stamps).compile("sqlite")
select(Album.title, stamps).compile("sqlite")
select(Stamp.price, one(select(Letter.number)).as_("letter")).compile("sqlite")
select(Stamp.price, one(select(Album.title)).as_("album"), many(select(Letter.number)).as_("letters")).compile("sqlite")
select(Artist.name, many(select(Album.title, many(select(Track.title)).as_("tracks"))).as_("albums")).compile("sqlite")
select(Person.name, many(select(Letter.number), on=Letter.sender == Person.id).as_("letters")).compile("sqlite")
select(Person.name, many(select(Stamp.price).join(Letter, on=Letter.id == Stamp.letter_id), on=Letter.sender == Person.id).as_("x")).compile("sqlite")
select(Person.name, Letter.number, stamps).join(Letter, on=Letter.sender == Person.id).compile("sqlite")
select(Person.name, stamps).left_join(Letter, on=Letter.sender == Person.id).compile("sqlite")
select(Artist.name, many(select(Track.title).join(Album, on=Track.album_id == Album.id)).as_("tracks")).compile("sqlite")
select(Category.name, many(select(child.name)).as_("children"))
select(Person.name, stamps)

select(Person.name, letters).compile("sqlite")  # E[qb-scope]: Letter has several foreign keys to Person, (sender) and (receiver): say which, many(…, on=…)
select(Letter.number, one(select(Person.name)).as_("person")).compile("sqlite")  # E[qb-scope]: Letter has several foreign keys to Person, (sender) and (receiver): say which, one(…, on=…)
select(Person.name, stamps).compile("sqlite")  # E[qb-scope]: No foreign key joins Stamp with Person: say what does, many(…, on=…)
select(Artist.name, many(select(Person.name)).as_("people")).compile("sqlite")  # E[qb-scope]: No foreign key joins Person with Artist
select(Artist.name, Album.title, stamps).from_(Artist).join(Album, on=Album.artist_id == Artist.id).compile("sqlite")
select(Artist.name, Person.name.as_("person"), stamps).from_(Artist).cross_join(Person).compile("sqlite")  # E[qb-scope]: No foreign key joins Stamp with Artist or Person
select(Artist.name, many(select(Track.title).left_join(Album, on=Track.album_id == Album.id)).as_("tracks")).compile("sqlite")  # E[qb-scope]: No foreign key joins Track with Artist
select(Artist.name, many(select(Album.title, letters)).as_("albums")).compile("sqlite")  # E[qb-scope]: No foreign key joins Letter with Album
exists(select(Artist.id, stamps))  # E[qb-scope]: No foreign key joins Stamp with Artist  # E[qb-type]: Nested rows cannot stand in a sub-query


async def unrelated(db: Database) -> None:
    await db.fetch_all(  # E[qb-scope]: No foreign key joins Stamp with Person
        select(
            Person.name,
            stamps,
        )
    )


# Of an alias, or a sub-query, the table is not known.
select(child.name, many(select(Person.name)).as_("people")).compile("sqlite")
select(liked.title, many(select(Person.name)).as_("people")).compile("sqlite")
