"""A schema of PostgreSQL with something of every kind, filled with rows, and the programs that use it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import asyncpg

from qb.dialect import find_dialect
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Generated,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from tests.migrations.engines import PostgresEngine
from tests.migrations.observing import Observer, Program
from tests.postgres_server import PostgresServer

ALBUMS, OWNERS, SPARE = Name("albums"), Name("owners"), Name("spare")
ID, NAME = Column("id", "integer", nullable=False), Column("name", "text")
COLUMNS = (
    ID,
    Column("code", "integer", nullable=False),
    Column("plays", "integer"),
    Column("title", "varchar(20)"),
    Column("mood", '"mood"'),
    Column("owner_id", "integer"),
    Column("year", "integer", nullable=False, default="2000"),
    Column("number", "integer", nullable=False, default="nextval('albums_number_seq')"),
    Column("label", "text"),
    Column("at", "timestamp"),
    Column("twice", "bigint", generated=Generated('"code" * 2')),
)
LABELLED = Check('"label" IS NOT NULL', "labelled")
LATE = Check('"id" < 100000', "late", valid=False)
OWNED = Sequence(Name("albums_number_seq"), "AS integer", ALBUMS, "number")
NUMBERS = Sequence(Name("numbers"))
LOUD = View(Name("loud"), 'CREATE VIEW "loud" AS SELECT "name" FROM "owners"')
KEPT = View(
    Name("kept"), 'CREATE MATERIALIZED VIEW "kept" AS SELECT "id" + 20000 AS "kept" FROM "owners"', materialized=True
)
NOTED = Trigger(
    "noted", OWNERS, 'CREATE TRIGGER "noted" AFTER INSERT ON "owners" FOR EACH ROW EXECUTE FUNCTION there.note()'
)
BY_PLAYS, BY_TITLE = Index("by_plays", (IndexKey("plays"),)), Index("by_title", (IndexKey("title"),))
BY_CODE = Index("by_code", (IndexKey("code"),), unique=True)
MOOD = Enum(Name("mood"), ("good", "bad"))
BEFORE = Schema(
    "postgres",
    schemas=("elsewhere",),
    enums=(MOOD, Enum(Name("idle"), ("x",))),
    sequences=(OWNED, NUMBERS),
    tables=(
        Table(OWNERS, (ID, NAME), Key(("id",), "owners_pkey")),
        Table(
            ALBUMS,
            COLUMNS,
            Key(("id",), "albums_pkey"),
            checks=(LABELLED,),
            indexes=(BY_PLAYS, BY_TITLE, BY_CODE),
        ),
        Table(SPARE, (ID, NAME), checks=(LATE,), comment="x"),
    ),
    views=(LOUD, KEPT),
    triggers=(NOTED,),
)
ROWS = 300
FITTING = (
    f"INSERT INTO owners SELECT n, 'owner ' || n FROM generate_series(1, {ROWS}) AS n",
    "INSERT INTO albums SELECT n, n + 1000, n + 10, 't' || n, 'good', (n + 1) / 2, 1000 + n, n + 4000, 'l' || n, "
    f"timestamp '2020-01-01' + n * interval '1 day' FROM generate_series(1, {ROWS}) AS n",
    f"INSERT INTO spare SELECT n + 7000, 'spare ' || n FROM generate_series(1, {ROWS}) AS n",
    "REFRESH MATERIALIZED VIEW kept",
    "SELECT setval('numbers', 424242), setval('albums_number_seq', 525252)",
)
"""Rows to which everything can be done."""
NEW: list[dict[str, object]] = [
    {"id": 9001, "code": 1, "plays": 5, "title": "a", "mood": "bad", "owner_id": 7777, "label": "x"},
    {"id": 9002, "code": 2, "plays": 5, "title": "a longer title", "mood": "good", "owner_id": 1, "label": "y"},
    {"id": 9003, "code": 3, "plays": 70000, "title": None, "mood": None, "owner_id": None, "label": "z"},
    {"id": 9005, "code": 5, "plays": 211, "label": "like the one of 201"},
    {"id": 9004, "code": 4, "plays": None, "label": "z", "year": 7, "number": 8, "at": datetime(2020, 1, 1)},
]
"""Rows that programs write."""
AWKWARD = (
    *FITTING,
    "ALTER TABLE spare DROP CONSTRAINT late",
    "INSERT INTO spare VALUES (100000)",
    f"ALTER TABLE spare ADD CONSTRAINT late CHECK ({LATE.expression}) NOT VALID",
    "INSERT INTO albums (id, code, plays, title, mood, owner_id, label) VALUES (9001, 1, 5, 'a', 'bad', 7777, 'x'), "
    "(9002, 2, 5, 'a longer title', 'good', 1, 'y'), (9003, 3, 70000, NULL, NULL, NULL, 'z'), "
    "(9004, 4, NULL, NULL, NULL, NULL, 'z')",
)
"""With rows in the way."""
PROGRAM = Program(BEFORE, {ALBUMS: NEW, OWNERS: [{"id": 9001, "name": None}], SPARE: [{"id": 9001, "name": None}]})


CREATED = (
    "CREATE SCHEMA there",
    "CREATE TABLE there.sayings (said text)",
    "CREATE FUNCTION there.note() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO there.sayings VALUES (NEW.id); RETURN NEW; END $$",
    "CREATE FUNCTION there.stamp() RETURNS text LANGUAGE sql AS $$ SELECT random()::text $$",
    *find_dialect("postgres").ddl().create_all(BEFORE),
)


@contextmanager
def observers(postgres_server: PostgresServer) -> Iterator[tuple[Observer, Observer]]:
    """Databases with rows to which everything can be done, and with rows in the way."""
    with asyncio.Runner() as loop, ExitStack() as stack:
        yield (
            Observer(filled(postgres_server, loop, stack, "fitting", FITTING), PROGRAM),
            Observer(filled(postgres_server, loop, stack, "awkward", AWKWARD), PROGRAM),
        )


def filled(
    server: PostgresServer, loop: asyncio.Runner, stack: ExitStack, name: str, rows: Iterable[str]
) -> PostgresEngine:
    """A database with the schema and rows."""

    async def connect() -> asyncpg.Connection:
        first = await asyncpg.connect(server.url)
        await first.execute(f"CREATE DATABASE {name}")
        await first.close()
        return await asyncpg.connect(server.url, database=name, statement_cache_size=0)

    connection = loop.run(connect())
    stack.callback(lambda: loop.run(connection.close()))
    engine = PostgresEngine(loop, connection)
    engine.execute(*CREATED, *rows, "ANALYZE")
    return engine
