"""Where a statement of a file ends."""

from __future__ import annotations

import sqlite3

import pytest

from qb.errors import SchemaError
from qb.migrations.scripts import statements

SQLITE = [
    """CREATE TABLE "a;b" (x TEXT DEFAULT 'it''s; \\', [c;d] TEXT, `e;f` TEXT)""",
    """CREATE TRIGGER t AFTER INSERT ON a WHEN new.end > 1 BEGIN
  INSERT INTO b VALUES (CASE WHEN new.x THEN ';' ELSE CASE 1 WHEN 1 THEN 2 END END);
  DELETE FROM b WHERE "begin" = new.begin;
END""",
    "create temp trigger u after delete on a begin select 1; end",
    "SELECT CASE WHEN 1 THEN 2 END",
    "INSERT INTO a VALUES (x'3b', '-- no comment;')",
]
POSTGRES = [
    """CREATE TABLE "a;b" (x text DEFAULT 'it''s; \\', y text DEFAULT E'\\';', z text DEFAULT U&'\\003b')""",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (1); END; $$",
    "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
    "SELECT $a$ ; $$ ; $a$, a ->> 'b', '{}'::jsonb @> b, a ?| b",
    "CALL p('a;b')",
    "VACUUM a",
]


@pytest.mark.parametrize(("dialect", "expected"), [("sqlite", SQLITE), ("d1", SQLITE), ("postgres", POSTGRES)])
def test_a_script_falls_into_its_statements(dialect: str, expected: list[str]) -> None:
    assert statements(";\n\n".join(expected), dialect) == expected
    text = "-- first; of all\n" + " ;; /* a; */\n".join(expected) + ";\n-- the end;"
    assert statements(text, dialect) == expected


def test_sqlite_takes_the_same_for_statements() -> None:
    for statement in SQLITE:
        assert sqlite3.complete_statement(statement + ";")


@pytest.mark.parametrize("dialect", ["sqlite", "d1", "postgres"])
def test_nothing_and_what_does_not_end(dialect: str) -> None:
    assert statements("", dialect) == statements(" ; -- ;\n;", dialect) == []
    with pytest.raises(SchemaError, match="no SQL that can be read"):
        statements("SELECT 'a; SELECT 1;", dialect)
