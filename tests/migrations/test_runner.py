"""Migrations are applied once, wholly or not at all, whoever else applies them and wherever they are stopped."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qb import Database, fn, select, sql
from qb.errors import InvalidSql, UniqueViolated
from qb.migrations.applier import Options, Step
from qb.migrations.errors import MigrationError, MigrationFailed, MigrationsLocked
from qb.migrations.files import Folder
from qb.migrations.history import Applied
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.standing import Standing
from qb.schema.objects import Schema
from tests.d1_server import D1Server
from tests.migrations.outcomes import count, states

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of an empty database that several processes can open."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.db"
    if request.param == "d1":
        server: D1Server = request.getfixturevalue("d1_server")
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", server.token)
        monkeypatch.setenv("CLOUDFLARE_API_BASE_URL", server.api)
        return f"d1://{server.account}/{server.database()}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    async with Database.connect(url) as db:
        yield db


@pytest.fixture
def folder(tmp_path: Path, db: Database) -> Folder:
    """Two tables with rows, one migration each."""
    schema = Schema(db.dialect.name)
    folder = Folder(tmp_path / "migrations")
    folder.add(
        "parents",
        Script(("CREATE TABLE parents (id INTEGER PRIMARY KEY)", "INSERT INTO parents VALUES (1), (2)")),
        Script(("DROP TABLE parents",)),
        schema,
    )
    folder.add(
        "children",
        Script(
            (
                "CREATE TABLE children (id INTEGER PRIMARY KEY, "
                "parent_id INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE)",
                "INSERT INTO children VALUES (1, 1), (2, 2), (3, 2)",
                "CREATE INDEX by_parent ON children (parent_id)",
            )
        ),
        Script(("DROP TABLE children",)),
        schema,
    )
    return folder


async def test_up_and_down(db: Database, folder: Folder) -> None:
    runner = Runner(db, folder)
    assert states(await runner.status()) == [("0001_parents", "pending"), ("0002_children", "pending")]
    assert [each.name for each in await runner.pending()] == ["0001_parents", "0002_children"]
    assert await runner.up("0001") == ["0001_parents"]
    assert states(await runner.status()) == [("0001_parents", "applied"), ("0002_children", "pending")]
    assert await runner.up() == ["0002_children"]
    assert await runner.up() == []
    assert (await count(db, "parents"), await count(db, "children")) == (2, 3)
    rows = await db.fetch_all(select(Applied).order_by(Applied.name))
    assert [(row.name, row.checksum, row.statements, row.done) for row in rows] == [
        (each.name, each.checksum, len(each.script().statements), len(each.script().statements))
        for each in folder.migrations.values()
    ]
    assert await runner.down() == ["0002_children"]
    assert await count(db, "parents") == 2
    assert await runner.up() == ["0002_children"]
    assert await runner.down(to="0001") == ["0002_children"]
    assert await runner.down() == ["0001_parents"]
    assert await runner.down() == []
    assert await db.fetch_all(select(Applied)) == []


async def test_each_step_is_told(db: Database, folder: Folder) -> None:
    steps: list[Step] = []
    await Runner(db, folder, Options(on_step=steps.append)).up()
    assert [(step.migration, step.statement, step.statements) for step in steps] == [
        *[("0001_parents", number, 2) for number in (1, 2)],
        *[("0002_children", number, 3) for number in (1, 2, 3)],
    ]
    assert steps[1].sql == "INSERT INTO parents VALUES (1), (2)"


async def test_a_migration_that_fails_is_not_done_and_can_be_tried_again(db: Database, folder: Folder) -> None:
    wrong = Script(("INSERT INTO parents VALUES (3)", "INSERT INTO parents VALUES (3)", "SELECT 1"))
    folder.add("wrong", wrong, None, Schema(db.dialect.name))
    runner = Runner(db, folder)
    with pytest.raises(MigrationFailed, match="0003_wrong failed in statement 2 of 3; nothing of it is done") as caught:
        await runner.up()
    assert (caught.value.statement, caught.value.is_undone) == (2, True)
    assert isinstance(caught.value.__cause__, UniqueViolated)
    assert await count(db, "parents") == 2
    assert states(await runner.status())[1:] == [("0002_children", "applied"), ("0003_wrong", "pending")]
    await db.execute(sql("DELETE FROM parents WHERE id = 1"))
    (folder.path / "0003_wrong.sql").write_text("INSERT INTO parents VALUES (3);")
    Folder(folder.path).accept()
    assert await Runner(db, Folder(folder.path)).up() == ["0003_wrong"]


async def test_nothing_is_applied_while_something_is_wrong(db: Database, folder: Folder) -> None:
    await Runner(db, folder).up("0001")
    (folder.path / "0002_children.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=r"0002_children\.sql was edited since it was made"):
        await Runner(db, Folder(folder.path)).up()
    (folder.path / "0001_parents.sql").write_text("SELECT 1;")
    Folder(folder.path).accept()
    runner = Runner(db, Folder(folder.path))
    assert states(await runner.status()) == [("0001_parents", "edited"), ("0002_children", "pending")]
    with pytest.raises(MigrationError, match="0001_parents was edited after it was applied"):
        await runner.up()
    await runner.resolve("0001_parents", applied=True)
    assert await runner.up() == ["0002_children"]


async def test_a_database_of_another_folder(db: Database, folder: Folder, tmp_path: Path) -> None:
    await Runner(db, folder).up()
    other = Folder(tmp_path / "other")
    other.add("parents", folder.find("0001").script(), None, Schema(db.dialect.name))
    runner = Runner(db, other)
    assert states(await runner.status()) == [("0001_parents", "applied"), ("0002_children", "unknown")]
    with pytest.raises(MigrationError, match=r"0002_children was applied, and .*other does not have it"):
        await runner.up()


async def test_two_branches_are_not_applied_before_they_meet(db: Database, folder: Folder) -> None:
    folder.add("other", Script(("SELECT 1",)), None, Schema(db.dialect.name), ["0001_parents"])
    with pytest.raises(MigrationError, match="0002_children and 0003_other follow the same migration"):
        await Runner(db, folder).up()
    folder.add("merge", Script(()), None, Schema(db.dialect.name), ["0002_children", "0003_other"])
    assert await Runner(db, folder).up("0003") == ["0001_parents", "0003_other"]
    assert await Runner(db, folder).up() == ["0002_children", "0004_merge"]


async def test_what_was_skipped_is_an_error(db: Database, folder: Folder) -> None:
    runner = Runner(db, folder)
    await runner.up()
    await runner.resolve("0001_parents", applied=False)
    with pytest.raises(MigrationError, match="0001_parents was not applied, and 0002_children, which follows it, was"):
        await runner.up()


async def test_a_database_that_has_the_tables_already(db: Database, folder: Folder) -> None:
    for statement in folder.find("0001").script().statements:
        await db.execute(sql(statement))
    runner = Runner(db, folder)
    with pytest.raises(MigrationFailed) as caught:
        await runner.up()
    assert isinstance(caught.value.__cause__, InvalidSql)
    assert await runner.baseline("0001") == ["0001_parents"]
    assert await runner.baseline("0001_parents") == []
    assert await runner.up() == ["0002_children"]
    with pytest.raises(MigrationError, match="nothing of 0003_other was ever applied"):
        await runner.resolve("0003_other", applied=True)


async def test_no_way_back_is_said_before_anything_is_undone(db: Database, folder: Folder) -> None:
    (folder.path / "down" / "0001_parents.sql").unlink()
    Folder(folder.path).accept()
    folder = Folder(folder.path)
    folder.add("base", Script(("SELECT 1",)), Script(()), Schema(db.dialect.name))
    runner = Runner(db, folder)
    await runner.up()
    assert await runner.down(to="0001_parents") == ["0003_base", "0002_children"]
    await runner.up()
    with pytest.raises(MigrationError, match=r"0001_parents has no way back"):
        for _ in range(3):
            await runner.down()
    assert states(await runner.status())[0] == ("0001_parents", "applied")


# Other processes

EVERYWHERE = pytest.mark.parametrize("url", ["sqlite", "postgres", "d1"], indirect=True)
CHILD = """
import asyncio, os, sys
from pathlib import Path
from qb import Database
from qb.migrations.applier import Options
from qb.migrations.files import Folder
from qb.migrations.runner import Runner

