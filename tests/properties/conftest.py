"""The engines, filled once, and how many examples there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.postgres_server import PostgresServer
from tests.properties.data import DATA_SETS
from tests.properties.engines import Engines, Examples, connect

EXAMPLES = 2_000
"""Without `--examples`: what takes a few seconds."""


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    """The tests are not coroutines, because hypothesis calls them; they share this loop."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def engines(loop: asyncio.Runner, postgres_server: PostgresServer) -> Iterator[list[Engines]]:
    """The engines with each of the fixed sets of data, and at the end with none yet."""
    everything = [
        connect(loop, data, postgres_server.url, f"properties_{number}")
        for number, data in enumerate([*DATA_SETS, DATA_SETS[2]])
    ]
    yield everything
    for found in everything:
        for database in found.databases:
            loop.run(database.close())


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> Examples:
    """Settings for a share of the examples. Without `--examples` they are the same ones in every run."""
    count = request.config.getoption("--examples")

    def share(part: float) -> settings:
        return settings(
            max_examples=max(1, int((count or EXAMPLES) * part)),
            derandomize=not count,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            print_blob=bool(count),
            suppress_health_check=list(HealthCheck),
        )

    return share
