"""Runs modules as far as they go, and keeps the queries that come by."""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints
from unittest.mock import MagicMock

from qb import Query, Table
from tests.rows.static import Place

SAMPLES: dict[Any, list[Any]] = {  # classes, and values of them
    int: [1, 50],
    str: ["x"],
    bool: [True, False],
    float: [0.5],
    date: [date(2000, 1, 1)],
    datetime: [datetime(2000, 1, 1)],
    Decimal: [Decimal(5)],
    type(None): [None],
}
MOST_CALLS = 8
KEEP = "__keep__"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Seen:
    """The queries that came by, with where they are written."""

    def __init__(self) -> None:
        self.queries: list[tuple[Place, Query[Any]]] = []

    def keep(self, value: Any, *place: int) -> Any:
        """What an expression is replaced with: its value."""
        if isinstance(value, Query):
            self.queries.append((Place(*place), value))
        return value


class Ran(NamedTuple):
    """What a module has."""

    queries: list[tuple[Place, Query[Any]]]
    tables: list[type[Table]]


class Keeping(ast.NodeTransformer):
    """Replaces `x` with `__keep__(x, line, …)` at certain places."""

    def __init__(self, places: Collection[Place]) -> None:
        self.places = places

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Lambda):  # a step of a recursive query is none by itself
            return node
        self.generic_visit(node)
        if not isinstance(node, ast.expr) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return node
        place = Place(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        if place not in self.places:
            return node
        arguments = [node, *[ast.Constant(number) for number in place]]
        return ast.copy_location(ast.Call(ast.Name(KEEP, ast.Load()), arguments, []), node)


@contextmanager
def run(path: Path, places: Collection[Place], refused: Collection[int]) -> Iterator[Ran]:
    """The queries of a module. Its statements run one by one, but for those with an error in a line; one that fails
    is no query. Its functions are called where their parameters are plain. Also gives the tables that it declares.
    """
    seen = Seen()
    name = f"run_{path.stem}"  # a case may have the name of a package, such as dialects
    module = ModuleType(name)
    module.__dict__.update({KEEP: seen.keep, "reveal_type": lambda value: value, "__file__": str(path)})
    tree = Keeping(places).visit(ast.parse(path.read_text()))
    ast.fix_missing_locations(tree)
    sys.modules[name] = module  # where annotations are looked up
    try:
        for statement in tree.body:
            is_refused = any(statement.lineno <= line <= (statement.end_lineno or 0) for line in refused)
            if (is_refused and not isinstance(statement, DEFINITIONS)) or "asyncio.run(" in ast.unparse(statement):
                continue
            with suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(ast.Module([statement], []), str(path), "exec"), module.__dict__)
            if isinstance(statement, ast.ImportFrom) and "row" in module.__dict__:
                module.__dict__["row"] = MagicMock()  # the cases ask it for the row of a query
        for defined in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]:
            function: Any = module.__dict__.get(defined)
            for arguments in _calls(function):
                with suppress(Exception):
                    function(*arguments)
        yield Ran(seen.queries, [value for value in module.__dict__.values() if _is_own_table(value, name)])
    finally:
        del sys.modules[name]


def _is_own_table(value: object, module: str) -> bool:
    if not isinstance(value, type) or not issubclass(value, Table) or value.__module__ != module:
        return False
    return "__qb_definition__" in vars(value)


def _calls(function: Any) -> Iterator[tuple[Any, ...]]:
    """Arguments to call a function with, if its parameters are plain."""
    try:
        hints = get_type_hints(function)
        names = list(inspect.signature(function).parameters)
    except (TypeError, NameError, AttributeError):  # a decorator made something else of it
        return
    options = [samples(hints.get(name)) for name in names]
    yield from itertools.islice(itertools.product(*options), MOST_CALLS)


def samples(annotation: Any) -> list[Any]:
    """Values of a type; none when there is no telling."""
    if annotation in SAMPLES:
        return SAMPLES[annotation]
    if get_origin(annotation) is list:
        return [samples(get_args(annotation)[0])]
    if get_origin(annotation) is not None or not isinstance(annotation, type):
        return [value for part in get_args(annotation) for value in samples(part)]
    return []
