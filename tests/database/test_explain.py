"""How the engine runs a statement."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, delete, fn, insert, select, sql, update
from qb.errors import TransactionError, UnsupportedError
from tests.features import feature
from tests.music import Album, Artist

ENGINES = ("sqlite", "postgres", "d1")


@feature("Running", "explain")
async def test_plans_as_text(db: Database) -> None:
    plan = await db.explain(select(Artist.name).where(Artist.id == 1))
    assert "SEARCH artists" in plan if db.dialect.name != "postgres" else "Scan" in plan


@feature("Running", "explain")
async def test_plans_as_data(db: Database) -> None:
    query = select(Album.title).where(Album.artist_id.in_(select(Artist.id).where(Artist.name == "x")))
    (step, *_) = await db.explain(query, format="json")
    if db.dialect.name == "postgres":
        assert step["Plan"]["Node Type"]
    else:
        assert set(step) == {"detail", "plans"}


async def test_every_statement_and_none_is_run(db: Database) -> None:
    before = await db.fetch_value(select(fn.count()).from_(Album))
    statements: list[Any] = [
        delete(Album).all_rows(),
        update(Album).set(plays=Album.plays + 1).all_rows().returning(Album.id),
        insert(Artist).values(name="new"),
        sql("DELETE FROM {}", Album),
        select(Album.id).union(select(Artist.id)),
    ]
    for statement in statements:
        assert isinstance(await db.explain(statement), str)
    assert await db.fetch_value(select(fn.count()).from_(Album)) == before
    assert await db.fetch_all(select(Artist.id).where(Artist.name == "new")) == []


@feature("Running", "explain(analyze=True)", sqlite="refused")
async def test_analyze_runs_the_statement(postgres_db: Database) -> None:
    db = postgres_db
    await db.create_tables(Artist)
    await db.execute(insert(Artist).values(name="x"))
    query = select(Artist.name).where(Artist.id > 0)
    assert "actual time" in await db.explain(query, analyze=True)
    (plan,) = await db.explain(query, analyze=True, format="json")
    assert plan["Plan"]["Actual Rows"] == 1
    write = delete(Artist).where(Artist.id > 0)
    for statement in (write, sql("SELECT 1")):
        with pytest.raises(TransactionError, match="this one may write"):
            await db.explain(statement, analyze=True)
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            assert "Delete on" in await tx.explain(write, analyze=True)
            assert await tx.fetch_all(query) == []
            raise ZeroDivisionError
    assert await db.fetch_all(query) == [("x",)]


async def test_sqlite_analyzes_nothing(sqlite_db: Database) -> None:
    with pytest.raises(UnsupportedError, match="no EXPLAIN ANALYZE"):
        await sqlite_db.explain(select(Artist.id), analyze=True)


async def test_formats(db: Database) -> None:
    with pytest.raises(ValueError, match='the formats are "text" and "json"'):
        await db.explain(select(Artist.id), format="xml")  # type: ignore[call-overload]  # the mistake


def test_steps_within_steps() -> None:
    from dialects.sqlite.plans import plan_text, plan_tree

    rows = [(2, 0, 0, "SCAN a"), (5, 0, 0, "LIST SUBQUERY 1"), (7, 5, 0, "SCAN b"), (9, 7, 0, "SCAN c")]
    assert plan_text(rows) == "SCAN a\nLIST SUBQUERY 1\n  SCAN b\n    SCAN c"
    deepest = {"detail": "SCAN b", "plans": [{"detail": "SCAN c", "plans": []}]}
    assert plan_tree(rows) == [{"detail": "SCAN a", "plans": []}, {"detail": "LIST SUBQUERY 1", "plans": [deepest]}]
