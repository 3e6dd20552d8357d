"""What looks at every row does so without keeping others out, and what writes every row does so in batches:

expand   (a transaction) new columns, triggers that fill them, constraints for new rows only
rows     (none) values in batches, indexes CONCURRENTLY, constraints validated
switch   (a transaction) NOT NULL by a check that holds, keys by the index that is there, a column in place of another
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialects.postgres.migrations.conversions import is_of
from dialects.postgres.migrations.names import places, taken
from dialects.postgres.migrations.online.columns import Columns
from dialects.postgres.migrations.online.constraints import Constraints
from dialects.postgres.migrations.online.work import Work
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.operations import Operation
from qb.migrations.plan import planned
from qb.migrations.render import Renderer, Stage
from qb.schema.objects import Schema

ORDER: Sequence[type[Operation]] = (ops.Backfill, ops.CreateIndex, ops.ValidateConstraint, ops.DropIndex)
"""Of what is done outside of transactions."""


class Online:
    """Finds the way for the operations between two schemas."""

    def __init__(self, renderer: Renderer, before: Schema, operations: Sequence[Operation]) -> None:
        around = renderer.around(before, tuple(operations), ())  # with the views of views that go
        operations = planned(around, before.dialect, breaks_circles=False)
        self.renderer = renderer
        self.before = before
        self.work = Work(renderer, before, operations)
        self.look_at_the_rest()
        columns = Columns(self.work)
        columns.look()
        Constraints(self.work, columns).look()

    @property
    def refused(self) -> list[tuple[Operation, str]]:
        """What is done as ever, and why."""
        return self.work.refused

    def look_at_the_rest(self) -> None:
        """What has no other form than that of ever. What takes no time needs none."""
        work = self.work
        types = [column.type for table in work.middle.tables for column in table.columns]
        for each in work.waiting:
            if isinstance(each, ops.ReplaceEnum) and any(is_of(type, each.before.name) for type in types):
                work.refused.append((each, "every column of the type is written again"))
            if isinstance(each, ops.RenameTable):
                work.refused.append((each, "programs know one of both names: leave a view of the old one"))
            if isinstance(each, (ops.RenameSequence, ops.RenameEnum)):
                work.refused.append((each, "programs know one of both names"))

    def stages(self) -> tuple[Stage, ...]:
        """The migrations."""
        work = self.work
        if not (work.expand or work.rows or work.gone or work.switch or work.keys or work.late[0]):
            return self.renderer.stages(self.before, work.waiting)
        first = work.first()
        last = list(planned([each for each in work.waiting if each not in first], "postgres", breaks_circles=False))
        rows = sorted(work.rows, key=lambda each: ORDER.index(type(each)))
        switch = [*work.gone, *work.switch, *work.keys]
        until = applied(self.before, [*first, *work.expand, *rows, *switch])
        now = self.named(until)
        then = [each for each in self.named(applied(until, [*now, *last])) if each not in now]
        found: list[Stage] = []
        schema = self.before
        for operations, is_plain in [
            (first, True),
            (work.expand, False),
            (rows, False),
            ([*switch, *now], False),
            ([*last, *then], True),
            (work.late[0], False),
            (work.late[1], False),
        ]:
            if not is_plain and operations:
                done = tuple(self.with_views(schema, operations))
                found.append(Stage(done, self.renderer.script(schema, done)))
            elif operations:
                found += self.renderer.stages(schema, operations)
            schema = applied(schema, operations)
        return tuple(found)

    def named(self, schema: Schema) -> list[Operation]:
        """What gives their names to those that were begun by other ones, as far as nothing has these. What stands for
        programs that do not know the change keeps its name.
        """
        there = taken(schema)
        return [each.rename() for each in self.work.unnamed if not places(each.table, each.part) & there]

    def with_views(self, schema: Schema, operations: Sequence[Operation]) -> Iterator[Operation]:
        """With the views going before, and coming back after, a column that takes the place of another."""
        tables = self.work.remade if any(isinstance(each, ops.RenameColumn) for each in operations) else set()
        views = [
            each
            for each in self.renderer.around(schema, (), tables)
            if isinstance(each, (ops.DropView, ops.CreateView))
        ]
        yield from [each for each in reversed(views) if isinstance(each, ops.DropView)]
        yield from operations
        yield from [each for each in views if isinstance(each, ops.CreateView)]
