"""What a view has beside its query, and would lose when it is made again: who may use it, its owner, its comment."""

from __future__ import annotations

from collections.abc import Sequence

from qb.migrations import operations as ops
from qb.migrations.operations import Operation
from qb.schema.objects import Name, View

ROLE = "CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END"
OPTION = "CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"


def comes_back(operations: Sequence[Operation]) -> dict[Name, int]:
    """The views that go and come back, each with a number."""
    back = [each.view.name for each in operations if isinstance(each, ops.CreateView)]
    gone = [each.view.name for each in operations if isinstance(each, ops.DropView)]
    return {name: number for number, name in enumerate([name for name in gone if name in back], 1)}


def noted(view: View, quoted: str, number: int, with_columns: bool) -> str:
    """The statement that notes, until the end of the transaction, what gives a view back what it had. `quoted` is its
    name as a string of SQL.
    """
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    grants = [
        f"SELECT 2, format('GRANT %s ON %s TO %s%s', p.privilege_type, c.oid::regclass, {ROLE}, {OPTION}) "
        f"FROM c, aclexplode(c.relacl) p WHERE p.grantee <> c.relowner",
        f"SELECT 3, format('ALTER {kind} %s OWNER TO %I', c.oid::regclass, pg_get_userbyid(c.relowner)) "
        f"FROM c WHERE pg_get_userbyid(c.relowner) <> current_user",
        f"SELECT 1, format('COMMENT ON {kind} %s IS %L', c.oid::regclass, obj_description(c.oid, 'pg_class')) "
        f"FROM c WHERE obj_description(c.oid, 'pg_class') IS NOT NULL",
    ]
    if with_columns:
        grants.append(
            f"SELECT 2, format('GRANT %s (%I) ON %s TO %s%s', p.privilege_type, a.attname, c.oid::regclass, {ROLE}, "
            f"{OPTION}) FROM c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) p"
        )
    union = "\n  UNION ALL ".join(grants)
    return (
        f"SELECT set_config('qb.view_{number}', (\n"
        f"  WITH c AS (SELECT * FROM pg_class WHERE oid = {quoted}::regclass)\n"
        f"  SELECT coalesce(string_agg(g.statement, '; ' ORDER BY g.place), '') FROM (\n"
        f"  {union}) AS g(place, statement)), true)"
    )


def copied(table: str, old: str, new: str) -> str:
    """The statement that gives a new column the privileges of another one; all are strings of SQL: the quoted name of
    the table, and the names of the columns.
    """
    return (
        f"DO $qb$ BEGIN EXECUTE (SELECT coalesce(string_agg(format('GRANT %s (%I) ON %s TO %s%s', p.privilege_type, "
        f"{new}, a.attrelid::regclass, {ROLE}, {OPTION}), '; '), '') FROM pg_attribute a, aclexplode(a.attacl) p "
        f"WHERE a.attrelid = {table}::regclass AND a.attname = {old}); END $qb$"
    )


def restored(number: int) -> str:
    """The statement that does what was noted."""
    return f"DO $qb$ BEGIN EXECUTE current_setting('qb.view_{number}'); END $qb$"
