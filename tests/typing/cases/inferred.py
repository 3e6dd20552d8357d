"""`@inferred`: row types across functions."""

from collections.abc import Sequence
from typing import Any

from schema import Album, Artist, row

from qb import Query, Row, Rows, Select, fn, inferred, select


def before() -> None:
    reveal_type(row(titles()))  # R: tuple[str, fallback=Row[TypedDict({'title': str})]]
    row(titles()).titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?


@inferred
def titles() -> Query:
    return select(Album.title)


@inferred
def with_locals(minimum: int, artist: str | None = None) -> Select:
    q = select(Album.id, Artist.name).join(Artist, on=Album.artist_id == Artist.id)
    if artist is not None:
        q = q.where(Artist.name == artist)
    return q.where(Album.plays > minimum)


reveal_type(row(with_locals(5)).name)  # R: str
with_locals("5")  # E[arg-type]: Argument 1 to "with_locals" has incompatible type "str"; expected "int"
row(with_locals(5)).country  # E[qb-name]: The row has no column "country"; it has id, name


@inferred
def several(newest: bool) -> Query:
    if newest:
        return select(Album.title).order_by(Album.released.desc())
    return select(Album.title)


reveal_type(row(several(True)).title)  # R: str


@inferred
def maybe(found: bool) -> Any:
    if not found:
        return None
    return row(select(Album.title))


reveal_type(maybe(True))  # R: None | tuple[str, fallback=Row[TypedDict({'title': str})]]
maybe(True).title  # E[union-attr]: Item "None"


@inferred
def wrong() -> Query:
    return select(Album.title).where(Album.plays > "5")  # E[qb-type]: Album.plays is int, but the value is str


@inferred
def out_of_scope() -> Query:
    return select(Album.title).where(Artist.name == "x")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query


out_of_scope().compile("sqlite")


@inferred
def chained() -> Query:
    return titles()


reveal_type(row(chained()).title)  # R: str


@inferred
async def fetched() -> Rows:
    return [row(titles())]


async def use() -> None:
    reveal_type((await fetched())[0].title)  # R: str
    (await fetched())[0].name  # E[qb-name]: The row has no column "name"; it has title


class Albums:
    minimum = 5

    @inferred
    def popular(self) -> Query:
        return select(Album.id, fn.lower(Album.title).as_("title")).where(Album.plays > self.minimum)

    @inferred
    async def load(self) -> Rows:
        first = row(self.popular())
        return [first]

    def use(self) -> None:
        reveal_type(row(self.popular()).title)  # R: str

    async def use_async(self) -> None:
        for each in await self.load():
            reveal_type(each.id)  # R: int
            each.plays  # E[qb-name]: The row has no column "plays"; it has id, title


reveal_type(row(Albums().popular()).id)  # R: int


def outer() -> None:
    @inferred
    def inner() -> Query:
        return select(Artist.name)

    reveal_type(row(inner()).name)  # R: str


# Without the decorator the declared type counts.
def declared() -> Sequence[Row[Album]]:
    return [row(select(Album))]


reveal_type(declared()[0].title)  # R: str
