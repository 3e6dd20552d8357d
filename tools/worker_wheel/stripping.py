"""Source text without what only people and type checkers read."""

from __future__ import annotations

import ast

from python_minifier import RemoveAnnotationsOptions, minify

from tools.worker_wheel.graph import is_for_type_checkers

ANNOTATIONS = RemoveAnnotationsOptions(
    remove_variable_annotations=True,
    remove_return_annotations=True,
    remove_argument_annotations=True,
    remove_class_attribute_annotations=True,
)


def stripped(source: str, used_elsewhere: set[str]) -> str:
    """The module without comments, docstrings, annotations, assertions and overloads, and without the names that only
    those have used. `used_elsewhere` are names that other modules take from it.
    """
    tree = ForRunning().visit(ast.parse(source))
    before: set[str] | None = None
    while (used := used_names(tree)) != before:  # what is not used any more may have used something itself
        tree, before = WithoutUnused(used | used_elsewhere).visit(tree), used
    return minify(
        ast.unparse(ast.fix_missing_locations(tree)),
        remove_annotations=ANNOTATIONS,
        remove_literal_statements=True,
        remove_asserts=True,
        combine_imports=True,
        rename_globals=False,
        hoist_literals=False,  # deflate does that better
    )


GENERIC = frozenset(
    {"Callable", "Iterable", "Literal", "Mapping", "Sequence", "dict", "frozenset", "list", "tuple", "type"}
)
"""What a type is made of others with, where a module only gives it a name."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class ForRunning(ast.NodeTransformer):
    """Leaves out what type checkers alone see."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:  # ast's name
        return None if node.module == "__future__" else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:  # likewise
        self.generic_visit(node)
        if is_for_type_checkers(node):
            return node.orelse or ast.Pass()
        if ast.unparse(node.test) == "not TYPE_CHECKING":
            return node.body
        return node

    def visit_FunctionDef(self, node: Function) -> Function | None:  # likewise
        node.returns = None
        self.generic_visit(node)
        return None if is_overload(node) else node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # likewise

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:  # likewise
        """Fields of data classes stay fields, of any type."""
        if not ast.unparse(node.annotation).startswith("ClassVar"):
            node.annotation = ast.Name("object", ast.Load())
            return node
        return ast.Pass() if node.value is None else ast.Assign([node.target], node.value)

    def visit_Assert(self, node: ast.Assert) -> ast.Pass:  # likewise
        return ast.Pass()


def is_overload(node: Function) -> bool:
    """Whether it is one of the signatures of a function."""
    return any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list)


class WithoutUnused(ast.NodeTransformer):
    """Leaves out imports, type variables and aliases of types that nobody uses."""

    def __init__(self, used: set[str]) -> None:
        self.used = used

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:  # ast's name
        node.names = [name for name in node.names if (name.asname or name.name) in self.used]
        return node if node.names else None

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:  # likewise
        targets = node.targets
        is_unused = len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id not in self.used
        return None if is_unused and is_type(node.value) else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:  # likewise
        return node  # assignments in functions and classes stay

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815  # likewise


def is_type(value: ast.expr) -> bool:
    """Whether an expression makes a type variable, or a type out of others."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("TypeVar", "ParamSpec")
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.BitOr) and is_type(value.left) and is_type(value.right)
    return isinstance(value, ast.Subscript) and ast.unparse(value.value) in GENERIC


def used_names(tree: ast.AST) -> set[str]:
    """Every name that a module reads, those in its `__all__` included, and annotations not."""
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names |= set(ast.literal_eval(node.value))
        waiting += [child for child in ast.iter_child_nodes(node) if child is not getattr(node, "annotation", None)]
    return names
