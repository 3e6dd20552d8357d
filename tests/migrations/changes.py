"""Changes of tables with rows, each with the migrations that make it: what the runner is stopped in the middle of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qb.dialect import find_dialect
from qb.migrations.files import Folder
from qb.migrations.hints import Hints
from qb.migrations.making import draft, write
from qb.migrations.scripts import Script
from qb.schema.objects import Check, Column, Enum, ForeignKey, Index, IndexKey, Key, Name, Schema, Table, Trigger, View


@dataclass(frozen=True)
class ByHand:
    """A script, and what undoes it."""

    up: Script
    down: Script


Step = Schema | ByHand
LITE, ALL = ("sqlite", "d1"), ("sqlite", "d1", "postgres")


@dataclass(frozen=True)
class Change:
    """Where it begins, the rows there, and the steps: schemas to come to, or SQL by hand."""

    before: Schema
    rows: tuple[str, ...]
    steps: tuple[Step, ...]
    hints: Hints
    online: bool = False

    def folder(self, path: Path) -> Folder:
        """The migrations, of which the first one makes the tables with their rows."""
        dialect = find_dialect(self.before.dialect)
        folder, there = Folder(path), self.before
        folder.add("start", Script((*dialect.ddl().create_all(there), *self.rows)), None, there)
        for number, step in enumerate(self.steps):
            if isinstance(step, ByHand):
                folder.add(f"by hand {number}", step.up, step.down, there)
                continue
            write(folder, f"change {number}", draft(dialect, there, step, self.hints, online=self.online))
            there = step
        return folder


def by_hand(up: Sequence[str], down: Sequence[str], transactional: bool = True) -> ByHand:
    """What people write."""
    return ByHand(Script(tuple(up), transactional), Script(tuple(down), transactional))


class Tables:
    """Parents and their children, for one dialect."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.text, self.whole = ("text", "integer") if dialect == "postgres" else ("TEXT", "INTEGER")
        self.title = Column("title", self.text)
        self.plays = Column("plays", self.whole, default="0")
        self.parents = self.table("parents", self.title, self.plays)
        self.children = self.referring("children", "parents", "CASCADE")
        self.rows = (
            "INSERT INTO parents (id, title, plays) VALUES (1, '1', 10), (2, '2', 20), (3, '3', 30)",
            "INSERT INTO children (id, up) VALUES (1, 1), (2, 2), (3, 2), (4, 3)",
        )

    def table(self, name: str, *columns: Column) -> Table:
        """A table with a key."""
        key = Key(("id",), f"{name}_pkey" if self.dialect == "postgres" else None)
        return Table(Name(name), (Column("id", self.whole, nullable=False), *columns), key)

    def referring(self, name: str, parent: str, action: str) -> Table:
        """A table whose rows have a parent."""
        key = ForeignKey(("up",), Name(parent), ("id",), action, name=f"{name}_up_fkey", deferral="deferred")
        return replace(self.table(name, Column("up", self.whole, nullable=False)), foreign_keys=(key,))

    def schema(self, *tables: Table, **parts: object) -> Schema:
        """A schema."""
        return replace(Schema(self.dialect, tables=tables), **parts)  # type: ignore[arg-type]  # its fields

    def change(self, *steps: Step, hints: Hints | None = None, before: Schema | None = None) -> Change:
        """A change of the two tables."""
        there = before or self.schema(self.parents, self.children)
        return Change(there, self.rows, steps, hints or Hints(certain=True))

    def positive(self, table: Table) -> Table:
        """With a check, for which SQLite rebuilds it."""
        return replace(table, checks=(Check('"id" > 0', f"{table.name}_positive"),))

    # The changes

    def a_parent_is_rebuilt(self) -> Change:
        return self.change(self.schema(self.positive(self.parents), self.children))

    def all_are_rebuilt(self) -> Change:
        return self.change(self.schema(self.positive(self.parents), self.positive(self.children)))

    def a_circle_is_rebuilt(self) -> Change:
        one, other = self.referring("ones", "others", "RESTRICT"), self.referring("others", "ones", "SET NULL")
        rows = tuple([f"INSERT INTO {name} (id, up) VALUES (1, 2), (2, 3), (3, 1)" for name in ("ones", "others")])
        after = self.schema(self.positive(one), other)
        # Keys are looked at when the transaction ends.
        return replace(self.change(after, before=self.schema(one, other)), rows=rows)

    def a_table_that_references_itself(self) -> Change:
        nodes = self.referring("nodes", "nodes", "RESTRICT")
        rows = ("INSERT INTO nodes (id, up) VALUES (1, 1), (2, 1), (3, 2)",)
        depth = Column("depth", self.whole, nullable=False)
        after = self.schema(replace(nodes, columns=(*nodes.columns, depth)))
        hints = Hints(using={(Name("nodes"), "depth"): '"up" * 10'})
        return replace(self.change(after, before=self.schema(nodes), hints=hints), rows=rows)

    def renames(self) -> Change:
        people = self.table("people", replace(self.title, name="name"), self.plays)
        after = self.schema(people, self.referring("children", "people", "SET NULL"))
        hints = Hints(tables={Name("people"): Name("parents")}, columns={(Name("people"), "name"): "title"})
        return self.change(after, hints=hints)

    def columns_come_and_go(self) -> Change:
        year = Column("year", self.whole, nullable=False)
        parents = self.table("parents", self.title, year, Column("more", self.text, default="'x'"))
        hints = Hints(using={(Name("parents"), "year"): '1900 + "plays"'}, certain=True)
        return self.change(self.schema(parents, self.children), hints=hints)

    def a_table_goes(self) -> Change:
        return self.change(self.schema(self.parents))

    def both_go(self) -> Change:
        return self.change(self.schema(self.table("new", self.title)))

    def a_type_changes(self) -> Change:
        title = replace(self.title, type=self.whole)
        return self.change(self.schema(self.table("parents", title, self.plays), self.children))

    def views_and_triggers(self) -> Change:
        views = (
            View(Name("heard"), 'CREATE VIEW "heard" AS SELECT id, title FROM parents'),
            View(Name("twice"), 'CREATE VIEW "twice" AS SELECT id FROM heard'),
        )
        gone = "CREATE TRIGGER gone AFTER DELETE ON parents BEGIN DELETE FROM children; END"
        triggers = () if self.dialect == "postgres" else (Trigger("gone", Name("parents"), gone),)
        before = self.schema(self.parents, self.children, views=views, triggers=triggers)
        return self.change(replace(before, tables=(self.positive(self.parents), self.children)), before=before)

    def data_by_hand(self) -> Change:
        return self.change(
            by_hand(
                [
                    "UPDATE parents SET plays = plays + 1",
                    "INSERT INTO children (id, up) SELECT id + 10, id FROM parents",
                    "DELETE FROM parents WHERE id = 3",
                    "CREATE TABLE counts (n INTEGER)",
                    "INSERT INTO counts SELECT count(*) FROM children",
                ],
                [
                    "DROP TABLE counts",
                    "DELETE FROM children WHERE id > 10",
                    "UPDATE parents SET plays = plays - 1",
                ],
            )
        )

    def several_in_one_run(self) -> Change:
        indexed = replace(self.parents, indexes=(Index("by_title", (IndexKey("title"),)),))
        return self.change(
            self.schema(indexed, self.children),
            by_hand(["UPDATE parents SET plays = plays * 2"], ["UPDATE parents SET plays = plays / 2"]),
            self.schema(self.positive(indexed), self.children),
        )

    def indexes_beside_the_application(self) -> Change:
        before = self.schema(replace(self.parents, indexes=(Index("old", (IndexKey("plays"),)),)), self.children)
        return self.change(
            by_hand(
                [
                    "CREATE INDEX CONCURRENTLY by_title ON parents (title)",
                    "DROP INDEX CONCURRENTLY old",
                    "CREATE UNIQUE INDEX CONCURRENTLY by_plays ON parents (plays)",
                ],
                [
                    "DROP INDEX CONCURRENTLY by_plays",
                    "CREATE INDEX CONCURRENTLY old ON parents (plays)",
                    "DROP INDEX CONCURRENTLY by_title",
                ],
                transactional=False,
            ),
            before=before,
        )

    def columns_come_online(self) -> Change:
        year = Column("year", self.whole, nullable=False)
        index = Index("by_year", (IndexKey("year"),), unique=True)
        parents = replace(
            self.table("parents", self.title, self.plays, year), indexes=(index,), checks=(Check('"year" > 0', "real"),)
        )
        hints = Hints(using={(Name("parents"), "year"): '1900 + "id"'})
        return replace(self.change(self.schema(parents, self.children), hints=hints), online=True)

    def an_index_between_others(self) -> Change:
        return self.change(
            by_hand(["UPDATE parents SET plays = plays + 1"], ["UPDATE parents SET plays = plays - 1"]),
            by_hand(
                ["CREATE INDEX CONCURRENTLY by_title ON parents (title)"],
                ["DROP INDEX CONCURRENTLY by_title"],
                transactional=False,
            ),
            by_hand(["UPDATE parents SET plays = plays * 2"], ["UPDATE parents SET plays = plays / 2"]),
        )

    def outside_of_a_transaction(self) -> Change:
        return self.change(
            by_hand(
                ["UPDATE parents SET plays = plays + 1", "VACUUM parents", "UPDATE parents SET plays = plays * 2"],
                ["UPDATE parents SET plays = plays / 2", "VACUUM parents", "UPDATE parents SET plays = plays - 1"],
                transactional=False,
            )
        )

    def moods(self, *labels: str, default: str = "good") -> Schema:
        """With an enum type."""
        mood = Column("mood", '"mood"', default=f"'{default}'::\"mood\"")
        tables = (self.table("parents", self.title, self.plays, mood), self.children)
        return self.schema(*tables, enums=(Enum(Name("mood"), labels),))

    def steps_of_sqlite(self) -> Change:
        return self.change(
            by_hand(
                ["UPDATE parents SET plays = plays + 1", "VACUUM", "UPDATE parents SET plays = plays * 2"],
                ["UPDATE parents SET plays = plays / 2", "VACUUM", "UPDATE parents SET plays = plays - 1"],
                transactional=False,
            )
        )

    def a_label_comes_and_is_used(self) -> Change:
        return self.change(
            self.moods("good", "bad", "new", default="new"), before=self.moods("good", "bad"), hints=Hints()
        )

    def a_label_goes(self) -> Change:
        return self.change(self.moods("good"), before=self.moods("bad", "good"))


CHANGES: dict[str, tuple[Callable[[Tables], Change], Sequence[str]]] = {
    change.__name__: (change, dialects)
    for change, dialects in [
        (Tables.a_parent_is_rebuilt, ALL),
        (Tables.all_are_rebuilt, ("sqlite",)),
        (Tables.a_circle_is_rebuilt, LITE),
        (Tables.a_table_that_references_itself, LITE),
        (Tables.renames, ALL),
        (Tables.columns_come_and_go, ALL),
        (Tables.a_table_goes, ALL),
        (Tables.both_go, ("sqlite", "postgres")),
        (Tables.a_type_changes, ALL),
        (Tables.views_and_triggers, ALL),
        (Tables.data_by_hand, ALL),
        (Tables.several_in_one_run, ALL),
        (Tables.indexes_beside_the_application, ("postgres",)),
        (Tables.an_index_between_others, ("postgres",)),
        (Tables.outside_of_a_transaction, ("postgres",)),
        (Tables.steps_of_sqlite, ("sqlite",)),
        (Tables.a_label_comes_and_is_used, ("postgres",)),
        (Tables.a_label_goes, ("postgres",)),
    ]
}
"""All of them by name, each with the engines on which it is another thing than the others."""
