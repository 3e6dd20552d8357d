"""The documentation says nothing that is not so: examples in docs/ and in docstrings."""

from __future__ import annotations

import ast
import enum
import inspect
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

import qb
from qb import Table, col, fn
from qb.columns import Column
from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.schema.ddl import Ddl
from tests import consoles
from tests.d1_server import D1Server
from tests.documents import MODULES, Document, check, plain

ROOT = Path(__file__).parent.parent
DOCUMENTS = [Document(path) for path in sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
async def test_the_code_runs(
    document: Document, postgres_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_URL", postgres_url)
    if "D1_URL" in document.text:
        server: D1Server = request.getfixturevalue("d1_server")
        monkeypatch.setenv("D1_URL", f"d1://{server.account}/{server.database()}")
        monkeypatch.setenv("CLOUDFLARE_API_TOKEN", server.token)
        monkeypatch.setenv("CLOUDFLARE_API_BASE_URL", server.api)
    await document.run()


def test_the_commands_say_what_is_shown(tmp_path: Path) -> None:
    assert consoles.run(ROOT / "docs" / "migrations.md", tmp_path) >= 5


def test_mypy_sees_what_they_say(tmp_path: Path) -> None:
    wrong = check(DOCUMENTS, tmp_path)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Document) -> None:
    targets = [part.partition(")")[0] for part in document.text.split("](")[1:]]
    missing = [
        target
        for target in targets
        if "://" not in target and not (document.path.parent / target.partition("#")[0]).exists()
    ]
    assert not missing


# The table of types


class Genre(enum.Enum):
    rock = "rock"


class Kind(NamedTuple):
    """A line of the table in types.md."""

    code: str
    python: str
    postgres: str
    sqlite: str


def kinds() -> list[Kind]:
    text = (ROOT / "docs/types.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `col.")]
    return [Kind(*[cell.strip("`") for cell in row]) for row in rows]


def made(kind: Kind) -> Column:
    column: Column = eval(kind.code, {"col": col, "Genre": Genre})
    return column


def test_every_kind_is_in_the_table() -> None:
    assert {kind.code.removeprefix("col.").partition("(")[0] for kind in kinds()} == set(col.__all__)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_the_table_has_the_types_of_every_database(kind: Kind) -> None:
    def name(ddl: Ddl) -> str:
        try:
            return ddl.description.column(made(kind).declaration).type
        except UnsupportedError:
            return "refused"

    assert name(find_dialect("postgres").ddl()) == kind.postgres
    assert name(find_dialect("sqlite").ddl()) == kind.sqlite
    assert name(find_dialect("d1").ddl()) == kind.sqlite


def test_the_table_has_the_types_of_python(tmp_path: Path) -> None:
    head = 'import enum\nfrom qb import col\nclass Genre(enum.Enum):\n    rock = "rock"\n'
    module = tmp_path / "kinds.py"
    module.write_text(head + "".join([f"reveal_type({kind.code})\n" for kind in kinds()]))
    command = [sys.executable, "-m", "mypy", str(module)]
    here = os.environ | {"MYPYPATH": str(ROOT)}  # not what may be installed
    done = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    revealed = [MODULES.sub("", found) for found in re.findall(r'Revealed type is "(.*)"', done.stdout)]
    assert [text.partition("Column[")[2].rpartition(", Required")[0] for text in revealed] == [
        kind.python for kind in kinds()
    ]


# Docstrings


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
    released = col.date().nullable()
    plays = col.integer().default(0)


class Example(NamedTuple):
    """An indented block of a docstring."""

    where: str
    code: str


def examples() -> Iterator[Example]:
    for path in sorted((ROOT / "qb").rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                name = getattr(node, "name", "")
                for block in blocks(ast.get_docstring(node) or ""):
                    yield Example(f"{path.relative_to(ROOT)}:{name}", block)


def blocks(docstring: str) -> Iterator[str]:
    """Indented lines after an empty one."""
    for part in re.findall(r"(?:^|\n)\n((?:[ ]{4}.*(?:\n+|$))+)", docstring):
        yield textwrap.dedent(part).replace("…", "...")


EXAMPLES = list(examples())
WITH_SQL = [(example, line) for example in EXAMPLES for line in example.code.splitlines() if re.search(r"\s--\s", line)]


def test_docstrings_have_examples() -> None:
    assert len(EXAMPLES) >= 8
    assert WITH_SQL


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.where)
def test_examples_in_docstrings_are_python(example: Example) -> None:
    code = re.sub(r"\s--\s.*", "", example.code)
    compile(code, example.where, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize(("example", "line"), WITH_SQL, ids=lambda part: getattr(part, "where", ""))
def test_examples_in_docstrings_give_their_sql(example: Example, line: str) -> None:
    code, sql = re.split(r"\s--\s", line, maxsplit=1)
    public = {name: getattr(qb, name) for name in qb.__all__}
    names = {**public, "fn": fn, "Artist": Artist, "Album": Album, "date": date}
    assert plain(str(eval(code.strip(), names))) == plain(sql)


def test_public_names_have_docstrings() -> None:
    without = [name for name in qb.__all__ if name not in ("col", "fn") and not inspect.getdoc(getattr(qb, name))]
    assert not without
