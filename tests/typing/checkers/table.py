"""The table of docs/checkers.md: how much of what the plugin knows each type checker knows."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tests.typing.checkers.checkers import CASES, ROOT, Case, cases

MAKE = "python -m tests.typing.checkers.table"
PAGE = ROOT / "docs/checkers.md"
HEADINGS = {"plugin": "mypy, plugin", "mypy": "mypy alone", "pyright": "pyright", "ty": "ty", "pyrefly": "pyrefly"}


def table(all_cases: Sequence[Case]) -> str:
    """Types that are known, and mistakes that are found, by topic and checker."""
    return "".join(
        [
            part("types of", [case for case in all_cases if case.revealed]),
            "\n",
            part("mistakes in", [case for case in all_cases if case.refused_by]),
        ]
    )


def part(heading: str, of: Sequence[Case]) -> str:
    """One half: a line for each topic."""
    lines = [f"| {heading} | of | {' | '.join(HEADINGS.values())} |", f"|{' --- |' * (len(HEADINGS) + 2)}"]
    for path in sorted(CASES.glob("*.py")):
        here = [case for case in of if case.file == str(path.relative_to(ROOT))]
        if here:
            seen = [str(sum(case.sees(name) for case in here)) for name in HEADINGS]
            lines.append(f"| {topic(path.read_text(encoding='utf-8'))} | {len(here)} | {' | '.join(seen)} |")
    return "\n".join(lines) + "\n"


def topic(source: str) -> str:
    """What a file of cases is about."""
    return (ast.get_docstring(ast.parse(source)) or "").rstrip(".").lower()


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    start, end = text.index("| types of"), text.index("\n\n", text.index("| mistakes in")) + 1
    PAGE.write_text(text[:start] + table(cases()) + text[end:], encoding="utf-8")
