"""The type variables of the public classes.

Type checkers see variables with defaults, so that people write `Column[int]` and leave the rest to
the plugin. At run time they are plain: `typing_extensions` is never imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Value = TypeVar("Value", covariant=True, default=Any)
    """The Python type of an expression's value; with None when it may be NULL."""
    Refs = TypeVar("Refs", covariant=True, default=object)
    """The columns that an expression reads, as Literal strings (encoding in qb_mypy)."""
    Insertion = TypeVar("Insertion", covariant=True, default=Any)
    """Whether an insert must, may or must not give a column: Required, Optional, Generated."""
    Name = TypeVar("Name", covariant=True, default=object)
    """The output name of a labelled expression, or an alias, as a Literal string."""
    Extent = TypeVar("Extent", covariant=True, default=object)
    """Whether the frame of a named window always has a row, as a Literal string."""
    Result = TypeVar("Result", covariant=True, default=Any)
    """What a batch has for a statement."""
    R = TypeVar("R", covariant=True, default=Any)
    """The row type of a query."""
    Projection = TypeVar("Projection", covariant=True, default=Any)
    """What a query selects, as a tuple of expression types, before joins make parts nullable."""
    DialectName = TypeVar("DialectName", bound=str, covariant=True, default=str)
    """The dialect of a database, as a Literal string; `str` where nobody knows it before the program runs."""
    Facts = TypeVar("Facts", contravariant=True, default=Any)
    """What is known of a statement (joins, columns used, whether it has a WHERE), as Literal strings.

    Contravariant: a query of which more is known is a subtype, so a conditional
    `q = q.join(…)` type-checks and is forgotten after the branch.
    """
else:
    from typing import TypeVar

    Value = TypeVar("Value")
    Refs = TypeVar("Refs")
    Insertion = TypeVar("Insertion")
    Name = TypeVar("Name")
    Extent = TypeVar("Extent")
    Result = TypeVar("Result")
    R = TypeVar("R")
    Projection = TypeVar("Projection")
    DialectName = TypeVar("DialectName")
    Facts = TypeVar("Facts")
