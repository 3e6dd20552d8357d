"""Filling a column of a large table: in batches by the order of its key, each a transaction of its own."""

from __future__ import annotations

from qb.identifiers import QUOTED
from qb.migrations.operations import Backfill
from qb.schema.ddl import Ddl
from qb.schema.objects import Table


def backfill(ddl: Ddl, table: Table, operation: Backfill) -> str:
    """The statement: a DO that commits after each batch, and waits a little, so that nobody waits for many rows.

    What is done twice, because it was interrupted, does nothing to the rows that have their value.
    """
    name, where = ddl.name(table.name), f"({operation.where})"
    update = f"UPDATE {name} SET {QUOTED[operation.column]} = {operation.value} WHERE"
    if not operation.key:
        return f"{update} {where}"
    columns = [QUOTED[column] for column in operation.key]
    lows = [f"low_{number}" for number in range(1, len(columns) + 1)]
    highs = [f"high_{number}" for number in range(1, len(columns) + 1)]
    variables = [
        f"  {one} {name}.{column}%TYPE;\n  {other} {name}.{column}%TYPE;"
        for one, other, column in zip(lows, highs, columns, strict=True)
    ]
    key, low, high = ", ".join(columns), ", ".join(lows), ", ".join(highs)
    row, first, past = (f"({names})" if len(columns) > 1 else names for names in (key, low, high))
    moves = [f"    {one} := {other};" for one, other in zip(lows, highs, strict=True)]
    later = f"SELECT {key} INTO {high} FROM {name} WHERE {row} >= {first} ORDER BY {key}"
    lines = [
        "DO $qb$",
        "#variable_conflict use_column",
        "DECLARE",
        *variables,
        "BEGIN",
        f"  SELECT {key} INTO {low} FROM {name} ORDER BY {key} LIMIT 1;",
        f"  WHILE {lows[0]} IS NOT NULL LOOP",
        f"    {later} OFFSET {operation.rows} LIMIT 1;",
        f"    IF {highs[0]} IS NULL THEN",
        f"      {update} {row} >= {first} AND {where};",
        "    ELSE",
        f"      {update} {row} >= {first} AND {row} < {past} AND {where};",
        "    END IF;",
        "    COMMIT;",
        f"    PERFORM pg_sleep({operation.pause:g});",
        *moves,
        "  END LOOP;",
        "END $qb$",
    ]
    return "\n".join(lines)
