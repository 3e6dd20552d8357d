"""Whatever people write, mypy goes on: broken programs, a broken plugin, and errors that are ignored on purpose."""

from __future__ import annotations

import ast
import copy
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.typing.harness import CASES, SCHEMA

MUTANTS_OF_A_CASE = 10
CONFIGURATION = "[mypy]\nstrict = True\nshow_traceback = True\nplugins = "


class Mutation(ast.NodeTransformer):
    """Breaks a program in one way, at some of the places where that is possible."""

    def __init__(self, kind: str, chance: random.Random, names: list[str]) -> None:
        self.kind = kind
        self.chance = chance
        self.names = names

    def strikes(self, kind: str) -> bool:
        return self.kind == kind and self.chance.random() < 0.2

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if node.args and self.strikes("argument deleted"):
            del node.args[self.chance.randrange(len(node.args))]
        if node.keywords and self.strikes("argument deleted"):
            del node.keywords[self.chance.randrange(len(node.keywords))]
        if len(node.args) > 1 and self.strikes("arguments swapped"):
            node.args.reverse()
        if not node.args or isinstance(node.args[0], ast.Starred):
            return node
        if self.strikes("argument replaced"):
            other = self.chance.choice(self.names)
            node.args[0] = self.chance.choice(
                [
                    ast.Constant(None),
                    ast.Constant("text"),
                    ast.Starred(node.args[0], ast.Load()),
                    ast.Name(other, ast.Load()),
                    ast.Call(ast.Name(other, ast.Load()), [], []),
                    ast.List([node.args[0]], ast.Load()),
                ]
            )
        elif self.strikes("dictionary unpacked"):
            node.keywords.append(ast.keyword(None, node.args[0]))
        elif isinstance(node.func, ast.Attribute) and self.strikes("call left out"):
            return node.func.value
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("attribute renamed"):
            node.attr = self.chance.choice([node.attr[:-1] + "q", "title", "id", "count", "as_", "__eq__"])
        if self.strikes("attribute left out"):
            return node.value
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and self.strikes("name replaced"):
            return ast.Name(self.chance.choice(self.names), ast.Load())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("index replaced"):
            index = [ast.Name("nowhere", ast.Load()), ast.Constant(1), ast.Tuple([node.slice] * 2, ast.Load())]
            node.slice = self.chance.choice(index)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        self.generic_visit(node)
        return None if self.strikes("line removed") else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        self.generic_visit(node)
        is_docstring = isinstance(node.value, ast.Constant)  # __future__ imports come right after it
        return ast.Pass() if not is_docstring and self.strikes("line removed") else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if len(node.names) > 1 and self.strikes("import removed"):
            del node.names[self.chance.randrange(len(node.names))]
        return node


KINDS = (
    "argument deleted",
    "arguments swapped",
    "argument replaced",
    "dictionary unpacked",
    "call left out",
    "attribute renamed",
    "attribute left out",
    "name replaced",
    "index replaced",
    "line removed",
    "import removed",
)


def mutants(path: Path, count: int) -> Iterator[str]:
    """Broken variants of a program: the same ones every time."""
    tree = ast.parse(path.read_text())
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    chance = random.Random(path.name)
    first = chance.randrange(len(KINDS))
    for number in range(count):
        kind = KINDS[(first + number) % len(KINDS)]
        broken = Mutation(kind, chance, names).visit(copy.deepcopy(tree))
        for node in ast.walk(broken):  # a body from which all lines are gone
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For)):
                node.body = node.body or [ast.Pass()]
        text = f"# {kind}\n{ast.unparse(ast.fix_missing_locations(broken))}\n"
        compile(text, path.name, "exec")  # one program that mypy cannot read ends the run of all
        yield text


def mypy(folder: Path, plugin: str = "qb_mypy.plugin") -> str:
    """What mypy says of the programs in a folder."""
    (folder / "mypy.ini").write_text(f"{CONFIGURATION}{plugin}\n")
    command = [sys.executable, "-m", "mypy", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    return done.stdout + done.stderr


def test_no_program_makes_a_hook_fail(tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    written = 0
    for path in sorted(CASES.glob("*.py")):
        # A broken schema is not imported by the others, so it breaks its own lines alone.
        for text in mutants(path, MUTANTS_OF_A_CASE):
            (tmp_path / f"{path.stem}_{written}.py").write_text(text)
            written += 1
    assert written >= 100
    said = mypy(tmp_path)
    failures = [line for line in said.splitlines() if "plugin failed" in line]
    assert "INTERNAL ERROR" not in said, said[-5000:]
    assert "Traceback" not in said, said[-5000:]
    assert not failures, "\n".join(failures)
    checked = re.search(r"Found \d+ errors in (\d+) files", said)
    assert checked is not None
    assert int(checked[1]) >= 100


BROKEN_PLUGIN = """
from qb_mypy import plugin as real

def fail(ctx):
    raise KeyError("broken")

real.FUNCTIONS["qb.statements.select.select"] = fail
real.METHODS["qb.columns.Column.__eq__"] = fail
real.METHOD_SIGNATURES["qb.statements.insert.Insert.values"] = fail
real.ANNOTATIONS["qb.rows.NewRow"] = fail
real.declarations.declared = fail
real.rows.attribute = lambda ctx, name: fail(ctx)

plugin = real.plugin
"""

PROGRAM = """
from qb import NewRow, Row, Table, col, insert, select

class Album(Table):
    id = col.integer().primary_key()
    title = col.text()

select(Album.id)
Album.id == 5
insert(Album).values(title="Blue")

def show(row: Row[Album], new: NewRow[Album]) -> None:
    row.title
    after: int = "mypy goes on"
"""


@pytest.mark.parametrize("line", [4, 8, 9, 10, 12, 13])
def test_a_hook_that_fails_is_an_error_at_the_line(line: int, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN_PLUGIN)
    (tmp_path / "program.py").write_text(PROGRAM)
    said = mypy(tmp_path, "./broken.py")
    assert "INTERNAL ERROR" not in said
    reported = [text for text in said.splitlines() if text.startswith(f"program.py:{line}: ")]
    assert any("plugin failed here" in text and text.endswith("[qb]") for text in reported), said
    assert "program.py:14: error: Incompatible types in assignment" in said


@pytest.mark.parametrize("code", ["qb-scope", "qb"])
def test_errors_are_ignored_by_their_code(code: str, tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    (tmp_path / "program.py").write_text(
        "from schema import Album, Artist\n"
        "from qb import select\n"
        "(\n"
        "    select(Album.title)\n"
        f"    .where(Artist.id == 5)  # type: ignore[{code}]\n"
        ").compile('sqlite')\n"
        f"select(Album.id).order_by(Artist.id).compile('sqlite')  # type: ignore[{code}]\n"
    )
    said = mypy(tmp_path)
    assert "is not in this query" not in said
    # In strict mode mypy asks for the narrowest code, which is ours to give and the person's to choose.
    assert ("Success" if code == "qb-scope" else "use narrower [qb-scope] instead of [qb]") in said


def test_another_code_does_not_ignore_them(tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    (tmp_path / "program.py").write_text("from schema import Album\nAlbum.id == 'x'  # type: ignore[qb-scope]\n")
    said = mypy(tmp_path)
    assert "program.py:2: error: Album.id is int, but the value is str" in said
    assert 'error: Unused "type: ignore" comment' in said
