"""Counts what the plugin does: hooks that mypy calls, and types that they make.

    python -m tests.typing.counting folder module …

checks one module of a folder after the other, and prints the counts of each as JSON.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, TypeVar

import mypy.types
from mypy import build
from mypy.main import process_options

C = TypeVar("C", bound=Callable[..., Any])
CLASSES = {
    name for name, found in vars(mypy.types).items() if isinstance(found, type) and issubclass(found, mypy.types.Type)
}
MAKING = CLASSES | {"make_simplified_union", "map_instance_to_supertype"}
METHODS = {"copy_modified", "make_union"}

counts = {"hooks": 0, "types": 0}


def making(maker: C) -> C:
    """Counts a call that makes a type."""
    counts["types"] += 1
    return maker


class Marked(ast.NodeTransformer):
    """`Instance(…)` becomes `making(Instance)(…)`."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in MAKING or method in METHODS:
            node.func = ast.copy_location(ast.Call(ast.Name("making", ast.Load()), [node.func], []), node)
        return node


class Loader(SourceFileLoader):
    """Loads a module of the plugin with the calls marked."""

    def get_code(self, fullname: str) -> CodeType:
        tree = Marked().visit(ast.parse(self.get_data(self.path)))
        return compile(ast.fix_missing_locations(tree), self.path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["making"] = making
        super().exec_module(module)


class Finder(MetaPathFinder):
    """Finds the modules of the plugin."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname.startswith("qb_mypy.") else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = Loader(spec.loader.name, spec.loader.path)
        return spec


def counted(module: str) -> dict[str, int]:
    """What is done for one module; those that it imports are in mypy's cache."""
    sources, options = process_options([f"{module}.py"])
    counts.update(hooks=0, types=0)
    errors = build.build(sources, options).errors
    assert not errors, errors
    return dict(counts)


def main(folder: str, *modules: str) -> None:
    from qb_mypy import guard

    call = guard._call

    def counting(hook: Callable[[Any], Any], ctx: Any) -> Any:  # as mypy gives it
        counts["hooks"] += 1
        return call(hook, ctx)

    guard._call = counting
    gc.set_threshold(200_000)
    os.chdir(folder)
    sys.stdout.write(json.dumps({module: counted(module) for module in modules}))


if __name__ == "__main__":
    sys.meta_path.insert(0, Finder())
    main(*sys.argv[1:])
