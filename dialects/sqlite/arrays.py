"""SQLite has no arrays."""

from __future__ import annotations

from qb import nodes
from qb.compiler import Compiler
from qb.errors import UnsupportedError


class ArrayCompiler(Compiler):
    """Says what there is instead of arrays."""

    def no_array(self, node: nodes.Function) -> str:
        """Every function of arrays."""
        raise UnsupportedError("SQLite has no arrays: declare a list as col.json(list[…])")

    function_array_has = function_array_contains = function_array_contained = function_array_overlaps = no_array
    function_array_concat = function_array_get = function_array_length = no_array
    function_array_append = function_array_remove = function_array_position = no_array
