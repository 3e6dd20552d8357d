"""What some dialects cannot do: the calls that ask for it, who has it, and what to do instead.

tests/typing/test_dialects.py holds this table to what the compilers refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import Instance, NoneType, ProperType, get_proper_type

from qb_mypy.encoding import expression, facts_of, without_none
from qb_mypy.names import EXPRESSIONS, INSERT, ORDERED_SETS, QUERY, RETURNING, SELECT, SELECTIONS, WRITES
from qb_mypy.rows import item_refs
from qb_mypy.tables import source_of, table_of
from qb_mypy.values import DATE, LIST, STR, TIME, UUID, class_name

NAMES = {"sqlite": "SQLite", "d1": "D1", "postgres": "PostgreSQL"}
"""The dialects that the table knows; of others nothing is reported."""
SCHEMES = {"sqlite": "sqlite", "d1": "d1", "postgres": "postgres", "postgresql": "postgres"}
"""The schemes of URLs, and the other names of dialects."""


class Feature(NamedTuple):
    """Something that not all dialects have."""

    dialects: tuple[str, ...]
    """Those that have it."""
    remedy: str


POSTGRES = ("postgres",)
SQLITE = ("sqlite", "d1")
NO_ARRAYS = Feature(POSTGRES, "declare a list as col.json(list[…])")
NUMBERED = Feature(POSTGRES, "number the rows with fn.row_number() in a sub-query")
UNITED = Feature(POSTGRES, "write a select for each grouping, and put them together with .union_all(…)")
IN_PYTHON = Feature(POSTGRES, "select the values, and compute it in Python")
AGGREGATE_ORDER = "ORDER BY in an aggregate"
ARRAY_TESTS = ("has", "contains_all", "contained_by", "overlaps")
ARRAY_FUNCTIONS = ("array_append", "array_get", "array_length", "array_position", "array_remove")
STATISTICS = ("stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance")
TEXT_FUNCTIONS = ("initcap", "reverse", "split_part")
EXTREMES = {"min": "aggregates", "max": "aggregates", "greatest": "mathematics", "least": "mathematics"}

FEATURES = {
    "DISTINCT ON": NUMBERED,
    "LATERAL": Feature(POSTGRES, "join a grouped sub-query, number its rows, or nest the rows with many(…)"),
    "WITH TIES": Feature(POSTGRES, "number the rows with fn.rank() in a sub-query, and keep the ranks up to the limit"),
    "FOR UPDATE": Feature(POSTGRES, "leave .with_for_update() out: a transaction locks the whole database"),
    "A write inside of WITH": Feature(POSTGRES, "run it by itself before"),
    "ROLLUP": UNITED,
    "CUBE": UNITED,
    "GROUPING SETS": UNITED,
    "fn.grouping()": UNITED,
    "MERGE": Feature(POSTGRES, "write an insert with .on_conflict(…).do_update(…)"),
    "A second ON CONFLICT": Feature(SQLITE, "merge() has clauses with conditions"),
    "RETURNING of another table": Feature(POSTGRES, "return columns of the table that is written"),
    **{f".{name}() of an array": NO_ARRAYS for name in ARRAY_TESTS},
    **{f"fn.{name}()": NO_ARRAYS for name in ARRAY_FUNCTIONS},
    "+ of arrays": NO_ARRAYS,
    **{f"{name}() of an array": NO_ARRAYS for name in ("any_", "all_")},
    "fn.array_agg()": Feature(POSTGRES, "select the values as rows, or nest them with many(…)"),
    ".json_contains()": Feature(POSTGRES, "compare parts of the document, document[key] == …"),
    "A regular expression": Feature(("sqlite", "postgres"), "write .like(…), .startswith(…) or .contains(…)"),
    AGGREGATE_ORDER: Feature(POSTGRES, "select sorted rows, and join them in Python"),
    **{f"fn.{name}()": IN_PYTHON for name in (*STATISTICS, *TEXT_FUNCTIONS)},
    "fn.percentile_cont()": NUMBERED,
    "fn.percentile_disc() or fn.mode()": NUMBERED,
    "The order of an enum in fn.min() or fn.max()": Feature(POSTGRES, "sort by it and take the first row"),
    "The order of an enum in fn.greatest() or fn.least()": Feature(POSTGRES, "write a case(…)"),
    "A cast of text to a date, time, UUID or enum": Feature(POSTGRES, "convert the value in Python"),
    "fts.match() or fts.rank() of columns": Feature(POSTGRES, "declare an FTS5 table, and match that"),
    "A transaction": Feature(("sqlite", "postgres"), "send the statements together, with db.batch(…)"),
    "EXPLAIN ANALYZE": Feature(POSTGRES, "it only tells its plan, explain(…) without analyze"),
    "fts.headline()": Feature(POSTGRES, "fts.highlight() and fts.snippet() are for FTS5 tables"),
    **{f"fts.{name}()": Feature(SQLITE, "fts.headline() does it") for name in ("highlight", "snippet")},
    "fts.match() or fts.rank() of an FTS5 table": Feature(SQLITE, "name the columns, fts.match((Album.title,), …)"),
}
"""By the name that messages give them."""

CallContext = FunctionContext | MethodContext
Asked = Callable[[CallContext], bool]
"""Whether a call asks for the feature, where that depends on its arguments."""


def _argument(ctx: CallContext, name: str) -> ProperType | None:
    for formal, types in zip(ctx.callee_arg_names, ctx.arg_types, strict=True):
        if formal == name and types:
            return get_proper_type(types[0])
    return None


def given(ctx: CallContext, name: str) -> bool:
    """Whether an argument is there, and not None."""
    found = _argument(ctx, name)
    return found is not None and not isinstance(found, NoneType)


def switched_on(ctx: CallContext, name: str) -> bool:
    """Whether an argument is True, written out."""
    found = _argument(ctx, name)
    value = found.last_known_value if isinstance(found, Instance) else found
    return getattr(value, "value", None) is True


def _first(ctx: CallContext) -> ProperType | None:
    return get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None


def _value(ctx: CallContext, type: ProperType | None) -> ProperType | None:
    """The value of an expression, without None."""
    assert isinstance(ctx.api, TypeChecker)
    part = None if type is None else expression(type, ctx.api)
    return None if part is None else without_none(part.value)


def _of_list(ctx: MethodContext) -> bool:
    value = _value(ctx, get_proper_type(ctx.type))
    return value is not None and class_name(value) == LIST


def _of_array(ctx: CallContext) -> bool:
    found = _first(ctx)
    return isinstance(found, Instance) and not found.type.has_base(QUERY)


def _of_enum(ctx: CallContext) -> bool:
    value = _value(ctx, _first(ctx))
    return isinstance(value, Instance) and value.type.is_enum


def _of_table(ctx: CallContext) -> bool:
    found = _first(ctx)
    return found is not None and source_of(found) is not None


def _cast_of_text(ctx: CallContext) -> bool:
    value = _value(ctx, _first(ctx))
    target = _value(ctx, get_proper_type(ctx.arg_types[1][0])) if all(ctx.arg_types[:2]) else None
    if value is None or target is None or class_name(value) != STR:
        return False
    return class_name(target) in (DATE, TIME, UUID) or (isinstance(target, Instance) and target.type.is_enum)


def _has_one(ctx: MethodContext) -> bool:
    """Whether the insert of an `.on_conflict(…)` has another one."""
    statement = get_proper_type(ctx.type)
    facts = facts_of(statement) if isinstance(statement, Instance) else None
    return facts is not None and "upsert" in facts.said


def _of_another_table(ctx: MethodContext) -> bool:
    """Whether `.returning(…)` has more than the table that is written."""
    assert isinstance(ctx.api, TypeChecker)
    table = table_of(ctx.type)
    items = [type for group in ctx.arg_types for type in group]
    refs = [ref for item in items for ref in item_refs(ctx.api, item) or ()]
    return table is not None and any(ref.source != table.fullname for ref in refs)


CALLS: dict[str, tuple[str, Callable[..., bool] | None]] = {
    f"{SELECT}.distinct_on": ("DISTINCT ON", None),
    f"{SELECT}.fetch": ("WITH TIES", partial(switched_on, name="with_ties")),
    f"{SELECT}.with_for_update": ("FOR UPDATE", None),
    **{f"{cls}.lateral": ("LATERAL", None) for cls in SELECTIONS},
    f"{RETURNING}.cte": ("A write inside of WITH", None),
    "qb.expressions.grouping.rollup": ("ROLLUP", None),
    "qb.expressions.grouping.cube": ("CUBE", None),
    "qb.expressions.grouping.grouping_sets": ("GROUPING SETS", None),
    "qb.fn.grouping.grouping": ("fn.grouping()", None),
    "qb.statements.merge.merge": ("MERGE", None),
    f"{INSERT}.on_conflict": ("A second ON CONFLICT", _has_one),
    **{f"{cls}.returning": ("RETURNING of another table", _of_another_table) for cls in WRITES},
    **{f"{cls}.{name}": (f".{name}() of an array", None) for cls in EXPRESSIONS for name in ARRAY_TESTS},
    **{f"{cls}.__add__": ("+ of arrays", _of_list) for cls in EXPRESSIONS},
    **{f"qb.fn.arrays.{name}": (f"fn.{name}()", None) for name in ARRAY_FUNCTIONS},
    **{f"qb.expressions.quantifiers.{name}": (f"{name}() of an array", _of_array) for name in ("any_", "all_")},
    "qb.fn.ordered.array_agg": ("fn.array_agg()", None),
    **{
        f"qb.fn.{name}": (AGGREGATE_ORDER, partial(given, name="order_by"))
        for name in ("ordered.string_agg", "json.json_agg")
    },
    **{f"{cls}.json_contains": (".json_contains()", None) for cls in EXPRESSIONS},
    **{f"{cls}.{name}": ("A regular expression", None) for cls in EXPRESSIONS for name in ("matches", "not_matches")},
    **{f"qb.fn.statistics.{name}": (f"fn.{name}()", None) for name in STATISTICS},
    **{f"qb.fn.parts.{name}": (f"fn.{name}()", None) for name in TEXT_FUNCTIONS},
    f"{ORDERED_SETS[0]}.within_group": ("fn.percentile_disc() or fn.mode()", None),
    f"{ORDERED_SETS[1]}.within_group": ("fn.percentile_cont()", None),
    **{
        f"qb.fn.{module}.{name}": (f"The order of an enum in fn.{pair[0]}() or fn.{pair[1]}()", _of_enum)
        for pair in (("min", "max"), ("greatest", "least"))
        for name in pair
        for module in (EXTREMES[name],)
    },
    **{f"qb.fts.{name}": (f"fts.{name}()", None) for name in ("headline", "highlight", "snippet")},
    "qb.expressions.casts.cast": ("A cast of text to a date, time, UUID or enum", _cast_of_text),
}
"""By the full name of a function or method: the feature, and if it is asked for."""


def needed(ctx: CallContext, fullname: str) -> str | None:
    """The feature that a call asks for; None for what all dialects have."""
    if fullname in ("qb.fts.match", "qb.fts.rank"):
        return f"fts.match() or fts.rank() of {'an FTS5 table' if _of_table(ctx) else 'columns'}"
    if fullname not in CALLS:
        return None
    name, is_asked = CALLS[fullname]
    return name if is_asked is None or is_asked(ctx) else None
