"""Running queries: what comes back."""

import asyncio
from typing import Literal

from schema import Album, Artist, Track

from qb import delete, fn, inferred, insert, literal, select, sql, update
from qb.running.database import Database
from qb.running.executor import Executor
from qb.rows import Row, Rows
from qb.running.transaction import Transaction

albums = select(Album.id, Album.title)
joined = select(Album.title, Artist.name).left_join(Artist, on=Album.artist_id == Artist.id)


async def fetch(db: Database) -> None:
    for each in await db.fetch_all(albums):
        reveal_type(each.title)  # R: str
        each.titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?
        id, title = each
        reveal_type(id)  # R: int
    reveal_type(await db.fetch_all(select(Album)))  # R: list[Row[Album]]
    reveal_type((await db.fetch_one(joined)).name)  # R: str | None
    reveal_type(await db.fetch_one_or_none(select(Artist)))  # R: Row[Artist] | None
    reveal_type(await db.fetch_value(select(fn.count()).from_(Album)))  # R: int
    reveal_type(await db.fetch_value(select(fn.max(Album.released))))  # R: date | None
    reveal_type(await db.fetch_value(joined.where(Album.id == 1)))  # E[qb-type]: fetch_value() takes a query of one column, but this one has 2 # R: Any
    await db.fetch_value(select(Artist))  # E[qb-type]: fetch_value() takes a query of one column, but this one has 3
    async for row in db.stream(joined):
        reveal_type(row)  # R: tuple[str, str | None, fallback=Row[TypedDict({'title': str, 'name': str | None})]]
    (await db.fetch_one_or_none(albums)).title  # E[union-attr]: Item "None"
    db.fetch_all(albums)[0]  # E[index]: is not indexable
    db.fetch_one(albums).title  # E[attr-defined]: has no attribute "title"
    await db.fetch_all("select 1")  # E[qb-type]: fetch_all() takes a query that returns rows, not "str"
    await db.fetch_all(Album)  # E[qb-type]: fetch_all() takes a query that returns rows, not "type[Album]": write select(…) of it
    await db.fetch_al(albums)  # E[attr-defined]: "Database[str]" has no attribute "fetch_al"


async def writes(db: Database) -> None:
    one = insert(Artist).values(name="x")
    reveal_type(await db.execute(one))  # R: Affected
    reveal_type(await db.fetch_one(one.returning(Artist.id)))  # R: tuple[int, fallback=Row[TypedDict({'id': int})]]
    reveal_type(await db.fetch_value(one.returning(Artist.id)))  # R: int
    await db.fetch_one(one)  # E[qb-type]: insert(Artist) returns no rows: add .returning(…), or run it with execute()
    await db.fetch_all(update(Album).set(plays=0).all_rows())  # E[qb-type]: update(Album) returns no rows
    await db.execute(delete(Album))  # E[qb-type]: delete(Album) deletes every row
    await db.execute(update(Album).set(plays=0).where(Artist.id == 1))  # E[qb-scope]: Artist.id is used in .where()
    await db.execute(sql("vacuum"))
    await db.execute("vacuum")  # E[arg-type]: Argument 1 to "execute" of "Executor" has incompatible type "str"


async def scope(db: Database) -> None:
    await db.fetch_all(select(Album.id).where(Artist.name == "x"))  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
    await db.fetch_one(select(Album, Track))  # E[qb-scope]: Album and Track are selected, but not joined
    await db.execute(select(Album.id).order_by(Track.id))  # E[qb-scope]: Track.id is used in .order_by()
    async for _ in db.stream(select(Album.id).where(Artist.name == "x")):  # E[qb-scope]: Artist.name is used in .where()
        pass


async def transactions(db: Database) -> None:
    async with db.transaction() as tx:
        reveal_type((await tx.fetch_one(albums)).title)  # R: str
        await tx.fetch_all(select(Album.id).where(Artist.name == "x"))  # E[qb-scope]: Artist.name is used in .where()
        async with tx.transaction() as nested:
            reveal_type(await nested.fetch_value(select(literal(1))))  # R: int


# A function for either


async def titles(db: Executor) -> list[str]:
    reveal_type(await db.fetch_value(select(fn.count(Album.id))))  # R: int
    return [each.title for each in await db.fetch_all(albums)]


async def wrong(db: Executor) -> list[int]:
    return [each.title for each in await db.fetch_all(albums)]  # E[misc]: List comprehension has incompatible type List[str]; expected List[int]


