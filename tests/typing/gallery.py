"""tests/typing/messages.md: all that the plugin says, to be read from top to bottom, made of the typed cases."""

from __future__ import annotations

import ast
import re
import tempfile
import textwrap
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from qb_mypy.messages import RULES
from tests.typing.harness import CASES, Project, Report

PAGE = Path(__file__).parent / "messages.md"
MAKE = "python -m tests.typing.gallery"
UNSAID = {"broken", "not_awaited"}
"""No case has these: tests/typing/test_robustness.py breaks the plugin itself, and test_rules.py silences what mypy
says of coroutines.
"""
HEAD = f"""\
# What the plugin says

Every message in each of its forms, with a line of the typed cases that has it, to be read as prose. The rules are those
of docs/rules.md. This page is made by `{MAKE}`.
"""


class Example(NamedTuple):
    """A line of a case, and what is said of it. The shortest one that has the names is shown."""

    names_elsewhere: int
    length: int
    code: str
    text: str


def examples(project: Project, report: Report) -> dict[str, dict[str, Example]]:
    """For each message, and each form of it, an example."""
    statements = {path.name: statements_of(path) for path in CASES.glob("*.py")}
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for place, reported in report.lines.items():
        for said in reported:
            places[said.text].append(place)
    found: dict[str, dict[str, Example]] = defaultdict(dict)
    for message, text, form in project.said():
        for file, line in places[text]:
            code = statements[file][line]
            elsewhere = sum(name not in code for name in re.findall(r"\b[A-Z]\w+(?:\.\w+)?\b", text.partition(":")[0]))
            example = Example(elsewhere, len(code) + len(text), code, text)
            found[message][form] = min(example, found[message].get(form, example))
    return found


def statements_of(path: Path) -> dict[int, str]:
    """For each line the statement that it belongs to; of one with a body, the line alone."""
    source = path.read_text(encoding="utf-8")
    lines = [line.partition("  # ")[0] for line in source.splitlines()]
    found = {number: line.strip() for number, line in enumerate(lines, 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            last = node.end_lineno or node.lineno
            whole = textwrap.dedent("\n".join(lines[node.lineno - 1 : last]))
            found.update(dict.fromkeys(range(node.lineno, last + 1), whole))
    return found


def page(project: Project, report: Report) -> str:
    """The text of the page."""
    found = examples(project, report)
    text = HEAD
    for rule in RULES.values():
        text += f"\n## {rule.name}: {rule.about} [{rule.code.code}]\n"
        for message in rule.messages:
            for example in sorted(found[message].values()):
                text += f"\n{textwrap.indent(example.code, '    ')}\n\n{example.text}\n"
    return text


def missing(project: Project) -> set[str]:
    """The messages that no case has."""
    return {message for rule in RULES.values() for message in rule.messages} - {said.message for said in project.said()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = Project(Path(folder))
        PAGE.write_text(page(made, made.mypy()), encoding="utf-8")
