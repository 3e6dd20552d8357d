"""The SQLite dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qb.dialect import Decoders, Dialect, Driver, Job, Scratch, register
from qb.errors import UnsupportedError
from qb.lazy import lazily

if TYPE_CHECKING:
    from dialects.sqlite.driver import SqliteDriver
    from qb.compiler import Compiler
    from qb.migrations.applier import Applier, Options
    from qb.migrations.render import Renderer
    from qb.schema.ddl import Ddl
    from qb.schema.introspect import Introspection
else:
    __getattr__ = lazily(__name__, {"SqliteDriver": "dialects.sqlite.driver"})


class SqliteDialect(Dialect):
    """SQLite 3.37 or later."""

    name = "sqlite"
    max_parameters = 32766  # SQLITE_MAX_VARIABLE_NUMBER, since 3.32

    @cached_property
    def compiler(self) -> type[Compiler]:
        from dialects.sqlite.compiler import SqliteCompiler

        return SqliteCompiler

    @cached_property
    def decoders(self) -> Decoders:
        from dialects.sqlite.codecs import DECODERS

        return DECODERS

    @cached_property
    def json_decoders(self) -> Decoders:
        from dialects.sqlite.codecs import JSON_DECODERS

        return JSON_DECODERS

    def explain(self, sql: str, analyze: bool, as_json: bool) -> str:
        if analyze:
            raise UnsupportedError("SQLite has no EXPLAIN ANALYZE: it only tells its plan, explain(…) without analyze")
        return f"EXPLAIN QUERY PLAN {sql}"

    def plan(self, rows: Sequence[Sequence[Any]], as_json: bool) -> Any:
        from dialects.sqlite.plans import plan_text, plan_tree

        return plan_tree(rows) if as_json else plan_text(rows)

    def expecting(self, sql: str, parameters: Sequence[object], rows: int) -> list[Job]:
        from qb.statements.requirements import guard

        looking = guard(f"changes() = {rows:d}", rows).compile(self)
        return [(sql, parameters, None), (*looking, None)]

    def ddl(self) -> Ddl:
        from dialects.sqlite.schema.ddl import SqliteDdl

        return SqliteDdl()

    def renderer(self) -> Renderer:
        from dialects.sqlite.migrations.migrate import SqliteRenderer

        return SqliteRenderer()

    def introspection(self) -> Introspection:
        from dialects.sqlite.schema.introspect import SqliteIntrospection

        return SqliteIntrospection()

    def applier(self, db: Any, options: Options) -> Applier:
        from dialects.sqlite.migrations.migrating import SqliteApplier

        return SqliteApplier(db, options)

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        from qb.extras import needs

        with needs("sqlite", "SQLite"):
            from dialects.sqlite.driver import SqliteDriver

        return SqliteDriver(self, url, **options)

    def scratch(self, url: str) -> Scratch:
        from dialects.sqlite.scratch import SqliteScratch

        return SqliteScratch()


DIALECT = register(SqliteDialect())

__all__ = ["DIALECT", "SqliteDialect", "SqliteDriver"]
