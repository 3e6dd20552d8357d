"""A Worker that migrates its own database: who may, one at a time, all of a migration or nothing, and what is kept."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dialects.d1.endpoint import Bundled, migrate, status
from dialects.d1.migrations import histories
from dialects.d1.transport import RequestError
from qb import Database, sql
from qb.dialect import find_dialect
from qb.errors import ConnectionFailed, UnsupportedError
from qb.migrations.bundle import bundled
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.history import Applied
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.schema.introspect import introspect
from qb.schema.objects import Schema

TOKEN = "t0ken-é"
REFUSED = (403, {"error": "this needs the token of migrations"})
ARTISTS = "CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'a \"b\"; \\')"
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON artists BEGIN\n  UPDATE artists SET name = 'x' WHERE id = 1;\nEND"
ALBUMS = "CREATE TABLE albums (id INTEGER PRIMARY KEY)"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "migrations")
    folder.add("artists", Script((ARTISTS, TRIGGER)), Script(("DROP TABLE artists",)), Schema("d1"))
    folder.add("albums", Script((ALBUMS,)), Script(("DROP TABLE albums",)), Schema("d1"))
    return folder


def data(folder: Folder) -> Sequence[Bundled]:
    """What a Worker imports."""
    names: dict[str, Any] = {}
    exec(bundled(folder), names)
    found: Sequence[Bundled] = names["MIGRATIONS"]
    return found


async def post(db: Database, folder: Folder, request_id: str = "r1") -> tuple[int, dict[str, Any]]:
    return await migrate(db, data(folder), token=TOKEN, authorization=f"Bearer {TOKEN}", request_id=request_id)


async def get(db: Database, folder: Folder) -> dict[str, Any]:
    code, answer = await status(db, data(folder), token=TOKEN, authorization=f"bearer {TOKEN}")
    assert code == 200
    return answer


async def rows(db: Database, text: str) -> list[Any]:
    async with db.driver.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(text, (), list)]


async def names(db: Database) -> list[str]:
    """What migrations have made."""
    found = await rows(
        db,
        "SELECT name FROM sqlite_master WHERE name NOT LIKE '%migration%' AND name NOT LIKE '!_cf%' ESCAPE '!' "
        "AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    return [name for (name,) in found]


async def test_what_is_missing_is_applied_and_logged(d1_db: Database, folder: Folder) -> None:
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0001_artists", "0002_albums"]})
    assert await names(d1_db) == ["albums", "artists", "t"]
    assert await post(d1_db, folder, "r2") == (200, {"request": "r2", "applied": []})
    folder.add("index", Script(("CREATE INDEX i ON artists (name)",)), None, Schema("d1"))
    assert await post(d1_db, folder, "r3") == (200, {"request": "r3", "applied": ["0003_index"]})

    answer = await get(d1_db, folder)
    assert [(each["name"], each["state"]) for each in answer["migrations"]] == [
        ("0001_artists", "applied"),
        ("0002_albums", "applied"),
        ("0003_index", "applied"),
    ]
    assert [run["request"] for run in answer["runs"]] == ["r3", "r2", "r1"]
    first = answer["runs"][2]
    assert [each["name"] for each in first["applied"]] == ["0001_artists", "0002_albums"]
    assert all(each["milliseconds"] >= 0 for each in first["applied"])
    assert first["started_at"] <= first["ended_at"]
    assert first["error"] is None


async def test_nothing_is_written_to_tell_the_status(d1_db: Database, folder: Folder) -> None:
    pending = [{"name": name, "state": "pending", "applied_at": None} for name in ("0001_artists", "0002_albums")]
    assert await get(d1_db, folder) == {"migrations": pending, "runs": []}
    assert await rows(d1_db, "SELECT name FROM sqlite_master WHERE name LIKE '%migration%'") == []


@pytest.mark.parametrize(
    ("token", "authorization"),
    [
        (TOKEN, None),
        (TOKEN, ""),
        (TOKEN, "Bearer "),
        (TOKEN, f"Bearer {TOKEN[:-1]}"),
        (TOKEN, f"Bearer {TOKEN}x"),
        (TOKEN, f"Bearer  {TOKEN}"),
        (TOKEN, f"Basic {TOKEN}"),
        (TOKEN, TOKEN),
        (TOKEN, "Bearer \udc80"),
        (None, None),
        (None, "Bearer "),
        (None, "Bearer None"),
        ("", "Bearer "),
        (object(), "Bearer x"),
        (TOKEN, object()),
    ],
)
async def test_without_the_token_nothing_is_done_or_told(
    d1_db: Database, folder: Folder, token: Any, authorization: Any
) -> None:
    await post(d1_db, folder)
    folder.add("index", Script(("CREATE INDEX i ON artists (name)",)), None, Schema("d1"))
    assert await migrate(d1_db, data(folder), token=token, authorization=authorization) == REFUSED
    assert await status(d1_db, data(folder), token=token, authorization=authorization) == REFUSED
    assert "i" not in await names(d1_db)
    assert len((await get(d1_db, folder))["runs"]) == 1


async def test_tokens_are_compared_in_constant_time(
    d1_db: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, token: bytes) -> bool:
        compared.append((given, token))
        return False

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert await migrate(d1_db, data(folder), token="right", authorization="Bearer wrong") == REFUSED
    assert compared == [(b"wrong", b"right")]


async def test_one_that_fails_is_not_done_and_those_before_it_are(d1_db: Database, folder: Folder) -> None:
    folder.add("wrong", Script(("INSERT INTO albums VALUES (5)", "INSERT INTO missing VALUES (1)")), None, Schema("d1"))
    folder.add("never", Script(("CREATE TABLE never (id INTEGER)",)), None, Schema("d1"))
    code, answer = await post(d1_db, folder)
    assert (code, answer["applied"]) == (500, ["0001_artists", "0002_albums"])
    assert answer["error"].startswith("0003_wrong failed: no such table: missing")
    assert await rows(d1_db, "SELECT count(*) FROM albums") == [(0,)]
    assert "never" not in await names(d1_db)
    told = await get(d1_db, folder)
    assert [each["state"] for each in told["migrations"]] == ["applied", "applied", "pending", "pending"]
    assert told["runs"][0]["error"] == answer["error"]
    await d1_db.execute(sql("CREATE TABLE missing (id INTEGER)"))  # the lock was given back
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0003_wrong", "0004_never"]})


async def test_of_several_at_once_one_works(d1_db: Database, folder: Folder) -> None:
    answers = await asyncio.gather(*[post(d1_db, folder, f"r{number}") for number in range(5)])
    done = [name for _, answer in answers for name in answer.get("applied", [])]
    assert sorted(done) == ["0001_artists", "0002_albums"]
    assert {code for code, _ in answers} <= {200, 423}
    assert (await post(d1_db, folder))[0] == 200


class Crash(BaseException):
    """The Worker is gone."""


def crash_after(db: Database, batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is sent after so many requests."""
    transport = db.driver._transport  # type: ignore[attr-defined]  # D1's, behind the interface
    query, batch, sent = transport.query, transport.batch, [0]

    def counted(send: Any) -> Any:
        async def counting(*arguments: Any) -> Any:
            if sent[0] >= batches:
                raise Crash
            sent[0] += 1
            return await send(*arguments)

        return counting

    monkeypatch.setattr(transport, "query", counted(query))
    monkeypatch.setattr(transport, "batch", counted(batch))


