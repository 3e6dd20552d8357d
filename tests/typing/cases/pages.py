"""Pages by keyset, and sort keys that a request names."""

from datetime import date

from schema import Album, Artist, Track, row

from qb import alias, column_named, cursor_of, fn, keyset, select, sort_keys

titles = select(Album.title, Album.released)
other = alias(Artist, "other")

page = keyset(titles, by=(Album.released.desc(), Album.id), size=20, after=(date(2000, 1, 1), 7))
reveal_type(row(page).released)  # R: date | None
reveal_type(row(keyset(select(Album), by=[Album.id], size=20, before="cursor")).title)  # R: str
reveal_type(cursor_of(row(page), (Album.id,)))  # R: str
page.compile("sqlite")

keyset(titles, by=(Album.plays, Artist.id), size=5).compile("sqlite")  # E[qb-scope]: Artist.id is used in .keyset()
keyset(titles, by=(Album.plays, Artist.id), size=5).join(Artist, on=Artist.id == Album.artist_id).compile("sqlite")
keyset(titles, by=("plays",), size=5)  # E[arg-type]: Argument "by" to "keyset" has incompatible type
keyset(titles, by=(Album.id,))  # E[call-arg]: Missing named argument "size" for "keyset"
keyset(Album, by=(Album.id,), size=5)  # E[type-var]: Value of type variable "Q" of "keyset" cannot be
keyset(titles, by=(Album.id,), size=5, after=7)  # E[arg-type]: Argument "after" to "keyset" has incompatible type "int"
cursor_of(7, (Album.id,))  # E[arg-type]: Argument 1 to "cursor_of" has incompatible type "int"

# Names from outside


def listed(sort: str, name: str) -> None:
    reveal_type(row(titles.order_by(*sort_keys(Album, sort, among=("plays", "title")))).title)  # R: str
    reveal_type(column_named(Album, name, among=("plays", "title")))  # R: Column[Any, Any, Literal['Album.plays'] | Literal['Album.title']]
    reveal_type(column_named(other, name))  # R: Column[Any, Any, Literal['other.id'] | Literal['other.name'] | Literal['other.country']]
    reveal_type(column_named(titles.subquery("t"), name))  # R: SourceColumn[Any, object]
    titles.order_by(*sort_keys({"plays": Album.plays, "tracks": fn.count(Track.id)}, sort)).compile("sqlite")
    titles.order_by(column_named(Album, name)).compile("sqlite")
    titles.order_by(column_named(Artist, name, among=("name",)).desc()).compile("sqlite")  # E[qb-scope]: Artist

    sort_keys(Album, sort, among=("plays", "titel"))  # E[qb-name]: "Album" has no column "titel"; did you mean "title"?
    column_named(other, name, among=("plays",))  # E[qb-name]: "other" has no column "plays"
    column_named("albums", name)  # E[call-overload]: No overload variant of "column_named"
    sort_keys({"plays": "plays"}, sort)  # E: has incompatible type
    sort_keys(Album)  # E[call-overload]: No overload variant of "sort_keys"
