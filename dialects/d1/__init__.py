"""The Cloudflare D1 dialect: SQLite's SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialects.d1.compiler import MAX_PARAMETERS, D1Compiler
from dialects.sqlite import SqliteDialect
from qb.dialect import Dialect, Driver, Scratch
from qb.errors import UnsupportedError


class D1Dialect(SqliteDialect):
    """Cloudflare D1. Compiles queries and DDL; a Worker sends them through its own binding."""

    name = "d1"
    compiler = D1Compiler
    max_parameters = MAX_PARAMETERS
    has_transactions = False

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        raise UnsupportedError("qb has no D1 transport yet: compile with .compile('d1') and send it through env.DB")

    def scratch(self, url: str) -> Scratch:
        return Dialect.scratch(self, url)  # raises: there is no file


DIALECT = D1Dialect()
