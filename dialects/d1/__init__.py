"""The Cloudflare D1 dialect: SQLite's SQL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dialects.sqlite import SqliteDialect
from qb.dialect import Dialect, Driver, Scratch, register
from qb.errors import UnsupportedError

if TYPE_CHECKING:
    from qb.compiler import Compiler
    from qb.migrations.render import Renderer


class D1Dialect(SqliteDialect):
    """Cloudflare D1. Compiles queries and DDL; a Worker sends them through its own binding."""

    name = "d1"
    max_parameters = 100
    has_transactions = False

    @cached_property
    def compiler(self) -> type[Compiler]:
        from dialects.d1.compiler import D1Compiler

        return D1Compiler

    def renderer(self) -> Renderer:
        from dialects.d1.migrate import D1Renderer

        return D1Renderer()

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        raise UnsupportedError("qb has no D1 transport yet: compile with .compile('d1') and send it through env.DB")

    def scratch(self, url: str) -> Scratch:
        return Dialect.scratch(self, url)  # raises: there is no file


DIALECT = register(D1Dialect())
