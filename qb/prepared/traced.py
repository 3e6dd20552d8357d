"""What a query function is given for its arguments while it is traced."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from operator import attrgetter
from types import MethodType
from typing import Any, NoReturn

from qb import types
from qb.errors import TraceError
from qb.expressions import Expr, Ordering
from qb.queries import Compilable
from qb.symbols import Symbol

Reader = Callable[[tuple[Any, ...]], Any]  # from the arguments of a call to a value
COLLECTIONS = (list, tuple, set, frozenset, dict)
OPERATIONS = {
    "`if`, `and`, `or` or `not`": ["bool"],
    "a comparison": ["eq", "ne", "lt", "le", "gt", "ge", "hash"],
    "iteration": ["iter", "next", "reversed"],
    "its length": ["len"],
    "`in`": ["contains"],
    "an item": ["getitem", "index"],
    "a text made of it": ["str", "format", "bytes"],
    "a call": ["call"],
    "arithmetic": [
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"),
        *("neg", "pos", "abs", "invert", "int", "float", "round", "trunc", "floor", "ceil", "divmod"),
    ],
}
"""What nobody can say of a value that is not known yet, with the special methods that Python asks."""


class Trace:
    """One run of a query function, and what it asked of its arguments."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.shapes: dict[str, Callable[[tuple[Any, ...]], Hashable]] = {}
        """What decides how the query looks, besides the classes of the arguments; by the words for it."""


class Traced(Symbol):
    """An argument, or an attribute of one, without its value. It goes where the value goes, and becomes a parameter
    there; to `isinstance` it is of the class of the first value. Whatever else is asked of it raises TraceError.
    """

    __slots__ = ("qb_name", "qb_position", "qb_read", "qb_trace")

    def __init__(self, trace: Trace, name: str, read: Reader, sample: object, position: int | None = None) -> None:
        self.qb_trace = trace
        self.qb_name = name
        self.qb_read = read
        self.qb_position = position
        """Of an argument; None of an attribute of one."""
        self.sample = sample

    @property  # type: ignore[misc]  # nobody assigns it
    def __class__(self) -> Any:  # whatever class the value has
        return self.sample.__class__

    def __getattr__(self, name: str) -> Any:  # whatever the object has
        if name.startswith("__"):  # what protocols ask for: it has none
            raise AttributeError(name)
        if is_value(self.sample):
            refuse(self, f"its attribute {name!r}")
        found = getattr(self.sample, name)
        if isinstance(found, MethodType) and found.__self__ is self.sample:
            return MethodType(found.__func__, self)  # what it reads of the object is traced as well
        read, of = attrgetter(name), self.qb_read
        self.qb_trace.shapes[f"{self.qb_name}.{name}"] = lambda values: shape_of(read(of(values)))
        return traced(self.qb_trace, f"{self.qb_name}.{name}", lambda values: read(of(values)), found)

    def decide(self) -> Any:
        read = self.qb_read
        self.qb_trace.shapes[f"whether {self.qb_name}"] = lambda values: bool(read(values))
        return self.sample

    def __repr__(self) -> str:
        return f"<parameter {self.qb_name}>"


def traced(
    trace: Trace, name: str, read: Reader, value: object, position: int | None = None
) -> Any:  # a Traced, or the value itself
    """What the function is given for a value."""
    return value if is_shape(value) else Traced(trace, name, read, value, position)


def refuse(value: Traced, operation: str) -> NoReturn:
    """Raise the error that says what to write instead."""
    name = value.qb_name
    raise TraceError(
        f"{value.qb_trace.function}(): {operation} asks for the value of the parameter {name!r}, but the body of a "
        f"@query runs once for all values. For a condition that is not always there write when({name}, …); for a part "
        f"of a text .startswith(), .endswith() or .contains(); .in_({name}) takes a list as it is. What is computed "
        f"from it is computed before the call, or in SQL: literal({name}) + 1"
    )


def _refusing(operation: str) -> Callable[..., Any]:
    def method(self: Traced, *others: object) -> Any:  # what the operator would give
        if others and isinstance(others[0], Expr):
            return NotImplemented  # the expression's own operator makes SQL of it
        refuse(self, operation)

    return method


for _operation, _names in OPERATIONS.items():
    for _name in _names:
        setattr(Traced, f"__{_name}__", _refusing(_operation))
        if _operation == "arithmetic":
            setattr(Traced, f"__r{_name}__", _refusing(_operation))


def is_value(value: object) -> bool:
    """Whether SQL takes the value itself, rather than what an object has for attributes."""
    if isinstance(value, (*COLLECTIONS, Enum)):
        return True
    try:
        types.of_value(value)
    except TypeError:
        return False
    return True


def is_shape(value: object) -> bool:
    """Whether a value decides how a query looks: None, a table, a column, a function."""
    if value is None or callable(value) or isinstance(value, (Expr, Ordering, Compilable)):
        return True
    return hasattr(value, "__qb_source__")


def shape_of(value: object) -> Hashable:
    """What two values have in common for which a query looks the same."""
    return value if is_shape(value) else type(value)