async def whole(db: Database) -> list[Row[Album]]:
    return await db.fetch_all(select(Album).where(Album.live))


async def not_whole(db: Database) -> list[Row[Album]]:
    return await db.fetch_all(albums)  # E[arg-type]: Argument 1 to "fetch_all" of "Executor" has incompatible type "Select[


@inferred
async def list_albums(db: Database) -> Rows:
    return await db.fetch_all(joined)


async def use(db: Database) -> None:
    for each in await list_albums(db):
        reveal_type(each.name)  # R: str | None
        each.artist  # E[qb-name]: The row has no column "artist"; it has title, name


# What is called has to be awaited


async def forgotten(db: Database) -> None:
    db.execute(delete(Album).all_rows())  # E[unused-coroutine]: Value of type "Coroutine[Any, Any, Affected]" must be used
    db.fetch_all(albums)  # E[unused-coroutine]: must be used
    db.stream(albums)  # E[qb-type]: stream() does nothing by itself: write async for row in db.stream(…)
    db.transaction()  # E[qb-type]: transaction() does nothing by itself: write async with db.transaction() as tx
    if db.fetch_one_or_none(albums):  # E[qb-type]: fetch_one_or_none() is always true until it is awaited: write await in front of it
        db.transaction()  # E[qb-type]: transaction() does nothing by itself
    while not db.fetch_all(albums):  # E[qb-type]: fetch_all() is always true until it is awaited
        pass
    assert db.fetch_value(select(fn.count(Album.id)))  # E[qb-type]: fetch_value() is always true until it is awaited
    first = db.fetch_one_or_none(albums) or None  # E[qb-type]: fetch_one_or_none() is always true
    word = "some" if not db.fetch_all(albums) else "none"  # E[qb-type]: fetch_all() is always true
    for each in db.fetch_all(albums):  # E[attr-defined]: has no attribute "__iter__" (not iterable)
        pass
    for each in db.stream(albums):  # E[attr-defined]: has no attribute "__iter__" (not iterable)
        pass
    with db.transaction():  # E[attr-defined]: has no attribute "__enter__"; maybe "__aenter__"?  # E[attr-defined]: has no attribute "__exit__"
        pass
    len(db.fetch_all(albums))  # E[arg-type]: expected "Sized"
    rows = db.fetch_all(albums)
    rows[0]  # E[index]: is not indexable
    print(first, word)


async def awaited(db: Database) -> None:
    if await db.fetch_one_or_none(albums):
        await db.execute(delete(Album).all_rows())
    later = [db.fetch_all(albums), db.fetch_all(albums.where(Album.live))]
    for each in await asyncio.gather(*later):
        reveal_type(each[0].id)  # R: int
    stream = db.stream(albums)
    async for row in stream:
        reveal_type(row.id)  # R: int
    async with db.transaction():
        pass
    tx = db.transaction()
    async with tx:
        pass
    if (await db.fetch_all(albums)) and not await db.fetch_all(albums):
        pass


# What a batch runs is checked like what is run alone


async def together(db: Database, local: Database[Literal["sqlite"]]) -> None:
    await db.batch(albums, update(Album).set(plays=0).where(Album.id == 1))
    await db.batch(albums, delete(Album))  # E[qb-type]: delete(Album) deletes every row: add .where(…), or .all_rows()
    await db.batch(update(Album).where(Album.id == 1), albums)  # E[qb-type]: update(Album) sets nothing: add .set(…)
    await db.batch(albums, select(Album.id).where(Artist.name == "x"))  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
    await db.batch(select(Album.title, fn.count()))  # E[qb-group]: Album.title is neither grouped nor aggregated
    await local.batch(albums, albums.distinct_on(Album.title))  # E[qb-dialect]: DISTINCT ON is not in SQLite
    db.batch(albums, albums)  # E[unused-coroutine]: must be used


# A database without transactions


async def moved(tx: Transaction) -> None:
    await tx.fetch_all(albums)


async def alone(d1: Database[Literal["d1"]], db: Database[Literal["postgres"]], either: Database) -> None:
    async with d1.transaction() as tx:  # E[qb-dialect]: A transaction is not in D1: send the statements together, with db.batch(…)
        await tx.fetch_all(albums)
    await d1.run(moved)  # E[qb-dialect]: A transaction is not in D1
    await d1.batch(albums, albums)
    async with db.transaction(), either.transaction():
        pass
    await db.run(moved)
