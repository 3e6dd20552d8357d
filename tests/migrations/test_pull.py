"""What is in a database becomes declarations that make it again, and no text of it becomes code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

from qb import Database
from qb.dialect import find_dialect
from qb.migrations.pull import pull
from qb.schema.canonical import canonical
from qb.schema.declared import declared_in
from qb.schema.introspect import introspect, normalised
from qb.schema.objects import Check, Column, Enum, Index, IndexKey, Name, Schema, Table, Trigger, Unknown, View
from tests.applications.environment import create
from tests.schema import everything_postgres, everything_sqlite
from tests.schema.running import created, run


def declared_by(source: str) -> ModuleType:
    """The module of a source."""
    module = ModuleType("pulled")
    exec(source, vars(module))
    return module


async def recreated(db: Database, schema: Schema) -> Schema:
    """What would be in the database if what is pulled from it were created."""
    described = find_dialect(schema.dialect).ddl().description.describe(declared_in(declared_by(pull(schema))))
    return canonical(await normalised(db, described))


def facts(schema: Schema) -> Iterator[tuple[object, ...]]:
    """Everything that is said of a schema, one by one."""
    for kind in ("enums", "sequences", "views", "triggers"):
        yield from [(kind, each) for each in getattr(schema, kind)]
    for table in schema.tables:
        for column in table.columns:
            yield from [(table.name, column.name, part.name, getattr(column, part.name)) for part in fields(column)]
        for kind in ("uniques", "checks", "foreign_keys", "exclusions", "indexes", "options"):
            yield from [(table.name, kind, each) for each in getattr(table, kind)]
        yield table.name, table.primary_key, table.comment


async def check_kept(db: Database, found: Schema) -> None:
    """At least 99 % of the facts of a database are kept, and all the tables."""
    again, expected = await recreated(db, found), canonical(await normalised(db, found))
    assert [table.name for table in again.tables] == [table.name for table in found.tables]
    before, after = set(facts(expected)), set(facts(again))
    lost = before - after
    assert len(lost) <= len(before) / 100, f"{len(lost)} of {len(before)}: {lost}"
    assert not lost, lost


async def test_everything_of_sqlite(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(*declared_in(everything_sqlite))
    found = canonical(await introspect(sqlite_db))
    assert await recreated(sqlite_db, found) == found


async def test_everything_of_postgres(postgres_db: Database) -> None:
    await run(postgres_db, "DROP SCHEMA IF EXISTS app CASCADE")
    await postgres_db.create_tables(*declared_in(everything_postgres))
    found = await created(postgres_db, schemas=("app",))
    assert await recreated(postgres_db, found) == found
    await run(postgres_db, "DROP SCHEMA app CASCADE")


@pytest.mark.parametrize("application", ["django", "mlflow"])
async def test_a_real_application_on_sqlite(application: str, tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    create(application, *(["sqlite3", str(path), "", "", ""] if application == "django" else [f"sqlite:///{path}"]))
    async with Database.connect(f"sqlite:///{path}") as db:
        found = canonical(await introspect(db))
        assert len(found.tables) > 50
        assert {each.kind for each in found.unknown} <= {"virtual table", "shadow table"}
        await check_kept(db, found)
        for each in found.unknown:
            assert f"# not declared: {each.kind} {each.name}" in pull(found)


@pytest.mark.parametrize("application", ["django", "mlflow"])
async def test_a_real_application_on_postgres(application: str, postgres_url: str) -> None:
    url = urlsplit(postgres_url)
    schema = url.query.partition("search_path=")[2].partition("&")[0]
    if application == "django":
        create(application, "postgresql", url.path[1:], str(url.hostname), str(url.port), schema)
    else:
        create(application, f"postgresql+psycopg://{url.netloc}{url.path}?options=-csearch_path%3D{schema}")
    async with Database.connect(postgres_url) as db:
        found = await created(db)
        assert len(found.tables) > 50
        assert {each.kind for each in found.unknown} <= {"function"}
        await check_kept(db, found)


def names_in(source: str) -> set[str]:
    """The names that a module uses."""
    nodes = list(ast.walk(ast.parse(source)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return used | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


HOSTILE = [
    "'\"\"\"\n__import__('os').abort()\n'''",
    "\\",
    "{0}{}",
    "a\r__import__('os').abort()",
    "class",
    "__import__('os').abort()",
    "\N{LINE SEPARATOR}x = 1",
    "# a",
    "__init_subclass__",
    "col",
    "str",
    "é",
    "5",
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_text_becomes_code(sqlite_db: Database, hostile: str) -> None:
    quoted, text = '"' + hostile.replace('"', '""') + '"', "'" + hostile.replace("'", "''") + "'"
    found = await created(
        sqlite_db,
        f"CREATE TABLE {quoted} ({quoted} TEXT DEFAULT {text} CONSTRAINT {quoted} CHECK ({quoted} <> {text}), "
        f"other {quoted} DEFAULT ({text} || {text}) REFERENCES {quoted} ({quoted}), UNIQUE ({quoted}, other))",
        f'CREATE INDEX {quoted[:-1]}2" ON {quoted} ({quoted} COLLATE NOCASE, {quoted} || {text}) WHERE other > {text}',
        f'CREATE VIEW {quoted[:-1]}3" AS SELECT {text} AS a',
        f"CREATE TRIGGER {quoted} AFTER INSERT ON {quoted} BEGIN SELECT {text}; END",
    )
    source = pull(found)
    assert not names_in(source) & {"__import__", "abort", "os", "x"}
    again = await recreated(sqlite_db, found)
    assert again.tables == found.tables
    assert (again.views, again.triggers) == (found.views, found.triggers)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_text_of_postgres_becomes_code(postgres_db: Database, hostile: str) -> None:
    quoted, text = '"' + hostile.replace('"', '""') + '"', "'" + hostile.replace("'", "''") + "'"
    found = await created(
        postgres_db,
        f"CREATE TYPE {quoted[:-1]}1\" AS ENUM ({text}, 'other')",
        f"CREATE TABLE {quoted} ({quoted} TEXT DEFAULT {text} CONSTRAINT {quoted} CHECK ({quoted} <> {text}), "
        f'kind {quoted[:-1]}1" DEFAULT {text})',
        f"COMMENT ON TABLE {quoted} IS {text}",
        f"COMMENT ON COLUMN {quoted}.kind IS {text}",
        f'CREATE SEQUENCE {quoted[:-1]}2"',
        f'CREATE DOMAIN {quoted[:-1]}3" AS int',
    )
    source = pull(found)
    assert not names_in(source) & {"__import__", "abort", "os", "x"}
    assert await recreated(postgres_db, found) == replace(found, unknown=())
    assert "# not declared: domain " in source


async def test_foreign_keys_between_types_and_to_what_is_not_there(sqlite_db: Database) -> None:
    found = await created(
        sqlite_db,
        "CREATE TABLE parents (id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
        "CREATE TABLE children (id INTEGER PRIMARY KEY, same BIGINT REFERENCES parents (id), "
        "short VARCHAR(9) REFERENCES parents (code), other TEXT REFERENCES parents (id))",
        "CREATE TABLE strays (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES gone (id), "
        "lost TEXT REFERENCES parents (lost))",
    )
    source = pull(found)
    for line in (
        "    same = col.custom('BIGINT', int).nullable().references(lambda: Parents.id)",
        "    short = col.custom('VARCHAR(9)', str).nullable().references(lambda: Parents.code)",
        "    other = col.custom('TEXT', object).nullable().references(lambda: Parents.id)",
        "    # not declared: the foreign key of gone_id to gone",
        "    # not declared: the foreign key of lost to parents",
    ):
        assert f"{line}\n" in source
    strays = replace(found.table(Name("strays")), foreign_keys=())
    known = tuple([strays if each.name == strays.name else each for each in found.tables])
    assert await recreated(sqlite_db, found) == replace(found, tables=known)


def test_what_cannot_be_declared_is_said() -> None:
    tables = (
        Table(Name("empty"), ()),
        Table(Name("twice"), (Column("a", "integer"), Column("A", "integer"))),
        Table(
            Name("checked"),
            (Column("a", "integer"),),
            checks=(Check("a > 1", "one", valid=False),),
            indexes=(Index("one", (IndexKey("a"),)),),
        ),
    )
    source = pull(
        Schema(
            "postgres",
            enums=(Enum(Name("nothing"), ()),),
            tables=tables,
            views=(View(Name("v"), "SELECT 1"),),
            triggers=(Trigger("t", Name("empty"), "CREATE TRIGGER …"),),
            unknown=(Unknown("policy", "p\n", Name("checked")), Unknown("domain", "d\n")),
        )
    )
    for line in (
        "# the table empty cannot be declared: it has no columns",
        "# the table twice cannot be declared: two of its columns differ in case alone",
        "# the enum type nothing has no labels",
        "# not declared: index one, whose name is also that of a constraint",
        "# NOT VALID in the database",
        "# not declared: the trigger t on empty",
        "    # not declared: policy p\\n\n",
        "# not declared: domain d\\n\n",
    ):
        assert line in source
    assert len(declared_in(declared_by(source))) == 2
