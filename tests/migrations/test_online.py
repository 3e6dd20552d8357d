"""Changes of PostgreSQL's tables while programs use them: nobody waits for rows to be read or written, nothing that is
written meanwhile is lost, and what comes of it is what is declared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from dialects.postgres.migrations.online.stages import Online
from qb import Database, Table, check, col, index, sql
from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.applier import Options, Step
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.hints import Hints, declared_hints
from qb.migrations.making import Draft, draft, left_over, write
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.migrations.validate import validate
from qb.migrations.wording import described
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Trigger,
    View,
)
from qb.schema.objects import Table as TableOf
from tests.migrations.engines import PostgresEngine
from tests.migrations.observing import EXCLUSIVE, FILES, LOCKS, READ
from tests.postgres_server import PostgresServer

POSTGRES = find_dialect("postgres")
describe = POSTGRES.ddl().description.describe
ROWS = 2500
"""More than two batches."""


class Artist(Table, name="artists"):
    id = col.integer().primary_key()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    plays = col.integer().default(0)
    artist_id = col.integer().nullable()
    year = col.integer()
    by_title = index(title)
    by_year = index(year)
    by_plays = index(plays)


class LaterArtist(Table, name="artists"):
    id = col.integer().primary_key()


class LaterAlbum(Table, name="albums"):
    id = col.integer().primary_key()
    name = col.text(renamed_from="title").unique()
    plays = col.bigint().default(0)
    artist_id = col.integer().references(lambda: LaterArtist.id)
    year = col.integer()
    token = col.uuid().default_sql(sql("gen_random_uuid()", returns=UUID))
    decade = col.integer()
    by_name = index(name)
    by_year = index(year.desc())
    by_plays = index(plays)
    real_year = check(year > 1000)


BEFORE, AFTER = describe([Artist, Album]), describe([LaterArtist, LaterAlbum])
HINTS = declared_hints([LaterArtist, LaterAlbum], BEFORE, AFTER).merged(
    Hints(using={(Name("albums"), "decade"): "year / 10 * 10"}, dropped=frozenset({(Name("albums"), "by_title")}))
)
FILL = (
    "INSERT INTO artists (id) SELECT n FROM generate_series(1, 10) n",
    f"""INSERT INTO albums (title, plays, artist_id, year)
    SELECT 'title ' || n, n, n % 10 + 1, 1900 + n % 100 FROM generate_series(1, {ROWS}) n""",
)


def drafts(online: bool = True, finish: bool = False) -> list[Draft]:
    """The way from one to the other."""
    return draft(POSTGRES, BEFORE, AFTER, HINTS, online=online, finish=finish)


@pytest.fixture
async def filled(postgres_url: str, tmp_path: Path) -> AsyncIterator[tuple[Database, Folder]]:
    """The tables of before, with rows."""
    folder = Folder(tmp_path / "migrations")
    write(folder, "tables", draft(POSTGRES, Schema("postgres"), BEFORE))
    async with Database.connect(postgres_url) as db:
        await Runner(db, folder).up()
        for statement in FILL:
            await db.execute(sql(statement))
        yield db, folder


async def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    async with db.driver.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(query, (), list)]


# Programs at work

OLD = (
    "INSERT INTO albums (title, plays, artist_id, year) VALUES ('old ' || {}, {}, 1, 1990)",
    "UPDATE albums SET plays = plays + 1 WHERE id = {}",
    "UPDATE albums SET title = 'changed ' || {} WHERE id = {}",
)
NEW = (
    "INSERT INTO albums (name, plays, artist_id, year, decade) VALUES ('new ' || {}, {}, 1, 1990, 1990)",
    "UPDATE albums SET name = 'renamed ' || {} WHERE id = {}",
)


@asynccontextmanager
async def programs(url: str, written: dict[str, int], knows: asyncio.Event) -> AsyncIterator[None]:
    """Programs that write and read all the time: one that knows the tables of before, and one that knows those of
    later, from when they can be used in that way. Raises what either of them meets.
    """

    async def work(statements: Iterable[str], start: int, begin: asyncio.Event | None = None) -> None:
        if begin is not None:
            await begin.wait()
        connection = await asyncpg.connect(url.partition("?")[0])
        try:
            await connection.execute(f"SET search_path = {url.partition('search_path=')[2].partition('&')[0]}")
            number = start
            while True:
                number += 1
                for statement in statements:
                    await connection.execute(statement.replace("{}", str(number)))
                    written[statement] = written.get(statement, 0) + 1
                await connection.fetch("SELECT count(*), max(plays) FROM albums")
                if done.is_set():
                    return
        finally:
            await connection.close()

    done = asyncio.Event()
    tasks = [asyncio.create_task(work(OLD, 0)), asyncio.create_task(work(NEW, 1000, knows))]
    try:
        yield
    finally:
        done.set()
        knows.set()
        await asyncio.gather(*tasks)


async def test_nothing_that_is_written_meanwhile_is_lost(filled: tuple[Database, Folder], postgres_url: str) -> None:
    db, folder = filled
    names = [each.name for each in write(folder, "later", drafts())]
    assert len(names) == 3
    written: dict[str, int] = {}
    knows = asyncio.Event()
    options = Options(on_done=lambda name: knows.set() if name == names[0] else None)
    async with programs(postgres_url, written, knows):
        assert await Runner(db, folder, options).up() == names
    ((count, differ, missing, old, new),) = await rows(
        db,
        """SELECT count(*), count(*) FILTER (WHERE title IS DISTINCT FROM name),
        count(*) FILTER (WHERE token IS NULL OR decade IS DISTINCT FROM year / 10 * 10 OR plays IS NULL),
        count(*) FILTER (WHERE title LIKE 'old %'), count(*) FILTER (WHERE name LIKE 'new %') FROM albums""",
    )
    assert (differ, missing) == (0, 0)
    assert (old, new) == (written[OLD[0]], written[NEW[0]])
    assert count == ROWS + old + new
    ((changed,),) = await rows(db, f"SELECT sum(plays) - {ROWS * (ROWS + 1) // 2} FROM albums WHERE id <= {ROWS}")
    assert changed == written[OLD[1]], "every one was counted, in the column of before and in that of later"
    ((tokens,),) = await rows(db, "SELECT count(DISTINCT token) FROM albums")
    assert tokens == count

    there = folder.migrations[names[-1]].schema
    assert sorted(described(each) for each in left_over(POSTGRES, there, AFTER)) == [
        "drop column albums.__old_plays",
        "drop column albums.title",
        "drop index albums_by_title of albums",
        "drop trigger zz_sync_title on albums",
        "drop trigger zzz_fill_decade on albums",
    ]
    write(folder, "contract", draft(POSTGRES, there, AFTER, Hints(certain=True)))
    await Runner(db, folder).up()
    assert str(await validate(db, LaterArtist, LaterAlbum)) == "The database is as declared."
    assert await rows(db, "SELECT count(*) FROM albums") == [(count,)]
    assert await rows(db, "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace") == [(0,)]


# Locks


@pytest.fixture(scope="module")
def engine(postgres_server: PostgresServer) -> Iterator[PostgresEngine]:
    with asyncio.Runner() as loop:
        connection = loop.run(asyncpg.connect(postgres_server.url))
        yield PostgresEngine(loop, connection)
        loop.run(connection.close())


TABLE_LOCKS = """SELECT mode FROM pg_locks
    WHERE pid = $1 AND locktype = 'relation' AND relation = ANY($2::regclass[])"""


class Watched:
    """Runs scripts, and sees which rows are read and written under which locks."""

    def __init__(self, engine: PostgresEngine, url: str) -> None:
        self.engine = engine
        self.url = url

    def whole(self, statements: Iterable[str]) -> None:
        """A transaction. Under a lock that keeps others out, no row is read, and no file is another."""
        engine = self.engine
        files: dict[int, int] = dict(engine.rows(FILES))
        engine.execute("BEGIN")
        before = {oid: counts for oid, *counts in engine.rows(READ)}
        for statement in statements:
            engine.execute(statement)
            strong = {oid for oid, mode in engine.rows(LOCKS) if mode in EXCLUSIVE}
            touched = {oid for oid, *counts in engine.rows(READ) if counts != before.get(oid, [0, 0])}
            assert not touched & strong, statement
        now: dict[int, int] = dict(engine.rows(FILES))
        assert {oid: now[oid] for oid in files if oid in now} == {
            oid: file for oid, file in files.items() if oid in now
        }
        engine.execute("COMMIT")

    def alone(self, statement: str, tables: Iterable[str]) -> None:
        """A statement outside of a transaction. It goes together with a transaction that has written to the tables; or
        waits for its end, but not with a lock in which others would wait.
        """
        self.engine.loop.run(self.beside(statement, tables))

    async def beside(self, statement: str, tables: Iterable[str]) -> None:
        pid = self.engine.connection.get_server_pid()
        other = await asyncpg.connect(self.url)
        try:
            await other.execute("SET search_path = here")
            transaction = other.transaction()
            await transaction.start()
            for table in tables:
                await other.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            task = asyncio.ensure_future(self.engine.connection.execute(statement))
            while not task.done():
                waits = await other.fetch(
                    "SELECT FROM pg_locks WHERE pid = $1 AND NOT granted AND locktype = 'virtualxid'", pid
                )
                locks = await other.fetch(TABLE_LOCKS, pid, list(tables))
                assert not {mode for (mode,) in locks} & EXCLUSIVE, statement
                if waits:
                    break
                await asyncio.sleep(0.001)
            for table in tables:
                await other.fetch(f"SELECT count(*) FROM {table}")
                await other.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")
            await transaction.commit()
            await task
        finally:
            await other.close()


def test_nobody_waits_for_rows(engine: PostgresEngine, postgres_server: PostgresServer) -> None:
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), *FILL)
    watched = Watched(engine, postgres_server.url)
    for each in drafts(finish=True):
        if each.up.transactional:
            watched.whole(each.up.statements)
        else:
            for statement in each.up.statements:
                watched.alone(statement, ["albums", "artists"])
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(AFTER))
    assert done == engine.facts()


def test_what_is_watched_is_seen(engine: PostgresEngine, postgres_server: PostgresServer) -> None:
    """The same without `online` does what nobody wants."""
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), *FILL)
    watched = Watched(engine, postgres_server.url)
    (plain,) = drafts(online=False, finish=True)
    with pytest.raises(AssertionError, match='ALTER TABLE "albums"'):
        watched.whole(plain.up.statements)
    engine.execute("ROLLBACK")


# One by one

T, U = Name("t"), Name("u")
ID = Column("id", "integer", nullable=False)
NAME, N = Column("name", "text"), Column("n", "integer", nullable=False)
PLAIN = TableOf(T, (ID, NAME, N), Key(("id",), "t_pkey"))
OTHER = TableOf(U, (ID,), Key(("id",), "u_pkey"))
BY_N = Index("by_n", (IndexKey("n"),))
TO_U = ForeignKey(("n",), U, ("id",), name="t_n_fkey", on_delete="CASCADE")


def with_(table: TableOf = PLAIN, *others: TableOf, **changes: Any) -> Schema:
    return Schema("postgres", tables=(replace(table, **changes), *others))


def scripts(before: Schema, after: Schema, hints: Hints | None = None) -> list[Script]:
    return [each.up for each in draft(POSTGRES, before, after, hints, online=True)]


CASES: dict[str, tuple[Schema, Schema, list[list[str]]]] = {
    "an index": (with_(), with_(indexes=(BY_N,)), [['CREATE INDEX CONCURRENTLY "by_n" ON "t" ("n")']]),
    "no index": (with_(indexes=(BY_N,)), with_(), [['DROP INDEX CONCURRENTLY "by_n"']]),
    "another index": (
        with_(indexes=(BY_N,)),
        with_(indexes=(replace(BY_N, unique=True),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "__new_by_n" ON "t" ("n")', 'DROP INDEX CONCURRENTLY "by_n"'],
            ['ALTER INDEX "__new_by_n" RENAME TO "by_n"'],
        ],
    ),
    "a foreign key": (
        with_(PLAIN, OTHER),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        [
            [
                'ALTER TABLE "t" ADD CONSTRAINT "t_n_fkey" FOREIGN KEY ("n") REFERENCES "u" ("id") ON DELETE CASCADE '
                "NOT VALID"
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "t_n_fkey"'],
        ],
    ),
    "a foreign key to a key that comes": (
        with_(PLAIN, OTHER),
        with_(
            PLAIN,
            replace(OTHER, columns=(ID, N), uniques=(Key(("n",), "u_n_key"),)),
            foreign_keys=(replace(TO_U, references=("n",)),),
        ),
        [
            ['ALTER TABLE "u" ADD COLUMN "n" integer NOT NULL DEFAULT 1'],
            ['CREATE UNIQUE INDEX CONCURRENTLY "u_n_key" ON "u" ("n")'],
            ['ALTER TABLE "u" ADD CONSTRAINT "u_n_key" UNIQUE USING INDEX "u_n_key"'],
            [
                'ALTER TABLE "t" ADD CONSTRAINT "t_n_fkey" FOREIGN KEY ("n") REFERENCES "u" ("n") ON DELETE CASCADE '
                "NOT VALID"
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "t_n_fkey"'],
        ],
    ),
    "another check": (
        with_(checks=(Check("n > 0", "positive"),)),
        with_(checks=(Check("n > 1", "positive"),)),
        [
            [
                'ALTER TABLE "t" DROP CONSTRAINT "positive"',
                'ALTER TABLE "t" ADD CONSTRAINT "positive" CHECK (n > 1) NOT VALID',
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "positive"'],
        ],
    ),
    "not null": (
        with_(),
        with_(columns=(ID, replace(NAME, nullable=False, default="'x'"), N)),
        [
            [
                'ALTER TABLE "t" ALTER COLUMN "name" SET DEFAULT \'x\'',
                'ALTER TABLE "t" ADD CONSTRAINT "__not_null_name" CHECK ("name" IS NOT NULL) NOT VALID',
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "__not_null_name"'],
            [
                'ALTER TABLE "t" ALTER COLUMN "name" SET NOT NULL',
                'ALTER TABLE "t" DROP CONSTRAINT "__not_null_name"',
            ],
        ],
    ),
    "a key": (
        with_(),
        with_(uniques=(Key(("n", "name"), "t_key", "deferred", ("id",), nulls_distinct=False),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "t_key" ON "t" ("n", "name") INCLUDE ("id") NULLS NOT DISTINCT'],
            ['ALTER TABLE "t" ADD CONSTRAINT "t_key" UNIQUE USING INDEX "t_key" DEFERRABLE INITIALLY DEFERRED'],
        ],
    ),
    "another key": (
        with_(uniques=(Key(("n",), "k"),)),
        with_(uniques=(Key(("n", "id"), "k"),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "__new_k" ON "t" ("n", "id")'],
            ['ALTER TABLE "t" ADD CONSTRAINT "__new_k" UNIQUE USING INDEX "__new_k"'],
            ['ALTER TABLE "t" DROP CONSTRAINT "k"', 'ALTER TABLE "t" RENAME CONSTRAINT "__new_k" TO "k"'],
        ],
    ),
    "a primary key": (
        with_(primary_key=None),
        with_(),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "t_pkey" ON "t" ("id")'],
            ['ALTER TABLE "t" ADD CONSTRAINT "t_pkey" PRIMARY KEY USING INDEX "t_pkey"'],
        ],
    ),
    "what takes no time": (
        with_(),
        with_(columns=(ID, replace(NAME, default="'x'"), N, Column("m", "integer", default="1"))),
        [['ALTER TABLE "t" ADD COLUMN "m" integer DEFAULT 1', 'ALTER TABLE "t" ALTER COLUMN "name" SET DEFAULT \'x\'']],
    ),
    "a new table with an index": (
        with_(),
        with_(PLAIN, replace(OTHER, indexes=(Index("by_id", (IndexKey("id", descending=True),)),))),
        [
            [
                'CREATE TABLE "u" (\n  "id" integer NOT NULL,\n  CONSTRAINT "u_pkey" PRIMARY KEY ("id")\n)',
                'CREATE INDEX "by_id" ON "u" ("id" DESC)',
            ]
        ],
    ),
}
ADDED = replace(N, default="1")


@pytest.mark.parametrize("case", CASES)
def test_one_by_one(engine: PostgresEngine, case: str) -> None:
    before, after, expected = CASES[case]
    if case == "a foreign key to a key that comes":  # with rows, the column is the row's number
        tables = tuple([replace(each, columns=(ID, ADDED)) if each.name == U else each for each in after.tables])
        after = replace(after, tables=tables)
    found = scripts(before, after)
    assert [list(each.statements) for each in found] == expected
    outside = ("CONCURRENTLY", "DO $qb$")
    assert [each.transactional for each in found] == [not any(word in each[0] for word in outside) for each in expected]
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(before))
    if "key" not in case:
        others = [f"INSERT INTO {table.name} VALUES (7)" for table in before.tables if table.name == U]
        engine.execute(*others, "INSERT INTO t VALUES (1, 'x', 7)")
    for each in found:
        engine.migrate(each)
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()


def test_an_index_that_is_declared_so_is_built_beside_others() -> None:
    """Without --online, too."""
    before, after = with_(), with_(indexes=(replace(BY_N, concurrently=True),))
    (found,) = draft(POSTGRES, before, after)
    assert found.up == Script(('CREATE INDEX CONCURRENTLY "by_n" ON "t" ("n")',), transactional=False)
    assert draft(POSTGRES, Schema("postgres"), after)[0].up.transactional, "nobody uses a new table"


GENERATED = Column("m", "integer", generated=Generated("n + 1"))
BIG = replace(N, type="bigint")
ONLY = "the table has no primary key, by whose order batches could be made"


@pytest.mark.parametrize(
    ("before", "after", "hints", "note"),
    [
        (
            with_(),
            with_(columns=(ID, NAME, N, GENERATED)),
            None,
            "add column t.m (integer): it is computed for every row",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, N, Column("m", "integer", False, identity=Identity("always")))),
            None,
            "add column t.m (integer, not null): every row gets a number",
        ),
        (
            with_(primary_key=None),
            with_(primary_key=None, columns=(ID, NAME, BIG)),
            None,
            f"alter column t.n: bigint for integer: {ONLY}",
        ),
        (with_(), with_(columns=(ID, NAME, replace(N, type="smallint"))), None, None),
        (
            with_(),
            replace(with_(), tables=(replace(PLAIN, name=U),)),
            Hints(tables={U: T}),
            "rename table t to u: programs know one of both names: leave a view of the old one",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, replace(N, identity=Identity("by default")))),
            None,
            "alter column t.n: identity by default: its highest number is searched",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, Column("n", "integer", generated=Generated("id + 1")))),
            None,
            "alter column t.n: nullable, generated as id + 1: it is computed for every row",
        ),
        (
            with_(columns=(ID, NAME, N, GENERATED)),
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False))),
            None,
            "alter column t.m: not null, not generated: it is computed until then",
        ),
        (
            with_(columns=(ID, NAME, N, replace(GENERATED, nullable=False))),
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False))),
            None,
            None,
        ),
        (
            with_(),
            with_(columns=(replace(ID, type="bigint"), NAME, N)),
            None,
            "alter column t.id: bigint for integer: it is in the primary key t_pkey",
        ),
        (
            with_(columns=(ID, NAME, N, GENERATED)),
            with_(columns=(ID, NAME, BIG, GENERATED)),
            None,
            "alter column t.n: bigint for integer: another column is computed of it",
        ),
        (
            with_(
                PLAIN,
                replace(OTHER, foreign_keys=(ForeignKey(("id",), T, ("n",), name="f"),)),
                uniques=(Key(("n",), "k"),),
            ),
            with_(
                PLAIN,
                replace(OTHER, foreign_keys=(ForeignKey(("id",), T, ("n",), name="f"),)),
                uniques=(Key(("n",), "k"),),
                columns=(ID, NAME, BIG),
            ),
            None,
            "alter column t.n: bigint for integer: foreign keys point to it",
        ),
        (
            with_(columns=(ID, NAME, replace(N, type="double precision"))),
            with_(),
            None,
            "alter column t.n: integer for double precision: a value may be another one afterwards: "
            "say what it is, by --filled",
        ),
        (
            with_(columns=(ID, replace(NAME, default="'x'"), N)),
            with_(columns=(ID, Column("title", "text", default="'x'"), N)),
            Hints(columns={(T, "title"): "name"}),
            "rename column t.name to title: it has a default, and may be NULL: "
            "nobody can tell which of both was written",
        ),
        (
            with_(),
            with_(columns=(ID, Column("title", "text", nullable=False), N)),
            Hints(columns={(T, "title"): "name"}),
            "rename column t.name to title: it changes in other ways, too: rename it in a migration of its own",
        ),
        (
            with_(),
            with_(exclusions=(Exclusion("e", "EXCLUDE USING btree (n WITH =)"),)),
            None,
            "add exclusion e to t: PostgreSQL builds it in one go only",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, N, GENERATED), indexes=(Index("i", (IndexKey("m"),)),)),
            None,
            "create index i on t: its column comes later",
        ),
    ],
)
def test_what_has_no_online_form_is_named(
    engine: PostgresEngine, before: Schema, after: Schema, hints: Hints | None, note: str | None
) -> None:
    found = draft(POSTGRES, before, after, hints, online=True, finish=True)
    notes = [note for each in found for note in each.notes]
    assert note in notes if note is not None else notes == []
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(before))
    for each in found:
        engine.migrate(each.up)
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()


MOOD, FEELING = Enum(Name("mood"), ("good", "bad")), Column("feeling", '"mood"')
TITLE, OTHERS = Column("title", "text"), (Index("o", (IndexKey("id"),)), Index("p", (IndexKey("id", descending=True),)))
WIDE = replace(NAME, type="character varying(40)", collation="C")
VALUES = {"id": "1", "name": "'x'", "title": "'y'", "n": "7", "feeling": "'good'"}
WHOLE: dict[str, tuple[Schema, Schema, Hints | None]] = {
    "a check has the name that another one of a column of another type gets": (
        with_(checks=(Check('"n" > 0', "c"),)),
        with_(columns=(ID, WIDE, N), checks=(Check("\"name\" <> ''", "c"),)),
        None,
    ),
    "a check of the name of a column that is renamed at once": (
        with_(columns=(ID, NAME, TITLE), checks=(Check("name <> ''", "c"),)),
        with_(
            columns=(ID, replace(NAME, type="character varying(9)"), Column("other", "text")),
            checks=(Check("name <> 'x'", "c"),),
        ),
        Hints(columns={(T, "name"): "title", (T, "other"): "name"}),
    ),
    "two columns of a key change their types": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, WIDE, replace(N, type="bigint")), uniques=(Key(("n", "name"), "k"),)),
        None,
    ),
    "two columns of a key change their names": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, TITLE, replace(N, name="m")), uniques=(Key(("m", "title"), "k"),)),
        Hints(columns={(T, "title"): "name", (T, "m"): "n"}),
    ),
    "of two columns of a key one changes its type and the other one its name": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, TITLE, replace(N, type="bigint")), uniques=(Key(("title", "n"), "k"),)),
        Hints(columns={(T, "title"): "name"}),
    ),
    "a column beside the primary key changes its name, and that, too": (
        with_(),
        with_(columns=(replace(ID, name="key"), TITLE, N), primary_key=Key(("key",), "t_pkey")),
        Hints(columns={(T, "title"): "name", (T, "key"): "id"}),
    ),
    "what names a column that is renamed goes": (
        with_(checks=(Check("name <> ''", "c"),), indexes=(Index("i", (IndexKey("name"),), unique=True),)),
        with_(columns=(ID, TITLE, N)),
        Hints(columns={(T, "title"): "name"}),
    ),
    "what names a column that is renamed changes its name, and another one gets that": (
        with_(checks=(Check("name <> ''", "c"), Check("n > 0", "d")), indexes=(BY_N,)),
        with_(
            columns=(ID, TITLE, N),
            checks=(Check("title <> ''", "d"), Check("n > 0", "e")),
            indexes=(replace(BY_N, name="by"), Index("by_n", (IndexKey("title"),))),
        ),
        Hints(columns={(T, "title"): "name"}),
    ),
    "an index has the name of one of another table": (
        with_(PLAIN, replace(OTHER, indexes=OTHERS)),
        with_(PLAIN, OTHER, indexes=OTHERS),
        None,
    ),
    "a foreign key to an index that goes": (
        with_(
            PLAIN,
            replace(OTHER, primary_key=None, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
        ),
        with_(PLAIN, OTHER, foreign_keys=(replace(TO_U, on_delete=None),)),
        None,
    ),
    "a foreign key may keep an index that goes": (
        with_(
            PLAIN,
            replace(OTHER, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
            foreign_keys=(TO_U,),
        ),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        None,
    ),
    "a foreign key keeps an index that becomes a key": (
        with_(
            PLAIN,
            replace(OTHER, primary_key=None, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
            foreign_keys=(TO_U,),
        ),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        None,
    ),
    "a foreign key that is not valid": (
        with_(PLAIN, OTHER, foreign_keys=(replace(TO_U, valid=False),)),
        with_(PLAIN, OTHER, columns=(ID, NAME, replace(N, type="bigint")), foreign_keys=(replace(TO_U, valid=False),)),
        None,
    ),
    "an enum type goes with a column of another type": (
        replace(with_(columns=(ID, NAME, N, FEELING)), enums=(MOOD,)),
        with_(columns=(ID, NAME, N, replace(FEELING, type="text"))),
        None,
    ),
    "a sequence goes with a column that is renamed, and stays without it": (
        replace(with_(), sequences=(Sequence(Name("s"), table=T, column="n"),)),
        replace(with_(columns=(ID, NAME, replace(N, name="m"))), sequences=(Sequence(Name("s")),)),
        Hints(columns={(T, "m"): "n"}),
    ),
    "a column that had a sequence is computed": (
        replace(
            with_(columns=(ID, NAME, replace(N, default="nextval('s'::regclass)"))),
            sequences=(Sequence(Name("s"), table=T, column="n"),),
        ),
        with_(columns=(ID, NAME, Column("n", "integer", generated=Generated("id + 1")))),
        None,
    ),
    "a sequence goes with a new column": (
        with_(),
        replace(
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False, default="nextval('s'::regclass)"))),
            sequences=(Sequence(Name("s"), table=T, column="m"),),
        ),
        None,
    ),
    "a new column of a new label": (
        replace(with_(columns=(ID, NAME, N, FEELING)), enums=(MOOD,)),
        replace(
            with_(
                columns=(ID, NAME, N, FEELING, Column("m", '"mood"', default="'well'")),
                checks=(Check("feeling <> 'well'", "c"),),
            ),
            enums=(Enum(Name("mood"), ("bad", "good", "well")),),
        ),
        None,
    ),
    "a new column is filled of one that changes": (
        with_(),
        with_(columns=(ID, NAME, replace(N, type="text"), Column("m", "integer", nullable=False))),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "a new column has no values yet": (
        with_(),
        with_(columns=(ID, WIDE, N, Column("m", "integer")), checks=(Check("m IS NOT NULL", "c"),)),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "rows change at once, and a constraint waits": (
        replace(
            with_(
                PLAIN,
                OTHER,
                columns=(ID, NAME, N, FEELING),
                checks=(Check("n > 6", "c", valid=False),),
                foreign_keys=(replace(TO_U, deferral="deferred"),),
            ),
            enums=(MOOD,),
        ),
        replace(
            with_(
                PLAIN,
                OTHER,
                columns=(ID, NAME, N, FEELING, Column("m", "integer", nullable=False)),
                checks=(Check("n > 6", "c", valid=False),),
                foreign_keys=(replace(TO_U, deferral="deferred"),),
            ),
            enums=(replace(MOOD, labels=("bad", "good")),),
        ),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "a check that is not valid": (
        with_(checks=(Check("n > 8", "c", valid=False),)),
        with_(columns=(ID, WIDE, N), checks=(Check("n > 8", "c", valid=False),)),
        None,
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_comes_of_it_is_what_is_declared(engine: PostgresEngine, case: str) -> None:
    before, after, hints = WHOLE[case]
    engine.begin_again()
    statements = POSTGRES.ddl().create_all(before)
    unchecked = [each for each in statements if "NOT VALID" in each]
    engine.execute(*[each for each in statements if each not in unchecked])
    is_whole = all(key.valid for key in before.table(T).foreign_keys)
    parents = [f"INSERT INTO u VALUES ({VALUES['n']})" for table in before.tables if table.name == U and is_whole]
    values = ", ".join([VALUES[column.name] for column in before.table(T).columns])
    engine.execute(*parents, f"INSERT INTO t VALUES ({values})")
    for statement in unchecked:  # which the row may break
        engine.execute(statement)
    for each in draft(POSTGRES, before, after, hints, online=True):
        engine.migrate(each.up)
    assert engine.rows("SELECT count(*) FROM t") == [(1,)]
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()


def test_triggers_views_and_enums(engine: PostgresEngine) -> None:
    view = View(Name("v"), 'CREATE VIEW "v" AS SELECT n FROM t')
    before, after = with_(), with_(columns=(ID, NAME, BIG))
    found = draft(POSTGRES, replace(before, views=(view,)), replace(after, views=(view,)), online=True, finish=True)
    assert [note for each in found for note in each.notes] == []
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(replace(before, views=(view,))), "INSERT INTO t VALUES (1, 'x', 7)")
    for each in found:
        engine.migrate(each.up)
    assert engine.rows("SELECT n, pg_typeof(n)::text FROM v") == [(7, "bigint")]
    for parts, why in (
        (
            {"views": (replace(view, materialized=True, sql=view.sql.replace("VIEW", "MATERIALIZED VIEW")),)},
            "filled anew",
        ),
        (
            {"triggers": (Trigger("x", T, "CREATE TRIGGER x BEFORE UPDATE OF n ON t EXECUTE FUNCTION f()"),)},
            "a trigger",
        ),
    ):
        notes = Online(POSTGRES.renderer(), replace(before, **parts), diff(before, after)).refused
        assert [why in note for _, note in notes] == [True]
    old, new = Enum(Name("mood"), ("good", "bad")), Enum(Name("mood"), ("bad", "good"))
    mood = (ID, NAME, N, Column("mood", '"mood"'))
    before = replace(with_(columns=mood), enums=(old,))
    (found_one,) = draft(POSTGRES, before, replace(before, enums=(new,)), online=True)
    assert found_one.notes == ("make enum mood (bad, good) of (good, bad): every column of the type is written again",)


def test_who_may_use_a_column_may_use_what_takes_its_place(engine: PostgresEngine) -> None:
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), "CREATE ROLE online_reader")
    try:
        engine.execute(
            "GRANT SELECT (title, year), UPDATE (plays) ON albums TO online_reader WITH GRANT OPTION",
            "GRANT SELECT (plays) ON albums TO PUBLIC",
        )
        for each in drafts(finish=True):
            engine.migrate(each.up)
        found = engine.rows(
            """SELECT a.attname, p.privilege_type, p.grantee = 0, p.is_grantable
            FROM pg_attribute a, aclexplode(a.attacl) p
            WHERE a.attrelid = 'albums'::regclass AND NOT a.attisdropped ORDER BY 1, 2"""
        )
        assert found == [
            ("name", "SELECT", False, True),
            ("plays", "SELECT", True, False),
            ("plays", "UPDATE", False, True),
            ("year", "SELECT", False, True),
        ]
    finally:
        engine.execute("DROP OWNED BY online_reader", "DROP ROLE online_reader")


# What stops, and goes on


async def test_it_goes_on_wherever_it_was_stopped(filled: tuple[Database, Folder]) -> None:
    db, folder = filled
    names = [each.name for each in write(folder, "later", drafts())]
    stops = sum(len(folder.find(name).script().statements) for name in names)

    seen: set[str] = set()

    def stop_once(step: Step) -> None:
        if f"{step.migration} {step.statement}" not in seen:
            seen.add(f"{step.migration} {step.statement}")
            raise InterruptedError

    for _ in range(stops):
        with pytest.raises(InterruptedError):
            await Runner(db, folder, Options(on_step=stop_once)).up()
    assert await Runner(db, folder, Options(on_step=stop_once)).up() == names[2:]
    assert await rows(db, "SELECT count(*) FROM albums WHERE title IS DISTINCT FROM name OR token IS NULL") == [(0,)]


async def test_what_was_done_but_not_noted_is_done_once(filled: tuple[Database, Folder]) -> None:
    db, folder = filled
    names = [each.name for each in write(folder, "later", drafts())]
    await Runner(db, folder).up(names[0])
    for statement in folder.find(names[1]).script().statements:
        async with db.driver.acquire() as connection:
            await connection.execute(statement, ())
    assert await Runner(db, folder).up() == names[1:]


@pytest.mark.parametrize("finish", [False, True])
async def test_the_way_back_has_every_value(filled: tuple[Database, Folder], finish: bool) -> None:
    db, folder = filled
    query = "SELECT id, title, plays, artist_id, year FROM albums ORDER BY id"
    before = await rows(db, query)
    write(folder, "later", drafts(finish=finish))
    await Runner(db, folder).up()
    await db.execute(sql("INSERT INTO albums (name, plays, artist_id, year, decade) VALUES ('new', 5, 1, 1999, 1990)"))
    await Runner(db, folder).down(to="1")
    assert str(await validate(db, Artist, Album)) == "The database is as declared."
    ((new, *_),) = await rows(db, "SELECT max(id) FROM albums")
    assert await rows(db, query) == [*before, (new, "new", 5, 1, 1999)]


async def test_online_changes_are_squashed(filled: tuple[Database, Folder], postgres_server: PostgresServer) -> None:
    db, folder = filled
    folder.add("rows", Script(("INSERT INTO artists (id) VALUES (11)",)), None, BEFORE)
    write(folder, "later", drafts(finish=True))
    folder.replace(squash(POSTGRES, folder).migration)
    for table in ("albums", "artists", "qb_migrations"):
        await db.execute(sql(f"DROP TABLE {table} CASCADE"))
    (name,) = folder.migrations
    assert await Runner(db, folder).up() == [name]
    assert str(await validate(db, LaterArtist, LaterAlbum)) == "The database is as declared."


def test_other_engines_know_one_way() -> None:
    dialect = find_dialect("sqlite")
    with pytest.raises(UnsupportedError, match="online changes are PostgreSQL's"):
        draft(dialect, Schema("sqlite"), dialect.ddl().description.describe([Artist]), online=True)


async def test_what_is_left_does_not_stand_in_the_way_of_other_changes(filled: tuple[Database, Folder]) -> None:
    _, folder = filled
    write(folder, "later", drafts())
    head = folder.head()
    assert head is not None
    more = replace(AFTER, tables=(*AFTER.tables, OTHER))
    (found,) = draft(POSTGRES, head.schema, more, Hints(certain=True), finish=False)
    assert [described(each) for each in found.operations] == ["create table u (id)"]
    assert found.destroys == []
    assert ops.DropColumn in [type(each) for each in left_over(POSTGRES, found.schema, more)]


def test_a_trigger_that_may_read_a_view_goes_before_its_table_is_moved() -> None:
    text = "CREATE TRIGGER noted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()"
    view, there = View(Name("noted"), 'CREATE VIEW "noted" AS SELECT n FROM t'), Name("t", "app")
    before = replace(with_(), schemas=("app",), views=(view,), triggers=(Trigger("noted", T, text),))
    after = replace(with_(replace(PLAIN, name=there)), schemas=("app",), triggers=(Trigger("noted", there, text),))
    first, *_ = draft(POSTGRES, before, after, Hints(tables={there: T}), online=True)
    assert [described(each) for each in first.operations][:3] == [
        "drop trigger noted on t",
        "drop view noted",
        "rename table t to app.t",
    ]


REQUIRED = replace(NAME, nullable=False, default="'nobody'")
TITLED = with_(columns=(ID, replace(REQUIRED, name="title"), N))


def test_a_default_waits_for_those_who_write_by_the_old_name(engine: PostgresEngine) -> None:
    """It would be taken for what a program has written by the new name."""
    before, hints = with_(columns=(ID, REQUIRED, N)), Hints(columns={(T, "title"): "name"})
    found = draft(POSTGRES, before, TITLED, hints, online=True, finish=False)
    there = found[-1].schema
    assert draft(POSTGRES, there, TITLED, Hints(certain=True), finish=False) == []
    assert sorted(described(each) for each in left_over(POSTGRES, there, TITLED)) == [
        "alter column t.title: default 'nobody'",
        "drop column t.name",
        "drop trigger zz_sync_name on t",
    ]
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(before))
    for each in found:
        engine.migrate(each.up)
    engine.execute(
        "INSERT INTO t (id, name, n) VALUES (1, 'old', 1)",
        "INSERT INTO t (id, title, n) VALUES (2, 'new', 1)",
        "INSERT INTO t (id, n) VALUES (3, 1)",
    )
    assert engine.rows("SELECT name, title FROM t ORDER BY id") == [("old",) * 2, ("new",) * 2, ("nobody",) * 2]


@pytest.mark.parametrize("online", [False, True])
def test_what_is_left_is_finished_before_what_it_names_changes(engine: PostgresEngine, online: bool) -> None:
    before = with_(columns=(ID, REQUIRED, N))
    hints = Hints(columns={(T, "title"): "name"})
    online_found = draft(POSTGRES, before, TITLED, hints, online=True, finish=False)
    there = online_found[-1].schema
    label = with_(columns=(ID, replace(REQUIRED, name="label"), N))
    short = with_(columns=(ID, replace(REQUIRED, name="title", type="character varying(9)"), N))
    other = replace(TITLED, tables=(replace(TITLED.table(T), name=U),))
    again = Hints(columns={(T, "label"): "title"}, tables={U: T}, certain=True)
    for after, what in (
        (label, "t.title cannot change"),
        (short, "t.title cannot change"),
        (other, "t cannot go or be renamed"),
    ):
        with pytest.raises(MigrationError, match=f"{what} while the trigger zz_sync_name of t names it: first finish"):
            draft(POSTGRES, there, after, again, online=online, finish=False)
        engine.begin_again()
        engine.execute(*POSTGRES.ddl().create_all(before))
        for each in (*online_found, *draft(POSTGRES, there, after, again, online=online, finish=True)):
            engine.migrate(each.up)
        done = engine.facts()
        engine.begin_again()
        engine.execute(*POSTGRES.ddl().create_all(after))
        assert done == engine.facts()
