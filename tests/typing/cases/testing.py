"""What tests of applications use."""

from schema import Album, Artist, Track

from qb import Database, NewRow, insert
from qb.testing import assert_queries, make, make_many, rolled_back, strategies


async def rows(db: Database) -> None:
    album = await make(db, Album, title="Blue")
    reveal_type(album)  # R: Row[Album]
    reveal_type(album.title)  # R: str
    albums = await make_many(db, Album, 3, title=lambda number: f"Volume {number}")
    reveal_type(albums)  # R: list[Row[Album]]
    async with db.transaction() as tx:
        reveal_type(await make(tx, Artist))  # R: Row[Artist]
    album.titel  # E[qb-name]: "Album" has no column "titel"
    await make(db, "albums")  # E[arg-type]: Argument 2 to "make" has incompatible type "str"
    await make_many(db, Album)  # E[call-arg]: Too few arguments for "make_many"


async def changes(db: Database) -> None:
    async with rolled_back(db) as test_db:
        reveal_type(test_db)  # R: Database[str]
    async with rolled_back(await Database.connect("sqlite://"), pool_timeout=1) as test_db_2:
        reveal_type(test_db_2)  # R: Database[Literal['sqlite']]
    rolled_back("sqlite://")  # E[arg-type]: Argument 1 to "rolled_back" has incompatible type "str"


def counts(db: Database) -> None:
    with assert_queries(db, 2) as queries:
        reveal_type(queries.statements)  # R: list[str]
    with assert_queries(db, at_most=2):
        pass
    assert_queries(db)  # E[call-overload]: No overload variant of "assert_queries"
    assert_queries(db, 1, at_most=2)  # E[call-overload]: No overload variant of "assert_queries"


def made(db: Database) -> None:
    row = strategies.rows(Album, title="Blue").example()
    insert(Album).values_many([row])
    titles = strategies.values(Album.title)
    reveal_type(titles.example())  # R: str
    reveal_type(strategies.values(Album.released).example())  # R: date | None
    number: int = titles.example()  # E[assignment]: expression has type "str", variable has type "int"
    strategies.values("title")  # E[arg-type]: Argument 1 to "values" has incompatible type "str"
    strategies.rows(Track.id)  # E[arg-type]: Argument 1 to "rows" has incompatible type
