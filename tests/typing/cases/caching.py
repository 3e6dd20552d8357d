"""A cache is a database: the same rows, the same refusals."""

from typing import Literal

from schema import Album, Artist

from qb import Query, query, select, update
from qb.cache import Cache
from qb.running.database import Database
from qb.running.executor import Executor


@query
def titles_of(artist: int) -> Query:
    return select(Album.title).where(Album.artist_id == artist)


async def caching(db: Database, postgres: Database[Literal["postgres"]]) -> None:
    cached = db.cached(ttl=60)
    reveal_type(cached)  # R: Cache[str]
    reveal_type(postgres.cached(ttl=None))  # R: Cache[Literal['postgres']]
    row = await cached.fetch_one(select(Album.id, Album.title))
    reveal_type(row.title)  # R: str
    row.titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?
    reveal_type(await cached.fetch_all(select(Album)))  # R: list[Row[Album]]
    reveal_type(await cached.fetch_value(select(Album.id)))  # R: int
    reveal_type((await cached.fetch_all(titles_of(1)))[0].title)  # R: str
    await cached.fetch_all(select(Album.id).where(Artist.name == "x"))  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
    await cached.fetch_value(select(Artist))  # E[qb-type]: fetch_value() takes a query of one column, but this one has 3
    reveal_type(await cached.execute(update(Album).set(plays=0).where(Album.id == 1)))  # R: Affected
    cached.clear(Album, Artist)
    cached.clear("albums")  # E[arg-type]: Argument 1 to "clear" of "Cache" has incompatible type "str"
    reveal_type(cached.statistics.hit_rate)  # R: float | None
    await helper(cached)
    db.cached()  # E[call-arg]: Missing named argument "ttl"
    db.cached(60)  # E[call-arg]: Too many positional arguments for "cached" of "Database"
    db.cached(ttl=60, consistency="weak")  # E[arg-type]: Argument "consistency" to "cached" of "Database" has incompatible type
    db.cached(ttl=60, reads=["albums"])  # E[list-item]: List item 0 has incompatible type "str"
    db.cached(ttl=60, reads=[Album], size=5)


async def helper(db: Executor) -> None:
    await db.fetch_all(select(Artist))


async def only_cached(cache: Cache[str], db: Database) -> None:
    await only_cached(db, db)  # E[arg-type]: Argument 1 to "only_cached" has incompatible type
