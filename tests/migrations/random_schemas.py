"""Random pairs of schemas, with what a person would have to say about the way between them, and rows for the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from dialects.postgres.describe import implied_name
from qb.identifiers import QUOTED
from qb.migrations.hints import Hints
from qb.schema.objects import (
    Check,
    Column,
    Deferral,
    Enum,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    View,
)

TABLES = ("a", "b", 'it"s', "Select")
ACTIONS = (None, "CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT")
LOG = Name("log")


@dataclass(frozen=True)
class Case:
    """A way from one schema to another."""

    before: Schema
    after: Schema
    hints: Hints
    rows: int


@dataclass(frozen=True)
class Kinds:
    """The types of an engine."""

    number: str
    other_number: str
    text: str
    other_text: str
    real: str


KINDS = {
    "sqlite": Kinds("INTEGER", "INT", "TEXT", "TEXT", "REAL"),
    "postgres": Kinds("integer", "bigint", "text", "character varying(40)", "double precision"),
}
KINDS["d1"] = KINDS["sqlite"]


class Draw:
    """Draws what a schema is made of."""

    def __init__(self, draw: st.DrawFn, dialect: str) -> None:
        self.draw = draw
        self.dialect = dialect
        self.kinds = KINDS[dialect]
        self.is_postgres = dialect == "postgres"

    def maybe(self) -> bool:
        """A coin."""
        return self.draw(st.booleans())

    def one(self, *choices: str | None) -> str | None:
        """One of them."""
        return self.draw(st.sampled_from(choices))

    def schema(self) -> Schema:
        """A schema, whose every table is a parent with the key `id`."""
        names = self.draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=4, unique=True))
        enums: tuple[Enum, ...] = ()
        if self.is_postgres:
            labels = self.draw(st.sampled_from([("x", "y"), ("y", "x"), ("x", "y", "z"), ("z", "x", "y")]))
            enums = (Enum(Name("mood"), labels),)
        tables = tuple([self.table(name, names) for name in names])
        log = Table(LOG, (Column("what", self.kinds.text),))
        return Schema(
            self.dialect,
            enums=enums,
            tables=(*tables, log),
            views=tuple(self.views(tables)),
            triggers=tuple(self.triggers(tables)),
        )

    def table(self, name: str, names: list[str]) -> Table:
        """A table."""
        columns = [self.key()]
        columns += [
            column for column in (self.number("n"), self.number("x"), self.text("t"), self.text("T 2")) if column
        ]
        if self.maybe():
            columns.append(Column("r", self.kinds.real, nullable=self.maybe(), default=self.one(None, "1.5")))
        if self.is_postgres and self.maybe():
            columns.append(Column("m", '"mood"', default=self.one(None, "'x'::\"mood\"")))
        parents = [parent for parent in names if self.maybe()][:2]
        columns += [Column(f"{parent}_id", self.kinds.number) for parent in parents]
        computed = [column.name for column in columns if column.type == self.kinds.number and column.name in "nx"]
        if computed and self.maybe():
            stored = True if self.is_postgres else self.maybe()
            columns.append(Column("g", self.kinds.number, generated=Generated(f'("{computed[0]}" * 2)', stored)))
        columns = self.draw(st.permutations(columns))
        return Table(
            Name(name),
            tuple(columns),
            Key(("id",), self.implied(name, "", "pkey")),
            uniques=tuple(self.uniques(name, columns)),
            checks=tuple(self.checks(name, columns)),
            foreign_keys=tuple([self.foreign_key(name, parent) for parent in parents]),
            indexes=tuple(self.indexes(name, columns)),
            options=() if self.is_postgres else self.draw(st.sampled_from([("STRICT",), ("STRICT",), ()])),
        )

    def key(self) -> Column:
        """The primary key."""
        if self.is_postgres:
            kind = self.one(None, "always", "by default")
            identity = Identity(kind) if kind in ("always", "by default") else None  # type: ignore[arg-type]  # looked at
            return Column("id", self.kinds.number, nullable=False, identity=identity)
        return Column("id", "INTEGER", identity=Identity("autoincrement") if self.maybe() else None)

    def number(self, name: str) -> Column | None:
        """A column of numbers, which may be texts in the other schema."""
        if not self.maybe():
            return None
        type = self.one(self.kinds.number, self.kinds.number, self.kinds.other_number, self.kinds.text) or ""
        default = self.one(None, "7") if type != self.kinds.text else self.one(None, "'7'")
        collation = self.one(None, "NOCASE") if type == "TEXT" else None
        return Column(name, type, self.maybe(), default, collation=collation)

    def text(self, name: str) -> Column | None:
        """A column of texts."""
        if not self.maybe():
            return None
        type = self.one(self.kinds.text, self.kinds.other_text) or ""
        collation = self.one(None, "C") if self.is_postgres else self.one(None, "NOCASE")
        comment = self.one(None, "it's") if self.is_postgres else None
        return Column(name, type, self.maybe(), self.one(None, "'it''s'"), collation=collation, comment=comment)

    def filled(self, column: Column) -> str:
        """What fills a new column: another value in each row."""
        numbers = (self.kinds.number, self.kinds.other_number, self.kinds.real)
        return '"id"' if column.type in numbers else 'CAST("id" AS TEXT)'

    def implied(self, table: str, column: str, suffix: str) -> str | None:
        """The name of a constraint that is declared without one."""
        return implied_name(table, column, suffix) if self.is_postgres else None

    def uniques(self, table: str, columns: list[Column]) -> Iterator[Key]:
        """Unique constraints."""
        for column in columns:
            if column.name in ("t", "n") and self.draw(st.integers(0, 3)) == 0:
                yield Key((column.name,), self.implied(table, column.name, "key"))

    def checks(self, table: str, columns: list[Column]) -> Iterator[Check]:
        """Checks, beside a column or of the table."""
        for column in columns:
            if column.name in ("r", "T 2") and self.draw(st.integers(0, 3)) == 0:
                text = f"{QUOTED[column.name]} {self.one('IS NOT NULL', 'IS NULL')} OR {QUOTED[column.name]} <> "
                text += "'no'" if column.name == "T 2" else "-1"
                if self.is_postgres:
                    yield Check(text, self.implied(table, column.name, "check"))
                elif self.maybe():
                    yield Check(text, column=column.name)
                else:
                    yield Check(text, f"{table}_{column.name}_ok")

    def foreign_key(self, table: str, parent: str) -> ForeignKey:
        """A foreign key to the id of a table."""
        column = f"{parent}_id"
        action = self.one(*ACTIONS)
        if self.is_postgres and action == "NO ACTION":
            action = None
        deferrals: list[Deferral | None] = [None, None, "immediate", "deferred"]
        deferral = self.draw(st.sampled_from(deferrals))
        return ForeignKey(
            (column,),
            Name(parent),
            ("id",),
            action,
            name=self.implied(table, column, "fkey"),
            deferral=deferral,
        )

    def indexes(self, table: str, columns: list[Column]) -> Iterator[Index]:
        """Indexes of every kind."""
        for column in columns:
            if column.name == "m" or self.draw(st.integers(0, 2)):
                continue
            key = IndexKey(column.name, descending=self.maybe())
            if column.type in (self.kinds.text, self.kinds.other_text) and self.maybe():
                key = IndexKey(None, f"lower({QUOTED[column.name]})")
            where = self.one(None, f"{QUOTED[column.name]} IS NOT NULL")
            yield Index(f"{table}_by_{column.name}", (key,), where=where)

    def views(self, tables: tuple[Table, ...]) -> Iterator[View]:
        """A view, and a view of it."""
        if self.maybe():
            table = self.draw(st.sampled_from(tables))
            columns = ", ".join([QUOTED[column.name] for column in table.columns])
            sql = f'CREATE VIEW "view one" AS SELECT {columns} FROM {QUOTED[table.name.name]}'
            yield View(Name("view one"), sql)
            if self.maybe():
                yield View(Name("after"), 'CREATE VIEW "after" AS SELECT "id" FROM "view one"')

    def triggers(self, tables: tuple[Table, ...]) -> Iterator[Trigger]:
        """A trigger that tells of rows that go."""
        for table in tables:
            if not self.is_postgres and self.maybe():
                name = QUOTED[table.name.name]
                yield Trigger(
                    f"{table.name}_gone",
                    table.name,
                    f"CREATE TRIGGER {QUOTED[f'{table.name}_gone']} AFTER DELETE ON {name} "
                    f"BEGIN INSERT INTO log VALUES ('gone'); END",
                )


@st.composite
def cases(draw: st.DrawFn, dialect: str) -> Case:
    """A way from one schema to another."""
    drawing = Draw(draw, dialect)
    before, after = drawing.schema(), drawing.schema()
    gone = [table.name for table in before.tables if table.name not in [each.name for each in after.tables]]
    fresh = [table.name for table in after.tables if table.name not in [each.name for each in before.tables]]
    tables = {new: old for old, new in zip(gone, fresh, strict=False) if drawing.maybe()}
    pairs = {name: tables.get(name, name) for name in [table.name for table in after.tables]}
    known = [table.name for table in before.tables]
    pairs = {new: old for new, old in pairs.items() if old in known}
    columns, dropped = renamed_columns(drawing, before, after, pairs)
    dropped |= {(name, None) for name in gone if name not in tables.values()}
    using = {
        (table.name, column.name): drawing.filled(column)
        for table in after.tables
        if table.name in pairs
        for column in table.columns
        if not column.nullable and column.default is None and column.identity is None
        if column.name not in [each.name for each in before.table(pairs[table.name]).columns]
        if (table.name, column.name) not in columns
    }
    after = replace(after, tables=tuple([fitting(table, before, pairs, columns, using) for table in after.tables]))
    return Case(before, after, Hints(tables, columns, {}, frozenset(dropped), using), draw(st.integers(0, 3)))


def fitting(
    table: Table,
    before: Schema,
    pairs: dict[Name, Name],
    columns: dict[tuple[Name, str], str],
    using: dict[tuple[Name, str], str],
) -> Table:
    """Without the unique constraints on new columns that get one default in every row."""
    if table.name not in pairs:
        return table
    known = {column.name for column in before.table(pairs[table.name]).columns}
    known |= {column for name, column in (*columns, *using) if name == table.name}
    return replace(table, uniques=tuple([key for key in table.uniques if key.columns[0] in known]))


def renamed_columns(
    drawing: Draw, before: Schema, after: Schema, pairs: dict[Name, Name]
) -> tuple[dict[tuple[Name, str], str], set[tuple[Name, str | None]]]:
    """Which new columns are old ones, and which old ones are none."""
    columns: dict[tuple[Name, str], str] = {}
    dropped: set[tuple[Name, str | None]] = set()
    for new, old in pairs.items():
        here, there = after.table(new).columns, before.table(old).columns
        free = [column for column in here if column.name not in [each.name for each in there]]
        for column in there:
            if column.name in [each.name for each in here]:
                continue
            like = [each for each in free if (each.type, each.generated) == (column.type, column.generated)]
            like = [each for each in like if not each.name.endswith("_id") and not column.name.endswith("_id")]
            if like and drawing.maybe():
                columns[new, like[0].name] = column.name
                free.remove(like[0])
            else:
                dropped.add((new, column.name))
    return columns, dropped


def filling(case: Case) -> Iterator[str]:
    """Rows for the first schema, which the second one has to take, too: with a child for every parent."""
    quoted = {table.name: QUOTED[table.name.name] for table in case.before.tables}
    formers = {(new, old): name for (new, name), old in case.hints.columns.items()}
    for table in case.before.tables:
        if table.name == LOG:
            continue
        new = {old: name for name, old in case.hints.tables.items()}.get(table.name, table.name)
        for number in range(1, case.rows + 1):
            values: dict[str, str] = {}
            for column in table.columns:
                later = formers.get((new, column.name), column.name)
                there = [each for other in case.after.tables if other.name == new for each in other.columns]
                nullable = [each.nullable for each in there if each.name == later]
                if column.generated is None and not column.name.endswith("_id"):
                    is_null = column.name != "id" and number == 2 and column.nullable and all(nullable)
                    values[column.name] = "NULL" if is_null else value(column, number)
            names, texts = ", ".join([QUOTED[name] for name in values]), ", ".join(values.values())
            force = " OVERRIDING SYSTEM VALUE" if case.before.dialect == "postgres" else ""
            yield f"INSERT INTO {quoted[table.name]} ({names}){force} VALUES ({texts})"
    for table in case.before.tables:
        for key in table.foreign_keys:
            yield f'UPDATE {quoted[table.name]} SET {QUOTED[key.columns[0]]} = 1 + ("id" % {max(case.rows, 1)})'


def value(column: Column, number: int) -> str:
    """A value that is another one in each row, and that every type of the column can have."""
    if column.name == "m":
        return "'x'"
    if column.name in ("id", "n", "x"):
        return str(number) if "INT" in column.type.upper() else f"'{number}'"
    return f"{number}.5" if column.name == "r" else f"'Text {number}'"
