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
    from qb.fn.json import json_value
else:
    __getattr__ = lazily(__name__, dict.fromkeys(["json_value"], "qb.fn.json"))

__all__ = [
    "abs",
    "avg",
    "coalesce",
    "concat",
    "count",
    "current_date",
    "day",
    "hour",
    "json_value",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "minute",
    "month",
    "now",
    "nullif",
    "replace",
    "round",
    "rtrim",
    "second",
    "substring",
    "sum",
    "trim",
    "upper",
    "year",
]
