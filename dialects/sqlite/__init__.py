"""The SQLite dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dialects.sqlite.codecs import DECODERS, JSON_DECODERS
from dialects.sqlite.compiler import SqliteCompiler
from qb.dialect import Dialect, Driver, Scratch
from qb.errors import UnsupportedError
from qb.lazy import lazily

if TYPE_CHECKING:
    from dialects.sqlite.driver import SqliteDriver
    from qb.schema.ddl import Ddl
    from qb.schema.introspect import Introspection
else:
    __getattr__ = lazily(__name__, {"SqliteDriver": "dialects.sqlite.driver"})


class SqliteDialect(Dialect):
    """SQLite 3.37 or later."""

    name = "sqlite"
    compiler = SqliteCompiler
    decoders = DECODERS
    max_parameters = 32766  # SQLITE_MAX_VARIABLE_NUMBER, since 3.32
    json_decoders = JSON_DECODERS

    def explain(self, sql: str, analyze: bool, as_json: bool) -> str:
        if analyze:
            raise UnsupportedError("SQLite has no EXPLAIN ANALYZE: it only tells its plan, explain(…) without analyze")
        return f"EXPLAIN QUERY PLAN {sql}"

    def plan(self, rows: Sequence[Sequence[Any]], as_json: bool) -> Any:
        from dialects.sqlite.plans import plan_text, plan_tree

        return plan_tree(rows) if as_json else plan_text(rows)

    def ddl(self) -> Ddl:
        from dialects.sqlite.ddl import SqliteDdl

        return SqliteDdl()

    def introspection(self) -> Introspection:
        from dialects.sqlite.introspect import SqliteIntrospection

        return SqliteIntrospection()

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        from dialects.sqlite.driver import SqliteDriver

        return SqliteDriver(self, url, **options)

    def scratch(self, url: str) -> Scratch:
        from dialects.sqlite.scratch import SqliteScratch

        return SqliteScratch()


DIALECT = SqliteDialect()

__all__ = ["DIALECT", "SqliteDialect", "SqliteDriver"]
