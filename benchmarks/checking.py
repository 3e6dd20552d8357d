"""What mypy needs for a program of many queries: of qb, with the plugin and without it, and of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.table import Table

from benchmarks import checked_qb, checked_sqlalchemy
from benchmarks.measure import processor_seconds, run, seconds

QUERIES = 1000
TABLES = 245
ROUNDS = 3
COPIES = 50
"""How often a large query is in a module, so that it takes time that can be measured."""
WITH, WITHOUT, OTHER = "qb, with the plugin", "qb, without it", "SQLAlchemy"
STEPS = ("no cache", "after an edit", "in the daemon")


class Contestant(NamedTuple):
    """A library, and how mypy is set up for it."""

    schema: Callable[[int], str]
    queries: Callable[[int, int], str]
    configuration: str = "[mypy]\nstrict = True\n"


PLUGIN = "[mypy]\nstrict = True\nplugins = qb_mypy.plugin\n"
CONTESTANTS = {
    WITH: Contestant(checked_qb.schema, checked_qb.queries, PLUGIN),
    WITHOUT: Contestant(checked_qb.schema, checked_qb.queries),
    OTHER: Contestant(checked_sqlalchemy.schema, checked_sqlalchemy.queries),
}


class Project:
    """A folder with modules, and mypy's cache."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self.folder = folder
        self.edits = 0
        (folder / "mypy.ini").write_text(configuration)

    def write(self, module: str, text: str) -> None:
        """A module, which is never the same again."""
        self.edits += 1
        (self.folder / f"{module}.py").write_text(f"{text}\n# {self.edits}\n")

    def check(self, module: str) -> float:
        """Seconds that mypy takes, of the processor's: other programs do not count."""
        return processor_seconds(["-m", "mypy", f"{module}.py"], self.folder)

    def check_again(self, module: str) -> float:
        """Seconds that the daemon takes for an edit."""
        daemon = ["-m", "mypy.dmypy", "run", "--", f"{module}.py"]
        run(*daemon, folder=self.folder)
        text = (self.folder / f"{module}.py").read_text()
        self.write(module, text)
        try:
            return seconds(daemon, self.folder)
        finally:
            run("-m", "mypy.dmypy", "stop", folder=self.folder)

    def must_be_right(self, module: str) -> None:
        """A program with mistakes would take another time."""
        output = run("-m", "mypy", f"{module}.py", folder=self.folder).stdout
        if not output.startswith("Success"):
            raise RuntimeError(output)


def measured(contestant: Contestant) -> tuple[float, ...]:
    """Seconds from an empty cache, after an edit, in the daemon; and for each query."""
    with TemporaryDirectory() as folder:
        project = Project(Path(folder), contestant.configuration)
        project.write("schema", contestant.schema(TABLES))
        program = contestant.queries(QUERIES, TABLES)
        project.write("queries", program)
        cold = project.check("queries")
        project.must_be_right("queries")
        project.write("queries", program)
        edit = project.check("queries")
        daemon = project.check_again("queries")
        project.write("queries", contestant.queries(0, TABLES))
        each = (edit - project.check("queries")) / QUERIES
    return cold, edit, daemon, each


def table() -> Table:
    """Many queries."""
    shown = Table(
        title=f"mypy --strict on {QUERIES:,} functions with queries, {TABLES} tables: seconds", title_justify="left"
    )
    for heading in ("", *STEPS, "a function, ms"):
        shown.add_column(heading, justify="right" if heading else "left")
    rounds = [{name: measured(contestant) for name, contestant in CONTESTANTS.items()} for _ in range(ROUNDS)]
    for name in CONTESTANTS:
        *steps, each = [median(values) for values in zip(*[found[name] for found in rounds], strict=True)]
        shown.add_row(name, *[f"{step:.2f}" for step in steps], f"{each * 1000:.2f}")
    for other in (WITHOUT, OTHER):
        pairs = [zip(found[WITH], found[other], strict=True) for found in rounds]
        ratios = [median(column) for column in zip(*[[a / b for a, b in pair] for pair in pairs], strict=True)]
        shown.add_row(f"plugin / {other}", *[f"{ratio:.2f}" for ratio in ratios])
    shown.caption = "a function: what it adds to a run after an edit; one to three statements"
    shown.caption_justify = "left"
    return shown


SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "a table of so many columns": (checked_qb.wide_table, 200),
    "a select of so many columns": (lambda size: checked_qb.wide_select(size, COPIES), 60),
    "so many joins": (lambda size: checked_qb.joins(size, COPIES), 12),
    "so many steps of a builder": (lambda size: checked_qb.chain(size, COPIES), 40),
    "so many tables in a schema": (checked_qb.schema, TABLES),
}


def large() -> Table:
    """Large tables and queries, beside those of half the size."""
    shown = Table(
        title=f"mypy with the plugin on large modules (queries: {COPIES} times): seconds", title_justify="left"
    )
    for heading in ("", "size", "half of it", "all of it"):
        shown.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        project = Project(Path(folder), PLUGIN)
        project.write("schema", checked_qb.schema(TABLES))
        project.write("wide", checked_qb.wide_table(100))
        project.write("program", checked_qb.imported("schema", TABLES) + "import wide\n")
        project.check("program")
        for name, (program, size) in SHAPES.items():
            times: dict[int, list[float]] = {1: [], size // 2: [], size: []}
            for _ in range(ROUNDS):
                for part, found in times.items():
                    project.write("program", program(part))
                    found.append(project.check("program"))
            project.must_be_right("program")
            least, half, whole = [median(found) for found in times.values()]
            shown.add_row(name, str(size), f"{half - least:.2f}", f"{whole - least:.2f}")
    shown.caption = "what it takes beyond the smallest one"
    shown.caption_justify = "left"
    return shown
