"""What the URL and the options say of a file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database, fn, insert, select, sql
from qb.errors import AccessDenied, CannotOpen, ConnectionFailed, QbError, TimeoutExceeded
from tests.music import Artist

COUNT = select(fn.count()).from_(Artist)


async def setting(db: Database, name: str) -> Any:
    value = sql(f"(SELECT * FROM pragma_{name})").as_("value")
    return await db.fetch_value(select(value))


async def settings(db: Database, name: str) -> set[Any]:
    """Of the connection that writes, and of those that read."""
    found = {await setting(db, name) for _ in range(3)}
    async with db.transaction():
        return found | {await setting(db, name)}


async def test_defaults(url: str) -> None:
    async with Database.connect(url) as db:
        assert await settings(db, "foreign_keys") == {1}
        assert await settings(db, "journal_mode") == {"wal"}
        assert await settings(db, "synchronous") == {1}
    async with Database.connect("sqlite://") as db:
        assert await settings(db, "foreign_keys") == {1}
        assert await settings(db, "journal_mode") == {"memory"}


async def test_pragmas(url: str) -> None:
    async with Database.connect(
        url, pragmas={"synchronous": "full", "cache_size": -4000, "recursive_triggers": True, "FOREIGN_KEYS": False}
    ) as db:
        assert await settings(db, "synchronous") == {2}
        assert await settings(db, "cache_size") == {-4000}
        assert await settings(db, "recursive_triggers") == {1}
        assert await settings(db, "foreign_keys") == {0}
        assert await settings(db, "journal_mode") == {"wal"}


@pytest.mark.parametrize(
    ("pragmas", "message"),
    [
        ({"cache_size; DROP TABLE x": 1}, "no name of a pragma"),
        ({"cache_size": "1; DROP TABLE x"}, "takes a word or a number"),
        ({"cache_size": ""}, "takes a word or a number"),
    ],
)
def test_what_is_no_pragma(pragmas: dict[str, Any], message: str) -> None:
    with pytest.raises(QbError, match=message):
        Database.connect("sqlite://", pragmas=pragmas)


# Read only


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("", {"read_only": True}), ("?mode=ro", {}), ("", {"immutable": True}), ("?immutable=1", {})],
)
async def test_a_file_that_is_only_read(url: str, suffix: str, options: dict[str, Any]) -> None:
    async with Database.connect(url) as db:
        await db.create_tables(Artist)
        await db.execute(insert(Artist).values(name="a"))
    async with Database.connect(url + suffix, **options) as db:
        assert await asyncio.gather(*[db.fetch_value(COUNT) for _ in range(10)]) == [1] * 10
        with pytest.raises(AccessDenied, match="readonly database") as caught:
            await db.execute(insert(Artist).values(name="b"))
        assert caught.value.category == "permission"
        with pytest.raises(AccessDenied):
            async with db.transaction() as tx:
                await tx.execute(insert(Artist).values(name="b"))
        assert SqliteDriver.of(db).pool_status().size > 1


async def test_a_file_that_is_only_read_has_to_exist(url: str, tmp_path: Path) -> None:
    for suffix in ("?mode=ro", "?mode=rw"):
        with pytest.raises(CannotOpen, match=r"music\.db cannot be opened: it does not exist"):
            await Database.connect(url + suffix)
    assert os.listdir(tmp_path) == []


def test_memory_is_not_only_read() -> None:
    with pytest.raises(QbError, match="a database in memory is empty"):
        Database.connect("sqlite://", read_only=True)


async def test_a_file_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE artists (id integer, name text)")
    connection.commit()
    connection.close()
    path.chmod(0o444)
    async with Database.connect(f"sqlite:///{path}") as db:
        assert await db.fetch_all(select(Artist)) == []


# URLs


async def test_names_of_files(tmp_path: Path) -> None:
    for name in ("100%.db", "a b#c.db", "a%20b.db", "ä.db"):
        for suffix in ("", "?mode=rwc"):
            async with Database.connect(f"sqlite:///{tmp_path}/{name}{suffix}") as db:
                await db.execute(sql("CREATE TABLE IF NOT EXISTS things (a int)"))
        assert (tmp_path / name).exists()


async def test_memory_by_its_parameter() -> None:
    async with Database.connect("sqlite:///shop?mode=memory") as db:
        await db.create_tables(Artist)
        assert SqliteDriver.of(db).pool_status().size == 1
    assert "shop" not in os.listdir()


def test_parameters_that_there_are_not() -> None:
    with pytest.raises(QbError, match='no parameter "mod" in its URLs, did you mean "mode"'):
        Database.connect("sqlite:///x.db?mod=ro")
    with pytest.raises(QbError, match=r"all else is an option of Database\.connect"):
        Database.connect("sqlite:///x.db?timeout=3")
    with pytest.raises(TypeError, match="max_size"):
        Database.connect("sqlite://", max_size=3)


# What cannot be opened


async def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match=r"there is no folder .*/no/such") as caught:
        await Database.connect(f"sqlite:///{tmp_path}/no/such/x.db")
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    assert not caught.value.is_retryable


async def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="it is a folder"):
        await Database.connect(f"sqlite:///{tmp_path}")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is no database" * 100)
    db = Database.connect(f"sqlite:///{tmp_path}/x.db")
    for _ in range(2):
        with pytest.raises(CannotOpen, match=r"x\.db is not an SQLite database, or is encrypted"):
            await db.open()
    (tmp_path / "x.db").unlink()
    async with db:  # nothing is left of the first tries
        await db.create_tables(Artist)


async def test_an_old_sqlite(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(CannotOpen, match=r"qb needs 3\.37 or later"):
        await Database.connect(url)


# Other processes


def holding(path: Path, seconds: float) -> threading.Thread:
    """Hold the file's lock for a while, from a connection of its own."""
    held = threading.Event()

    def hold() -> None:
        raw = sqlite3.connect(path, isolation_level=None)
        raw.execute("BEGIN IMMEDIATE")
        held.set()
        threading.Event().wait(seconds)
        raw.execute("COMMIT")
        raw.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    return thread


async def test_waiting_for_another_process(url: str, tmp_path: Path) -> None:
    async with Database.connect(url) as db:
        await db.create_tables(Artist)
        thread = holding(tmp_path / "music.db", 0.4)
        await db.execute(insert(Artist).values(name="a"))
        thread.join()
        thread = holding(tmp_path / "music.db", 0.4)
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name="b"))
        thread.join()
        assert await db.fetch_value(COUNT) == 2


async def test_waiting_for_another_process_has_an_end(url: str, tmp_path: Path) -> None:
    async with Database.connect(url, timeout=0.2) as db:
        await db.create_tables(Artist)
        thread = holding(tmp_path / "music.db", 1.0)
        started = monotonic()
        with pytest.raises(TimeoutExceeded, match="database is locked") as caught:
            await db.execute(insert(Artist).values(name="a"))
        assert 0.15 < monotonic() - started < 0.9
        assert caught.value.is_retryable
        assert await db.fetch_value(COUNT) == 0  # readers do not wait
        thread.join()
        await db.execute(insert(Artist).values(name="a"))


async def test_waiting_for_another_process_can_be_cancelled(url: str, tmp_path: Path) -> None:
    async with Database.connect(url, timeout=30) as db:
        await db.create_tables(Artist)
        thread = holding(tmp_path / "music.db", 1.5)
        started = monotonic()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await db.execute(insert(Artist).values(name="a"))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), db.transaction() as tx:
                    await tx.execute(insert(Artist).values(name="a"))
        assert monotonic() - started < 1.2
        thread.join()
        assert await db.fetch_value(COUNT) == 0
