"""Queries built step by step, and helpers that take and return them."""

from typing import Any, TypeVar

from schema import Album, Artist, R, Track, row

from qb import Expr, Query, Row, Select, Table, fn, select

of_artist = Album.artist_id == Artist.id

Q = TypeVar("Q", bound=Select[Any])
T = TypeVar("T", bound=Table)


def search(title: str | None, artist: str | None, newest: bool) -> None:
    q = select(Album.id, Album.title)
    if title is not None:
        q = q.where(Album.title == title)
    if artist is not None:
        q = q.join(Artist, on=of_artist).where(Artist.name == artist)
    if newest:
        q = q.order_by(Album.released.desc())
    q = q.limit(10).offset(5).distinct()
    reveal_type(row(q))  # R: tuple[int, str, fallback=Row[TypedDict({'id': int, 'title': str})]]
    q.compile("sqlite")


def forgotten(artist: str | None) -> None:
    q = select(Album.id)
    if artist is not None:
        q = q.join(Artist, on=of_artist)
    # After the branch nobody knows whether the artist is there.
    q.where(Artist.name == "x").compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query


def changes_the_row(with_artist: bool) -> None:
    q = select(Album.id, Artist.name).from_(Album)
    if with_artist:
        q = q.left_join(Artist, on=of_artist)  # E[assignment]: Incompatible types in assignment


def keeps_the_row(with_artist: bool) -> None:
    q = select(Album.id, Album.title)
    if with_artist:
        q = q.left_join(Artist, on=of_artist)
    reveal_type(row(q).title)  # R: str
    q = select(Album.id, Album.title.as_("name"))  # E[assignment]: Incompatible types in assignment
    q.orderby(Album.id)  # E[attr-defined]: "orderby"; maybe "order_by"


def in_a_loop(terms: list[str]) -> None:
    q = select(Album.id)
    for term in terms:
        q = q.where(Album.title.contains(term))
    reveal_type(row(q).id)  # R: int
    condition = Album.plays > 0
    for term in terms:
        condition = condition & (Album.plays > 5)
    condition = condition & Album.live  # E[assignment]: Incompatible types in assignment
    wider: Expr[bool] = Album.plays > 0
    wider = wider & Album.live
    q.where(wider)


# A statement that is not used does nothing: each step is a new query.
q = select(Album.id, Artist.name).from_(Album)
q.left_join(Artist, on=of_artist)
q.compile("sqlite")  # E[qb-scope]: Artist is selected, but not in FROM (Album): add .join(Artist, on=…)

# Helpers


def page(query: Select[R], number: int) -> Select[R]:
    return query.limit(20).offset(20 * number)


def same(query: Q) -> Q:
    return query.limit(20)


def live_only(query: Select[R]) -> Select[R]:
    return query.where(Album.live).order_by(Album.id)


def titles() -> Select[tuple[str]]:
    return select(Album.title)


def wrong_titles() -> Select[tuple[str]]:
    return select(Album.id)  # E[return-value]: Incompatible return value type


def whole(table: type[T]) -> Select[Row[T]]:
    return select(table)


def everything() -> Select[Row[Album]]:
    return select(Album).where(Album.live)


def everything_wrong() -> Select[Row[Album]]:
    return select(Artist)  # E[return-value]: Incompatible return value type


def any_query(query: Query[R]) -> R:
    return row(query)


joined = select(Album.id, Artist.name).join(Artist, on=of_artist)
reveal_type(row(page(joined, 1)))  # R: tuple[int, str, fallback=Row[TypedDict({'id': int, 'name': str})]]
reveal_type(row(live_only(joined)).name)  # R: str
reveal_type(row(same(joined)).name)  # R: str
reveal_type(row(page(select(Album), 1)))  # R: Row[Album]
reveal_type(row(whole(Artist)))  # R: Row[Artist]
reveal_type(row(titles())[0])  # R: str
reveal_type(any_query(everything()).title)  # R: str
row(page(joined, 1)).nme  # E[qb-name]: The row has no column "nme"; did you mean "name"?
row(whole(Artist)).title  # E[qb-name]: "Artist" has no column "title"
page(Album, 1)  # E[arg-type]: Argument 1 to "page" has incompatible type "type[Album]"
# A helper typed with a TypeVar keeps all that is known, so the mistake is still seen.
same(select(Album.id).where(Artist.id == 1)).compile("sqlite")  # E[qb-scope]: Artist.id is used in .where()
whole(int)  # E[type-var]: Value of type variable "T" of "whole" cannot be "int"


def by_title(table: type[Album] | type[Track]) -> None:
    reveal_type(table.title)  # R: Column[str, Required, Literal['Album.title']] | Column[str, Required, Literal['Track.title']]


lasts = {"plays": Album.plays.desc(), "title": Album.title.asc()}
select(Album.id).order_by(lasts["plays"], fn.lower(Album.title))
