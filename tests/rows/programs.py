"""The queries of a program: the functions that return them, called."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, signature
from types import FunctionType, ModuleType

VALUES = {"int": "1", "str": '"FR"', "date": "date(2020, 1, 1)", "Decimal": "Decimal(5)"}
"""Arguments for parameters without a default, by annotation."""
HEAD = "from datetime import date\nfrom decimal import Decimal\n\n"


def calls_of(*modules: ModuleType) -> str:
    """A program that calls each function of the modules that returns a query."""
    return HEAD + "".join([line for module in modules for line in _calls(module)])


def _calls(module: ModuleType) -> Iterator[str]:
    for name, function in vars(module).items():
        if not isinstance(function, FunctionType) or function.__module__ != module.__name__:
            continue
        if function.__annotations__.get("return") == "Query":
            needed = [p for p in signature(function).parameters.values() if p.default is Parameter.empty]
            arguments = ", ".join([VALUES[parameter.annotation] for parameter in needed])
            yield f"from {module.__name__} import {name}\n{name}({arguments})\n"
