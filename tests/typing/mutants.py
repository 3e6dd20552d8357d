"""Broken programs: the typed cases, each with one kind of mistake in some of its places."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path

ANYTHING = "anything"
"""A name of type Any in every mutant."""
BEGINNING = "import typing\nanything: typing.Any = ...\n"
KINDS = (
    "argument deleted",
    "arguments swapped",
    "argument replaced",
    "argument repeated",
    "keyword renamed",
    "list unpacked",
    "dictionary unpacked",
    "call left out",
    "call repeated",
    "attribute renamed",
    "attribute left out",
    "name replaced",
    "name made Any",
    "name undefined",
    "index replaced",
    "operator replaced",
    "constant replaced",
    "base replaced",
    "base made Any",
    "annotation replaced",
    "annotation made Any",
    "decorator moved",
    "line removed",
    "lines swapped",
    "definition renamed",
    "made a function",
    "import removed",
    "import from nowhere",
    "import cycle",
)


class Mutation(ast.NodeTransformer):
    """Breaks a program in one way, at some of the places where that is possible."""

    def __init__(self, kind: str, chance: random.Random, names: list[str]) -> None:
        self.kind = kind
        self.chance = chance
        self.names = names

    def strikes(self, kind: str) -> bool:
        return self.kind == kind and self.chance.random() < 0.2

    def name(self) -> ast.Name:
        return ast.Name(self.chance.choice(self.names), ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if node.args and self.strikes("argument deleted"):
            del node.args[self.chance.randrange(len(node.args))]
        if node.keywords and self.strikes("argument deleted"):
            del node.keywords[self.chance.randrange(len(node.keywords))]
        if len(node.args) > 1 and self.strikes("arguments swapped"):
            node.args.reverse()
        if node.keywords and self.strikes("keyword renamed"):
            self.chance.choice(node.keywords).arg = self.chance.choice(["on", "where", "titel", "into", "columns"])
        if not node.args or isinstance(node.args[0], ast.Starred):
            return node
        if self.strikes("argument repeated"):
            node.args.append(node.args[0])
        if self.strikes("argument replaced"):
            node.args[0] = self.chance.choice(
                [
                    ast.Constant(None),
                    ast.Constant("text"),
                    ast.Starred(node.args[0], ast.Load()),
                    self.name(),
                    ast.Call(self.name(), [], []),
                    ast.List([node.args[0]], ast.Load()),
                    ast.Tuple([node.args[0]] * 2, ast.Load()),
                    ast.Dict([node.args[0]], [self.name()]),
                    ast.Lambda(ast.arguments([], [], None, [], [], None, []), node.args[0]),
                    ast.IfExp(self.name(), node.args[0], self.name()),
                ]
            )
        elif self.strikes("list unpacked"):
            node.args = [ast.Starred(ast.List(node.args, ast.Load()), ast.Load()), ast.Starred(self.name(), ast.Load())]
        elif self.strikes("dictionary unpacked"):
            node.keywords.append(ast.keyword(None, node.args[0]))
        elif isinstance(node.func, ast.Attribute) and self.strikes("call left out"):
            return node.func.value
        elif isinstance(node.func, ast.Attribute) and self.strikes("call repeated"):
            return ast.Call(ast.Attribute(node, node.func.attr, ast.Load()), node.args, node.keywords)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("attribute renamed"):
            node.attr = self.chance.choice(
                [node.attr[:-1] + "q", "title", "id", "count", "as_", "__eq__", "where", "compile"]
            )
        if self.strikes("attribute left out"):
            return node.value
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            if self.strikes("name replaced"):
                return self.name()
            if self.strikes("name made Any"):
                return ast.Name(ANYTHING, ast.Load())
            if self.strikes("name undefined"):
                return ast.Name("nowhere", ast.Load())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("index replaced"):
            node.slice = self.chance.choice(
                [
                    ast.Name("nowhere", ast.Load()),
                    ast.Constant(1),
                    ast.Tuple([node.slice] * 2, ast.Load()),
                    ast.Constant("text"),
                    ast.Slice(None, ast.Constant(2), None),
                    self.name(),
                ]
            )
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("operator replaced"):
            node.op = self.chance.choice([ast.Add(), ast.MatMult(), ast.BitAnd(), ast.Pow(), ast.Mod()])
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("operator replaced"):
            node.ops[0] = self.chance.choice([ast.In(), ast.NotIn(), ast.Lt(), ast.NotEq()])
        if self.strikes("argument repeated"):
            node.ops.append(node.ops[0])
            node.comparators.append(node.left)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if self.strikes("constant replaced"):
            return ast.Constant(self.chance.choice([None, True, -1, 10**30, 0.5, 1j, b"bytes", "", "text", ...]))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node  # its constants are its text

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("base replaced"):
            other = self.chance.choice([self.name(), ast.Name("Nowhere", ast.Load()), ast.Name(node.name, ast.Load())])
            node.bases = self.chance.choice([[], [other], [*node.bases, other]])
        if self.strikes("base made Any"):
            node.bases = [*node.bases, ast.Name(ANYTHING, ast.Load())]
        if self.strikes("definition renamed"):
            node.name = self.chance.choice(self.names)
        self._decorate(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if self.strikes("definition renamed"):
            node.name = self.chance.choice(self.names)
        self._decorate(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        self._decorate(node)
        return node

    def _decorate(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if self.strikes("decorator moved"):
            node.decorator_list = [] if node.decorator_list else [self.name()]

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self._annotate(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        self._annotate(node)
        return node

    def _annotate(self, node: ast.arg | ast.AnnAssign) -> None:
        if node.annotation is not None and self.strikes("annotation made Any"):
            node.annotation = ast.Attribute(ast.Name("typing", ast.Load()), "Any", ast.Load())
        if node.annotation is not None and self.strikes("annotation replaced"):
            node.annotation = self.chance.choice(
                [
                    self.name(),
                    ast.Constant("Nowhere"),
                    ast.Subscript(self.name(), node.annotation, ast.Load()),
                    ast.Subscript(ast.Name("list", ast.Load()), node.annotation, ast.Load()),
                    ast.BinOp(node.annotation, ast.BitOr(), ast.Constant(None)),
                ]
            )

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        self.generic_visit(node)
        if self.strikes("definition renamed"):
            node.targets = [ast.Name(self.chance.choice(self.names), ast.Store())]
        if self.strikes("made a function"):
            node.value = ast.Lambda(ast.arguments([], [], None, [], [], None, []), node.value)
        return None if self.strikes("line removed") else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        self.generic_visit(node)
        is_docstring = isinstance(node.value, ast.Constant)  # __future__ imports come right after it
        return ast.Pass() if not is_docstring and self.strikes("line removed") else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.module == "__future__":
            return node
        if len(node.names) > 1 and self.strikes("import removed"):
            del node.names[self.chance.randrange(len(node.names))]
        if self.strikes("import from nowhere"):
            node.module = self.chance.choice(["nowhere", "qb", "schema", "qb.nodes"])
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        body = node.body
        for place in range(2, len(body) - 1):
            if not isinstance(body[place], ast.ImportFrom) and self.strikes("lines swapped"):
                body[place], body[place + 1] = body[place + 1], body[place]
        return node


def mutants(path: Path, count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Names of modules, and broken variants of a program for them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    first = chance.randrange(len(KINDS))
    for number in range(count):
        kind = KINDS[(first + number) % len(KINDS)]
        broken = Mutation(kind, chance, names).visit(copy.deepcopy(tree))
        for node in ast.walk(broken):  # a body from which all lines are gone
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For)):
                node.body = node.body or [ast.Pass()]
        name = f"{path.stem}_{number}"
        modules = [name, f"{name}_back"] if kind == "import cycle" else [name]
        for module, other in zip(modules, reversed(modules), strict=True):
            cycle = f"from {other} import *\n" if other != module else ""
            text = f"# {kind}\n{_with(broken, BEGINNING + cycle)}\n"
            if _is_python(text):  # one program that mypy cannot read ends the run of all
                yield module, text


def _with(tree: ast.Module, beginning: str) -> str:
    """A program with more imports."""
    whole = copy.deepcopy(tree)
    is_future = [isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in whole.body]
    place = is_future.index(True) + 1 if True in is_future else 0
    whole.body[place:place] = ast.parse(beginning).body
    return ast.unparse(ast.fix_missing_locations(whole))


def _is_python(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True
