"""Instances hold what the rows hold, whatever the query and whatever the order of the fields."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import make_dataclass
from operator import attrgetter, itemgetter
from types import new_class
from typing import Any, TypedDict

from hypothesis import given
from hypothesis import strategies as st
from msgspec import defstruct
from pydantic import create_model

from tests.properties.build import Builder
from tests.properties.engines import Engines, Examples, bag
from tests.properties.generate import queries
from tests.properties.language import Query, Select


def typed_dict(names: Sequence[str]) -> Any:
    """A TypedDict of these keys, by what the class statement calls."""
    return new_class("Instance", (TypedDict,), {}, lambda body: body.update(__annotations__=dict.fromkeys(names, Any)))


def model(names: Sequence[str]) -> Any:
    """A model with these fields."""
    fields: dict[str, Any] = dict.fromkeys(names, (Any, ...))
    return create_model("Instance", **fields)


CLASSES: dict[str, Callable[[Sequence[str]], Any]] = {
    "dataclass": lambda names: make_dataclass("Instance", names),
    "by keyword": lambda names: make_dataclass("Instance", names, kw_only=True),
    "with more fields": lambda names: make_dataclass("Instance", [*names, ("more", int, 5)]),
    "NamedTuple": lambda names: namedtuple("Instance", names),
    "TypedDict": typed_dict,
    "msgspec": lambda names: defstruct("Instance", [(name, Any) for name in names]),
    "pydantic": model,
}


def test_instances_hold_what_rows_hold(engines: list[Engines], examples: Examples) -> None:
    @examples(0.1)
    @given(st.integers(0, len(engines) - 2), queries, st.sampled_from(sorted(CLASSES)), st.permutations(range(20)))
    def run(number: int, query: Query, kind: str, order: Sequence[int]) -> None:
        built = Builder().query(query)
        names = [f"c{position}" for position in range(1, width(query) + 1)]
        shuffled = [names[place] for place in order if place < len(names)]
        made = engines[number].rows(built.into(CLASSES[kind](shuffled)))
        read = itemgetter if kind == "TypedDict" else attrgetter
        for rows, instances in zip(engines[number].rows(built), made, strict=True):
            assert bag([tuple([read(name)(each) for name in names]) for each in instances]) == bag(rows)

    run()


def width(query: Query) -> int:
    """How many columns a query has."""
    return len(query.items) if isinstance(query, Select) else width(query.left)
