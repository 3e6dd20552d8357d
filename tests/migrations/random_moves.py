"""Random ways on which columns get other names and larger types, whatever constraints and indexes name them, and all
else stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.hints import Hints
from qb.migrations.operations import Operation
from qb.schema.objects import Schema, Table
from tests.migrations.random_cases import Case, Kept
from tests.migrations.random_columns import KIND, NAMES, Draw
from tests.migrations.random_schemas import LOG, random_schema

LARGER = {"smallint": "integer", "integer": "bigint", "character varying(40)": "text", "real": "double precision"}


@st.composite
def moves(draw: st.DrawFn) -> Case:
    """A way of PostgreSQL."""
    given = Draw(draw, "postgres")
    before = replace(random_schema(given, Schema("postgres")), views=())  # which would be others
    operations = [each for table in before.tables for each in moved(given, table)]
    after = applied(before, operations)
    hints = Hints(
        columns={(each.table, each.new): each.old for each in operations if isinstance(each, ops.RenameColumn)}
    )
    names = {(table, old): new for (table, new), old in hints.columns.items()}
    kept = [
        Kept(
            table,
            after.table(table.name),
            {
                each.name: names.get((table.name, each.name), each.name)
                for each in table.columns
                if KIND[each.name] != "computed"
            },
        )
        for table in before.tables
        if table.name != LOG
    ]
    sequences = {each.name: each.name for each in before.sequences}
    return Case(before, after, hints, given.draw(st.integers(1, 3)), tuple(kept), sequences)


def moved(draw: Draw, table: Table) -> Iterator[Operation]:
    """What happens to the columns of a table."""
    taken = [column.name for column in table.columns]
    free = {kind: [name for name in names if name not in taken] for kind, names in NAMES.items()}
    for column in table.columns if table.name != LOG else ():
        names = free[KIND[column.name]]
        if names and draw.maybe():
            yield ops.RenameColumn(table.name, column.name, names.pop())
        elif column.type in LARGER and column.identity is None and column.generated is None and draw.maybe():
            yield ops.AlterColumn(table.name, column, replace(column, type=LARGER[column.type]))
