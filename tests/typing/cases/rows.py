"""Rows: names, types, and what reading them wrongly says."""

from schema import Album, Artist, Category, R, Track, parent, row

from qb import Expr, Row, Table, alias, col, fn, literal, select

# Columns come under the names of their attributes

two = row(select(Album.title, Album.released))
reveal_type(two)  # R: tuple[str, date | None, fallback=Row[TypedDict({'title': str, 'released': date | None})]]
reveal_type(two.title)  # R: str
reveal_type(two.released)  # R: date | None
two.title.upper()
two.released.isoformat()  # E[union-attr]: Item "None" of "date | None" has no attribute "isoformat"
two.artist  # E[qb-name]: The row has no column "artist"; it has title, released
two.titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?
two.Title  # E[qb-name]: did you mean "title"?
two.title = "Blue"  # E[attr-defined]: has no attribute "title"
# A column is named in the row as in Python, not as in the database ("updatedAt").
reveal_type(row(select(Album.updated_at)).updated_at)  # R: datetime | None

# A row is a tuple

title, released = two
reveal_type(title)  # R: str
reveal_type(released)  # R: date | None
one, = two  # E[misc]: Too many values to unpack (1 expected, 2 provided)
a, b, c = two  # E[misc]: Need more than 2 values to unpack (3 expected)
first, *others = two
reveal_type(others)  # R: list[date | None]
reveal_type(two[0])  # R: str
reveal_type(two[-1])  # R: date | None
reveal_type(two[:1])  # R: tuple[str]
reveal_type(len(two))  # R: int
two[2]  # E[misc]: Tuple index out of range
two["title"]  # E[call-overload]: No overload variant of "__getitem__" of "tuple" matches argument type "str"
for item in two:
    # In a loop mypy asks the class of rows, which knows of no items.
    reveal_type(item)  # R: Any
match two:
    case (name, day):
        reveal_type(name)  # R: str
as_tuple: tuple[str, object] = two
two_texts: tuple[str, str] = two  # E[assignment]: Incompatible types in assignment

# Labels

named = row(select(Album.title.as_("album"), (Album.plays + 1).as_("next")))
reveal_type(named)  # R: tuple[str, int, fallback=Row[TypedDict({'album': str, 'next': int})]]
reveal_type(named.next)  # R: int
named.title  # E[qb-name]: The row has no column "title"; it has album, next
by_variable = "label"
reveal_type(row(select(Album.title.as_(by_variable)))[0])  # R: str

# Expressions without a name are read by position only

unnamed = row(select(Album.title, fn.lower(Album.title), Album.plays + 1))
reveal_type(unnamed)  # R: tuple[str, str, int, fallback=Row[TypedDict({'title': str})]]
reveal_type(unnamed[1])  # R: str
unnamed.lower  # E[qb-name]: The row has no column "lower": give the expression a name with .as_("lower")

# `count` and `index` are columns, not the methods of tuples

counted = row(select(Track.count, fn.count().as_("index")))
reveal_type(counted.count)  # R: int
reveal_type(counted.index)  # R: int
counted.count("x")  # E[operator]: "int" not callable
reveal_type(row(select(Track)).count)  # R: int
row(select(Album.title, fn.count())).count  # E[qb-name]: The row has no column "count": give the expression a name with .as_("count")
row(select(Album)).index  # E[qb-name]: "Album" has no column "index"

# Whole rows of a table

album = row(select(Album))
reveal_type(album)  # R: Row[Album]
reveal_type(album.title)  # R: str
reveal_type(album.genre)  # R: Genre
reveal_type(album.label)  # R: str
reveal_type(album.created_at)  # R: datetime
reveal_type(album.settings)  # R: TypedDict(Settings, {'theme': str}) | None
album.titel  # E[qb-name]: "Album" has no column "titel"; did you mean "title"?
album.by_artist  # E[qb-name]: "Album" has no column "by_artist"
# The columns of mixins come first.
reveal_type(album[0])  # R: datetime
reveal_type(album[2])  # R: int
reveal_type(album[-1])  # R: str
album[20]  # E[qb-name]: "Album" has 13 columns, and no row[20]
reveal_type(row(select(parent)))  # R: Row[Category]
reveal_type(row(select(parent)).parent_id)  # R: int | None

# Several tables, tables beside columns

pair = row(select(Album, Artist).join(Artist, on=Album.artist_id == Artist.id))
reveal_type(pair)  # R: tuple[Row[Album], Row[Artist], fallback=Row[TypedDict({'album': Row[Album], 'artist': Row[Artist]})]]
reveal_type(pair.artist.name)  # R: str
pair.artists  # E[qb-name]: The row has no column "artists"; did you mean "artist"?
pair.artist.nme  # E[qb-name]: "Artist" has no column "nme"; did you mean "name"?
an_album, an_artist = pair
reveal_type(an_artist)  # R: Row[Artist]

mixed = row(select(Artist, fn.count(Album.id).as_("albums")).left_join(Album, on=Album.artist_id == Artist.id))
reveal_type(mixed)  # R: tuple[Row[Artist], int, fallback=Row[TypedDict({'artist': Row[Artist], 'albums': int})]]
mixed.name  # E[qb-name]: The row has no column "name"; it has artist, albums


class PlaylistTrack(Table):
    id = col.integer().primary_key()
    position = col.integer()


# A table's row is named in snake case, an alias's by the alias.
reveal_type(row(select(PlaylistTrack, literal(1).as_("one"))).playlist_track)  # R: Row[PlaylistTrack]
tree = row(select(Category, parent).join(parent, on=Category.parent_id == parent.id))
reveal_type(tree.category)  # R: Row[Category]
reveal_type(tree.parent)  # R: Row[Category]

# Two columns cannot have one name

select(Album.title, Track.title)  # E[qb-name]: Two columns of this query are named "title": name one of them with .as_("…")
select(Album.title, Artist.name.as_("title"))  # E[qb-name]: Two columns of this query are named "title"
select(Album, Artist.name.as_("album"))  # E[qb-name]: Two columns of this query are named "album"

# Only columns, expressions and tables are selected

select("title")  # E[qb-type]: select() takes columns, expressions and tables, not "str"; a plain value is literal(…)
select(1, Album.id)  # E[qb-type]: not "int"
select([Album.id, Album.title])  # E[qb-type]: select() takes columns, expressions and tables, not "list[
select(Album.title.desc())  # E[qb-type]: not "Ordering[
select(Album.by_artist)  # E[qb-type]: not "Index"
select(fn.count)  # E[qb-type]: select() takes columns, expressions and tables, not
select()  # E[qb-type]: select() needs a column, an expression or a table
select(title=1)  # E[call-overload]: Unexpected keyword argument "title" for overloaded function "select"
select(str)  # E[qb-type]: not "type[str]"


# What cannot be known is Any, not an error


def dynamic(columns: list[Expr[int]], value: Expr[str]) -> None:
    reveal_type(row(select(*columns)))  # R: Any
    reveal_type(row(select(value.as_("name"))).name)  # R: str


# Rows do not depend on where a query was built


class Queries:
    albums = select(Album.id, Album.title)

    def first(self) -> str:
        return row(self.albums).title

    def wrong(self) -> int:
        return row(self.albums).title  # E[return-value]: Incompatible return value type (got "str", expected "int")


def titles(rows: list[Row[Album]]) -> list[str]:
    return [each.title for each in rows] + [each.titles for each in rows]  # E[qb-name]: did you mean "title"?


reveal_type(row(select(alias(Artist, "who").name)).name)  # R: str
