"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb import nodes
from qb.compiler.aggregates import WRITE
from qb.compiler.base import name_column
from qb.compiler.compound import CompoundCompiler
from qb.compiler.inline import inlining
from qb.compiler.locks import aggregates
from qb.errors import CompileError, EncodingError
from qb.identifiers import QUOTED
from qb.nodes import Column, Expression, Parameter, Source
from qb.types import SqlType


class WriteCompiler(CompoundCompiler):
    """Renders the statements that write."""

    def visit_requirement(self, node: nodes.Requirement) -> str:
        """For showing: each dialect has its own way to fail."""
        return f"REQUIRE {self.visit(node.condition)}"

    def visit_insert(self, node: nodes.Insert) -> str:
        self.need_all(node)
        around, self.clause = self.clause, WRITE
        parts = [f"INSERT INTO {self.visit_table(node.table)}"]
        columns = node.columns
        if columns:
            parts.append(f" ({', '.join([QUOTED[column.name] for column in columns])})")
        if node.select is not None:
            parts.append(f" {self.insert_select(node.select, columns, bool(node.on_conflict))}")
        elif node.values is not None and columns:
            parts.append(f" {self.inserted_rows(node, node.values)}")
        else:
            parts.append(" DEFAULT VALUES")
        self.check_scope()  # what is inserted reads no columns of its own table
        if node.on_conflict:
            parts.append(self.on_conflicts(node))
        parts.append(self.returning(node))
        self.clause = around
        self.leave({}, (node.table,))
        return "".join(parts)

    def inserted_rows(self, node: nodes.Insert, values: nodes.Values) -> str:
        """The VALUES of an INSERT."""
        return f"VALUES {self.rows(node.columns, values)}"

    def insert_select(self, select: nodes.Select | nodes.Compound, columns: Sequence[Column], upsert: bool) -> str:
        """The SELECT of an INSERT."""
        return self.visit(select)

    def rows(self, columns: Sequence[Column], values: nodes.Values) -> str:
        """The rows of VALUES: plain values are bound with their column's type."""
        if values.plain:
            return self.plain_rows(columns, values.rows)
        texts = []
        for row in values.rows:
            cells = []
            for cell, column in zip(row, columns, strict=True):
                kind = column.type
                try:
                    cells.append(self.assigned(cell, kind) if isinstance(cell, Expression) else self.store(cell, kind))
                except EncodingError as error:
                    name_column(error, column)
                    raise
            texts.append(f"({', '.join(cells)})")
        return ", ".join(texts)

    def plain_rows(self, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> str:
        """Rows of nothing but values: one flat loop over each column that is encoded."""
        width = len(columns)
        before = len(self.parameters)
        values = [value for row in rows for value in row]
        for position, column in enumerate(columns):
            kind = column.type
            encode = self.stored.get(kind.kind) or self.encoders.get(kind.kind)
            if encode is not None:
                try:
                    values[position::width] = [
                        None if value is None else encode(value, kind) for value in values[position::width]
                    ]
                except EncodingError as error:
                    name_column(error, column)
                    raise
        self.parameters += values
        return self.placeholders(before, width, len(rows))

    def placeholders(self, before: int, width: int, height: int) -> str:
        """The marks of `height` rows of `width` parameters; `before` is how many there are already."""
        row = f"({', '.join(['?'] * width)})"
        return ", ".join([row] * height)

    def assigned(self, value: Expression, type: SqlType) -> str:
        """An expression that becomes the value of a column."""
        if value.__class__ is Parameter:  # whatever it was beside
            return self.store(value.value, type)
        return self.operand(value, 0, type)

    def store(self, value: object, type: SqlType) -> str:
        """A parameter that becomes the value of a column."""
        encode = self.stored.get(type.kind)
        if encode is None or value is None:
            return self.bind(value, type, type)
        self.parameters.append(encode(value, type))
        return self.placeholder()

    def on_conflicts(self, node: nodes.Insert) -> str:
        """The ON CONFLICT clauses of an insert."""
        return "".join([self.on_conflict(clause, node.table) for clause in node.on_conflict])

    def on_conflict(self, node: nodes.OnConflict, table: nodes.Table) -> str:
        """The ON CONFLICT of an insert into a table."""
        target = "" if node.target is None else f" {self.visit(node.target)}"
        if node.assignments is None:
            return f" ON CONFLICT{target} DO NOTHING"
        outer, self.upserted = self.upserted, table
        text = f" ON CONFLICT{target} DO UPDATE SET {self.visit_all(node.assignments)}"
        if node.where is not None:
            text += f" WHERE {self.visit(node.where)}"
        self.upserted = outer
        return text

    def visit_conflict_target(self, node: nodes.ConflictTarget) -> str:
        """The columns of the key. An index is found by the very expressions that it was made with, so that
        they have no parameters.
        """
        inline = inlining(type(self))()
        keys = []
        for key in node.keys:
            text = inline.visit(key)
            keys.append(text if isinstance(key, (Column, nodes.Function)) else f"({text})")
        where = "" if node.where is None else f" WHERE {inline.visit(node.where)}"
        return f"({', '.join(keys)}){where}"

    def visit_assignment(self, node: nodes.Assignment) -> str:
        return f"{QUOTED[node.column.name]} = {self.assignment_value(node)}"

    def assignment_value(self, node: nodes.Assignment) -> str:
        """The right side of an assignment."""
        try:
            return self.assigned(node.value, node.column.type)
        except EncodingError as error:
            name_column(error, node.column)
            raise

    def returning(self, node: nodes.Insert | nodes.Update | nodes.Delete | nodes.Merge) -> str:
        """RETURNING, or nothing."""
        if not node.projection:
            return ""
        if any(aggregates(item) for item in node.projection):
            raise CompileError(
                f'RETURNING gives each row of "{node.table.label}" that was written: aggregate them in Python, or in '
                f"a sub-query"
            )
        return f" RETURNING {self.projection(node.projection)}"

    def visit_update(self, node: nodes.Update) -> str:
        if not node.assignments:
            raise CompileError(f'the update of "{node.table.label}" sets nothing: call .set(…)')
        where = self.guarded_where(node, "update")
        outer, self.uses = self.uses, {}
        self.need_all(node)
        around, self.clause = self.clause, WRITE
        parts = [f"UPDATE {self.visit_table(node.table)} SET {self.visit_all(node.assignments)}"]
        if node.sources or node.joins:
            parts.append(f" FROM {self.read_sources(node, 'from_')}")
        if where is not None:
            parts.append(f" WHERE {self.visit(where)}")
        parts.append(self.returning(node))
        self.clause = around
        self.leave(outer, (node.table, *read_by(node)))
        return "".join(parts)

    def visit_delete(self, node: nodes.Delete) -> str:
        where = self.guarded_where(node, "delete")
        outer, self.uses = self.uses, {}
        self.need_all(node)
        around, self.clause = self.clause, WRITE
        parts = [f"DELETE FROM {self.visit_table(node.table)}", self.using(node, where)]
        parts.append(self.returning(node))
        self.clause = around
        self.leave(outer, (node.table, *read_by(node)))
        return "".join(parts)

    def using(self, node: nodes.Delete, where: Expression | None) -> str:
        """USING and WHERE of a DELETE."""
        using = f" USING {self.read_sources(node, 'using')}" if node.sources or node.joins else ""
        return using if where is None else f"{using} WHERE {self.visit(where)}"

    def read_sources(self, node: nodes.Update | nodes.Delete, method: str) -> str:
        """What a write reads besides its own table, with the joins among it."""
        if not node.sources:
            raise CompileError(
                f'"{node.joins[0].source.label}" is joined, but to nothing: name the first source in .{method}(…)'
            )
        outer, self.uses = self.uses, {}
        text = self.visit_all(node.sources) + "".join([self.visit_join(join) for join in node.joins])
        if node.table in self.uses:
            raise CompileError(
                f'a join here cannot read "{node.table.label}", the table that is written: tie it in .where(…)'
            )
        self.uses = {**outer, **self.uses}
        return text

    def guarded_where(self, node: nodes.Update | nodes.Delete, verb: str) -> Expression | None:
        """The WHERE of a write, which may be absent only when that was said."""
        if node.where is None and not node.all_rows:
            raise CompileError(
                f'this {verb} has no WHERE and would touch every row of "{node.table.label}": '
                f"add .where(…), or say .all_rows()"
            )
        return node.where


def read_by(node: nodes.Insert | nodes.Update | nodes.Delete | nodes.Merge) -> tuple[Source, ...]:
    """The sources that a write reads besides its own table."""
    if isinstance(node, (nodes.Insert, nodes.Merge)):
        return ()
    return (*node.sources, *[join.source for join in node.joins])
