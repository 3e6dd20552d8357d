"""Batches, and many rows."""

from collections.abc import AsyncIterator

from schema import Album, Artist, Track

from qb import Database, NewRow, delete, insert, query, select, sql, update
from qb.queries import Query

albums = select(Album.id, Album.title)
one = insert(Artist).values(name="x")


@query
def of(artist: str) -> Query:
    return select(Artist.id).where(Artist.name == artist)


async def batches(db: Database) -> None:
    count, rows, added = await db.batch(update(Album).set(plays=0).all_rows(), albums, one.returning(Artist.id))
    reveal_type(count)  # R: Affected
    reveal_type(rows[0].title)  # R: str
    reveal_type(added[0])  # R: tuple[int, fallback=Row[TypedDict({'id': int})]]
    reveal_type((await db.batch(of("x")))[0][0].id)  # R: int
    reveal_type(await db.batch(sql("vacuum"), select(Artist)))  # R: tuple[Affected, list[Row[Artist]]]
    eight = await db.batch(one, one, one, one, one, one, one, select(Artist))
    reveal_type(eight[6])  # R: Affected
    reveal_type(eight[7])  # R: list[Row[Artist]]
    async with db.transaction() as tx:
        reveal_type(await tx.batch(one, one))  # R: tuple[Affected, Affected]


async def wrong_batches(db: Database) -> None:
    await db.batch("vacuum")  # E[call-overload]: No overload variant of "batch" of "Executor" matches argument type "str"
    await db.batch(one, delete(Album))  # E[qb-type]: delete(Album) deletes every row
    await db.batch(one, select(Album.id).where(Artist.name == "x"))  # E[qb-scope]: Artist.name is used in .where()
    first, second = await db.batch(one)  # E[misc]: Need more than 1 value to unpack
    (await db.batch(albums))[0].title  # E[attr-defined]: has no attribute "title"
    (await db.batch(albums))[0][0].titel  # E[qb-name]: The row has no column "titel"; did you mean "title"?


async def rows() -> AsyncIterator[NewRow[Artist]]:
    yield {"name": "x"}


async def many(db: Database) -> None:
    done = await db.insert_many(Artist, [{"name": "x"}, {"name": "y", "id": 7}], progress=print)
    reveal_type(done)  # R: Inserted[Artist]
    reveal_type(done.failed[0].row)  # R: Any
    await db.insert_many(Artist, rows(), keep_going=True)
    await db.insert_many(Artist, (NewArtist(name) for name in "xy"))
    await db.upsert_many(Artist, [{"id": 1, "name": "x"}], on=[Artist.id], update=[Artist.name])
    found = await db.fetch_by_keys(Album, [7, 8], parallel=2)
    reveal_type(found)  # R: dict[int, Row[Album]]
    reveal_type(found[7].title)  # R: str


def NewArtist(name: str) -> NewRow[Artist]:
    return {"name": name}


async def wrong_rows(db: Database) -> None:
    await db.insert_many(Artist, [{"nam": "x"}])  # E[typeddict-item]: Expected TypedDict key "name" but found key "nam" # E[typeddict-item]: Expected TypedDict key "name" but found no keys
    await db.insert_many(Artist, [{"name": 7}])  # E[typeddict-item]: expression has type "int"
    await db.insert_many(Track, rows())  # E[arg-type]: Argument 2 to "insert_many" of "Executor"
    await db.insert_many(albums, [])  # E[arg-type]: Argument 1 to "insert_many" of "Executor"
    await db.upsert_many(Artist, [{}])  # E[typeddict-item]: Expected TypedDict key "name" but found no keys
    await db.upsert_many(Artist, [{"name": "x"}], update=["name"])  # E[list-item]: List item 0 has incompatible type "str"
    (await db.fetch_by_keys(Album, [7]))[7].titel  # E[qb-name]: no column "titel"
    db.insert_many(Artist, [{"name": "x"}]).failed  # E[attr-defined]: has no attribute "failed"
