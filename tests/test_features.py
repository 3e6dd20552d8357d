"""The table of features is what the tests say, and holds all that qb has."""

from __future__ import annotations

import ast
from functools import cache

import pytest

import qb
from qb import Delete, Expr, Insert, Merge, Query, Select, Update, col, fn
from qb.expressions.aggregates import AggregateExpr
from qb.statements.merge import Matched, NotMatched
from tests.feature_table import MAKE, PAGE, ROOT, marks, page

STATEMENTS = (Select, Insert, Update, Delete, Merge, Matched, NotMatched)
PLAIN = {
    *("node", "table", "is_prepared", "prepared", "prepared_rows", "instances_of"),
    *("compile", "condition", "event", "merge", "do_nothing"),
}
"""Attributes that build no SQL of their own."""


NO_SQL = {"fn", "col", "inferred"}
"""Names that are modules, or for mypy alone."""


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"{PAGE.name} is old: make it new with `{MAKE}`"


@cache
def used() -> frozenset[str]:
    """The names that marked tests use, and those of what they use of their modules."""
    names: set[str] = set()
    every = list(marks())
    for file in {mark.file for mark in every}:
        module = {name: node for node in ast.parse((ROOT / file).read_text()).body for name in defined(node)}
        waiting: list[ast.AST] = [mark.test for mark in every if mark.file == file]
        seen: set[ast.AST] = set()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            for part in ast.walk(node):
                found = word(part)
                names.add(found)
                if found in module:
                    waiting.append(module[found])
    return frozenset(names)


def defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def word(node: ast.AST) -> str:
    """What a node names: `fn.lower`, `.where`, `case`."""
    if isinstance(node, ast.Attribute):
        of = node.value.id if isinstance(node.value, ast.Name) else ""
        return f"{of}.{node.attr}" if of in ("fn", "col", "fts") else f".{node.attr}"
    return node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""


def methods(*classes: type) -> list[str]:
    return sorted({f".{name}" for cls in classes for name in dir(cls) if name[0] != "_" and name not in PLAIN})


EVERYTHING = [
    *[f"fn.{name}" for name in fn.__all__],
    *[f"col.{name}" for name in col.__all__],
    *["fts.match", "fts.rank"],
    *methods(*STATEMENTS, Expr, AggregateExpr, Query),
    *[name for name in qb.__all__ if name[0].islower() and name not in NO_SQL],
]


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_is_in_the_table(name: str) -> None:
    assert name in used(), f'no test with @feature("…", "…") uses {name}'
