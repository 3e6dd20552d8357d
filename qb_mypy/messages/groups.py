"""Groups and aggregates."""

from __future__ import annotations

from qb_mypy.rules import GROUP, Rule

GROUP_BY = Rule("group-by", GROUP, "a column that is neither grouped nor aggregated")


@GROUP_BY.says
def not_grouped(columns: list[str], keys: list[str]) -> str:
    several = len(columns) > 1
    names = f"{', '.join(columns[:-1])} and {columns[-1]} are" if several else f"{columns[0]} is"
    aggregates = "aggregates" if several else "an aggregate"
    column = next((column for column in columns if "." in column), None)
    example = "" if column is None else f" such as fn.max({column})"
    return f"{names} neither grouped nor aggregated: add .group_by({', '.join(keys)}), or {aggregates}{example}"


AGGREGATE = Rule("aggregate", GROUP, "an aggregate where none can stand")


@AGGREGATE.says
def aggregate_in_clause(clause: str, is_write: bool) -> str:
    remedies = {"where": ".having(…) is for conditions on groups", "group_by": "group the rows of a sub-query"}
    remedy = "compute it in a sub-query" if is_write else remedies.get(clause, "compute it in a sub-query")
    return f"An aggregate cannot stand in .{clause}(): {remedy}"


@AGGREGATE.says
def aggregate_inside() -> str:
    return "An aggregate cannot stand in an aggregate: compute it in a sub-query"


@AGGREGATE.says
def aggregate_in_declaration(call: str) -> str:
    return f"An aggregate cannot stand in {call}, which is about one row"


DISTINCT_ORDER = Rule("distinct-order", GROUP, "a DISTINCT that is sorted by what it does not select")


@DISTINCT_ORDER.says
def distinct_order(column: str) -> str:
    return f"{column} has no one value in a row of .distinct(), which may stand for several rows: select it, too"
