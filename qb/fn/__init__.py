"""SQL functions: `fn.count()`, `fn.lower(Artist.name)`, …

Each means the same on every dialect; where a dialect spells it differently, its compiler knows.
"""

from typing import TYPE_CHECKING

from qb.fn.aggregates import avg, count, max, min, sum
from qb.fn.dates import current_date, day, hour, minute, month, now, second, year
from qb.fn.nulls import coalesce, nullif
from qb.fn.numbers import abs, round
from qb.fn.text import concat, length, lower, ltrim, replace, rtrim, substring, trim, upper
from qb.lazy import lazily

if TYPE_CHECKING:
    from qb.fn.arrays import array_append, array_get, array_length, array_position, array_remove
    from qb.fn.json import (
        json_agg,
        json_array,
        json_array_length,
        json_merge,
        json_object,
        json_remove,
        json_set,
        json_value,
    )
    from qb.fn.windows import (
        cume_dist,
        dense_rank,
        first_value,
        lag,
        last_value,
        lead,
        nth_value,
        ntile,
        percent_rank,
        rank,
        row_number,
    )
else:
    __getattr__ = lazily(
        __name__,
        {
            **dict.fromkeys(
                ("array_append", "array_get", "array_length", "array_position", "array_remove"),
                "qb.fn.arrays",
            ),
            **dict.fromkeys(
                (
                    "json_agg",
                    "json_array",
                    "json_array_length",
                    "json_merge",
                    "json_object",
                    "json_remove",
                    "json_set",
                    "json_value",
                ),
                "qb.fn.json",
            ),
            **dict.fromkeys(
                (
                    "cume_dist",
                    "dense_rank",
                    "first_value",
                    "lag",
                    "last_value",
                    "lead",
                    "nth_value",
                    "ntile",
                    "percent_rank",
                    "rank",
                    "row_number",
                ),
                "qb.fn.windows",
            ),
        },
    )

__all__ = [
    "abs",
    "array_append",
    "array_get",
    "array_length",
    "array_position",
    "array_remove",
    "avg",
    "coalesce",
    "concat",
    "count",
    "cume_dist",
    "current_date",
    "day",
    "dense_rank",
    "first_value",
    "hour",
    "json_agg",
    "json_array",
    "json_array_length",
    "json_merge",
    "json_object",
    "json_remove",
    "json_set",
    "json_value",
    "lag",
    "last_value",
    "lead",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "minute",
    "month",
    "now",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "second",
    "substring",
    "sum",
    "trim",
    "upper",
    "year",
]
