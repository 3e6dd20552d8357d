"""Rows inside of rows on SQLite: its JSON functions, and what they would not keep."""

from __future__ import annotations

from types import MappingProxyType

from qb.compiler import Compiler
from qb.compiler.nested import ENCODINGS, SAME


class NestedCompiler(Compiler):
    """The part of SQLite's compiler for `many` and `one`."""

    json_list = "json_group_array({0})"
    json_items = MappingProxyType(
        {
            **ENCODINGS,
            **dict.fromkeys(("numeric", "timestamp", "interval"), SAME),  # as they are stored: whole numbers and text
            **dict.fromkeys(("json", "rows"), "json({0})"),  # a document, and not a text that holds one
            "blob": "CASE WHEN {0} IS NOT NULL THEN hex({0}) END",  # hex(NULL) is empty
            # JSON's own numbers have 15 digits here, and 17 are not exact where SQLite computes them.
            "real": "CASE WHEN {0} IS NOT NULL THEN printf('%!.20g', {0}) END",
        }
    )
