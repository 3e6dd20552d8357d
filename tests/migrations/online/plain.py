"""A table that changes in one way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qb.migrations.hints import Hints
from qb.migrations.making import draft
from qb.migrations.scripts import Script
from qb.schema.objects import Column, ForeignKey, Generated, Index, IndexKey, Key, Name, Schema
from qb.schema.objects import Table as TableOf
from tests.migrations.online.albums import POSTGRES

T, U = Name("t"), Name("u")
ID = Column("id", "integer", nullable=False)
NAME, N = Column("name", "text"), Column("n", "integer", nullable=False)
ADDED = replace(N, default="1")
GENERATED = Column("m", "integer", generated=Generated("n + 1"))
BIG = replace(N, type="bigint")
PLAIN = TableOf(T, (ID, NAME, N), Key(("id",), "t_pkey"))
OTHER = TableOf(U, (ID,), Key(("id",), "u_pkey"))
BY_N = Index("by_n", (IndexKey("n"),))
TO_U = ForeignKey(("n",), U, ("id",), name="t_n_fkey", on_delete="CASCADE")


def with_(table: TableOf = PLAIN, *others: TableOf, **changes: Any) -> Schema:
    return Schema("postgres", tables=(replace(table, **changes), *others))


def scripts(before: Schema, after: Schema, hints: Hints | None = None) -> list[Script]:
    return [each.up for each in draft(POSTGRES, before, after, hints, online=True)]
