"""The PostgreSQL dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qb.dialect import Affected, Decoders, Dialect, Driver, Job, Scratch, register
from qb.lazy import lazily

if TYPE_CHECKING:
    from dialects.postgres.driver import PostgresDriver
    from dialects.postgres.notifications import Gap, Listener, Notification
    from qb.compiler import Compiler
    from qb.migrations.applier import Applier, Options
    from qb.migrations.render import Renderer
    from qb.schema.ddl import Ddl
    from qb.schema.introspect import Introspection
else:
    __getattr__ = lazily(
        __name__,
        {
            "Gap": "dialects.postgres.notifications",
            "Listener": "dialects.postgres.notifications",
            "Notification": "dialects.postgres.notifications",
            "PostgresDriver": "dialects.postgres.driver",
        },
    )


class PostgresDialect(Dialect):
    """PostgreSQL 14 or later."""

    name = "postgres"
    has_fragile_transactions = True
    max_parameters = 32767  # asyncpg's; the protocol's own is twice that

    @cached_property
    def compiler(self) -> type[Compiler]:
        from dialects.postgres.compiler import PostgresCompiler

        return PostgresCompiler

    @cached_property
    def decoders(self) -> Decoders:
        from dialects.postgres.codecs import DECODERS

        return DECODERS

    @cached_property
    def json_decoders(self) -> Decoders:
        from dialects.postgres.codecs import JSON_DECODERS

        return JSON_DECODERS

    def explain(self, sql: str, analyze: bool, as_json: bool) -> str:
        options = [*(["ANALYZE"] if analyze else []), *(["FORMAT JSON"] if as_json else [])]
        return f"EXPLAIN ({', '.join(options)}) {sql}" if options else f"EXPLAIN {sql}"

    def plan(self, rows: Sequence[Sequence[Any]], as_json: bool) -> Any:
        import json

        return json.loads(rows[0][0]) if as_json else "\n".join([row[0] for row in rows])

    def expecting(self, sql: str, parameters: Sequence[object], rows: int) -> list[Job]:
        from qb.statements.requirements import unexpected

        text = (
            f'WITH "qb_written" AS ({sql} RETURNING 1) SELECT CAST(CASE WHEN count(*) = {rows:d} THEN '
            f'CAST(count(*) AS text) ELSE ${len(parameters) + 1} END AS bigint) FROM "qb_written"'
        )
        return [(text, (*parameters, unexpected(rows)), counted)]

    def ddl(self) -> Ddl:
        from dialects.postgres.schema.ddl import PostgresDdl

        return PostgresDdl()

    def applier(self, db: Any, options: Options) -> Applier:
        from dialects.postgres.migrations.migrating import PostgresApplier

        return PostgresApplier(db, options)

    def introspection(self) -> Introspection:
        from dialects.postgres.schema.introspect import PostgresIntrospection

        return PostgresIntrospection()

    def renderer(self) -> Renderer:
        from dialects.postgres.migrations.migrate import PostgresRenderer

        return PostgresRenderer()

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        from qb.extras import needs

        with needs("postgres", "PostgreSQL"):
            from dialects.postgres.driver import PostgresDriver

        return PostgresDriver(self, url, **options)

    def scratch(self, url: str) -> Scratch:
        from dialects.postgres.scratch import PostgresScratch

        return PostgresScratch(url)


def counted(rows: Iterable[Sequence[Any]]) -> Any:
    """The only value, as the number of rows that a write has changed."""
    return Affected(next(iter(rows))[0])


DIALECT = register(PostgresDialect())

__all__ = ["DIALECT", "Gap", "Listener", "Notification", "PostgresDialect", "PostgresDriver"]
