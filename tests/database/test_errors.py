"""What the engines refuse, in qb's error tree."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dialects.d1.transport import RequestError
from dialects.postgres.errors import translate as translate_postgres
from dialects.sqlite.errors import translate as translate_sqlite
from qb import Database, Table, alias, check, col, delete, index, insert, select, sql, unique, update
from qb.errors import (
    AccessDenied,
    CheckViolated,
    ConnectionFailed,
    ConstraintViolated,
    DatabaseError,
    DeadlockDetected,
    ExclusionViolated,
    ForeignKeyViolated,
    InvalidSql,
    InvalidValue,
    NotNullViolated,
    QbError,
    SerializationFailed,
    TimeoutExceeded,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolated,
)
from qb.queries import Compilable
from tests.music import Album, Artist

ENGINES = ("sqlite", "postgres", "d1")
DRIVER_ERRORS = (sqlite3.Error, asyncpg.PostgresError, RequestError)


class Booking(Table, name="bookings"):
    id = col.integer().primary_key()
    room = col.integer()
    day = col.integer()
    note = col.text().nullable()

    once = unique(room, day)
    real = check(day >= 1, name="day_is_real")
    by_note = index(note, unique=True)


async def failure(db: Database, statement: Compilable) -> DatabaseError:
    """The error of a statement that must fail, with what every error has."""
    with pytest.raises(DatabaseError) as caught:
        await db.execute(statement)
    error = caught.value
    assert isinstance(error.__cause__, (*DRIVER_ERRORS, UnicodeEncodeError))
    sql, _ = statement.compile(db.dialect)
    assert error.sql == sql
    assert str(error).endswith(f"\n  in: {sql}")
    return error


async def test_unique(db: Database) -> None:
    error = await failure(db, insert(Artist).values(name="AC/DC"))
    assert type(error) is UniqueViolated
    assert isinstance(error, ConstraintViolated)
    assert (error.category, error.is_retryable) == ("constraint", False)
    assert (error.table, error.columns) == ("artists", ("name",))
    assert error.constraint == ("artists_name_key" if db.dialect.name == "postgres" else None)


async def test_unique_over_columns_and_by_an_index(database: Database) -> None:
    await database.create_tables(Booking)
    await database.execute(insert(Booking).values(room=1, day=2, note="x"))
    error = await failure(database, insert(Booking).values(room=1, day=2))
    assert type(error) is UniqueViolated
    assert (error.table, error.columns) == ("bookings", ("room", "day"))
    error = await failure(database, insert(Booking).values(room=3, day=2, note="x"))
    assert (error.table, error.columns) == ("bookings", ("note",))


class Person(Table, name="people"):
    id = col.integer().primary_key()
    mail = col.text("e_mail").unique()
    first = col.text("first_name")
    last = col.text("last_name")

    full_name = unique(first, last)


async def test_attributes(database: Database) -> None:
    await database.create_tables(Person)
    await database.execute(insert(Person).values_many([{"mail": "ann@x", "first": "Ann", "last": "Lee"}]))
    error = await failure(database, insert(Person).values(mail="ann@x", first="A", last="B"))
    assert (error.columns, error.attributes) == (("e_mail",), ("mail",))
    assert error.concerns(Person.mail)
    assert error.concerns(alias(Person, "p").mail)
    assert not error.concerns(Person.id)
    assert not error.concerns(Person.mail, Person.id)
    assert not error.concerns(Booking.note)
    add = insert(Person).values(mail="x", first="Ann", last="Lee")
    errors = [await failure(database, add)]
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: database.batch(select(Person), add),
        lambda: database.fetch_all(add.returning(Person.id)),
    ]
    for call in calls:
        with pytest.raises(UniqueViolated) as caught:
            await call()
        errors.append(caught.value)
    with pytest.raises(UniqueViolated) as caught:
        _ = [row async for row in database.stream(add.returning(Person.id))]
    errors.append(caught.value)
    for error in errors:
        assert error.attributes == ("first", "last")
        assert error.concerns(Person.last, Person.first)
        assert error.parameters is None


async def test_parameters_are_shown_when_asked_for(postgres_url: str) -> None:
    for url in ("sqlite://", postgres_url):
        async with Database.connect(url, show_parameters=True) as db:
            await db.create_tables(Artist)
            add = insert(Artist).values(id=1, name="a secret")
            await db.execute(add)
            for call in (db.execute(add), db.batch(select(Artist), add), db.fetch_all(add.returning(Artist))):
                with pytest.raises(UniqueViolated) as caught:
                    await call
                assert caught.value.parameters == (1, "a secret")
                assert str(caught.value).endswith("\n  with: (1, 'a secret')")


async def test_every_error_has_a_category() -> None:
    def below(cls: type[QbError]) -> set[type[QbError]]:
        return {cls}.union(*[below(sub) for sub in cls.__subclasses__()])

    assert {cls.category for cls in below(QbError)} == {
        *("usage", "schema", "query", "data", "result", "transaction"),
        *("connection", "permission", "timeout", "serialization", "constraint", "syntax", "database"),
    }
    assert {cls.__name__ for cls in below(QbError) if cls.is_retryable} == {
        *("ConnectionFailed", "TimeoutExceeded", "SerializationFailed", "DeadlockDetected"),
    }


async def test_primary_key(db: Database) -> None:
    error = await failure(db, insert(Artist).values(id=1, name="x"))
    assert type(error) is UniqueViolated
    assert (error.table, error.columns) == ("artists", ("id",))


async def test_foreign_key(db: Database) -> None:
    error = await failure(db, insert(Album).values(title="x", artist_id=99))
    assert type(error) is ForeignKeyViolated
    assert error.category == "constraint"
    if db.dialect.name == "postgres":  # SQLite tells nothing
        assert (error.constraint, error.table) == ("albums_artist_id_fkey", "albums")
        assert error.columns == ("artist_id",)


async def test_a_row_that_is_referenced(database: Database) -> None:
    class Parent(Table, name="parents"):
        id = col.integer().primary_key()

    class Child(Table, name="children"):
        id = col.integer().primary_key()
        parent_id = col.integer().references(lambda: Parent.id, on_delete="restrict")

    await database.create_tables(Parent, Child)
    await database.execute(insert(Parent).values())
    await database.execute(insert(Child).values(parent_id=1))
    error = await failure(database, delete(Parent).all_rows())
    assert type(error) is ForeignKeyViolated
    assert error.table == ("children" if database.dialect.name == "postgres" else None)
    assert error.columns == ()


async def test_not_null(db: Database) -> None:
    nothing: Any = None
    error = await failure(db, update(Artist).set(name=nothing).where(Artist.id == 1))
    assert type(error) is NotNullViolated
    assert (error.table, error.columns) == ("artists", ("name",))


async def test_check(database: Database) -> None:
    await database.create_tables(Booking)
    error = await failure(database, insert(Booking).values(room=1, day=0))
    assert type(error) is CheckViolated
    assert error.constraint == "day_is_real"


async def test_exclusion(postgres_db: Database) -> None:
    await postgres_db.execute(sql("CREATE TABLE stays (during int4range, EXCLUDE USING gist (during WITH &&))"))
    await postgres_db.execute(sql("INSERT INTO stays VALUES ('[1,5)')"))
    error = await failure(postgres_db, sql("INSERT INTO stays VALUES ('[3,9)')"))
    assert type(error) is ExclusionViolated
    assert (error.constraint, error.table) == ("stays_during_excl", "stays")


async def test_undefined_table(database: Database) -> None:
    error = await failure(database, select(Artist))
    assert type(error) is UndefinedTable
    assert isinstance(error, InvalidSql)
    assert (error.category, error.table) == ("syntax", "artists")
    error = await failure(database, insert(Artist).values(name="x"))
    assert (type(error), error.table) == (UndefinedTable, "artists")


async def test_undefined_column(db: Database) -> None:
    class Wide(Table, name="artists"):
        id = col.integer().primary_key()
        genre = col.text()

    for statement in (select(Wide), insert(Wide).values(genre="x"), update(Wide).set(genre="x").all_rows()):
        error = await failure(db, statement)
        assert type(error) is UndefinedColumn
        assert error.columns == ("genre",)


@pytest.mark.parametrize("text", ["SELEC 1", "SELECT nothing_like_this()", "CREATE TABLE artists (x integer)"])
async def test_invalid_sql(db: Database, text: str) -> None:
    error = await failure(db, sql(text))
    assert isinstance(error, InvalidSql)
    assert error.category == "syntax"


async def test_one_statement_at_a_time(db: Database) -> None:
    statements = sql("UPDATE albums SET plays = {}; DROP TABLE artists", 7)
    assert isinstance(await failure(db, statements), InvalidSql)
    assert len(await db.fetch_all(select(Artist))) == 3


async def test_values_that_the_engine_refuses(db: Database) -> None:
    wrong = {
        "sqlite": sql("INSERT INTO albums (artist_id, title, plays) VALUES (1, 'x', {})", "not a number"),
        "d1": sql("INSERT INTO albums (artist_id, title, plays) VALUES (1, 'x', {})", "not a number"),
        "postgres": sql("SELECT {}::integer", "not a number"),
    }
    error = await failure(db, wrong[db.dialect.name])
    assert type(error) is InvalidValue
    assert error.category == "data"
    assert "not a number" not in str(error)


async def test_values_that_the_server_refuses_are_not_in_the_message(postgres_db: Database) -> None:
    error = await failure(postgres_db, sql("SELECT cast({} || '' AS integer)", "secret"))
    assert type(error) is InvalidValue
    assert str(error).startswith("invalid input syntax for type integer: …")
    error = await failure(postgres_db, sql("SELECT cast({} AS integer) / 0", 17))
    assert type(error) is InvalidValue


async def test_text_that_is_no_unicode(db: Database) -> None:
    assert type(await failure(db, insert(Artist).values(name="\ud800"))) is InvalidValue


async def test_no_parameter_is_in_a_message(db: Database) -> None:
    await db.execute(insert(Artist).values(name="a secret"))
    error = await failure(db, insert(Artist).values(name="a secret"))
    assert "a secret" not in str(error)


async def test_errors_of_fetches(db: Database) -> None:
    again = insert(Artist).values(name="AC/DC")
    with pytest.raises(UniqueViolated) as caught:
        await db.fetch_all(again.returning(Artist.id))
    assert caught.value.columns == ("name",)


@pytest.mark.not_on_d1("transactions")
async def test_errors_inside_transactions(db: Database) -> None:
    with pytest.raises(UniqueViolated):
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name="AC/DC"))


@pytest.mark.not_on_d1("transactions")
async def test_exceptions_of_the_caller_pass_unchanged(db: Database) -> None:
    for mine in (OSError("mine"), TimeoutError("mine"), sqlite3.OperationalError("mine")):
        with pytest.raises(type(mine)) as caught:
            async with db.transaction():
                raise mine
        assert caught.value is mine


async def test_values_that_cannot_be_decoded(sqlite_db: Database) -> None:
    await sqlite_db.execute(sql("CREATE TABLE albums (id integer, artist_id integer, title text, released text)"))
    await sqlite_db.execute(sql("INSERT INTO albums VALUES (1, 1, 'x', 'no date')"))
    with pytest.raises(ValueError, match="no date"):
        await sqlite_db.fetch_all(select(Album.released))
    assert await sqlite_db.fetch_value(select(Album.title)) == "x"


# Time and collisions


async def test_a_locked_file(tmp_path: Path) -> None:
    async with Database.connect(f"sqlite:///{tmp_path}/x.db", timeout=0.05) as db:
        await db.create_tables(Artist)
        other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        error = await failure(db, insert(Artist).values(name="x"))
        other.close()
        assert type(error) is TimeoutExceeded
        assert (error.category, error.is_retryable) == ("timeout", True)
        await db.execute(insert(Artist).values(name="x"))


async def test_a_statement_timeout(postgres_url: str) -> None:
    settings = {"statement_timeout": "50"}
    async with Database.connect(postgres_url, server_settings=settings) as db:
        error = await failure(db, sql("SELECT pg_sleep(10)"))
        assert type(error) is TimeoutExceeded
        assert error.is_retryable
    async with Database.connect(postgres_url, command_timeout=0.05) as db:
        with pytest.raises(TimeoutExceeded):
            await db.execute(sql("SELECT pg_sleep(10)"))
        assert await db.fetch_value(select(sql("1", returns=int).as_("one"))) == 1


async def test_a_lock_timeout(postgres_url: str) -> None:
    async with Database.connect(postgres_url, server_settings={"lock_timeout": "50"}) as db:
        await db.create_tables(Artist)
        async with db.transaction() as tx:
            await tx.execute(sql("LOCK TABLE artists"))
            assert type(await failure(db.autonomous(), select(Artist))) is TimeoutExceeded


async def test_a_deadlock(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    await postgres_db.execute(insert(Artist).values_many([{"name": "a"}, {"name": "b"}]))
    both = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with postgres_db.transaction() as tx:
            await tx.execute(update(Artist).set(name=f"{first}").where(Artist.id == first))
            await both.wait()
            await tx.execute(update(Artist).set(name=f"{first}!").where(Artist.id == second))

    results = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    errors = [result for result in results if result is not None]
    assert [type(error) for error in errors] == [DeadlockDetected]
    error = errors[0]
    assert isinstance(error, SerializationFailed)
    assert (error.category, error.is_retryable) == ("serialization", True)


async def test_a_schema_that_changes_under_a_transaction(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    every = select(Artist.name)
    async with postgres_db.transaction() as tx:
        await tx.fetch_all(every)
    with pytest.raises(SerializationFailed):
        async with postgres_db.transaction() as tx:
            await tx.fetch_all(every)
            await tx.execute(sql("ALTER TABLE artists ALTER name TYPE varchar(50)"))
            await tx.fetch_all(every)


# Connections


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ConnectionFailed) as caught:
        await Database.connect("postgresql://me:secret@127.0.0.1:1/x")
    assert (caught.value.category, caught.value.is_retryable) == ("connection", True)
    assert isinstance(caught.value.__cause__, OSError)
    assert "secret" not in str(caught.value)


async def test_a_database_that_is_not_there(postgres_url: str) -> None:
    with pytest.raises(ConnectionFailed, match="nowhere"):
        await Database.connect(postgres_url.replace("/postgres?", "/nowhere?"))


async def test_a_user_that_is_not_there(postgres_url: str) -> None:
    with pytest.raises(AccessDenied) as caught:
        await Database.connect(postgres_url.replace("postgres@", "nobody@"))
    assert (caught.value.category, caught.value.is_retryable) == ("permission", False)


async def test_a_right_that_is_missing(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    with pytest.raises(AccessDenied):
        async with postgres_db.transaction() as tx:
            await tx.execute(sql("SET LOCAL ROLE pg_monitor"))
            await tx.execute(sql("CREATE ROLE somebody"))


async def test_a_connection_that_breaks(postgres_url: str, postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    backend = select(sql("pg_backend_pid()", returns=int).as_("pid"))
    async with Database.connect(postgres_url, max_size=1) as db:
        with pytest.raises(ConnectionFailed) as caught:
            async with db.transaction() as tx:
                await tx.execute(insert(Artist).values(name="x"))
                pid = await tx.fetch_value(backend)
                await postgres_db.execute(sql("SELECT pg_terminate_backend({})", pid))
                await tx.execute(insert(Artist).values(name="y"))
        assert caught.value.is_retryable
        assert await db.fetch_all(select(Artist)) == []  # on a new connection


# What cannot be provoked


def coded(name: str, message: str = "it failed") -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (coded("SQLITE_BUSY_SNAPSHOT"), SerializationFailed),
        (coded("SQLITE_BUSY_RECOVERY"), TimeoutExceeded),
        (coded("SQLITE_LOCKED_SHAREDCACHE"), TimeoutExceeded),
        (coded("SQLITE_IOERR_WRITE"), ConnectionFailed),
        (coded("SQLITE_READONLY_DBMOVED"), AccessDenied),
        (coded("SQLITE_CONSTRAINT_TRIGGER"), ConstraintViolated),
        (coded("SQLITE_ERROR", "integer overflow"), InvalidValue),
        (coded("SQLITE_ERROR", "something new"), InvalidSql),
        (coded("SQLITE_CORRUPT"), DatabaseError),
        (OverflowError("Python int too large to convert to SQLite INTEGER"), InvalidValue),
        (sqlite3.ProgrammingError("Error binding parameter 1: type 'x' is not supported"), InvalidValue),
        (sqlite3.ProgrammingError("Incorrect number of bindings supplied"), InvalidSql),
        (sqlite3.Warning("You can only execute one statement at a time."), InvalidSql),
    ],
)
def test_sqlites_other_errors(error: Exception, expected: type[QbError]) -> None:
    assert type(translate_sqlite(error, "SELECT 1")) is expected


def test_an_index_over_an_expression_is_named() -> None:
    error = translate_sqlite(
        coded("SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: index 'albums_by_title'"), None
    )
    assert (error.constraint, error.table, error.columns) == ("albums_by_title", None, ())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (asyncpg.AdminShutdownError("terminating connection"), ConnectionFailed),
        (asyncpg.CannotConnectNowError("the database system is starting up"), ConnectionFailed),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), ConnectionFailed),
        (asyncpg.InvalidPasswordError("password authentication failed"), AccessDenied),
        (asyncpg.IdleInTransactionSessionTimeoutError("terminating connection"), TimeoutExceeded),
        (asyncpg.CharacterNotInRepertoireError("invalid byte sequence"), InvalidValue),
        (asyncpg.RestrictViolationError("violates RESTRICT"), ForeignKeyViolated),
        (asyncpg.InterfaceError("connection is closed"), ConnectionFailed),
        (asyncpg.InternalClientError("cannot switch to state 12"), ConnectionFailed),
        (asyncpg.InterfaceError("something else"), DatabaseError),
        (asyncpg.DiskFullError("no space left"), DatabaseError),
        (ConnectionResetError("reset by peer"), ConnectionFailed),
        (TimeoutError(), TimeoutExceeded),
    ],
)
def test_postgresqls_other_errors(error: Exception, expected: type[QbError]) -> None:
    assert type(translate_postgres(error, "SELECT 1")) is expected


@pytest.mark.not_on_d1("statements of such length")
async def test_a_message_has_the_ends_of_a_very_long_statement(database: Database) -> None:
    await database.create_tables(Booking)
    rows = insert(Booking).values_many({"room": n // 2, "day": 1} for n in range(1000))
    statement = rows.returning(Booking.id)
    with pytest.raises(UniqueViolated) as caught:
        await database.fetch_all(statement)
    error = caught.value
    assert error.columns == ("room", "day")
    assert error.sql == statement.compile(database.dialect).sql
    message = str(error)
    assert f"… ({len(error.sql):,} characters in all) …" in message
    assert 'in: INSERT INTO "bookings" ("room", "day") VALUES' in message
    assert message.endswith(error.sql[-100:])
    assert len(message) < 2500


async def test_a_message_has_the_whole_of_most_statements(database: Database) -> None:
    statement = sql(f"SELECT {'x' * 1900}")
    with pytest.raises(DatabaseError) as caught:
        await database.execute(statement)
    assert str(caught.value).endswith(f"\n  in: {caught.value.sql}")
