"""Rows inside of rows."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.nodes.select import Select
from qb.types import NESTED_ROWS


class Nested(Expression):
    """The rows of a query that belong to the row around it: an item of a projection. `on` None means the foreign
    key; `single` is for one row or none, `required` for one; `instances_of` is the class that they are made into.
    """

    __slots__ = ("instances_of", "on", "query", "required", "single")

    def __init__(
        self,
        query: Select,
        on: Expression | None,
        single: bool = False,
        required: bool = False,
        instances_of: type | None = None,
    ) -> None:
        self.query = query
        self.on = on
        self.single = single
        self.required = required
        self.instances_of = instances_of
        self.type = NESTED_ROWS


JSON_WIDTH = 32
"""How many values a JSON array of a nested row has at most: wider rows are arrays of such arrays."""
