"""Names of a package that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazily(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:  # whatever a module holds
    """The `__getattr__` of a package: `modules` says which module each name is in, or is.

    What the first query of most programs does not need costs nothing until somebody does.
    """

    def find(name: str) -> Any:
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        __import__(module)
        holder = sys.modules[module]
        found = getattr(holder, name, holder)  # a module may be called as what it holds
        setattr(sys.modules[package], name, found)
        return found

    return find
