"""The Cloudflare D1 dialect: SQLite's SQL, from a Worker or from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dialects.sqlite import SqliteDialect
from qb.dialect import Decoder, Decoders, Dialect, Driver, Scratch, register
from qb.lazy import lazily
from qb.nodes import Column, Expression, Table

if TYPE_CHECKING:
    from dialects.d1.binding import D1
    from dialects.d1.driver import D1Driver
    from dialects.d1.preloading import preload
    from qb.compiler import Compiler
    from qb.migrations.applier import Applier, Options
    from qb.migrations.render import Renderer
else:
    __getattr__ = lazily(
        __name__,
        {"D1": "dialects.d1.binding", "D1Driver": "dialects.d1.driver", "preload": "dialects.d1.preloading"},
    )


class D1Dialect(SqliteDialect):
    """Cloudflare D1, by its REST API or by a Worker's binding."""

    name = "d1"
    max_parameters = 100
    max_plain_rows = 1000
    has_transactions = False

    @cached_property
    def compiler(self) -> type[Compiler]:
        from dialects.d1.compiler import D1Compiler

        return D1Compiler

    @cached_property
    def decoders(self) -> Decoders:
        from dialects.d1.codecs import DECODERS

        return DECODERS

    @cached_property
    def json_decoders(self) -> Decoders:
        from dialects.d1.codecs import JSON_DECODERS

        return JSON_DECODERS

    def decoder_of(self, item: Expression) -> Decoder | None:
        is_column = isinstance(item, Column) and isinstance(item.source, Table)
        if item.type.kind in ("integer", "smallint") and not is_column:
            from dialects.d1.codecs import whole

            return whole  # what may be large was selected as text
        return self.decoder(item.type)

    def applier(self, db: Any, options: Options) -> Applier:
        from dialects.d1.migrations.migrating import D1Applier

        return D1Applier(db, options)

    def renderer(self) -> Renderer:
        from dialects.d1.migrations.migrate import D1Renderer

        return D1Renderer()

    def driver(self, url: str, options: Mapping[str, Any]) -> Driver:
        from dialects.d1.driver import D1Driver
        from qb.extras import needs

        with needs("d1", "D1 by its URL (a Worker says D1(env.DB))"):
            from dialects.d1.rest import RestTransport
        own = dict(options)
        retries = own.pop("retries", 2)
        return D1Driver(self, RestTransport(url, **own), retries=retries)

    def scratch(self, url: str) -> Scratch:
        return Dialect.scratch(self, url)  # raises: there is no file


DIALECT = register(D1Dialect())

__all__ = ["D1", "DIALECT", "D1Dialect", "D1Driver", "preload"]
