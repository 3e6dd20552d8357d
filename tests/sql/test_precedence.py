"""Any tree of operators means on every engine what the tree says: held against an evaluation in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from qb import Database, Expr, Table, col, fn, insert, literal, select

Value = Any  # int, str, bool or None
Tree = tuple[Expr[Any], Callable[[dict[str, Value]], Value]]


class Thing(Table, name="things"):
    id = col.integer().primary_key(generated=False)
    a = col.integer().nullable()
    b = col.integer().nullable()
    s = col.text().nullable()
    t = col.text().nullable()
    p = col.boolean().nullable()
    q = col.boolean().nullable()


ROWS: list[dict[str, Value]] = [
    {"id": 1, "a": 1, "b": 2, "s": "x", "t": "xy", "p": True, "q": False},
    {"id": 2, "a": -7, "b": 2, "s": "", "t": "y", "p": False, "q": None},
    {"id": 3, "a": None, "b": 0, "s": "y", "t": None, "p": None, "q": True},
    {"id": 4, "a": 3, "b": None, "s": None, "t": "x", "p": True, "q": True},
    {"id": 5, "a": 0, "b": -3, "s": "xyx", "t": "x", "p": False, "q": False},
]


def column(name: str) -> Tree:
    return getattr(Thing, name), operator.itemgetter(name)


def constant(value: Value) -> Tree:
    return literal(value), lambda row: value


def strict(build: Callable[..., Expr[Any]], evaluate: Callable[..., Value]) -> Callable[..., Tree]:
    """An operation that is NULL where one of its operands is."""

    def combine(*trees: Tree) -> Tree:
        def value(row: dict[str, Value]) -> Value:
            values = [tree[1](row) for tree in trees]
            return None if None in values else evaluate(*values)

        return build(*[tree[0] for tree in trees]), value

    return combine


def both(left: Tree, right: Tree) -> Tree:
    def value(row: dict[str, Value]) -> Value:
        values = {left[1](row), right[1](row)}
        return False if False in values else None if None in values else True

    return left[0] & right[0], value


def either(left: Tree, right: Tree) -> Tree:
    def value(row: dict[str, Value]) -> Value:
        values = {left[1](row), right[1](row)}
        return True if True in values else None if None in values else False

    return left[0] | right[0], value


def is_null(tree: Tree) -> Tree:
    return tree[0].is_null(), lambda row: tree[1](row) is None


def is_not_null(tree: Tree) -> Tree:
    return tree[0].is_not_null(), lambda row: tree[1](row) is not None


def truncated(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


numbers: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["a", "b"]).map(column),
        st.integers(-3, 3).map(constant),
        st.builds(strict(operator.add, operator.add), numbers, numbers),
        st.builds(strict(operator.sub, operator.sub), numbers, numbers),
        st.builds(strict(operator.mul, operator.mul), numbers, numbers),
        st.builds(strict(lambda n: n // 2, lambda n: truncated(n, 2)), numbers),
        st.builds(strict(lambda n: n % 3, lambda n: n - 3 * truncated(n, 3)), numbers),
        st.builds(strict(operator.neg, operator.neg), numbers),
        st.builds(strict(fn.length, len), texts),
        st.builds(strict(fn.abs, abs), numbers),
    )
)
texts: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["s", "t"]).map(column),
        st.sampled_from(["x", "y", ""]).map(constant),
        st.builds(strict(operator.add, operator.add), texts, texts),
        st.builds(strict(fn.upper, str.upper), texts),
    )
)
conditions: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["p", "q"]).map(column),
        st.booleans().map(constant),
        *[
            st.builds(strict(compare, compare), side, side)
            for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
            for side in (numbers, texts)
        ],
        st.builds(strict(operator.eq, operator.eq), conditions, conditions),
        st.builds(strict(operator.ne, operator.ne), conditions, conditions),
        st.builds(both, conditions, conditions),
        st.builds(either, conditions, conditions),
        st.builds(strict(operator.invert, operator.not_), conditions),
        st.builds(is_null, st.one_of(numbers, texts, conditions)),
        st.builds(is_not_null, st.one_of(numbers, texts, conditions)),
        st.builds(strict(lambda x, y: x.in_([y]), operator.eq), numbers, numbers),
        st.builds(strict(lambda x, y: x.not_in([y]), operator.ne), texts, texts),
        st.builds(strict(lambda x, y: x.in_([y]), operator.eq), conditions, conditions),
        st.builds(strict(lambda x, y: x.between(y, y), operator.eq), numbers, numbers),
        st.builds(strict(lambda x, y: x.not_between(y, y), operator.ne), numbers, numbers),
        st.builds(strict(lambda x, y: x.startswith(y), str.startswith), texts, texts),
        st.builds(strict(lambda x, y: x.endswith(y), str.endswith), texts, texts),
        st.builds(strict(lambda x, y: x.contains(y), str.__contains__), texts, texts),
        st.builds(strict(lambda x: x.ilike("x%"), lambda x: x.lower().startswith("x")), texts.filter(bool)),
    )
)


@pytest.fixture
async def things(database: Database) -> Database:
    await database.create_tables(Thing)
    await database.execute(insert(Thing).values_many(ROWS))  # type: ignore[arg-type]  # rows of different keys
    return database


async def agree(database: Database, trees: list[Tree]) -> None:
    query = select(*[tree[0].as_(f"c{number}") for number, tree in enumerate(trees)]).from_(Thing).order_by(Thing.id)
    rows = await database.fetch_all(query)
    for row, values in zip(rows, ROWS, strict=True):
        assert list(row) == [tree[1](values) for tree in trees], str(query)


class Case:
    """Trees that the engines can parse; shown as SQL, because what hypothesis shows of a tree has no end."""

    def __init__(self, trees: list[Tree]) -> None:
        self.trees = trees

    def __repr__(self) -> str:
        return "; ".join([str(tree[0]) for tree in self.trees])


@st.composite
def cases(draw: st.DrawFn, trees: st.SearchStrategy[Tree], most: int) -> Case:
    found = draw(st.lists(trees, min_size=1, max_size=most))
    assume(all(depth(str(tree[0])) <= 20 for tree in found))  # SQLite's parser has a stack of 100 places
    return Case(found)


def depth(text: str) -> int:
    """How many parentheses are open at the most."""
    return max(accumulate([{"(": 1, ")": -1}.get(letter, 0) for letter in text]), default=0)


minus, same = strict(operator.sub, operator.sub), strict(operator.eq, operator.eq)
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(cases(st.one_of(numbers, texts, conditions), 8))
@example(
    Case(
        [strict(operator.sub, operator.sub)(column("a"), strict(operator.sub, operator.sub)(column("b"), column("a")))]
    )
)
@example(
    Case([strict(operator.eq, operator.eq)(strict(operator.eq, operator.eq)(column("p"), column("q")), column("p"))])
)
async def test_projections(things: Database, case: Case) -> None:
    await agree(things, case.trees)


@EXAMPLES
@given(cases(conditions, 3))
async def test_conditions(things: Database, case: Case) -> None:
    trees = case.trees
    rows = await things.fetch_all(select(Thing.id).where(*[tree[0] for tree in trees]).order_by(Thing.id))
    assert rows == [(row["id"],) for row in ROWS if all(tree[1](row) for tree in trees)]


@EXAMPLES
@given(cases(conditions, 1))
async def test_every_row_is_true_false_or_null(things: Database, case: Case) -> None:
    """Q is Q where p, Q where not p, and Q where p is null, taken together."""
    [(condition, _)] = case.trees
    parts = [condition, ~condition, condition.is_null()]
    found = [row.id for part in parts for row in await things.fetch_all(select(Thing.id).where(part))]
    assert sorted(found) == [row["id"] for row in ROWS]
    assert len(found) == len(ROWS)
