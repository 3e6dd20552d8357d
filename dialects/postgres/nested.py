"""Rows inside of rows on PostgreSQL: its JSON functions, and what they would not keep."""

from __future__ import annotations

from types import MappingProxyType

from qb.compiler import Compiler
from qb.compiler.nested import ENCODINGS, SAME
from qb.types import Array, SqlType, Timestamp

AT_UTC = "{0} AT TIME ZONE 'UTC'"
MICROSECONDS = (
    "(extract(year FROM {0}) * 365 + extract(month FROM {0}) * 30 + extract(day FROM {0})) * 86400000000"
    " + extract(hour FROM {0}) * 3600000000 + extract(minute FROM {0}) * 60000000 + extract(microseconds FROM {0})"
)
"""Of an interval: years and months are as long as asyncpg has them."""


class NestedCompiler(Compiler):
    """The part of PostgreSQL's compiler for `many` and `one`."""

    json_array = "json_build_array"
    json_list = "coalesce(json_agg({0}), '[]')"
    json_items = MappingProxyType(
        {
            **ENCODINGS,
            **dict.fromkeys(("json", "timestamp"), SAME),
            "numeric": "{0}::text",  # with all digits, those after the point that are 0 as well
            "real": "{0}::text",  # -0 and infinity are no numbers of JSON
            "interval": MICROSECONDS,
            "blob": "encode({0}, 'hex')",
        }
    )

    def json_item(self, text: str, type: SqlType) -> str:
        if isinstance(type, Timestamp) and type.zone:
            return AT_UTC.format(text)
        if isinstance(type, Array):
            item = self.json_item('"item"', type.item)
            if item == '"item"':
                return text
            return (
                f"CASE WHEN {text} IS NOT NULL THEN (SELECT coalesce(json_agg({item} ORDER BY \"n\"), '[]') "
                f'FROM unnest({text}) WITH ORDINALITY AS "items"("item", "n")) END'
            )
        return super().json_item(text, type)
