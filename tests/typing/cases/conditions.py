"""Conditions that may be left out, and many conditions at once."""

import datetime

from schema import Album, Artist, Genre, Track, row

from qb import Expr, all_of, any_of, delete, fn, select, when


def search(title: str | None, since: datetime.date | None, live: bool, genre: Genre | None, rating: float | None) -> None:
    reveal_type(when(live, Album.live))  # R: Expr[bool, Literal['Album.live']]
    reveal_type(when(title, lambda title: Album.title == title))  # R: Expr[bool, Literal['Album.title']]
    reveal_type(when(since, lambda since: Album.released >= since))  # R: Expr[bool | None, Literal['Album.released']]
    reveal_type(when(rating, lambda rating: reveal_type(rating) < Album.rating))  # R: float # R: Expr[bool | None, Literal['Album.rating']]
    reveal_type(when(genre, lambda genre: (Album.genre == genre) | (Track.position == 1)))  # R: Expr[bool, Literal['Album.genre'] | Literal['Track.position']]
    reveal_type(when(title, Artist.name.startswith))  # R: Expr[bool, Literal['Artist.name']]
    reveal_type(when(live, Album.live) & (Artist.id > 5))  # R: Expr[bool, Literal['Album.live'] | Literal['Artist.id']]
    reveal_type(~when(live, Album.live))  # R: Expr[bool, Literal['Album.live']]

    # The condition may stand: what it reads has to be in the query.
    query = select(Album.title).where(when(live, Album.live), when(title, lambda title: Artist.name == title))  # E[qb-scope]: Artist.name is used in .where()
    query.compile("sqlite")
    query.join(Artist, on=Artist.id == Album.artist_id).compile("sqlite")
    reveal_type(row(query).title)  # R: str
    select(Album.title).group_by(Album.title).having(when(live, fn.count() > 1)).compile("sqlite")
    delete(Album).where(when(live, Album.live)).compile("sqlite")

    when(title, lambda title: Album.plays == title)  # E[qb-type]: Album.plays is int, but the value is str
    when(title, lambda title: title)  # E[return-value]: Incompatible return value type # E[arg-type]: Argument 2 to "when"
    when(title, lambda: Album.live)  # E[misc]: Cannot infer type of lambda # E[arg-type]: Argument 2 to "when"
    when(since, lambda since: Album.released >= since.yeer)  # E[attr-defined]: "date" has no attribute "yeer"
    when(title, Album.live)  # E[qb-type]: when() takes a bool beside a condition, not str: for a condition on a value
    when(live, Album.title)  # E[arg-type]: Argument 2 to "when" has incompatible type
    when(live)  # E[call-arg]: Too few arguments for "when"
    when(live, Album.live and Album.plays > 1)  # E[qb-type]: "and" is not SQL


reveal_type(all_of(Album.live, Artist.id > 5))  # R: Expr[bool, Literal['Album.live'] | Literal['Artist.id']]
reveal_type(any_of(Album.live, Album.released > datetime.date(2000, 1, 1)))  # R: Expr[bool | None, Literal['Album.live'] | Literal['Album.released']]
reveal_type(all_of())  # R: Expr[bool, Never]
words = [Album.title.contains(word) for word in ("a", "b")]
reveal_type(any_of(*words))  # R: Expr[bool, Literal['Album.title']]
several: list[Expr[bool]] = [Album.live, Artist.id == 5]
reveal_type(any_of(*several))  # R: Expr[bool, Any]
select(Album.id).where(any_of(*words), any_of(*several)).compile("sqlite")
select(Artist.id).where(any_of(*words)).compile("sqlite")  # E[qb-scope]: Album

all_of(Album.plays)  # E[arg-type]: Argument 1 to "all_of" has incompatible type
any_of(*["x"])  # E[arg-type]: Argument 1 to "any_of" has incompatible type
any_of(words)  # E[arg-type]: Argument 1 to "any_of" has incompatible type "list
