"""What mypy knows of the queries in a folder of modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from mypy.build import build
from mypy.inspections import find_by_location
from mypy.main import process_options
from mypy.maptype import map_instance_to_supertype
from mypy.types import AnyType, Instance, ProperType, Type, get_proper_type

QUERY = "qb.queries.Query"
ERROR = re.compile(r"(?P<module>\w+)\.py:(?P<line>\d+): error: ")
ROOT = Path(__file__).parents[2]
CONFIGURATION = f"[mypy]\nstrict = True\nplugins = qb_mypy.plugin\nmypy_path = {ROOT}\n"


class Place(NamedTuple):
    """Where an expression is written."""

    line: int
    column: int
    end_line: int
    end_column: int


class Known(NamedTuple):
    """What mypy says of the modules of a folder."""

    rows: dict[str, dict[Place, ProperType]]
    """By file, the row types of the expressions that are queries."""
    refused: dict[str, set[int]]
    """By file, the lines with errors."""


def known(folder: Path, *modules: str) -> Known:
    """Runs mypy over modules of a folder, in this process: only so it keeps the types of expressions."""
    (folder / "mypy.ini").write_text(CONFIGURATION)
    with chdir(folder):
        sources, options = process_options(["--config-file", "mypy.ini", *[f"{module}.py" for module in modules]])
        options.export_types = options.preserve_asts = True
        options.incremental = False
        result = build(sources, options)
    rows: dict[str, dict[Place, ProperType]] = {module: {} for module in modules}
    for module in modules:
        for place in expressions((folder / f"{module}.py").read_text()):
            node = find_by_location(result.files[module], *place)
            type = None if node is None else result.types.get(node)
            row = None if type is None else row_of(type)
            if row is not None:
                rows[module][place] = row
    refused: dict[str, set[int]] = {module: set() for module in modules}
    for error in filter(None, map(ERROR.match, result.errors)):
        refused[error["module"]].add(int(error["line"]))
    return Known(rows, refused)


def expressions(program: str) -> Iterator[Place]:
    """Where the expressions of a program are that may be queries."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, (ast.Call, ast.Name, ast.Attribute, ast.IfExp)) and node.end_lineno and node.end_col_offset:
            yield Place(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def row_of(type: Type) -> ProperType | None:
    """The type of a query's rows; None for what is no query, or one of which nothing is known."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance) or not proper.type.has_base(QUERY):
        return None
    query = next(base for base in proper.type.mro if base.fullname == QUERY)
    row = get_proper_type(map_instance_to_supertype(proper, query).args[0])
    return None if isinstance(row, AnyType) else row