@pytest.mark.parametrize(("requests", "done"), [(1, 0), (2, 1), (3, 2)])
async def test_after_a_crash_the_lock_expires(
    d1_db: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch, requests: int, done: int
) -> None:
    with monkeypatch.context() as patch:
        crash_after(d1_db, requests, patch)
        with pytest.raises(Crash):
            await post(d1_db, folder, "lost")
    code, answer = await post(d1_db, folder, "early")
    assert (code, answer["error"], answer["running"]["request"]) == (423, "another request migrates", "lost")
    assert answer["running"]["started_at"] < answer["running"]["expires_at"]
    assert len((await get(d1_db, folder))["runs"]) == 1  # who was refused is not logged

    await d1_db.execute(sql("UPDATE qb_migration_runs SET expires_at = started_at"))
    all_of_them = ["0001_artists", "0002_albums"]
    assert await post(d1_db, folder, "late") == (200, {"request": "late", "applied": all_of_them[done:]})
    late, lost = (await get(d1_db, folder))["runs"]
    assert (lost["ended_at"], [each["name"] for each in lost["applied"]]) == (None, all_of_them[:done])
    assert [each["name"] for each in late["applied"]] == all_of_them[done:]


async def test_who_was_taken_for_crashed_does_nothing_more(
    d1_db: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that hangs for longer than its lock is held finds another one at work."""
    transport = d1_db.driver._transport  # type: ignore[attr-defined]  # D1's, behind the interface
    send, sent = transport.batch, [0]

    async def overtaken(statements: Any) -> Any:
        sent[0] += 1
        if sent[0] == 2:
            monkeypatch.setattr(transport, "batch", send)
            await d1_db.execute(sql("UPDATE qb_migration_runs SET expires_at = started_at"))
            assert (await post(d1_db, folder, "second"))[0] == 200
        return await send(statements)

    monkeypatch.setattr(transport, "batch", overtaken)
    code, answer = await post(d1_db, folder, "first")
    assert (code, answer["applied"]) == (500, [])
    assert answer["error"].startswith("0001_artists failed: malformed JSON")
    second, first = (await get(d1_db, folder))["runs"]
    assert [len(run["applied"]) for run in (second, first)] == [2, 0]


async def test_an_answer_that_was_lost_is_told(
    d1_db: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = d1_db.driver._transport  # type: ignore[attr-defined]  # D1's, behind the interface
    send, sent = transport.batch, [0]

    async def losing(statements: Any) -> Any:
        found = await send(statements)
        sent[0] += 1
        if sent[0] == 2:
            raise RequestError("Network connection lost.")
        return found

    monkeypatch.setattr(transport, "batch", losing)
    code, answer = await post(d1_db, folder)
    assert (code, answer["applied"]) == (500, [])
    assert "it may be done or not" in answer["error"]
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0002_albums"]})


async def test_a_database_that_cannot_be_asked(
    d1_db: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*statements: object) -> None:
        raise RequestError("nobody answers", never_ran=True)

    monkeypatch.setattr("dialects.d1.failures.PAUSE", 0)
    monkeypatch.setattr(d1_db.driver._transport, "batch", lost)  # type: ignore[attr-defined]  # as above
    with pytest.raises(ConnectionFailed, match="nobody answers"):
        await post(d1_db, folder)


async def test_wranglers_history_is_read_and_kept(d1_db: Database, folder: Folder) -> None:
    for statement in (histories.WRANGLERS, ARTISTS, TRIGGER):
        await d1_db.execute(sql(statement))
    await d1_db.execute(sql("INSERT INTO d1_migrations (name) VALUES ('0001_artists.sql')"))
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0002_albums"]})
    noted = await rows(d1_db, "SELECT name FROM d1_migrations ORDER BY id")
    assert noted == [("0001_artists.sql",), ("0002_albums.sql",)]
    assert [each["state"] for each in (await get(d1_db, folder))["migrations"]] == ["applied", "applied"]


async def test_the_command_goes_on_where_the_endpoint_stopped_and_back(d1_db: Database, folder: Folder) -> None:
    await post(d1_db, folder)
    runner = Runner(d1_db, folder)
    assert [each.state for each in await runner.status()] == ["applied", "applied"]
    assert await runner.up() == []
    assert await runner.down() == ["0002_albums"]
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0002_albums"]})
    found = await introspect(d1_db)
    assert {table.name.name for table in found.tables} == {"artists", "albums", "qb_migrations"}


async def test_other_histories_are_refused(d1_db: Database, folder: Folder, tmp_path: Path) -> None:
    await post(d1_db, folder)
    other = Folder(tmp_path / "other")
    other.add("artists", Script((ARTISTS,)), None, Schema("d1"))
    other.add("songs", Script(("CREATE TABLE songs (id INTEGER)",)), None, Schema("d1"))
    words = "0001_artists was edited after it was applied\n0002_albums was applied, and is not in the bundle"
    assert await post(d1_db, other, "r2") == (409, {"error": words, "request": "r2", "applied": []})
    assert await names(d1_db) == ["albums", "artists", "t"]
    told = await get(d1_db, other)
    assert [each["state"] for each in told["migrations"]] == ["edited", "pending", "unknown"]
    assert told["runs"][0]["error"] == words
    await d1_db.execute(sql("DELETE FROM qb_migrations WHERE name = '0001_artists'"))
    await d1_db.execute(sql("DELETE FROM d1_migrations WHERE name = '0001_artists.sql'"))
    _, answer = await post(d1_db, folder)
    assert answer["error"] == "0001_artists was not applied, and 0002_albums, which follows it, was"


async def test_requests_get_names_of_their_own(d1_db: Database, folder: Folder) -> None:
    answers = [await migrate(d1_db, data(folder), token=TOKEN, authorization=f"Bearer {TOKEN}") for _ in range(2)]
    assert len({answer["request"] for _, answer in answers}) == 2
    assert json.dumps(answers)


async def test_other_databases_have_their_own_runner(sqlite_db: Database) -> None:
    with pytest.raises(UnsupportedError, match=r"^this migrates D1, and not sqlite: qb\.migrations\.runner does that"):
        await migrate(sqlite_db, (), token=TOKEN, authorization=f"Bearer {TOKEN}")


def test_the_history_is_that_of_the_command() -> None:
    (created,) = find_dialect("d1").ddl().create([Applied])
    assert created.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1) == histories.OURS


@pytest.mark.parametrize("script", [Script(("SELECT 1",), foreign_keys=False), Script(("SELECT 1",), False)])
def test_what_d1_cannot_do_is_not_bundled(folder: Folder, script: Script) -> None:
    folder.add("other", script, None, Schema("d1"))
    with pytest.raises(MigrationError, match="0003_other is not made for D1"):
        bundled(folder)


def test_a_bundle_is_what_the_files_say(folder: Folder) -> None:
    folder.add("nothing", Script(()), None, Schema("d1"))
    found = data(folder)
    assert [(each[0], tuple(each[2]), tuple(each[3])) for each in found] == [
        ("0001_artists", (), (ARTISTS, TRIGGER)),
        ("0002_albums", ("0001_artists",), (ALBUMS,)),
        ("0003_nothing", ("0002_albums",), ()),
    ]
    assert [each[1] for each in found] == [each.checksum for each in folder.migrations.values()]
    (folder.path / "0001_artists.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=r"0001_artists\.sql was edited since it was made"):
        bundled(Folder(folder.path))


@pytest.mark.parametrize(
    ("module", "never"),
    [("dialects.d1.endpoint", ("qb.migrations", "qb.schema", "sqlglot")), ("qb.migrations.scripts", ("sqlglot",))],
)
def test_it_is_light(module: str, never: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print([name for name in sys.modules if name.startswith({never!r})])"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


async def test_what_was_squashed(d1_db: Database, folder: Folder) -> None:
    await Runner(d1_db, folder).up("1")
    folder.replace(squash(d1_db.dialect, folder).migration)
    assert await post(d1_db, folder) == (
        409,
        {
            "error": "0002_albums was squashed, and the database has a part of it: apply the rest with `qb migrate up`",
            "request": "r1",
            "applied": [],
        },
    )
    assert [(each["name"], each["state"]) for each in (await get(d1_db, folder))["migrations"]] == [
        ("0002_albums", "between")
    ]
    await Runner(d1_db, folder).up()
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": []})
    await rows(d1_db, "DELETE FROM qb_migrations")
    assert [each["state"] for each in (await get(d1_db, folder))["migrations"]] == ["applied"], "by wrangler, in parts"
    await rows(d1_db, "DELETE FROM d1_migrations WHERE name = '0001_artists.sql'")
    assert [each["state"] for each in (await get(d1_db, folder))["migrations"]] == ["applied"], "by wrangler, as one"


async def test_what_was_squashed_on_a_new_database(d1_db: Database, folder: Folder) -> None:
    folder.replace(squash(d1_db.dialect, folder).migration)
    assert await post(d1_db, folder) == (200, {"request": "r1", "applied": ["0002_albums"]})
    assert await names(d1_db) == ["albums", "artists", "t"]
    folder.add("last", Script(("CREATE TABLE last (id INTEGER)",)), None, Schema("d1"))
    folder.replace(squash(d1_db.dialect, folder).migration)
    assert [each["state"] for each in (await get(d1_db, folder))["migrations"]] == ["between"]
