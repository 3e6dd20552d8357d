"""What EXPLAIN QUERY PLAN answers: rows of a number, the number of the row above, nothing, and a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def plan_tree(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The steps, each with its `detail` and the `plans` that it consists of."""
    top: list[dict[str, Any]] = []
    below = {0: top}
    for number, parent, _, detail in rows:
        plans: list[dict[str, Any]] = []
        below[parent].append({"detail": detail, "plans": plans})
        below[number] = plans
    return top


def plan_text(rows: Sequence[Sequence[Any]]) -> str:
    """A line for each step, indented under the step that it belongs to."""
    depths = {0: -1}
    lines = []
    for number, parent, _, detail in rows:
        depths[number] = depths[parent] + 1
        lines.append("  " * depths[number] + detail)
    return "\n".join(lines)