url, path, kill_at = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
steps = 0
def on_step(step):
    global steps
    steps += 1
    if steps == kill_at:
        os._exit(9)

async def main():
    async with Database.connect(url) as db:
        print(*await Runner(db, Folder(path), Options(on_step=on_step)).up())

asyncio.run(main())
"""


def child(url: str, folder: Folder, kill_at: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, url, str(folder.path), str(kill_at)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@EVERYWHERE
async def test_a_runner_that_is_killed_at_any_statement(url: str, db: Database, folder: Folder) -> None:
    for kill_at in range(1, 6):
        process = child(url, folder, kill_at)
        process.communicate(timeout=60)
        assert process.returncode == 9
        done = [name for name, state in states(await Runner(db, folder).status()) if state == "applied"]
        assert done == (["0001_parents"] if kill_at > 2 else [])
        await Runner(db, folder).up()
        assert (await count(db, "parents"), await count(db, "children")) == (2, 3)
        await Runner(db, folder).down(to="0001")
        await Runner(db, folder).down()


@EVERYWHERE
async def test_several_at_once(url: str, db: Database, folder: Folder) -> None:
    processes = [child(url, folder) for _ in range(4)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, outputs
    assert sorted(" ".join([out for out, _ in outputs]).split()) == ["0001_parents", "0002_children"]
    assert (await count(db, "parents"), await count(db, "children")) == (2, 3)


async def test_tasks_at_once(db: Database, folder: Folder) -> None:
    done = await asyncio.gather(*[Runner(db, folder).up() for _ in range(3)])
    assert sorted([name for names in done for name in names]) == ["0001_parents", "0002_children"]


# SQLite

REBUILD = Script(
    (
        'CREATE TABLE "new" (id INTEGER PRIMARY KEY, name TEXT)',
        'INSERT INTO "new" (id) SELECT id FROM parents',
        "DROP TABLE parents",
        'ALTER TABLE "new" RENAME TO parents',
    ),
    foreign_keys=False,
)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_rebuild_keeps_the_children(db: Database, folder: Folder) -> None:
    folder.add("rebuild", REBUILD, None, Schema("sqlite"))
    await Runner(db, folder).up()
    assert await count(db, "children") == 3
    assert (
        await db.fetch_value(select(sql("(SELECT foreign_keys FROM pragma_foreign_keys)", returns=int).as_("on"))) == 1
    )
    await db.execute(sql("DELETE FROM parents WHERE id = 2"))
    assert await count(db, "children") == 1, "the foreign keys are on again"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_rebuild_that_loses_rows_is_not_done(db: Database, folder: Folder) -> None:
    create, copy, *rest = REBUILD.statements
    wrong = Script((create, f"{copy} WHERE id = 1", *rest), foreign_keys=False)
    folder.add("lossy", wrong, None, Schema("sqlite"))
    with pytest.raises(MigrationError, match="2 rows of children reference what is not in parents"):
        await Runner(db, folder).up()
    assert (await count(db, "parents"), await count(db, "children")) == (2, 3)
    assert states(await Runner(db, folder).status())[-1] == ("0003_lossy", "pending")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_file_that_is_locked(db: Database, url: str, folder: Folder) -> None:
    async with Database.connect(url, timeout=0.1) as other, db.transaction() as tx:
        await tx.execute(sql("CREATE TABLE mine (id INTEGER)"))
        with pytest.raises(MigrationsLocked, match=r"0001_parents waits for others.* tried 2 times, and nothing of it"):
            await Runner(other, folder, Options(tries=2)).up()


MORE, LESS = "UPDATE parents SET id = id + 10", "UPDATE parents SET id = id - 10"


@pytest.fixture
def moved(folder: Folder) -> Folder:
    """Rows that are changed twice, outside of a transaction."""
    up, down = [Script((each, "VACUUM", each), transactional=False) for each in (MORE, LESS)]
    folder.add("moved", up, down, Schema("sqlite"))
    return folder


async def parents(db: Database) -> list[int]:
    async with db.driver.acquire() as connection:
        return [id for (id,) in await connection.fetch("SELECT id FROM parents ORDER BY id", (), list)]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_nothing_is_done_twice_by_who_comes_between(db: Database, url: str, moved: Folder) -> None:
    """SQLite has no lock for what is outside of a transaction."""
    await Runner(db, moved).up("0002")
    await db.execute(sql("DELETE FROM children"))

    def other(step: Step) -> None:
        if step.sql == "VACUUM":
            process = child(url, moved)
            assert process.communicate(timeout=60) == ("0003_moved\n", "")

    with pytest.raises(MigrationsLocked, match="another process runs 0003_moved, and has not ended"):
        await Runner(db, moved, Options(on_step=other)).up()
    assert await parents(db) == [21, 22]
    assert states(await Runner(db, moved).status())[-1] == ("0003_moved", "applied")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_who_comes_late_outside_of_a_transaction(
    db: Database, moved: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Runner(db, moved).up("0002")
    await db.execute(sql("DELETE FROM children"))

    async def late() -> Runner:
        """One that has looked before the others began."""
        runner = Runner(db, moved)
        seen = await runner._standing()

        async def standing() -> Standing:
            return seen

        monkeypatch.setattr(runner, "_standing", standing)
        return runner

    def stop(step: Step) -> None:
        if step.statement == 3:
            raise KeyboardInterrupt

    for run, states_of_ids in ((Runner.up, ([11, 12], [21, 22])), (Runner.down, ([11, 12], [1, 2]))):
        early = await late()
        with pytest.raises(KeyboardInterrupt):
            await run(Runner(db, moved, Options(on_step=stop)))
        with pytest.raises(MigrationsLocked, match="another process runs 0003_moved, and has not ended"):
            await run(early)
        assert await parents(db) == states_of_ids[0]
        await run(Runner(db, moved))
        assert await run(early) == []
        assert await parents(db) == states_of_ids[1]


# PostgreSQL


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_somebody_else_migrates(db: Database, url: str, folder: Folder) -> None:
    async with Database.connect(url) as other:
        async with Runner(other, folder)._applier.alone():
            with pytest.raises(MigrationsLocked, match=r"has not ended in 0\.3 seconds"):
                await Runner(db, folder, Options(wait=0.3)).up()
        assert await Runner(db, folder, Options(wait=0.3)).up() == ["0001_parents", "0002_children"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_lock_is_given_back_and_tried_again(db: Database, url: str, folder: Folder) -> None:
    folder.add("alter", Script(("ALTER TABLE parents ADD COLUMN name text",)), None, Schema("postgres"))
    await Runner(db, folder).up("0002")
    steps: list[Step] = []
    async with Database.connect(url) as other:
        async with other.transaction() as tx:
            await tx.execute(sql("LOCK TABLE parents IN ACCESS SHARE MODE"))
            with pytest.raises(MigrationsLocked, match="0003_alter waits for others"):
                await Runner(db, folder, Options(lock_timeout=0.05, tries=3, on_step=steps.append)).up()
        assert len(steps) == 3
        assert await Runner(db, folder, Options(lock_timeout=0.05)).up() == ["0003_alter"]


@pytest.fixture
def concurrent(folder: Folder) -> Folder:
    """A unique index that is built beside the application, on rows that may not be unique, and what comes after it."""
    script = Script(
        (
            "CREATE INDEX CONCURRENTLY first ON children (id, parent_id)",
            'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "second one" ON children (parent_id)',
            "CREATE INDEX CONCURRENTLY third ON children (parent_id, id)",
        ),
        transactional=False,
    )
    names = ("first", '"second one"', "third")
    down = Script(tuple([f"DROP INDEX CONCURRENTLY {name}" for name in names]), transactional=False)
    folder.add("indexes", script, down, Schema("postgres"))
    return folder


INDEXES = """(
    SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid) FROM pg_index
    WHERE indisvalid AND NOT indisprimary AND indrelid = 'children'::regclass
)"""


async def indexes(db: Database) -> str:
    found: str = await db.fetch_value(select(sql(INDEXES, returns=str).as_("names")))
    return found


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_what_is_halfway_goes_on_where_it_stopped(db: Database, concurrent: Folder) -> None:
    runner = Runner(db, concurrent)
    with pytest.raises(MigrationFailed, match="failed in statement 2 of 3; its first 1 statements are done"):
        await runner.up()
    assert states(await runner.status())[-1] == ("0003_indexes", "halfway")
    with pytest.raises(MigrationFailed, match="failed in statement 2 of 3"):  # not skipped as one that is there
        await runner.up()
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    steps: list[Step] = []
    assert await Runner(db, concurrent, Options(on_step=steps.append)).up() == ["0003_indexes"]
    assert [step.statement for step in steps] == [2, 3]
    assert await indexes(db) == 'by_parent,first,"second one",third'
    assert await runner.down() == ["0003_indexes"]
    assert await indexes(db) == "by_parent"


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_process_that_is_killed_outside_of_a_transaction(db: Database, url: str, concurrent: Folder) -> None:
    await Runner(db, concurrent).up("0002")
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    for kill_at in (1, 2, 3):
        process = child(url, concurrent, kill_at)
        process.communicate(timeout=60)
        assert process.returncode == 9
        assert await Runner(db, concurrent).up() == ["0003_indexes"]
        assert await indexes(db) == 'by_parent,first,"second one",third'
        await Runner(db, concurrent).down()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_what_was_done_but_not_noted_is_not_done_again(db: Database, concurrent: Folder) -> None:
    await Runner(db, concurrent).up("0002")
    await db.execute(sql("CREATE INDEX first ON children (id, parent_id)"))
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    assert await Runner(db, concurrent).up() == ["0003_indexes"]
    assert await db.fetch_value(select(fn.count()).from_(Applied)) == 3


@pytest.fixture
async def halfway_down(db: Database, concurrent: Folder) -> Runner:
    """One of three indexes is dropped."""
    runner = Runner(db, concurrent)
    await runner.up("0002")
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    await runner.up()
    await db.execute(sql("CREATE TABLE others (parent_id INTEGER REFERENCES children (parent_id))"))
    failed = r"0003_indexes failed on its way back in statement 2 of 3; its first 1 statements are done: cannot drop"
    with pytest.raises(MigrationFailed, match=failed):
        await runner.down()
    await db.execute(sql("DROP TABLE others"))
    assert await indexes(db) == 'by_parent,"second one",third'
    return runner


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_way_back_goes_on_where_it_stopped(db: Database, concurrent: Folder, halfway_down: Runner) -> None:
    found = (await halfway_down.status())[-1]
    assert (found.state, found.done, found.statements) == ("halfway down", 1, 3)
    remedy = "0003_indexes stopped on its way back after 1 of 3 statements: `qb migrate down` goes on from there; then"
    with pytest.raises(MigrationError, match=remedy):
        await halfway_down.up()
    with pytest.raises(MigrationError, match="0003_indexes stopped on its way back: finish that first"):
        await halfway_down.down(to="0003")
    steps: list[Step] = []
    assert await Runner(db, concurrent, Options(on_step=steps.append)).down() == ["0003_indexes"]
    assert [step.statement for step in steps] == [2, 3]
    assert await indexes(db) == "by_parent"
    assert states(await halfway_down.status())[-1] == ("0003_indexes", "pending")
    assert await halfway_down.up() == ["0003_indexes"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_way_back_that_stopped_is_settled(db: Database, concurrent: Folder, halfway_down: Runner) -> None:
    await halfway_down.resolve("0003_indexes", applied=True)
    assert states(await halfway_down.status())[-1] == ("0003_indexes", "applied")
    await halfway_down.resolve("0003_indexes", applied=False)
    assert states(await halfway_down.status())[-1] == ("0003_indexes", "pending")
    assert await halfway_down.up() == ["0003_indexes"]
    assert await indexes(db) == 'by_parent,"second one",third,first'


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_way_back_is_another_file(concurrent: Folder, halfway_down: Runner) -> None:
    path = concurrent.path / "down" / "0003_indexes.sql"
    text = path.read_text()
    path.write_text(f"{text}\nSELECT 1;")
    concurrent.accept()
    runner = Runner(halfway_down._applier.db, Folder(concurrent.path))
    for to in (None, "0001"):
        with pytest.raises(MigrationError, match=r"down/0003_indexes.sql was edited after some of its statements were"):
            await runner.down(to)
    path.write_text(text)
    concurrent.accept()
    assert await Runner(halfway_down._applier.db, Folder(concurrent.path)).down() == ["0003_indexes"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_indexes_that_are_invalid_go_on_the_way_back(db: Database, concurrent: Folder) -> None:
    runner = Runner(db, concurrent)
    with pytest.raises(MigrationFailed, match="failed in statement 2 of 3"):
        await runner.up()
    assert await db.fetch_value(select(sql(INVALID, returns=int).as_("n"))) == 1
    assert await runner.down() == ["0003_indexes"]
    assert await db.fetch_value(select(sql(INVALID, returns=int).as_("n"))) == 0
    assert await indexes(db) == "by_parent"


INVALID = "(SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'children'::regclass)"


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
@pytest.mark.parametrize("transactional", [True, False])
async def test_an_index_that_was_dropped_in_part_is_made_again(
    db: Database, folder: Folder, transactional: bool
) -> None:
    """The server was stopped in the middle of DROP INDEX CONCURRENTLY."""
    up = Script(
        ("CREATE INDEX CONCURRENTLY other ON children (id, parent_id)", "DROP INDEX CONCURRENTLY by_parent", "x"), False
    )
    down = Script(("CREATE INDEX by_parent ON children (parent_id)", "DROP INDEX other"), transactional)
    folder.add("exchange", up, down, Schema("postgres"))
    runner = Runner(db, folder)
    with pytest.raises(MigrationFailed, match="failed in statement 3 of 3"):
        await runner.up()
    await db.execute(sql("CREATE INDEX by_parent ON children (parent_id)"))
    await db.execute(sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_parent'::regclass"))
    await db.execute(sql("UPDATE qb_migrations SET done = 1 WHERE done = 2 AND statements = 3"))
    assert await runner.down() == ["0003_exchange"]
    assert await indexes(db) == "by_parent"


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_rows_are_not_taken_back_that_were_not_changed(db: Database, folder: Folder) -> None:
    up = Script(("VACUUM parents", "UPDATE parents SET id = id / 0", "UPDATE parents SET id = id * 10"), False)
    down = Script(("UPDATE parents SET id = id / 10", "UPDATE parents SET id = id * 0"), False)
    folder.add("rows", up, down, Schema("postgres"))
    runner = Runner(db, folder)
    with pytest.raises(MigrationFailed, match="failed in statement 2 of 3; its first 1 statements are done"):
        await runner.up()
    with pytest.raises(
        MigrationError,
        match=r"0003_rows stopped after 1 of 3 statements, and what undoes it may change rows for which that was never "
        r"done: finish it with `qb migrate up`, or go back by hand and say `qb migrate resolve 0003_rows reverted`",
    ):
        await runner.down()
    await runner.resolve("0003_rows", applied=False)
    assert await runner.down() == ["0002_children"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_what_was_noted_before_there_was_a_way_back(db: Database, concurrent: Folder) -> None:
    """Rows as earlier versions have left them: the first statement is noted, and the second was never begun."""
    await Runner(db, concurrent).up("0002")
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    await db.execute(sql("CREATE INDEX first ON children (id, parent_id)"))
    checksum = concurrent.find("0003").checksum
    row = f"'0003_indexes', '{checksum}', 3, 1, '2024-01-02 03:04:05Z'"
    await db.execute(sql(f"INSERT INTO qb_migrations (name, checksum, statements, done, applied_at) VALUES ({row})"))
    assert states(await Runner(db, concurrent).status())[-1] == ("0003_indexes", "halfway")
    steps: list[Step] = []
    assert await Runner(db, concurrent, Options(on_step=steps.append)).up() == ["0003_indexes"]
    assert [step.statement for step in steps] == [2, 3]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_script_that_stopped_is_edited(db: Database, concurrent: Folder) -> None:
    path = concurrent.path / "0003_indexes.sql"
    first, second, third = concurrent.find("0003").script().statements

    def edited(*statements: str) -> Runner:
        path.write_text(Script(statements, transactional=False).text())
        Folder(concurrent.path).accept()
        return Runner(db, Folder(concurrent.path))

    runner = edited("CREATE INDEX CONCURRENTLY first ON nothing (id)", second, third)
    with pytest.raises(MigrationFailed, match="failed in statement 1 of 3; its first 0 statements are done"):
        await runner.up()
    runner = edited(first, second, third)
    assert states(await runner.status())[-1] == ("0003_indexes", "halfway"), "nothing of it is done"
    with pytest.raises(MigrationFailed, match="failed in statement 2 of 3; its first 1 statements are done"):
        await runner.up()
    runner = edited(first, third)
    assert states(await runner.status())[-1] == ("0003_indexes", "edited")
    with pytest.raises(
        MigrationError, match=r"0003_indexes was edited after 1 of 3 statements were run: bring it back .* resolve"
    ):
        await runner.up()
    with pytest.raises(MigrationError, match="was edited after 1 of 3 statements were run"):
        await runner.down()
    runner = edited(first, second, third)
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    assert await runner.up() == ["0003_indexes"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_a_way_back_that_did_nothing_is_edited(db: Database, concurrent: Folder) -> None:
    await Runner(db, concurrent).up("0002")
    await db.execute(sql("DELETE FROM children WHERE id = 3"))
    await Runner(db, concurrent).up()
    path = concurrent.path / "down" / "0003_indexes.sql"
    text = path.read_text()
    path.write_text(text.replace("DROP INDEX CONCURRENTLY first", "DROP INDEX CONCURRENTLY children_pkey"))
    concurrent.accept()
    with pytest.raises(MigrationFailed, match="failed on its way back in statement 1 of 3; its first 0 statements"):
        await Runner(db, Folder(concurrent.path)).down()
    path.write_text(text)
    concurrent.accept()
    runner = Runner(db, Folder(concurrent.path))
    assert states(await runner.status())[-1] == ("0003_indexes", "halfway down")
    assert await runner.down() == ["0003_indexes"]
