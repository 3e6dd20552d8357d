"""What is left for programs that do not know a change, and what waits for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb import Database
from qb.migrations import operations as ops
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.hints import Hints
from qb.migrations.making import draft, left_over, write
from qb.migrations.wording import described
from tests.migrations.engines import PostgresEngine
from tests.migrations.online.albums import AFTER, POSTGRES, drafts
from tests.migrations.online.plain import ID, NAME, OTHER, N, T, U, with_


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
