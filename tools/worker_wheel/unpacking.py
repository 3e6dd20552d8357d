"""What a wheel for a Worker has besides qb: it finds the modules in two files, and compiles functions when they are
called.

A Worker starts without compiled modules, and to compile them is most of what importing them costs. Few of the functions
of a module are called by any one Worker, so of the others only the names are made.

A module's text is cut into code and functions, in turns, by form feeds, which are white space to Python.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType


class Unpacked:
    """Finds and loads the modules of `texts`, which are by the names of their files."""

    def __init__(self, texts: dict[str, str], folder: str, rest: Callable[[], Mapping[str, str]]) -> None:
        self.texts = texts
        self.folder = folder
        self.rest: Callable[[], Mapping[str, str]] | None = rest
        self.packages = {name.partition("/")[0] for name in texts}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where a module is; None for those of others, and for the packages themselves, which have files."""
        package, _, within = name.partition(".")
        if not within or package not in self.packages:
            return None
        file = self.file(name)
        if file is None and (rest := self.rest) is not None:
            self.rest = None  # before it is imported, for which this method is asked, too
            self.texts.update(rest())
            file = self.file(name)
        if file is None:
            return None
        loader: Any = self  # a loader by what it does, which is all that Python asks
        spec = ModuleSpec(name, loader, origin=f"{self.folder}/{file}")
        if file.endswith("/__init__.py"):
            spec.submodule_search_locations = [f"{self.folder}/{file.removesuffix('/__init__.py')}"]
        spec.has_location = True
        return spec

    def file(self, name: str) -> str | None:
        """The file that a module would be in."""
        start = name.replace(".", "/")
        return next((file for file in (f"{start}.py", f"{start}/__init__.py") if file in self.texts), None)

    def create_module(self, spec: ModuleSpec) -> None:
        """Python makes it."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code, with a stand-in for each function."""
        pieces = self.pieces(module.__name__)
        file, namespace = module.__file__, module.__dict__
        assert file is not None
        namespace["_later"] = partial(stand_ins, pieces, file, namespace)
        exec(compile(skeleton(pieces), file, "exec"), namespace)
        del namespace["_later"]

    def get_source(self, name: str) -> str:
        """The text of a module: tracebacks show its lines."""
        return "".join(self.pieces(name))

    def pieces(self, name: str) -> list[str]:
        """The text of a module, cut."""
        return self.texts[self.file(name) or name].split("\f")


def skeleton(pieces: list[str]) -> str:
    """The code of a module, in which the functions are made of their names, those that follow each other by one line;
    every line where it was.
    """
    parts, first = [], 1
    for number in range(1, len(pieces), 2):
        indent = indent_of(pieces[number])
        if not pieces[number + 1] and number + 2 < len(pieces) and indent_of(pieces[number + 2]) == indent:
            continue
        functions = pieces[first : number + 1 : 2]
        names, lines = ",".join(map(name_of, functions)), "".join(functions).count("\n")
        where = f"{first},{number},__qualname__" if indent else f"{first},{number}"  # a class has one
        parts.append(f"{pieces[first - 1]}{indent}{names},=_later({where})" + "\n" * lines)
        first = number + 2
    return "".join([*parts, pieces[-1]])


def indent_of(function: str) -> str:
    """What is in front of a method; nothing of a function."""
    return "\t" if function[0] == "\t" else ""


def name_of(function: str) -> str:
    """The name of a function."""
    return function.partition("def ")[2].partition("(")[0]


def called(*args: Any, _compiled: Callable[[], FunctionType], **kwargs: Any) -> Any:
    """The code of each stand-in, until it is called."""
    return _compiled()(*args, **kwargs)


async def awaited(*args: Any, _compiled: Callable[[], FunctionType], **kwargs: Any) -> Any:
    """Likewise of coroutines."""
    return await _compiled()(*args, **kwargs)


def stand_ins(
    pieces: list[str], file: str, namespace: dict[str, Any], first: int, last: int, scope: str = ""
) -> Iterator[FunctionType]:
    """Functions that have their own code when they are called; `scope` is the class that they are in."""
    for number in range(first, last + 1, 2):
        name = name_of(pieces[number])
        stand_in = awaited if pieces[number].lstrip().startswith("async") else called
        function = FunctionType(stand_in.__code__, namespace, name)
        function.__qualname__ = f"{scope}.{name}" if scope else name
        function.__kwdefaults__ = {"_compiled": partial(compiled, function, pieces, number, file)}
        yield function


def compiled(function: FunctionType, pieces: list[str], number: int, file: str) -> FunctionType:
    """The function that stood in for itself, as it was written."""
    text, lines = pieces[number], "".join(pieces[:number]).count("\n")
    if indent_of(text):
        text, lines = f"if 1:\n{text}", lines - 1
    found: dict[str, FunctionType] = {}
    exec(compile("\n" * lines + text, file, "exec"), function.__globals__, found)
    written = found[function.__name__]
    function.__defaults__, function.__kwdefaults__ = written.__defaults__, written.__kwdefaults__
    function.__code__ = written.__code__
    return function


def install(texts: dict[str, str]) -> None:
    """Have Python find these modules, and those of the other file when one of them is needed."""
    folder = __file__.replace("\\", "/").rpartition("/qb/")[0]
    sys.meta_path.insert(0, Unpacked(texts, folder, rest))


def rest() -> Mapping[str, str]:
    """The modules that few Workers need."""
    texts: Mapping[str, str] = import_module("qb.packed_rest").MODULES
    return texts
