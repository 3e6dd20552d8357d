"""Prepared queries: parameters from the signature, rows from the body."""

from datetime import date

from qb import Database, Query, alias, insert, query, select, update, when
from schema import Album, Artist, row


@query
def albums_by(artist: str, *, since: date) -> Query:
    return (
        select(Album.id, Album.title, Artist.name.as_("artist"))
        .join(Artist, on=Album.artist_id == Artist.id)
        .where(Artist.name == artist, Album.released >= since)
    )


@query
def search(title: str | None = None, live: bool = False, plays: list[int] | None = None) -> Query:
    return select(Album).where(
        when(title, lambda title: Album.title == title),
        when(live, Album.live),
        when(plays, lambda plays: Album.plays.in_(plays)),
    )


@query
def rename(number: int, title: str) -> Query:
    return update(Album).set(title=title).where(Album.id == number).returning(Album.title)


class Store:
    owner: int

    @query
    def mine(self, least: int) -> Query:
        return select(Album.title).where(Album.artist_id == self.owner, Album.plays >= least)


reveal_type(row(albums_by("x", since=date(2020, 1, 1))))  # R: tuple[int, str, str, fallback=Row[TypedDict({'id': int, 'title': str, 'artist': str})]]
reveal_type(row(search())) # R: Row[Album]
reveal_type(row(search("x", plays=[1])).title)  # R: str
reveal_type(row(rename(1, "x")).title)  # R: str
reveal_type(row(Store().mine(5)).title)  # R: str


async def run(db: Database) -> None:
    for album in await db.fetch_all(albums_by("x", since=date(2020, 1, 1))):
        reveal_type(album.artist)  # R: str
        album.artits  # E[qb-name]: no column "artits"
    reveal_type(await db.fetch_one_or_none(Store().mine(1)))  # R: tuple[str, fallback=Row[TypedDict({'title': str})]] | None


albums_by(5, since=date(2020, 1, 1))  # E[arg-type]: Argument 1 to "albums_by" has incompatible type "int"; expected "str"
albums_by("x", date(2020, 1, 1))  # E[call-arg]: Too many positional arguments for "albums_by"
albums_by("x")  # E[call-arg]: Missing named argument "since" for "albums_by"
search(titel="x")  # E[call-arg]: Unexpected keyword argument "titel" for "search"
Store().mine("x")  # E[arg-type]: Argument 1 to "mine" of "Store" has incompatible type "str"; expected "int"
row(search()).titel  # E[qb-name]: "Album" has no column "titel"


@query
def wrong(title: int) -> Query:
    return select(Album.id).where(Album.title == title)  # E[qb-type]: Album.title is str, but the value is int


@query
def unlisted(names: str) -> Query:
    return select(Artist.id).where(Artist.name.in_(names))  # E[qb-type]: str


@query  # E[type-var]: Value of type variable "Q" of "query" cannot be "int"
def no_query(number: int) -> int:
    return number
