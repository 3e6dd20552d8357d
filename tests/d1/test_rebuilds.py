"""Tables of D1 to which others refer are rebuilt under its rules, where foreign keys are always on: whatever the keys
do when a row is deleted, no row is, and afterwards they do it as before.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb.dialect import find_dialect
from qb.migrations.diff import diff
from qb.schema.objects import Check, Column, ForeignKey, Key, Name, Schema, Table
from tests.d1_server import D1Server
from tests.migrations.engines import D1Engine, migrate

ACTIONS = (None, "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
SHAPES: dict[str, dict[str, str | None]] = {
    "children": {"parents": None, "children": "parents", "grandchildren": "children"},
    "itself": {"parents": "parents", "children": "parents"},
    "circle": {"parents": "children", "children": "parents"},
    "long circle": {"parents": "children", "children": "others", "others": "parents", "beside": "others"},
}
"""Which table refers to which."""
DIALECT = find_dialect("d1")


def table(name: str, parent: str | None, action: str | None, nullable: bool, type: str) -> Table:
    """A table, and what it refers to."""
    identity = Column("id", type, nullable=type == "INTEGER")
    if parent is None:
        return Table(Name(name), (identity,), Key(("id",)))
    up = Column("up", type, nullable, default="1")
    return Table(
        Name(name),
        (identity, up),
        Key(("id",)),
        foreign_keys=(ForeignKey(("up",), Name(parent), ("id",), action, "CASCADE"),),
    )


def contents(engine: D1Engine, schema: Schema) -> list[object]:
    """Every row."""
    return [engine.rows(f"SELECT * FROM {each.name.name} ORDER BY id") for each in schema.tables]


def after_deleting(engine: D1Engine, schema: Schema) -> object:
    """What the keys do: the rows that are left, or that they do not let go."""
    try:
        engine.execute("DELETE FROM parents WHERE id = 2")
    except RuntimeError as error:
        return str(error)
    return contents(engine, schema)


@pytest.fixture(scope="module")
def engines(d1_server: D1Server) -> tuple[D1Engine, D1Engine]:
    return D1Engine(d1_server), D1Engine(d1_server)


@pytest.mark.parametrize(("type", "nullable"), [("INTEGER", True), ("INTEGER", False), ("TEXT", False)])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action(
    engines: tuple[D1Engine, D1Engine], action: str | None, shape: str, type: str, nullable: bool
) -> None:
    engine, twin = engines
    tables = [table(name, parent, action, nullable, type) for name, parent in SHAPES[shape].items()]
    before = Schema("d1", tables=tuple(tables))
    checked = replace(tables[0], checks=(Check('"id" <> 9', "no_nine"),))
    after = replace(before, tables=(checked, *tables[1:]))
    rows = [
        f"INSERT INTO {each.name.name} VALUES {'(1, 2), (2, 3), (3, 1)' if each.foreign_keys else '(1), (2), (3)'}"
        for each in tables
    ]
    for database, schema in ((engine, before), (twin, after)):
        database.execute(*DIALECT.ddl().create_all(schema))
        database.fill(*rows)
    expected = contents(engine, before)

    migrate(engine, DIALECT.renderer().stages(before, diff(before, after)))
    assert contents(engine, after) == expected == contents(twin, after)
    assert engine.facts() == twin.facts()
    assert engine.rows("SELECT * FROM pragma_foreign_key_check") == []
    with pytest.raises(RuntimeError, match="CHECK constraint failed"):
        engine.execute("UPDATE parents SET id = 9 WHERE id = 3")
    assert after_deleting(engine, after) == after_deleting(twin, after)
    for database in engines:
        migrate(database, DIALECT.renderer().stages(after, diff(after, Schema("d1"))))
        database.check_empty()


@pytest.mark.parametrize(
    ("type", "ids"), [("INTEGER", (-3, -2, -1)), ("INTEGER", (1, 12, 2)), ("TEXT", ("'a'", "'b'", "'c'"))]
)
def test_references_that_are_unique_let_go(
    engines: tuple[D1Engine, D1Engine], type: str, ids: tuple[object, ...]
) -> None:
    """Each row of the old table lets go of its parent by a value of its own, which is none of the keys."""
    engine, _ = engines
    nodes = table("nodes", "nodes", "RESTRICT", False, type)
    nodes = replace(nodes, uniques=(Key(("up",)),), columns=(nodes.columns[0], replace(nodes.columns[1], default=None)))
    before = Schema("d1", tables=(nodes,))
    after = Schema("d1", tables=(replace(nodes, checks=(Check('"id" <> 9', "no_nine"),)),))
    engine.execute(*DIALECT.ddl().create_all(before))
    one, two, three = ids
    engine.fill(f"INSERT INTO nodes VALUES ({one}, {two}), ({two}, {three}), ({three}, {one})")
    expected = contents(engine, before)
    migrate(engine, DIALECT.renderer().stages(before, diff(before, after)))
    assert contents(engine, after) == expected
    with pytest.raises(RuntimeError, match="FOREIGN KEY constraint failed"):
        engine.execute(f"DELETE FROM nodes WHERE id = {one}")
    migrate(engine, DIALECT.renderer().stages(after, diff(after, Schema("d1"))))
    engine.check_empty()
