"""Which modules a Worker may come to: those that core and D1 import, at once or later."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("qb", "dialects")
STARTS = ("qb", "qb.idempotency", "dialects.d1", "dialects.d1.endpoint")
"""What a Worker imports."""
ELSEWHERE = {
    "qb.migrations": "migrations make the tables, when the Worker is deployed",
    "qb.schema": "likewise",
    "qb.running.transaction": "D1 has no transactions",
    "qb.statements.merge": "D1 has no MERGE",
    "qb.cache": "what a Worker keeps in memory, it keeps for itself: others would not know of its writes",
    "qb.observers.metrics": "nobody can ask an isolate for them",
    "dialects.sqlite.scratch": "a Worker has no files",
}
"""What no Worker has a use for, and why. What imports one of these, or a package that a Worker lacks, is left out with
it."""
THERE = sys.stdlib_module_names | {"js", "pyodide", *PACKAGES}
"""The packages that a Worker has."""


def needed() -> dict[str, Path]:
    """The modules that a Worker may come to, by name, with the packages that they are in."""
    modules = all_modules()
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules.items()}
    left_out = {name for name in modules if is_elsewhere(name)}
    at_once = {name: set(imported(tree.body, modules, False)) for name, tree in trees.items()}
    while more := {name for name in modules if name not in left_out and needs_what_is_missing(at_once[name], left_out)}:
        left_out |= more
    found: set[str] = set()
    waiting = list(STARTS)
    while waiting:
        name = waiting.pop()
        if name in found or name not in modules or name in left_out:
            continue
        found.add(name)
        waiting += imported(list(running(trees[name])), modules, finds_names_lazily(trees[name]))
        waiting += [name.rpartition(".")[0]]
    return {name: modules[name] for name in sorted(found)}


def all_modules() -> dict[str, Path]:
    """All modules of the packages, by name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_elsewhere(module: str) -> bool:
    """Whether no Worker has a use for it."""
    return any(module == name or module.startswith(f"{name}.") for name in ELSEWHERE)


def needs_what_is_missing(imports: set[str], left_out: set[str]) -> bool:
    """Whether a module with these imports cannot be imported in a Worker."""
    return bool(imports & left_out) or any(name.partition(".")[0] not in THERE for name in imports)


def finds_names_lazily(tree: ast.Module) -> bool:
    """Whether a module imports names when they are used; which, its imports for type checkers tell."""
    return any(isinstance(node, ast.Name) and node.id == "lazily" for node in ast.walk(tree))


def running(tree: ast.AST) -> Iterator[ast.stmt]:
    """All statements that may run when somebody calls them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            yield from node.body


def imported(body: list[ast.stmt], known: dict[str, Path], is_lazy: bool) -> Iterator[str]:
    """The modules that statements import; those for type checkers only if names are found lazily."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from [name if name in known else node.module for name in names]
        elif isinstance(node, ast.If) and is_for_type_checkers(node):
            yield from imported(node.body if is_lazy else node.orelse, known, is_lazy)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "finalbody"):
                yield from imported(getattr(node, field, []), known, is_lazy)
            for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                yield from imported(part.body, known, is_lazy)


def is_for_type_checkers(node: ast.If) -> bool:
    """`if TYPE_CHECKING:`"""
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
