"""Random queries mean on D1 what SQL says they mean: fewer of them, because each is a request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given

from qb.errors import TooManyParameters
from tests.d1_server import D1Server
from tests.properties.build import Builder
from tests.properties.data import DATA_SETS, TABLES
from tests.properties.engines import Engines, Examples
from tests.properties.generate import queries
from tests.properties.language import Query
from tests.properties.test_queries import check


@pytest.fixture(scope="module")
def d1(loop: asyncio.Runner, d1_server: D1Server) -> Iterator[Engines]:
    """A filled D1."""
    db = d1_server.connect(d1_server.kept_database())

    async def opened() -> None:
        await db.open()
        await db.create_tables(*TABLES.values())

    loop.run(opened())
    engines = Engines(loop, DATA_SETS[0], db)
    engines.refill(DATA_SETS[0])
    yield engines
    loop.run(db.close())


def test_queries_mean_the_same_on_d1(d1: Engines, examples: Examples) -> None:
    @examples(0.05)
    @given(queries)
    def run(query: Query) -> None:
        try:
            Builder().query(query).compile("d1")
        except TooManyParameters:  # said before it is sent: tests/d1/test_limits.py
            return
        check(d1, query)

    run()
