"""A view that is made again has what it had: who may use it, its owner, its comment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from qb.dialect import find_dialect
from qb.migrations.diff import diff
from qb.schema.objects import Column, Key, Name, Schema, Table, View
from tests.migrations.engines import PostgresEngine, migrate

TABLE = Table(Name("t"), (Column("id", "integer", nullable=False), Column("n", "integer")), Key(("id",), "t_pkey"))
VIEW = View(Name("v"), "CREATE VIEW v AS SELECT id, n FROM t")
MATERIALIZED = View(Name("m"), "CREATE MATERIALIZED VIEW m AS SELECT id, n FROM t", materialized=True)
BEFORE = Schema("postgres", tables=(TABLE,), views=(VIEW, MATERIALIZED))
ROLES = ("privileges_owner", "privileges reader")
FACTS = """SELECT c.relname, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'),
    ARRAY(SELECT p.privilege_type || ' ' || CASE p.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(p.grantee) END
        || ' ' || p.is_grantable FROM aclexplode(c.relacl) p ORDER BY 1),
    ARRAY(SELECT a.attname || ' ' || p.privilege_type || ' ' || pg_get_userbyid(p.grantee)
        FROM pg_attribute a, aclexplode(a.attacl) p WHERE a.attrelid = c.oid ORDER BY 1)
    FROM pg_class c WHERE c.relname IN ('v', 'm') AND c.relnamespace = 'here'::regnamespace ORDER BY 1"""


@pytest.fixture
def engine(postgres_engine: PostgresEngine) -> Iterator[PostgresEngine]:
    """Two views that others may use."""
    engine = postgres_engine
    with ExitStack() as stack:
        engine.execute(*find_dialect("postgres").ddl().create_all(BEFORE))
        engine.execute(*[f'CREATE ROLE "{role}"' for role in ROLES])
        stack.callback(lambda: engine.execute(*[f'DROP ROLE "{role}"' for role in ROLES]))
        stack.callback(lambda: engine.execute(*[f'DROP OWNED BY "{role}"' for role in ROLES]))
        engine.execute(
            'GRANT CREATE, USAGE ON SCHEMA here TO "privileges_owner"',
            "GRANT SELECT ON t TO privileges_owner",
            'GRANT SELECT, INSERT ON v TO "privileges reader" WITH GRANT OPTION',
            "GRANT SELECT ON m TO PUBLIC",
            'GRANT UPDATE (n) ON v TO "privileges reader"',
            "ALTER VIEW v OWNER TO privileges_owner",
            "COMMENT ON VIEW v IS 'it''s; one'",
            "COMMENT ON MATERIALIZED VIEW m IS 'another'",
        )
        yield engine


def test_a_view_that_is_in_the_way(engine: PostgresEngine) -> None:
    expected = engine.rows(FACTS)
    assert [len(each) for each in expected[0][3:]] == [1 + 7, 0]
    wider = replace(BEFORE, tables=(replace(TABLE, columns=(TABLE.columns[0], Column("n", "bigint"))),))
    migrate(engine, find_dialect("postgres").renderer().stages(BEFORE, diff(BEFORE, wider)))
    assert engine.rows("SELECT pg_typeof(n)::text FROM v RIGHT JOIN (SELECT) AS one ON true") == [("bigint",)]
    assert engine.rows(FACTS) == expected


def test_a_view_that_is_another(engine: PostgresEngine) -> None:
    before = engine.rows(FACTS)
    other = replace(VIEW, sql="CREATE VIEW v AS SELECT id FROM t")
    after = replace(BEFORE, views=(other, MATERIALIZED))
    migrate(engine, find_dialect("postgres").renderer().stages(BEFORE, diff(BEFORE, after)))
    (kept, view) = engine.rows(FACTS)
    assert kept == before[0]
    assert view[:4] == before[1][:4]
    assert view[4] == [], "its columns are others"


def test_a_view_that_goes_for_good_is_not_noted(engine: PostgresEngine) -> None:
    gone = replace(BEFORE, views=())
    (stage,) = find_dialect("postgres").renderer().stages(BEFORE, diff(BEFORE, gone))
    assert sorted(stage.script.statements) == ['DROP MATERIALIZED VIEW "m"', 'DROP VIEW "v"']


def test_its_sql() -> None:
    view = View(Name("my view", "app"), "CREATE VIEW …")
    before, after = Schema("postgres", views=(view,)), Schema("postgres", views=(replace(view, sql="CREATE VIEW … x"),))
    (stage,) = find_dialect("postgres").renderer().stages(before, diff(before, after))
    note, drop, create, restore = stage.script.statements
    assert (drop, create) == ('DROP VIEW "app"."my view"', "CREATE VIEW … x")
    assert (
        note
        == """SELECT set_config('qb.view_1', (
  WITH c AS (SELECT * FROM pg_class WHERE oid = '"app"."my view"'::regclass)
  SELECT coalesce(string_agg(g.statement, '; ' ORDER BY g.place), '') FROM (
  SELECT 2, format('GRANT %s ON %s TO %s%s', p.privilege_type, c.oid::regclass, \
CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END, \
CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
FROM c, aclexplode(c.relacl) p WHERE p.grantee <> c.relowner
  UNION ALL SELECT 3, format('ALTER VIEW %s OWNER TO %I', c.oid::regclass, pg_get_userbyid(c.relowner)) \
FROM c WHERE pg_get_userbyid(c.relowner) <> current_user
  UNION ALL SELECT 1, format('COMMENT ON VIEW %s IS %L', c.oid::regclass, obj_description(c.oid, 'pg_class')) \
FROM c WHERE obj_description(c.oid, 'pg_class') IS NOT NULL) AS g(place, statement)), true)"""
    )
    assert restore == "DO $qb$ BEGIN EXECUTE current_setting('qb.view_1'); END $qb$"
