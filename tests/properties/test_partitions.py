"""What must hold of any query, whatever it means (SQLancer calls it TLP and NoREC): no evaluator is asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.build import Builder
from tests.properties.engines import Engines, Examples, bag
from tests.properties.generate import partitions
from tests.properties.language import (
    BOOL,
    INT,
    Aggregate,
    Call,
    Case,
    Compound,
    Expression,
    Literal,
    Query,
    Select,
)


def test_a_condition_is_true_false_or_null(engines: list[Engines], examples: Examples) -> None:
    """The rows for which it is the one, the other or the third, are all rows."""

    @examples(0.125)
    @given(st.integers(0, len(engines) - 2), partitions)
    def run(number: int, parts: tuple[Select, Expression]) -> None:
        query, condition = parts
        false, null = Call(BOOL, "not", (condition,)), Call(BOOL, "is null", (condition,))
        put_together: Query = replace(query, where=condition)
        for test in (false, null):
            put_together = Compound("UNION ALL", put_together, replace(query, where=test), query.kinds)
        everything, built = engines[number].rows(Builder().query(query)), Builder().query(put_together)
        for whole, parted in zip(everything, engines[number].rows(built), strict=True):
            with engines[number].shown(built):
                assert bag(parted) == bag(whole)

    run()


def test_a_condition_is_the_same_in_where_and_as_a_value(engines: list[Engines], examples: Examples) -> None:
    """WHERE may be answered by an index, pushed down or rewritten; a selected value is computed for every row."""

    @examples(0.125)
    @given(st.integers(0, len(engines) - 2), partitions)
    def run(number: int, parts: tuple[Select, Expression]) -> None:
        query, condition = parts
        one, nought = (Literal(INT, value, beside=False) for value in (1, 0))
        counted = Aggregate(INT, "count", None, False, None)
        summed = Aggregate(INT, "sum", Case(INT, None, ((condition, one),), nought), False, None)
        added = Call(INT, "coalesce", (summed, replace(nought, beside=True)))
        filtered = Aggregate(INT, "count", None, False, condition)
        kept = engines[number].rows(Builder().query(replace(query, items=(counted,), where=condition, groups=())))
        built = Builder().query(replace(query, items=(added, filtered), groups=()))
        for ((count,),), ((total, matching),) in zip(kept, engines[number].rows(built), strict=True):
            with engines[number].shown(built):
                assert count == total == matching

    run()
