"""The module, and what stands in it beside tables."""

from __future__ import annotations

from qb.migrations.pull.arguments import counting_options
from qb.migrations.pull.scope import Scope
from qb.migrations.pull.table import TableSource
from qb.schema.objects import Enum, Table, Trigger, View
from qb.schema.objects import Sequence as SchemaSequence
from qb.schema.source import Names, call, comment


class ModuleSource(Scope):
    """Writes the module of one schema."""

    def source(self) -> str:
        """The module."""
        body = [
            *[self.use("schema_named", f"{self.names.of(name)} = {call('schema_named', name)}")
              for name in self.schema.schemas],
            *[self.enum(each) for each in self.schema.enums],
            *[self.sequence(each) for each in self.schema.sequences],
            *[self.table(each) for each in self.schema.tables],
            *[self.view(each) for each in self.schema.views],
            *[self.trigger(each) for each in self.schema.triggers],
            self.unknown(),
        ]  # fmt: skip
        return "\n\n\n".join(filter(None, [self.head(), *body])) + "\n"

    def head(self) -> str:
        """What stands above the declarations."""
        imports = [
            "from datetime import datetime" if "datetime" in self.types.used else "",
            "from decimal import Decimal" if "Decimal" in self.types.used else "",
            "from enum import Enum" if self.schema.enums else "",
        ]
        names = ", ".join(sorted(self.used))
        doc = '"""The tables of a database."""'
        plain = "\n".join(filter(None, imports))
        return "\n\n".join(filter(None, [doc, plain, f"from qb import {names}"]))

    # What stands beside tables

    def enum(self, enum: Enum) -> str:
        """A Python Enum, and the type when no column has it."""
        if not enum.labels:
            return comment(f"the enum type {enum.name} has no labels")
        name, members = self.enums[enum.name], Names(("mro", "name", "value"))
        lines = [f"    {members.of(label).upper()} = {label!r}" for label in enum.labels]
        names = [line.partition(" = ")[0] for line in lines]
        if len(set(names)) < len(names):
            lines = [f"    LABEL_{number} = {label!r}" for number, label in enumerate(enum.labels, 1)]
        text = "\n".join([f"class {name}(Enum):", *lines])
        declared = call("enum_type", bare=[name], name=enum.name.name, schema=enum.name.schema)
        return self.use("enum_type", f"{text}\n\n\n{self.names.of(f'{name}_type')} = {declared}")

    def sequence(self, sequence: SchemaSequence) -> str:
        """A sequence."""
        options, type = counting_options(sequence.options.removeprefix("AS smallint").removeprefix("AS integer")), None
        if sequence.options.startswith("AS "):
            type = sequence.options.split()[1]
        bare = {}
        if sequence.table is not None and sequence.column is not None:
            if sequence.table not in self.classes:
                return comment(f"the sequence {sequence.name} belongs to {sequence.table}")
            bare["owned_by"] = f"lambda: {self.column_of(sequence.table, sequence.column)}"
        name = sequence.name
        made = call("sequence", name.name, bare_keywords=bare, schema=name.schema, type=type, keywords=options)
        return self.use("sequence", f"{self.names.of(name.name)} = {made}")

    def view(self, view: View) -> str:
        """A view."""
        name, function = view.name, "materialized_view" if view.materialized else "view"
        indexes = [self.use("index", self.index_call(index, {})) for index in view.indexes]  # no column is declared
        made = call(function, name.name, view.sql, bare=indexes, schema=name.schema)
        return self.use(function, f"{self.names.of(name.name)} = {made}")

    def trigger(self, trigger: Trigger) -> str:
        """A trigger."""
        if trigger.table in self.refused:
            return comment(f"not declared: the trigger {trigger.name} on {trigger.table}")
        on, keywords = self.classes.get(trigger.table), {}
        if on is None:
            on, keywords = repr(trigger.table.name), {"schema": trigger.table.schema}
        made = f"{call('trigger', trigger.name)[:-1]}, {on}, {trigger.sql!r}" + (
            f", schema={keywords['schema']!r})" if keywords.get("schema") else ")"
        )
        return self.use("trigger", f"{self.names.of(trigger.name)} = {made}")

    def unknown(self) -> str:
        """What is in the database, and cannot be declared."""
        found = [each for each in self.schema.unknown if each.table is None or each.table not in self.classes]
        return "\n".join([comment(f"not declared: {each.kind} {each.name}") for each in found])

    # Tables

    def table(self, table: Table) -> str:
        """A table class."""
        if table.name in self.refused:
            return comment(f"the table {table.name} cannot be declared: {self.refused[table.name]}")
        return "\n".join(TableSource(self, table).lines())
