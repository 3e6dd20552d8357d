"""What is said of two types of PostgreSQL is what becomes of values and files when a column changes from one to the
other.
"""

from __future__ import annotations

import pytest

from dialects.postgres.migrations.conversions import converted, is_lossless
from dialects.postgres.migrations.safety import is_relabelled
from qb import Database, sql
from qb.schema.objects import Column, Schema

CASES: list[tuple[str, str, bool, bool, str]] = [
    # From, to, whether every value stays, whether PostgreSQL looks at no row, and a value, which changes if any does.
    ("integer", "bigint", True, False, "2147483647"),
    ("bigint", "integer", True, False, "5"),
    ("integer", "numeric", True, False, "5"),
    ("integer", "text", True, False, "5"),
    ("numeric(8,2)", "numeric(10,2)", True, True, "1234.56"),
    ("numeric(8,2)", "numeric", True, True, "1234.56"),
    ("numeric(8)", "numeric(10)", True, True, "12345678"),
    ("numeric(8,0)", "numeric(10)", True, True, "12345678"),
    ("numeric(8)", "numeric(10,2)", True, False, "12345678"),
    ("numeric(8,2)", "numeric(9,3)", True, False, "1234.56"),
    ("numeric(10,2)", "numeric(8,2)", True, False, "1234.56"),
    ("numeric(8,2)", "numeric(8,1)", False, False, "1.25"),
    ("numeric(8,2)", "numeric(8)", False, False, "1.25"),
    ("numeric", "numeric(8,2)", False, False, "1.255"),
    ("numeric(8,2)", "integer", False, False, "1.25"),
    ("character varying(5)", "character varying(9)", True, True, "abc"),
    ("character varying(9)", "character varying(5)", True, False, "abc"),
    ("character varying(5)", "character varying", True, True, "abc"),
    ("character varying", "character varying(5)", True, False, "abc"),
    ("character varying(5)", "text", True, True, "abc"),
    ("text", "character varying(5)", True, False, "abc"),
    ("text", "character(5)", False, False, "ab  "),
    ("text", "integer", False, False, "05"),
    ("integer[]", "bigint[]", True, False, "{1,2}"),
    ("character varying(5)[]", "text[]", True, False, "{a,b}"),
    ("character varying(5)[]", "character varying(9)[]", True, False, "{a,b}"),
    ("character varying(5)[]", "character varying[]", True, True, "{a,b}"),
    ("numeric(8,2)[]", "numeric(10,2)[]", True, False, "{1.25}"),
    ("numeric(8,2)[]", "numeric[]", True, True, "{1.25}"),
    ("character varying(9)[]", "character varying(5)[]", True, False, "{a,b}"),
    ("numeric[]", "numeric(8,2)[]", False, False, "{1.255}"),
    ("cidr[]", "inet[]", True, False, "{10.0.0.0/8}"),
    ("double precision[]", "real[]", False, False, "{0.1234567890123}"),
    ("cidr", "inet", True, True, "10.0.0.0/8"),
    ("inet", "cidr", False, False, "10.0.0.1/8"),
    ("date", "timestamp", True, False, "2024-05-01"),
    ("timestamp", "date", False, False, "2024-05-01 10:00:00"),
    ("real", "double precision", True, False, "1.5"),
    ("double precision", "real", False, False, "0.1234567890123"),
    ("json", "jsonb", True, False, '{"a": 1}'),
]
FILE = "SELECT pg_relation_filenode('t'::regclass)"


@pytest.mark.parametrize(("old", "new", "stays", "is_quick", "value"), CASES)
async def test_what_becomes_of_a_value(
    postgres_db: Database, old: str, new: str, stays: bool, is_quick: bool, value: str
) -> None:
    await postgres_db.execute(sql(f"CREATE TABLE t (a {old})"))
    using = converted(None, Column("a", old), Column("a", new))
    async with postgres_db.driver.acquire() as connection:
        await connection.execute(f"INSERT INTO t VALUES ('{value}')", ())
        asked = f"SELECT a::{old}::text FROM t"
        before, file = await connection.fetch(asked, (), list), await connection.fetch(FILE, (), list)
        await connection.execute(f"ALTER TABLE t ALTER a TYPE {new}" + (f" USING {using}" if using else ""), ())
        assert (await connection.fetch(asked, (), list) == before) == stays
        assert (await connection.fetch(FILE, (), list) == file) == is_quick
    assert (is_lossless(Schema("postgres"), old, new), is_relabelled(old, new)) == (stays, is_quick)
