"""Rows where a Protocol is expected."""

from datetime import date
from typing import Protocol

from schema import Album, Artist, Track, row

from qb import fn, select


class Titled(Protocol):
    @property
    def title(self) -> str: ...


class Dated(Titled, Protocol):
    @property
    def released(self) -> date: ...


class Counted(Protocol):
    @property
    def count(self) -> int: ...


class Writable(Protocol):
    title: str


def show(titled: Titled) -> str:
    return titled.title


def shelve(dated: Dated) -> None: ...
def count(counted: Counted) -> None: ...
def rename(writable: Writable) -> None: ...
def show_all(titled: list[Titled]) -> None: ...


# Any row with the attributes will do

show(row(select(Album.id, Album.title)))
show(row(select(Album)))
show(row(select(Track)))
show(row(select(fn.lower(Artist.name).as_("title"))))
count(row(select(Track.count)))
count(row(select(fn.count().as_("count"))))
show_all([row(select(Album.title)), row(select(Track))])

# And without them none

show(row(select(Album.id)))  # E[arg-type]: Argument 1 to "show" has incompatible type "Row[TypedDict({'id': int})]"; expected "Titled"
show(row(select(Artist)))  # E[arg-type]: Argument 1 to "show" has incompatible type "Row[Artist]"; expected "Titled"
show(row(select(Album.id.as_("title"))))  # E[arg-type]: Argument 1 to "show" has incompatible type
show(row(select(Artist.country.as_("title"))))  # E[arg-type]: Argument 1 to "show" has incompatible type
show(row(select(Artist.name, Album.title).left_join(Album, on=Album.artist_id == Artist.id)))  # E[arg-type]: Argument 1 to "show" has incompatible type
shelve(row(select(Album)))  # E[arg-type]: Argument 1 to "shelve" has incompatible type "Row[Album]"; expected "Dated"
count(row(select(Album.title, fn.count())))  # E[arg-type]: Argument 1 to "count" has incompatible type
# mypy takes whatever has __getattr__ for writable, so this passes although rows are read-only.
rename(row(select(Album.title)))
