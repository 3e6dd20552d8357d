"""DROP …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qb.migrations import operations as ops
from qb.migrations.checks.reading.known import Known
from qb.schema.objects import Name, Trigger, View


class DropReader(Known):
    """Reads what takes something away."""

    def drop(self) -> None:
        """DROP …"""
        reader = self.reader
        kinds: dict[tuple[str, ...], Callable[[Name], None]] = {
            ("TABLE",): self.drop_table,
            ("MATERIALIZED", "VIEW"): self.drop_view,
            ("VIEW",): self.drop_view,
            ("SEQUENCE",): self.drop_sequence,
            ("SCHEMA",): lambda name: None,
        }
        for words, dropped in kinds.items():
            if reader.takes(*words):
                reader.takes("IF", "EXISTS")
                dropped(self.name())
                while reader.takes(","):
                    dropped(self.name())
                break
        else:
            if reader.takes("INDEX"):
                concurrently = reader.takes("CONCURRENTLY")
                reader.takes("IF", "EXISTS")
                table, index = self.index(self.name())
                self.do(ops.DropIndex(table, index, concurrently))
            elif reader.takes("TRIGGER"):
                reader.takes("IF", "EXISTS")
                self.drop_trigger(reader.name())
        self.statement.cascades = any(word.is_word("CASCADE") for word in reader.words)

    def drop_table(self, name: Name) -> None:
        """A table goes."""
        known = self.table(name)
        self.do(ops.DropTable(self.schema.table(known)))

    def drop_view(self, name: Name) -> None:
        """A view goes."""
        view = next((view for view in self.schema.views if view.name.name == name.name), View(name, ""))
        if view not in self.schema.views:
            self.schema = replace(self.schema, views=(*self.schema.views, view))
        self.do(ops.DropView(view))

    def drop_sequence(self, name: Name) -> None:
        """A sequence goes."""
        self.do(ops.DropSequence(self.sequence(name)))

    def drop_trigger(self, name: str) -> None:
        """A trigger goes."""
        trigger = next((each for each in self.schema.triggers if each.name == name), None)
        if trigger is None:
            table = self.table(self.name()) if self.reader.takes("ON") else Name("")
            trigger = Trigger(name, table, "")
            self.schema = replace(self.schema, triggers=(*self.schema.triggers, trigger))
        self.do(ops.DropTrigger(trigger))
