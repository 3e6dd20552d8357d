"""SQL functions: `fn.count()`, `fn.lower(Artist.name)`, …

Each means the same on every dialect; where a dialect spells it differently, its compiler knows.
"""

from typing import TYPE_CHECKING

from qb.fn.aggregates import avg, bool_and, bool_or, count, max, min, sum
from qb.fn.dates import current_date, day, hour, minute, month, now, second, year
from qb.fn.nulls import coalesce, nullif
from qb.fn.numbers import abs, round
from qb.fn.text import concat, length, lower, ltrim, replace, rtrim, substring, trim, upper
from qb.lazy import lazily

if TYPE_CHECKING:
    from qb.fn.arrays import array_append, array_get, array_length, array_position, array_remove
    from qb.fn.grouping import grouping
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
    from qb.fn.ordered import array_agg, mode, percentile_cont, percentile_disc, string_agg
    from qb.fn.statistics import stddev, stddev_pop, stddev_samp, var_pop, var_samp, variance
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
            "grouping": "qb.fn.grouping",
            "json_value": "qb.fn.json",
            **dict.fromkeys(
                ("array_agg", "mode", "percentile_cont", "percentile_disc", "string_agg"),
                "qb.fn.ordered",
            ),
            **dict.fromkeys(
                ("stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance"),
                "qb.fn.statistics",
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
    "array_agg",
    "array_append",
    "array_get",
    "array_length",
    "array_position",
    "array_remove",
    "avg",
    "bool_and",
    "bool_or",
    "coalesce",
    "concat",
    "count",
    "cume_dist",
    "current_date",
    "day",
    "dense_rank",
    "first_value",
    "grouping",
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
    "mode",
    "month",
    "now",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "second",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "substring",
    "sum",
    "trim",
    "upper",
    "var_pop",
    "var_samp",
    "variance",
    "year",
]
