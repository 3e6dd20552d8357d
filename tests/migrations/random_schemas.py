"""Random schemas: tables that reference each other in any way, with all that may hang on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from dialects.postgres.schema.describe import implied_name
from qb.identifiers import QUOTED
from qb.schema.objects import (
    Check,
    Column,
    Deferral,
    Enum,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    View,
)
from tests.migrations.random_columns import KIND, Draw, is_text
from tests.migrations.random_names import MOODS, random_sequences

TABLES = ("a", "b", 'it"s', "Select", "b 2")
ACTIONS = (None, "CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT")
LOG = Name("log")
"""What triggers write to."""
NOTE = "note_it"
"""The function that triggers of PostgreSQL call. It is there, in no schema of ours."""
NAME = re.compile(r'"(?:[^"]|"")*"')
AGAIN = " again"
"""After the name of an index, which may be that of another one in the other schema."""
LABELS = (("x", "y"), ("y", "x"), ("x", "y", "z"), ("z", "x", "y"), ("x", "it's", "y"), ("y", "x", "w"))


def random_schema(draw: Draw, like: Schema) -> Schema:
    """A schema, some of whose tables are more or less as in another one."""
    names = draw.draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=4, unique=True))
    before = {table.name.name: table for table in like.tables}
    alone = [RandomTable(draw, name, before.get(name)).table() for name in names]
    tables = [with_foreign_keys(draw, table, alone, before.get(table.name.name)) for table in alone]
    enums = tuple([Enum(Name(name), draw.one(*LABELS)) for name in MOODS])
    log = Table(LOG, (Column("what", "text" if draw.is_postgres else "TEXT"),))
    views = tuple(random_views(draw, tables))
    known = {QUOTED[name] for table in tables for name in (table.name.name, *[each.name for each in table.columns])}
    triggers = {
        each.name: each
        for each in like.triggers
        if set(NAME.findall(each.sql)) <= known | {QUOTED[each.name]} and each.table in [table.name for table in tables]
    }
    return Schema(
        like.dialect,
        enums=enums if draw.is_postgres else (),
        sequences=tuple(random_sequences(draw, tables)) if draw.is_postgres else (),
        tables=(*tables, log),
        views=views,
        triggers=tuple([triggers.get(each.name, each) for each in random_triggers(draw, tables, views)]),
    )


class RandomTable:
    """Draws one table, without foreign keys."""

    def __init__(self, draw: Draw, name: str, like: Table | None) -> None:
        self.draw = draw
        self.name = name
        self.is_strict = not draw.is_postgres and draw.maybe()
        columns = draw.columns(self.is_strict, () if like is None else like.columns)
        self.columns = columns + draw.computed(columns)
        self.numbered = columns[0].name
        self.pair = (self.numbered, "part") if self.find("part") else None

    def find(self, name: str) -> Column | None:
        """A column, if it is there."""
        return next((column for column in self.columns if column.name == name), None)

    def constraint_name(self, columns: Sequence[str], suffix: str) -> str | None:
        """The name of a constraint: on PostgreSQL every one has one, whoever gave it."""
        given = f"{self.name} {' '.join(columns)} {suffix}"
        if not self.draw.is_postgres:
            return self.draw.one(None, given)
        return self.draw.one(implied_name(self.name, "_".join(columns), suffix), given)

    def table(self) -> Table:
        """The table."""
        primary_key = self.primary_key()
        uniques = tuple(self.uniques(primary_key))
        columns = tuple(self.draw.draw(st.permutations(self.columns)))
        return Table(
            Name(self.name),
            columns,
            primary_key,
            uniques,
            tuple(self.checks()),
            exclusions=tuple(self.exclusions()),
            indexes=tuple(self.indexes()),
            options=self.options(primary_key, uniques),
            comment=self.draw.one(None, "a table's") if self.draw.is_postgres else None,
        )

    def primary_key(self) -> Key | None:
        """The number of the row, alone or with its part; or none."""
        draw, column = self.draw, self.columns[0]
        shapes: list[tuple[str, ...]] = [(self.numbered,)] * 3
        shapes += [self.pair, self.pair[::-1], ()] if self.pair else []
        shape = draw.one(*shapes)
        if shape == (self.numbered,):
            if column.type == "INTEGER":
                identity = draw.identity()
                self.columns[0] = replace(column, identity=identity, nullable=draw.maybe())
                name = None if identity else self.constraint_name((), "pkey")
                return Key(shape, name)
        elif shape:
            self.columns = [replace(each, nullable=each.nullable and each.name != "part") for each in self.columns]
        if draw.is_postgres:
            self.columns[0] = replace(column, identity=draw.identity())
        return Key(shape, self.constraint_name((), "pkey")) if shape else None

    def options(self, primary_key: Key | None, uniques: Sequence[Key]) -> tuple[str, ...]:
        """What follows the columns."""
        strict = ("STRICT",) if self.is_strict else ()
        counts = any(column.identity for column in self.columns)
        # SQLite cannot rename a column of the key that is in another key of several columns, too.
        is_twice = any(len(key.columns) > 1 for key in uniques)
        if self.draw.is_postgres or primary_key is None or counts or is_twice or self.draw.maybe():
            return strict
        return (*strict, "WITHOUT ROWID")

    def uniques(self, primary_key: Key | None) -> Iterator[Key]:
        """Unique constraints: those that foreign keys may point to, and others."""
        draw = self.draw
        shapes = [(self.numbered,), *([self.pair] if self.pair else [])]
        for shape in shapes:
            if (primary_key is None or primary_key.columns != shape) and (primary_key is None or draw.maybe(3)):
                yield Key(shape, self.constraint_name(shape, "key"))
        for shape in (("n",), ("t",), ("t", "n"), ("x",)):
            if all(self.find(name) for name in shape) and draw.maybe(4):
                deferrals: tuple[Deferral | None, ...] = (None, "immediate", "deferred")
                deferral = draw.one(*deferrals) if draw.is_postgres else None
                conflict = None if draw.is_postgres else draw.one(None, "REPLACE", "IGNORE", "ROLLBACK")
                include = (self.numbered,) if draw.is_postgres and draw.maybe(3) else ()
                distinct = not draw.is_postgres or draw.maybe()
                name = self.constraint_name((*shape, *include), "key")
                yield Key(shape, name, deferral, include, distinct, conflict)

    def checks(self) -> Iterator[Check]:
        """Checks, beside a column or of the table."""
        for column in self.columns:
            if KIND[column.name] not in ("real", "text", "flag", "part") or not self.draw.maybe(3):
                continue
            quoted = QUOTED[column.name]
            wrong = "'wrong'" if KIND[column.name] == "text" else "-1"
            if column.type == "boolean":
                wrong = "NULL"
            text = self.draw.one(f"{quoted} <> {wrong}", f"{quoted} IS NULL OR {quoted} <> {wrong}")
            if self.draw.maybe(3):
                text += f" OR {QUOTED[self.numbered]} < 0"
            if self.draw.is_postgres:
                yield Check(text, self.constraint_name((column.name,), "check"), valid=not self.draw.maybe(8))
            elif self.draw.maybe():
                yield Check(text, self.constraint_name((column.name,), "ok"), column=column.name)
            else:
                yield Check(text, self.constraint_name((column.name,), "ok"))

    def exclusions(self) -> Iterator[Exclusion]:
        """Exclusion constraints."""
        if self.draw.is_postgres and self.find("n") and self.draw.maybe(6):
            yield Exclusion(f"{self.name} excluded", 'EXCLUDE USING btree ("n" WITH =)')

    def indexes(self) -> Iterator[Index]:
        """Indexes of every kind."""
        draw = self.draw
        for column in self.columns:
            if not draw.maybe(4):
                continue
            quoted = QUOTED[column.name]
            keys = [IndexKey(column.name, descending=draw.maybe())]
            if is_text(column.type) and draw.maybe():
                keys = [IndexKey(None, f"lower({quoted})", descending=draw.maybe())]
            elif draw.is_postgres and draw.maybe(3):
                keys = [replace(keys[0], nulls="LAST" if keys[0].descending else "FIRST")]
            elif is_text(column.type) and draw.is_postgres and draw.maybe():
                keys = [replace(keys[0], operator_class="text_pattern_ops")]
            elif is_text(column.type) and not draw.is_postgres and draw.maybe():
                keys = [replace(keys[0], collation="RTRIM" if column.collation != "RTRIM" else "BINARY")]
            if draw.maybe(3):
                keys.append(IndexKey(self.numbered))
            where = draw.one(None, f"{quoted} IS NOT NULL", f"{QUOTED[self.numbered]} > 0")
            unique = KIND[column.name] in ("key", "part", "number", "text") and draw.maybe(3)
            index = Index(f"{self.name} by {column.name}{draw.one('', AGAIN)}", tuple(keys), unique, where)
            if draw.is_postgres and draw.maybe(4):
                index = replace(index, include=(self.numbered,) if len(keys) == 1 else (), options="fillfactor=70")
            elif draw.is_postgres and not unique and len(keys) == 1 and draw.maybe(4):
                index = replace(index, keys=(IndexKey(column.name),), method="hash")
            yield index


def with_foreign_keys(draw: Draw, table: Table, tables: Sequence[Table], like: Table | None) -> Table:
    """A table with foreign keys to any of the tables, itself included. Some are as those of a table that there was."""
    columns = {column.name for column in table.columns}
    if like is not None and draw.maybe():
        keys = {(each.name, key.columns) for each in tables for key in keys_of(each)}
        there = [key for key in like.foreign_keys if columns.issuperset(key.columns)]
        there = [key for key in there if (key.table, key.references) in keys]
        if there:
            return replace(table, foreign_keys=tuple(there))
    found = []
    for name in ("up", "other"):
        if name not in columns or not draw.maybe():
            continue
        for number in range(1 + draw.maybe(5)):
            parent = draw.one(*tables)
            part = f"{name} part"
            referable = [key for key in keys_of(parent) if len(key.columns) == 1 or part in columns]
            if not referable:
                continue
            references = draw.one(*referable).columns
            own = tuple([part if each == "part" else name for each in references])
            given = f"{table.name} {name} {number}"
            implied = implied_name(table.name.name, "_".join(own), "fkey") if draw.is_postgres else None
            actions = [action for action in ACTIONS if not draw.is_postgres or action != "NO ACTION"]
            deferrals: tuple[Deferral | None, ...] = (None, None, "immediate", "deferred")
            match = "FULL" if draw.is_postgres and len(own) == 1 and draw.maybe(4) else None
            found.append(
                ForeignKey(
                    own,
                    parent.name,
                    references,
                    draw.one(*actions),
                    draw.one(*actions),
                    name=given if number else draw.one(implied, given),
                    deferral=draw.one(*deferrals),
                    match=match,
                    valid=not (draw.is_postgres and draw.maybe(5)),
                )
            )
    return replace(table, foreign_keys=tuple(found))


def keys_of(table: Table) -> list[Key]:
    """The keys to which foreign keys point."""
    keys = [key for key in (table.primary_key, *table.uniques) if key is not None and key.deferral is None]
    return [key for key in keys if all(KIND[name] in ("key", "part") for name in key.columns)]


def random_views(draw: Draw, tables: Sequence[Table]) -> Iterator[View]:
    """A view of one table or of two, and a view of it; one may be materialized."""
    if not draw.maybe():
        return
    is_plain = draw.maybe()  # so that it may be the same in both schemas
    one, other = (
        (min(tables, key=lambda table: table.name),) * 2 if is_plain else (draw.one(*tables), draw.one(*tables))
    )
    key, other_key = (QUOTED[number_of(table).name] for table in (one, other))
    wanted = [
        QUOTED[column.name] for column in one.columns if not is_plain and draw.maybe(3) and KIND[column.name] != "key"
    ]
    columns = ", ".join([f"one.{key} AS first", *[f"one.{name}" for name in wanted]])
    sql = f"SELECT {columns} FROM {QUOTED[one.name.name]} AS one"
    if not is_plain and draw.maybe():
        sql += f" JOIN {QUOTED[other.name.name]} AS two ON two.{other_key} = one.{key}"
    name = Name("view one")
    if draw.is_postgres and draw.maybe(4):
        index = Index("of the view", (IndexKey("first"),), unique=True)
        yield View(name, f'CREATE MATERIALIZED VIEW "view one" AS {sql}', True, (index,) if draw.maybe() else ())
    else:
        yield View(name, f'CREATE VIEW "view one" AS {sql}')
    if draw.maybe():
        yield View(Name("after"), 'CREATE VIEW "after" AS SELECT first FROM "view one"')


def random_triggers(draw: Draw, tables: Sequence[Table], views: Sequence[View]) -> Iterator[Trigger]:
    """Triggers that tell of every change, on tables and on views; some read another table."""
    for table in tables:
        if not draw.maybe():
            continue
        name, event = f"{table.name} noted", draw.one("INSERT", "DELETE", "UPDATE")
        on = f"{event} ON {QUOTED[table.name.name]}"
        if event == "UPDATE" and draw.maybe():
            on = f"UPDATE OF {QUOTED[draw.one(*table.columns).name]} ON {QUOTED[table.name.name]}"
        if draw.is_postgres:
            # What fills a new column is an UPDATE, of which a trigger may know.
            on = on if event != "UPDATE" else f"DELETE ON {QUOTED[table.name.name]}"
            sql = f"AFTER {on} FOR EACH ROW EXECUTE FUNCTION {NOTE}()"
        else:
            other = QUOTED[draw.one(*tables).name.name]
            body = draw.one("VALUES ('noted')", f"SELECT 'noted' FROM {other}")
            sql = f"{draw.one('AFTER', 'BEFORE')} {on} BEGIN INSERT INTO log {body}; END"
        yield Trigger(name, table.name, f"CREATE TRIGGER {QUOTED[name]} {sql}")
    for view in views:
        if not draw.is_postgres and draw.maybe(3):
            sql = f'CREATE TRIGGER "instead" INSTEAD OF DELETE ON {QUOTED[view.name.name]} BEGIN SELECT 1; END'
            yield Trigger("instead", view.name, sql)
            return


def number_of(table: Table) -> Column:
    """The column with the number of the row."""
    return next(column for column in table.columns if KIND[column.name] == "key")
