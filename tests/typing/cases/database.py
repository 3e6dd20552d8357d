"""Running queries: what comes back."""

from schema import Album, Artist, Track

from qb import delete, fn, inferred, insert, literal, select, sql, update
from qb.database import Database
from qb.executor import Executor
from qb.rows import Row, Rows

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
