"""Random queries mean the same on every engine, and what SQL says they mean."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.properties.build import Builder
from tests.properties.data import TABLES, rows
from tests.properties.engines import Engines, Examples, bag, exact
from tests.properties.evaluate import Evaluator
from tests.properties.generate import CHOICES, below, queries
from tests.properties.language import Query


def check(engines: Engines, query: Query) -> None:
    """Each engine gives the rows that the evaluator gives, in its order if the query has one."""
    expected = Evaluator(engines.data).answer(query)
    built = Builder().query(query)
    for database, found in zip(engines.databases, engines.rows(built), strict=True):
        with engines.shown(built):
            if query.order:
                assert list(map(exact, found)) == list(map(exact, expected)), database.dialect.name
            else:
                assert bag(found) == bag(expected), database.dialect.name


def test_queries_mean_the_same_everywhere(engines: list[Engines], examples: Examples) -> None:
    @examples(0.7)
    @given(st.integers(0, len(engines) - 2), queries)
    def run(number: int, query: Query) -> None:
        check(engines[number], query)

    run()


def test_queries_over_random_data(engines: list[Engines], examples: Examples) -> None:
    """A few queries over each filling, because it takes longer than they do."""
    spare = engines[-1]

    @examples(0.05)
    @given(CHOICES, st.lists(queries, min_size=3, max_size=3))
    def run(choices: bytes, several: list[Query]) -> None:
        choose = below(choices)
        spare.refill({table: rows(table, choose(7), choose) for table in TABLES})
        note(f"data: {spare.data!r}")
        for query in several:
            check(spare, query)

    run()
