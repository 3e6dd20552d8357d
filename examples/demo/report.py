"""How the demo looks in a terminal: wide or narrow, with colours or piped into a file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from examples.demo.checking import MISTAKES, ROOT, Mistake
from qb import Row
from qb.errors import DatabaseError
from qb.queries import Compilable

SIDE_BY_SIDE = 110
"""Columns from which the SQL of two dialects fits on one line."""
MOST_ROWS = 6
MOST_WIDE_ROWS = 2
DIALECTS = {"SQLite": "sqlite", "PostgreSQL": "postgres"}
CLAUSE = re.compile(
    r'"[^"]*"|[()]|\s(?=(?:FROM|INNER JOIN|LEFT JOIN|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT'
    r"|VALUES|ON CONFLICT|DO UPDATE|SET|RETURNING)\b)"
)


class Function(Protocol):
    """A function of the demo, which has a name."""

    __name__: str

    def __call__(self, *arguments: Any, **keywords: Any) -> Any: ...  # each has its own


class Report:
    """Prints the parts of the demo, one under the other."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self._number = 0

    def title(self, text: str, *lines: str) -> None:
        """The head of the demo."""
        self.console.print(Panel(Group(Text(text, style="bold"), *[Text(line) for line in lines]), padding=(1, 2)))

    def chapter(self, text: str, *lines: str) -> None:
        """The head of a part."""
        self.console.print()
        self.console.print(Rule(Text(text, style="bold cyan"), style="cyan", align="left"))
        for line in lines:
            self.console.print(line)

    def tables(self, *lines: str, source: type, statements: dict[str, Sequence[str]]) -> None:
        """A table as it is declared, and the DDL for it."""
        self.chapter("The tables", *lines)
        self._print(code(inspect.getsource(source), "python"))
        self._print(self._beside({name: code(";\n".join(texts), "sql") for name, texts in statements.items()}))

    def query(
        self,
        title: str,
        function: Function,
        arguments: Sequence[object],
        statement: Compilable,
        rows: Iterable[Row[Any]],
        row_type: str,
    ) -> None:
        """A query as it is written, its SQL, its row type and its rows."""
        self.step(title, function)
        self._print(
            Group(
                Text(f"# {function.__name__}({', '.join(map(repr, arguments))})", style="dim"),
                self._beside({name: sql(statement, dialect) for name, dialect in DIALECTS.items()}),
            )
        )
        self.rows(rows, row_type)

    def step(self, title: str, function: Function) -> None:
        """The head of a query or a unit of work, with its source."""
        self._number += 1
        self.chapter(f"{self._number}. {title}")
        self._print(code(inspect.getsource(function).removeprefix("@inferred\n"), "python"))

    def rows(self, rows: Iterable[Row[Any]], row_type: str) -> None:
        """A result, with what mypy knows of it."""
        self._print(labelled("mypy: a row is", code(row_type, "python")))
        self._print(table(list(rows)))

    def lines(self, *lines: str) -> None:
        """Something to say."""
        self._print(Text("\n".join(lines)))

    def failure(self, error: DatabaseError) -> None:
        """What the database refused."""
        facts = Text(f"category {error.category!r}, retryable: {error.is_retryable}", style="dim")
        self._print(
            Panel(Group(Text(error.args[0]), facts), title=type(error).__name__, title_align="left", border_style="red")
        )

    def mistakes(self, found: Sequence[Mistake]) -> None:
        """The lines that mypy refuses, with its words under each."""
        source = ROOT.joinpath(MISTAKES).read_text().splitlines()
        for mistake in found:
            start = mistake.line
            while source[start - 1].startswith((" ", "\t")):
                start -= 1
            lines = "\n".join(source[start - 1 : mistake.line])
            self._print(code(lines, "python", first_line=start))
            self.console.print(Padding(Text(f"error: {mistake.text}", style="red"), (0, 0, 0, 5)))

    def _beside(self, parts: dict[str, RenderableType]) -> RenderableType:
        panels = [Panel(part, title=name, title_align="left", border_style="dim") for name, part in parts.items()]
        if self.console.width < SIDE_BY_SIDE:
            return Group(*panels)
        grid = Table.grid(expand=True)
        for _ in panels:
            grid.add_column(ratio=1)
        grid.add_row(*panels)
        return grid

    def _print(self, part: RenderableType) -> None:
        self.console.print()
        self.console.print(part)


def code(text: str, language: str, first_line: int | None = None) -> RenderableType:
    """Source text in the colours of the terminal; with the numbers of its lines when the first one is given."""
    return Syntax(
        text.strip(),
        language,
        theme="ansi_dark",
        background_color="default",
        word_wrap=True,
        line_numbers=first_line is not None,
        start_line=first_line or 1,
    )


def sql(statement: Compilable, dialect: str) -> RenderableType:
    """A statement for a dialect, with a line for each clause."""
    text, parameters = statement.compile(dialect)
    depth = 0

    def broken(match: re.Match[str]) -> str:
        nonlocal depth
        found = match[0]
        depth += {"(": 1, ")": -1}.get(found, 0)
        return "\n" if found.isspace() and depth == 0 else found

    lines = [code(CLAUSE.sub(broken, text), "sql")]
    if parameters:
        lines.append(Text(f"{list(parameters)}", style="dim"))
    return Group(*lines)


def labelled(label: str, part: RenderableType) -> RenderableType:
    """A word before something long."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(label, style="bold green"), part)
    return grid


def table(rows: Sequence[Row[Any]]) -> RenderableType:
    """The first rows under their names."""
    if not rows:
        return Text("no rows", style="dim")
    is_wide = any(isinstance(value, Row) for value in rows[0])
    most = MOST_WIDE_ROWS if is_wide else MOST_ROWS
    shown = Table(border_style="dim", header_style="bold", show_lines=is_wide)
    for name, value in rows[0]._asdict().items():
        shown.add_column(name, justify="right" if isinstance(value, int) else "left")
    for row in rows[:most]:
        shown.add_row(*map(cell, row))
    if len(rows) > most:
        shown.caption = f"and {len(rows) - most} more"
        shown.caption_justify = "left"
    return shown


def cell(value: object) -> Text:
    """A value as Python shows it, apart from the quotes of texts."""
    return Text("None", style="magenta") if value is None else Text(str(value))
