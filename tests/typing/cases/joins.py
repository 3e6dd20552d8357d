"""Joins: what may be NULL after them."""

from schema import Album, Artist, Category, Play, Track, parent, row

from qb import alias, fn, literal, select

of_artist = Album.artist_id == Artist.id
of_album = Track.album_id == Album.id

albums = select(Album.title, Artist.name)

# Each kind

reveal_type(row(albums.join(Artist, on=of_artist)))  # R: tuple[str, str, fallback=Row[TypedDict({'title': str, 'name': str})]]
reveal_type(row(albums.left_join(Artist, on=of_artist)))  # R: tuple[str, str | None, fallback=Row[TypedDict({'title': str, 'name': str | None})]]
reveal_type(row(albums.right_join(Artist, on=of_artist)))  # R: tuple[str | None, str, fallback=Row[TypedDict({'title': str | None, 'name': str})]]
reveal_type(row(albums.full_join(Artist, on=of_artist)))  # R: tuple[str | None, str | None, fallback=Row[TypedDict({'title': str | None, 'name': str | None})]]
reveal_type(row(albums.cross_join(Artist)))  # R: tuple[str, str, fallback=Row[TypedDict({'title': str, 'name': str})]]
reveal_type(row(albums.from_(Album).right_join(Artist, on=of_artist)))  # R: tuple[str | None, str, fallback=Row[TypedDict({'title': str | None, 'name': str})]]

row(albums.left_join(Artist, on=of_artist)).name.upper()  # E[union-attr]: Item "None" of "str | None" has no attribute "upper"
row(albums.right_join(Artist, on=of_artist)).title.upper()  # E[union-attr]: Item "None" of "str | None"
name: str = row(albums.left_join(Artist, on=of_artist)).name  # E[assignment]: expression has type "str | None", variable has type "str"

# Joins add up, in their order

three = select(Artist.name, Album.title, Track.position)
reveal_type(row(three.left_join(Album, on=of_artist).left_join(Track, on=of_album)))  # R: tuple[str, str | None, int | None, fallback=Row[TypedDict({'name': str, 'title': str | None, 'position': int | None})]]
reveal_type(row(three.join(Album, on=of_artist).left_join(Track, on=of_album)))  # R: tuple[str, str, int | None, fallback=Row[TypedDict({'name': str, 'title': str, 'position': int | None})]]
reveal_type(row(three.join(Album, on=of_artist).right_join(Track, on=of_album)))  # R: tuple[str | None, str | None, int, fallback=Row[TypedDict({'name': str | None, 'title': str | None, 'position': int})]]
# A right join makes what came before it optional, not what comes after it.
reveal_type(row(three.right_join(Album, on=of_artist).join(Track, on=of_album)))  # R: tuple[str | None, str, int, fallback=Row[TypedDict({'name': str | None, 'title': str, 'position': int})]]
reveal_type(row(three.left_join(Album, on=of_artist).full_join(Track, on=of_album)))  # R: tuple[str | None, str | None, int | None, fallback=Row[TypedDict({'name': str | None, 'title': str | None, 'position': int | None})]]

# A column that may be NULL stays so

reveal_type(row(select(Album.released).join(Artist, on=of_artist)).released)  # R: date | None
reveal_type(row(select(Artist.name, Album.released).left_join(Album, on=of_artist)).released)  # R: date | None

# Nested rows

nested = row(select(Album, Artist).left_join(Artist, on=of_artist))
reveal_type(nested.album)  # R: Row[Album]
reveal_type(nested.artist)  # R: Row[Artist] | None
nested.artist.name  # E[union-attr]: Item "None" of "Row[Artist] | None" has no attribute "name"
if nested.artist is not None:
    reveal_type(nested.artist.name)  # R: str
reveal_type(row(select(Album, Artist).full_join(Artist, on=of_artist)).album)  # R: Row[Album] | None
reveal_type(row(select(Album, Artist.name).left_join(Artist, on=of_artist)))  # R: tuple[Row[Album], str | None, fallback=Row[TypedDict({'album': Row[Album], 'name': str | None})]]
# One table alone is flat, joined or not: its row is there whenever there is a row.
reveal_type(row(select(Artist).left_join(Album, on=of_artist)))  # R: Row[Artist]

