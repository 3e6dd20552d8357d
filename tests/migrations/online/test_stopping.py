"""What stops goes on, and goes back; what is left waits."""

from __future__ import annotations

import pytest

from qb import Database, sql
from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.migrations.applier import Options, Step
from qb.migrations.files import Folder
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.migrations.validate import validate
from qb.schema.objects import Schema
from tests.migrations.online.albums import BEFORE, POSTGRES, Album, Artist, LaterAlbum, LaterArtist, drafts, rows
from tests.postgres_server import PostgresServer


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
