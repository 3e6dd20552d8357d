"""Inserts of many rows go by COPY, and nobody can tell but by the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, NewRow, Table, col, columns, delete, fn, insert, select, sql
from qb.errors import (
    CheckViolated,
    DatabaseError,
    EncodingError,
    ForeignKeyViolated,
    InvalidSql,
    NotNullViolated,
    QbError,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolated,
)
from tests.codecs.test_round_trips import VALUES, Sample, examples
from tests.coroutines import run
from tests.database.interruption import is_cancelled_at
from tests.music import Album, Artist, create_music
from tests.postgres.wire import wire_to

MANY = 500


class Listed(Table, name="listed"):
    id = col.integer().primary_key()
    numbers = col.array(col.integer())
    words = col.array(col.text()).nullable()
    moments = col.array(col.timestamp()).nullable()
    decimals = col.array(col.numeric(10, 2)).nullable()


@pytest.fixture
async def music(postgres_db: Database) -> Database:
    """The music."""
    await create_music(postgres_db)
    return postgres_db


def new_artists(count: int) -> Any:
    return [{"name": f"artist {number}"} for number in range(count)]


async def count_of(db: Database, table: type[Table]) -> Any:
    return await db.fetch_value(select(fn.count()).from_(table))


def loads_from(db: Database, rows: int | None) -> None:
    """From how many rows on inserts go by COPY."""
    setattr(db.driver, "loads_from", rows)  # noqa: B010  # it is the class's


async def copied(db: Database, table: type[Table], rows: Any) -> int:
    """Insert by COPY, how few they may be."""
    loads_from(db, 1)
    return await db.execute(insert(table).values_many(rows))


# Values


@pytest.mark.parametrize("name", VALUES)
async def test_values_come_back_equal(postgres_db: Database, name: str) -> None:
    await postgres_db.create_tables(Sample)
    column = columns(Sample)[name]

    @examples(postgres_db)
    @given(st.lists(VALUES[name] | st.none(), min_size=1, max_size=30))
    async def check(values: list[Any]) -> None:
        await postgres_db.execute(delete(Sample).all_rows())
        rows = [{"id": number, name: value} for number, value in enumerate(values)]
        assert await copied(postgres_db, Sample, rows) == len(values)
        found = [row[0] for row in await postgres_db.fetch_all(select(column).order_by(Sample.id))]
        assert found == values

    await run(check)


async def test_arrays_come_back_equal(postgres_db: Database) -> None:
    from decimal import Decimal

    await postgres_db.create_tables(Listed)
    moment = datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {"numbers": [1, -2, 2**31 - 1], "words": ["a", "it's", ""], "moments": [moment], "decimals": [Decimal("1.50")]},
        {"numbers": [], "words": None, "moments": [], "decimals": [Decimal("-0.01"), Decimal("12345678.90")]},
    ]
    assert await copied(postgres_db, Listed, rows) == 2
    found = await postgres_db.fetch_all(
        select(Listed.numbers, Listed.words, Listed.moments, Listed.decimals).order_by(Listed.id)
    )
    assert [dict(zip(rows[0], row, strict=True)) for row in found] == rows


@pytest.mark.parametrize("name", VALUES)
async def test_wrong_values_are_refused_in_the_same_words(postgres_db: Database, name: str) -> None:
    await postgres_db.create_tables(Sample)
    for value in (object(), "x\0", 2**70, float("nan"), "much too long", datetime(2024, 1, 1), [object()], True):
        messages = []
        for many in (None, 1):
            loads_from(postgres_db, many)
            try:
                rows: Any = [{"id": 2, name: value}]
                await postgres_db.execute(insert(Sample).values_many(rows))
                messages.append("fine")
            except QbError as error:
                messages.append(f"{type(error)} {error}".partition("\n")[0])
            await postgres_db.execute(delete(Sample).all_rows())
        assert messages[0] == messages[1], value


# Which


async def test_many_rows_are_copied(music: Database) -> None:
    await music.execute(sql("CREATE TABLE log (what text)"))
    await music.execute(
        sql(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO log VALUES (split_part(current_query(), ' ', 1)); RETURN NULL; END $$"
        )
    )
    await music.execute(sql("CREATE TRIGGER note AFTER INSERT ON artists EXECUTE FUNCTION note()"))

    async def way() -> Any:
        word = await music.fetch_value(select(sql("(SELECT string_agg(what, ' ') FROM log)", returns=str).as_("word")))
        await music.execute(sql("DELETE FROM log"))
        return word

    assert await music.execute(insert(Artist).values_many(new_artists(MANY))) == MANY
    assert await way() == "COPY"
    assert await count_of(music, Artist) == MANY + 3
    await music.execute(insert(Artist).values_many([{"name": "few"}]))
    assert await way() == "INSERT"
    await music.execute(insert(Artist).values_many(new_artists(MANY)).on_conflict(Artist.name).do_nothing())
    assert await way() == "INSERT"
    await music.execute(delete(Artist).where(Artist.id > 3))
    names = await music.fetch_all(insert(Artist).values_many(new_artists(MANY)).returning(Artist.name))
    assert await way() == "INSERT"
    assert len(names) == MANY


async def test_defaults_are_the_databases(music: Database) -> None:
    rows: Any = [{"artist_id": 1, "title": f"album {number}"} for number in range(MANY)]
    await music.execute(insert(Album).values_many(rows))
    found = await music.fetch_all(select(Album.released, Album.plays).where(Album.title.startswith("album ")))
    assert set(found) == {(None, 0)}


async def test_tables_on_which_copy_means_something_else(music: Database) -> None:
    async def check(*statements: str) -> None:
        for statement in statements:
            await music.execute(sql(statement))
        assert await music.execute(insert(Artist).values_many(new_artists(MANY))) == MANY

    await check(
        "CREATE TABLE others (LIKE artists)",
        "CREATE RULE r AS ON INSERT TO artists DO ALSO INSERT INTO others VALUES (NEW.*)",
    )
    assert await music.fetch_value(select(sql("(SELECT count(*) FROM others)", returns=int).as_("n"))) == MANY
    await check(
        "DROP RULE r ON artists",
        "DROP TABLE others",
        "DELETE FROM artists",
        "ALTER TABLE artists RENAME TO singers",
        "CREATE VIEW artists AS SELECT * FROM singers",
    )
    await check(
        "DROP VIEW artists",
        "ALTER TABLE singers RENAME TO artists",
        "DELETE FROM artists",
        "CREATE DOMAIN label AS text",
        "ALTER TABLE artists ALTER COLUMN name TYPE label",
    )


async def test_row_security_is_kept(music: Database, postgres_url: str) -> None:
    for statement in (
        "DO $$ BEGIN CREATE ROLE writer; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT USAGE ON SCHEMA public TO writer",
        "ALTER TABLE artists ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON artists FOR INSERT TO writer WITH CHECK (name LIKE 'artist%')",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO writer",
    ):
        await music.execute(sql(statement))
    schema = postgres_url.partition("search_path=")[2].partition("&")[0]
    for statement in (
        f"GRANT USAGE ON SCHEMA {schema} TO writer",
        f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO writer",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO writer",
    ):
        await music.execute(sql(statement))
    async with music.transaction() as tx:
        await tx.execute(sql("SET LOCAL ROLE writer"))
        assert await tx.execute(insert(Artist).values_many(new_artists(MANY))) == MANY
    with pytest.raises(DatabaseError, match="row-level security"):
        async with music.transaction() as tx:
            await tx.execute(sql("SET LOCAL ROLE writer"))
            await tx.execute(insert(Artist).values_many([{"name": f"x {n}"} for n in range(MANY)]))
    for statement in (f"REVOKE ALL ON SCHEMA {schema} FROM writer", "REVOKE ALL ON SCHEMA public FROM writer"):
        await music.execute(sql(statement))


# Failures


async def test_errors_are_those_of_insert(music: Database) -> None:
    good: Any = [{"artist_id": 1, "title": f"album {number}", "plays": 1} for number in range(MANY)]
    wrong: list[tuple[Any, type[DatabaseError], tuple[str, ...]]] = [
        ({"artist_id": 99, "title": "x", "plays": 1}, ForeignKeyViolated, ("artist_id",)),
        ({"artist_id": 1, "title": "x", "plays": -1}, CheckViolated, ()),
        ({"artist_id": 1, "title": None, "plays": 1}, NotNullViolated, ("title",)),
    ]
    for row, cls, names in wrong:
        told = []
        for many in (None, 1):
            loads_from(music, many)
            with pytest.raises(cls) as caught:
                await music.execute(insert(Album).values_many([*good, row]))
            told.append((caught.value.args, caught.value.constraint, caught.value.table, caught.value.columns))
            assert caught.value.columns == names
        assert told[0] == told[1]
        assert await count_of(music, Album) == 4
    loads_from(music, 1)
    with pytest.raises(UniqueViolated) as unique:
        await music.execute(insert(Artist).values_many([*new_artists(MANY), {"name": "AC/DC"}]))
    assert unique.value.attributes == ("name",)
    assert unique.value.sql is not None
    assert unique.value.sql.startswith('INSERT INTO "artists" ("name")')
    assert await count_of(music, Artist) == 3


async def test_a_table_or_column_that_is_not_there(music: Database) -> None:
    class Nowhere(Table, name="nowhere"):
        id = col.integer().primary_key()
        name = col.text()

    class Wrong(Table, name="artists"):
        id = col.integer().primary_key()
        nmae = col.text()

    with pytest.raises(UndefinedTable):
        await music.execute(insert(Nowhere).values_many([{"name": "x"} for _ in range(MANY)]))
    with pytest.raises(UndefinedColumn):
        await music.execute(insert(Wrong).values_many([{"nmae": "x"} for _ in range(MANY)]))


async def test_generated_keys_stay_the_databases(postgres_db: Database) -> None:
    class Always(Table, name="always"):
        id = col.integer().primary_key(generated=False)

    await postgres_db.execute(sql("CREATE TABLE always (id integer GENERATED ALWAYS AS IDENTITY)"))
    with pytest.raises(InvalidSql):
        await postgres_db.execute(insert(Always).values_many([{"id": n} for n in range(MANY)]))


async def test_a_transaction_is_all_or_nothing(music: Database) -> None:
    with suppress(ZeroDivisionError):
        async with music.transaction() as tx:
            await tx.execute(insert(Artist).values_many(new_artists(MANY)))
            assert await count_of(music, Artist) == MANY + 3
            raise ZeroDivisionError
    assert await count_of(music, Artist) == 3
    async with music.transaction() as tx:
        with pytest.raises(EncodingError):  # nothing was sent, so the transaction goes on
            await tx.execute(insert(Artist).values_many([*new_artists(MANY), {"name": "\0"}]))
        await tx.execute(insert(Artist).values_many(new_artists(MANY)))
        with suppress(UniqueViolated):
            async with tx.transaction() as nested:
                await nested.execute(insert(Artist).values_many(new_artists(MANY)))
    assert await count_of(music, Artist) == MANY + 3


async def test_rows_that_are_still_to_come(music: Database) -> None:
    async def rows(what: str, count: int, end: BaseException | None = None) -> AsyncIterator[NewRow[Artist]]:
        for number in range(count):
            yield {"name": f"{what} {number}"}
        if end is not None:
            raise end

    assert await music.insert_many(Artist, rows("artist", 2500), size=1000) == 2500
    with pytest.raises(ZeroDivisionError):
        await music.insert_many(Artist, rows("more", 2500, ZeroDivisionError()), size=1000)
    assert await count_of(music, Artist) == 2503
    doubled: list[NewRow[Artist]] = [{"name": f"other {number % 700}"} for number in range(1000)]
    with pytest.raises(UniqueViolated) as caught:
        await music.insert_many(Artist, doubled)
    assert caught.value.row == 700
    assert await count_of(music, Artist) == 2503


async def test_a_copy_that_is_cancelled_leaves_nothing(music: Database) -> None:
    rows: Any = new_artists(20_000)
    for number in range(1, 20):
        if not await is_cancelled_at(added(music, rows), number):
            break
        assert await count_of(music, Artist) in (3, 20_003)
        await music.execute(delete(Artist).where(Artist.id > 3))
    else:
        pytest.fail("it is never over")
    assert number > 2
    assert await count_of(music, Artist) == 20_003


async def added(db: Database, rows: Any) -> None:
    await db.execute(insert(Artist).values_many(rows))


async def test_a_copy_is_few_round_trips(music: Database, postgres_url: str) -> None:
    async with wire_to(postgres_url) as (wire, near), Database.connect(near) as db:
        await db.execute(insert(Artist).values_many(new_artists(MANY)))
        before = wire.trips
        await db.execute(insert(Artist).values_many([{"name": f"more {n}"} for n in range(MANY)]))
        assert wire.trips - before == 2
