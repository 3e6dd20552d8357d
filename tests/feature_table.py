"""docs/features.md: what each dialect can do, made of the marks on the tests. Nothing is run or imported for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "features.md"
MAKE = "python -m tests.features"
GROUPS = (
    "Sources",
    "Select",
    "GROUP BY",
    "Expressions",
    "Functions",
    "Dates and times",
    "JSON",
    "Arrays",
    "Full-text search",
    "Aggregates",
    "Windows",
    "Set operations",
    "Nested results",
    "Writes",
    "Prepared queries",
    "Composition",
    "Tables",
    "Running",
)
"""The order of the page."""
DIALECTS = {"sqlite": "SQLite", "d1": "D1", "postgres": "PostgreSQL"}
HEAD = f"""# Features

What qb can say on each dialect, and the tests that prove it on the real engines, for D1 on Cloudflare's own `workerd`.

* **supported**: the engine has it.
* **bridged**: the engine lacks it or does it in another way, so qb says it with other SQL, to the same result.
* **refused**: `UnsupportedError`, which says what would do instead; nothing is sent.

This page is made of the marks on the tests, by `{MAKE}`.
"""


class Mark(NamedTuple):
    """One `@feature(…)`."""

    group: str
    name: str
    statuses: tuple[str, ...]
    file: str
    test: ast.FunctionDef | ast.AsyncFunctionDef


def marks() -> Iterator[Mark]:
    """Every mark on a test."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(test, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for call in test.decorator_list:
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "feature":
                        yield mark(call, path.relative_to(ROOT).as_posix(), test)


def mark(call: ast.Call, file: str, test: ast.FunctionDef | ast.AsyncFunctionDef) -> Mark:
    """A mark as `feature` of tests/features.py reads it."""
    group, name = [ast.literal_eval(argument) for argument in call.args]
    said = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    sqlite = said.get("sqlite", "supported")
    statuses = (sqlite, said.get("d1", sqlite), said.get("postgres", "supported"))
    if group not in GROUPS:
        raise ValueError(f"{file}: {test.name}: no group {group!r} in {Path(__file__).name}")
    return Mark(group, name, statuses, file, test)


def page() -> str:
    """The text of docs/features.md."""
    features: dict[tuple[str, str], list[Mark]] = {}
    for found in marks():
        features.setdefault((found.group, found.name), []).append(found)
    text = HEAD
    for group in GROUPS:
        text += f"\n## {group}\n\n| | {' | '.join(DIALECTS.values())} | tests |\n|{' --- |' * (len(DIALECTS) + 2)}\n"
        for key in sorted(features, key=lambda key: key[1].casefold()):
            if key[0] == group:
                text += line(features[key])
    return text


def line(proofs: list[Mark]) -> str:
    """One feature."""
    first = proofs[0]
    for other in proofs:
        if other.statuses != first.statuses:
            raise ValueError(f"{first.name}: {first.test.name} and {other.test.name} differ on what it is")
    tests = ", ".join([f"[{proof.test.name}](../{proof.file})" for proof in proofs])
    return f"| {first.name.replace('|', '&#124;')} | {' | '.join(first.statuses)} | {tests} |\n"


def write() -> None:
    """Make the page new."""
    PAGE.write_text(page(), encoding="utf-8")
