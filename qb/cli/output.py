"""What the command says: to people with colours and tables, to machines as JSON."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qb.errors import QbError
from qb.migrations.checks.finding import Finding
from qb.migrations.wording import described

P = ParamSpec("P")
T = TypeVar("T")

STYLES = {
    "applied": "green",
    "pending": "yellow",
    "halfway": "bold red",
    "halfway down": "bold red",
    "edited": "bold red",
    "between": "bold red",
    "unknown": "bold red",
}
"""How a state is shown. Its word is always there, too: colours alone say nothing to many."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
"""The option of every command that reports something."""


def errors_shown(command: Callable[P, T]) -> Callable[P, T]:
    """Show what is wrong in a line, and exit with 1; a usage error exits with 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except QbError as error:
            raise click.ClickException(str(error)) from error

    return run


def show_json(data: Any) -> None:  # what JSON has, and what is written as text
    """Print JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; a cell that is a state has its colour."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*[Text(text, STYLES.get(text, "")) for text in map(str, row)])
    Console().print(table)


def show_sql(statements: Iterable[str]) -> None:
    """Print statements, as a script."""
    click.echo("\n\n".join([f"{statement};" for statement in statements]))


def shown_path(path: Path) -> str:
    """A path as somebody in the current folder would write it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def shown_finding(finding: Finding) -> str:
    """A finding, with how to find out and how to do better."""
    lines = [f"  {finding.danger}: {finding.text} [{finding.rule.code}]"]
    lines += [f"    look first: {finding.probe}"] if finding.probe else []
    lines += [f"    safer: {finding.recipe}"] if finding.recipe else []
    return "\n".join(lines)


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    return {
        "operation": None if finding.operation is None else described(finding.operation),
        "rule": finding.rule.code,
        "danger": finding.danger,
        "table": None if finding.table is None else str(finding.table),
        "text": finding.text,
        "probe": finding.probe,
        "recipe": finding.recipe,
    }
