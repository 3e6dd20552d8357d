"""Which functions of a module can be compiled when they are called, and the module's text cut at them (see unpacking).

A function can when nothing but its name, its defaults and its code makes it: no decorator, no variables of a function
or class around it. `super()` has one, the class; it gets that and the instance by name. A generator cannot: Python
wants a generator in its place, which would have to hand on all that is sent and thrown into it.
"""

from __future__ import annotations

import ast

from python_minifier import unparse

from tools.worker_wheel.stripping import Function

SHORTEST = 50
"""Characters of a function that is worth it: of a shorter one, the stand-in is not quicker to make."""
MADE_BY_CLASSES = {"__new__", "__init_subclass__", "__class_getitem__"}
"""Methods that a class looks at when it is made."""


def cut(source: str) -> str:
    """A stripped module, with form feeds around the functions that can be compiled when they are called."""
    tree = ast.parse(source)
    for scope in tree.body:
        if isinstance(scope, ast.ClassDef):
            for method in scope.body:
                if isinstance(method, Function) and method.args.args:
                    named = SuperNamed(scope.name, method.args.args[0].arg)
                    method.body = [named.visit(statement) for statement in method.body]
    text = unparse(ast.fix_missing_locations(tree))
    lines = [f"{line}\n" for line in text.split("\n")]
    pieces, done = [], 0
    for function, within in functions(ast.parse(text)):
        assert function.end_lineno is not None
        body = "".join(lines[function.lineno - 1 : function.end_lineno])
        if len(body) >= SHORTEST and can_wait(function, within):
            pieces += ["".join(lines[done : function.lineno - 1]), body]
            done = function.end_lineno
    return "\f".join([*pieces, "".join(lines[done:])])


def functions(tree: ast.Module) -> list[tuple[Function, set[str]]]:
    """Those of the module and of its classes, each with the names that its class sets."""
    found: list[tuple[Function, set[str]]] = []
    for node in tree.body:
        if isinstance(node, Function):
            found.append((node, set()))
        elif isinstance(node, ast.ClassDef):
            names = {
                each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
            methods = [each for each in node.body if isinstance(each, Function)]
            names |= {each.name for each in methods}
            found += [(each, names) for each in methods]
    return found


def can_wait(function: Function, within: set[str]) -> bool:
    """Whether it can be compiled later; `within` are the names of the class around it."""
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return (
        not function.decorator_list
        and function.name not in MADE_BY_CLASSES
        and not is_generator(function)
        and all(is_settled(each, within) for each in defaults)
        and not any(is_of_a_class(node) for node in ast.walk(function))
    )


def is_generator(function: Function) -> bool:
    """Whether it yields, itself and not by a function within."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return False


def is_settled(default: ast.expr, within: set[str]) -> bool:
    """Whether a default is the same whenever it is made: a constant, or what the module calls so."""
    if isinstance(default, ast.Tuple):
        return all(is_settled(each, within) for each in default.elts)
    if isinstance(default, ast.Call):
        return ast.unparse(default) == "frozenset()"
    return isinstance(default, ast.Constant) or (isinstance(default, ast.Name) and default.id not in within)


def is_of_a_class(node: ast.AST) -> bool:
    """Whether it means what it does because of the class around it."""
    if isinstance(node, ast.Call):
        return ast.unparse(node) == "super()"
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name == "__class__" if isinstance(node, ast.Name) else name.startswith("__") and not name.endswith("__")


class SuperNamed(ast.NodeTransformer):
    """`super()` with the arguments that Python finds by itself in a class."""

    def __init__(self, scope: str, first: str) -> None:
        self.scope, self.first = scope, first

    def visit_Call(self, node: ast.Call) -> ast.Call:  # ast's name
        self.generic_visit(node)
        if ast.unparse(node) == "super()":
            node.args = [ast.Name(self.scope, ast.Load()), ast.Name(self.first, ast.Load())]
        return node

    def visit_FunctionDef(self, node: Function) -> Function:  # likewise
        return node  # it has a first argument of its own

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # likewise
