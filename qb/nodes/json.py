"""Parts of JSON documents."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.nodes.values import Parameter
from qb.types import SqlType


class JsonPath(Expression):
    """The value at a path inside of a document. `path` has a text for each key and a whole number for each index;
    `nulls` says whether JSON's null may be there, which counts as NULL.
    """

    __slots__ = ("document", "nulls", "path")

    def __init__(self, document: Expression, path: tuple[Parameter, ...], type: SqlType, nulls: bool = True) -> None:
        self.document = document
        self.path = path
        self.type = type
        self.nulls = nulls