# Self-joins

tree = select(Category.name, parent.name.as_("above"))
reveal_type(row(tree.left_join(parent, on=Category.parent_id == parent.id)))  # R: tuple[str, str | None, fallback=Row[TypedDict({'name': str, 'above': str | None})]]
reveal_type(row(tree.join(parent, on=Category.parent_id == parent.id)).above)  # R: str
grandparent = alias(Category, "grandparent")
reveal_type(row(select(Category, parent, grandparent).join(parent, on=Category.parent_id == parent.id).left_join(grandparent, on=parent.parent_id == grandparent.id)).grandparent)  # R: Row[Category] | None
select(Category.name).join(Category, on=Category.parent_id == Category.id).compile("sqlite")  # E[qb-scope]: Category is joined, but to nothing: name the first source in .from_(); a table joined to itself needs alias(Category, "…")
select(Category.name).from_(Category).left_join(parent, on=Category.parent_id == parent.id).join(parent, on=parent.id == 1)  # E[qb-scope]: parent is in this query already

# Expressions over a source that may be missing

outer = select(Album.id).left_join(Track, on=of_album).left_join(Artist, on=of_artist)
left = select(
    Album.id,
    (Track.position + 1).as_("next"),
    fn.lower(Artist.name).as_("lower"),
    (Artist.name + "!").as_("loud"),
    (Track.position == 1).as_("is_first"),
    (-Track.position).as_("back"),
    Track.title.startswith("A").as_("a"),
    Artist.name.is_null().as_("nobody"),
    (Artist.id == None).as_("nothing"),
    fn.coalesce(Artist.name, "?").as_("known"),
    fn.coalesce(Artist.name, Track.title).as_("either"),
    fn.coalesce(Artist.name, Album.title).as_("some"),
    fn.coalesce(Artist.id, Album.rating).as_("first"),
    fn.coalesce(Album.id, Album.rating).as_("sure"),
    fn.count(Track.id).as_("tracks"),
    fn.max(Track.position).as_("last"),
    fn.concat(Artist.name, ": ", Album.title).as_("both"),
    literal("x").as_("x"),
)
found = row(left.left_join(Track, on=of_album).left_join(Artist, on=of_artist))
reveal_type(found.next)  # R: int | None
reveal_type(found.lower)  # R: str | None
reveal_type(found.loud)  # R: str | None
reveal_type(found.is_first)  # R: bool | None
reveal_type(found.back)  # R: int | None
reveal_type(found.a)  # R: bool | None
reveal_type(found.nobody)  # R: bool
reveal_type(found.nothing)  # R: bool
reveal_type(found.known)  # R: str
reveal_type(found.either)  # R: str | None
reveal_type(found.some)  # R: str
reveal_type(found.first)  # R: float | None
reveal_type(found.sure)  # R: float
reveal_type(found.tracks)  # R: int
reveal_type(found.last)  # R: int | None
reveal_type(found.both)  # R: str
reveal_type(found.x)  # R: str
# With an inner join the same columns are there.
reveal_type(row(left.join(Track, on=of_album).join(Artist, on=of_artist)).next)  # R: int

# What a join takes

albums.join(Artist)  # E[call-arg]: Missing positional argument "on" in call to "join" of "Select"
albums.join("artists", on=of_artist)  # E[arg-type]: Argument 1 to "join" of "Select" has incompatible type "str"
albums.join(Artist.id, on=of_artist)  # E[arg-type]: Argument 1 to "join" of "Select" has incompatible type "Column[int
albums.join(Artist, on=Album.artist_id == Artist.name)  # E[qb-type]: Album.artist_id is int, but Artist.name is str: they cannot be compared
albums.join(Artist, on=Album.artist_id)  # E[arg-type]: expected "Expr[bool | None, object]"
albums.join(Artist, on=True)  # E[arg-type]: has incompatible type "bool"
albums.left_joint(Artist, on=of_artist)  # E[attr-defined]: "left_joint"; maybe "left_join"
select(Play.at).join(Track, on=Play.track_id == Track.album_id)  # E[qb-type]: Play.track_id is UUID, but Track.album_id is int
