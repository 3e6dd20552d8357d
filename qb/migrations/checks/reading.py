"""SQL that people write into migrations, read as operations, as far as it is about tables and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from qb.schema.reading import Reader

COLUMN_WORDS = (
    *("CONSTRAINT", "DEFAULT", "NULL", "NOT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE", "GENERATED"),
    *("DEFERRABLE", "INITIALLY", "AS", "STORAGE", "COMPRESSION"),
)
"""With these, the type of a column, or what stands beside it, has ended."""
TABLE_RULES = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE")
"""With these, a constraint of the table begins."""
HARMLESS = {
    *("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "REPLACE", "EXPLAIN", "ANALYZE"),
    *("SET", "RESET", "SHOW", "PRAGMA", "COMMENT", "GRANT", "REVOKE", "SECURITY", "IMPORT", "COPY", "NOTIFY"),
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "LOCK", "TRUNCATE", "REINDEX"),
    *("VACUUM", "CLUSTER", "REFRESH", "CREATE", "DROP", "ALTER", "ATTACH", "DETACH", "CHECKPOINT", "DISCARD"),
}
"""What statements begin with that change no table, or that rules of their own look at. Others are not understood."""
SAME_SCHEMA: tuple[set[str | None], ...] = ({None, "public"}, {None, "main"})
"""Schemas that are the same where nobody has said otherwise."""


@dataclass
class Statement:
    """What a statement of a migration does."""

    sql: str
    steps: list[tuple[Schema, Operation]] = field(default_factory=list)
    """The operations, each with the schema just before it."""
    is_understood: bool = True
    """Whether all that it does to tables is in the operations."""
    names: list[str] = field(default_factory=list)
    """The names that it gives to what it makes."""
    cascades: bool = False
    """Whether what depends on it goes, too, without being named."""

    def words(self, dialect: str) -> list[str]:
        """Its words in capitals."""
        return [word.text.upper() for word in Reader(self.sql, dialect).words]


class StatementReader:
    """Reads statements one after the other, and knows the schema after each. What they name and the schema does not
    have is taken for there, with nothing known of it.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.reader = Reader("", schema.dialect)
        self.statement = Statement("")

    def read(self, sql: str) -> Statement:
        """What the next statement does."""
        self.statement = Statement(sql)
        try:
            self.reader = Reader(sql, self.schema.dialect)
            self.any()
        except SchemaError:
            self.statement.is_understood = False
        return self.statement

    def do(self, operation: Operation) -> None:
        """An operation that the statement does."""
        after = applied(self.schema, [operation])
        self.statement.steps.append((self.schema, operation))
        self.schema = after

    def type_name(self, text: str) -> str:
        """The name of a type as a schema has it."""
        return text

    # What is meant

    def name(self) -> Name:
        """A name, with or without a schema."""
        first = self.reader.name()
        if not self.reader.takes("."):
            return Name(first)
        return Name(self.reader.name(), first)

    def new_name(self) -> Name:
        """The name of something new."""
        found = self.name()
        self.statement.names.append(found.name)
        return found

    def table(self, name: Name) -> Name:
        """The table that is meant."""
        for table in self.schema.tables:
            schemas = {table.name.schema, name.schema}
            if table.name.name == name.name and (len(schemas) == 1 or schemas in SAME_SCHEMA):
                return table.name
        self.schema = replace(self.schema, tables=(*self.schema.tables, Table(name, ())))
        return name

    def column(self, table: Name, name: str) -> Column:
        """The column that is meant."""
        there = self.schema.table(table)
        found = next((column for column in there.columns if column.name == name), None)
        if found is None:
            found = Column(name, "")
            self.put(replace(there, columns=(*there.columns, found)))
        return found

    def constraint(self, table: Name, name: str) -> Constraint:
        """The constraint that is meant."""
        there = self.schema.table(table)
        found = next((each for each in constraints_of(there) if each.name == name), None)
        if found is None:
            found = Constraint(check=Check("TRUE", name))
            self.put(replace(there, checks=(*there.checks, Check("TRUE", name))))
        return found

    def index(self, name: Name) -> tuple[Name, Index]:
        """The index that is meant, and its table. Raises SchemaError where it is not known which that is."""
        for table in self.schema.tables:
            for index in table.indexes:
                if index.name == name.name:
                    return table.name, index
        raise SchemaError(f"no table is known to have an index {name}")

    def put(self, table: Table) -> None:
        """More is known of a table."""
        self.schema = replace(
            self.schema, tables=tuple([table if each.name == table.name else each for each in self.schema.tables])
        )

    # Statements

    def any(self) -> None:
        """Whatever it is."""
        reader = self.reader
        if reader.takes("CREATE"):
            self.create()
        elif reader.takes("DROP"):
            self.drop()
        elif reader.takes("ALTER"):
            self.alter()
        else:
            self.statement.is_understood = reader.word().text.upper() in HARMLESS

    def create(self) -> None:
        """CREATE …"""
        reader = self.reader
        reader.takes("OR", "REPLACE")
        while reader.takes_any("TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED", "RECURSIVE", "CONSTRAINT"):
            pass
        if reader.takes("TABLE"):
            self.create_table()
        elif reader.takes("UNIQUE", "INDEX"):
            self.create_index(unique=True)
        elif reader.takes("INDEX"):
            self.create_index(unique=False)
        elif reader.takes("MATERIALIZED", "VIEW") or reader.takes("VIEW"):
            self.if_not_exists()
            self.view(self.new_name())
        elif reader.takes("TRIGGER"):
            self.trigger()
        elif reader.takes("TYPE"):
            name = self.new_name()
            if reader.takes("AS", "ENUM"):
                self.do(ops.CreateEnum(Enum(name, self.strings())))
        elif reader.takes("SEQUENCE"):
            self.if_not_exists()
            self.do(ops.CreateSequence(Sequence(self.new_name(), reader.rest())))

    def if_not_exists(self) -> bool:
        """IF NOT EXISTS, perhaps."""
        return self.reader.takes("IF", "NOT", "EXISTS")

    def strings(self) -> tuple[str, ...]:
        """Strings in parentheses."""
        self.reader.expect("(")
        found = []
        while not self.reader.takes(")"):
            found.append(self.string())
            self.reader.takes(",")
        return tuple(found)

    def string(self) -> str:
        """A string."""
        text = self.reader.word().text
        if text[:1] != "'":
            self.reader.fail("a string")
        return text[1:-1].replace("''", "'")

    def view(self, name: Name) -> None:
        """A view, which may replace another."""
        there = [view for view in self.schema.views if view.name == name]
        if there:
            self.do(ops.DropView(there[0]))
        self.do(ops.CreateView(View(name, self.statement.sql)))

    def trigger(self) -> None:
        """A trigger."""
        reader = self.reader
        self.if_not_exists()
        name = self.new_name().name
        while not reader.takes("ON"):
            reader.word()
        self.do(ops.CreateTrigger(Trigger(name, self.table(self.name()), self.statement.sql)))

    def create_table(self) -> None:
        """CREATE TABLE, as far as it is columns and constraints."""
        reader = self.reader
        self.if_not_exists()
        table = Table(self.new_name(), ())
        if any(each.name == table.name for each in self.schema.tables):
            return  # IF NOT EXISTS
        if not reader.takes("("):  # of a query, or a partition
            self.do(ops.CreateTable(table))
            return
        constraints: list[Constraint] = []
        columns: list[Column] = []
        while not reader.takes(")"):
            if reader.takes("LIKE"):
                reader.until(",", ")")
            elif reader.sees_any(*TABLE_RULES):
                constraints.append(self.table_rule())
            else:
                column, more = self.new_column(table.name)
                columns.append(column)
                constraints += more
            reader.takes(",")
        self.do(ops.CreateTable(with_constraints(replace(table, columns=tuple(columns)), constraints)))

    def new_column(self, table: Name) -> tuple[Column, list[Constraint]]:
        """A column with its constraints."""
        reader = self.reader
        name = reader.name()
        self.statement.names.append(name)
        words = reader.until(",", ")", *COLUMN_WORDS)
        column = Column(name, self.type_name(reader.between(words)))
        constraints: list[Constraint] = []
        given: str | None = None
        while not reader.at_end() and not reader.sees(",") and not reader.sees(")"):
            if reader.takes("CONSTRAINT"):
                given = reader.name()
                self.statement.names.append(given)
            elif reader.takes("NOT", "NULL"):
                column = replace(column, nullable=False)
            elif reader.takes("DEFAULT"):
                column = replace(column, default=reader.between(reader.until(",", ")", *COLUMN_WORDS)))
            elif reader.takes("COLLATE"):
                column = replace(column, collation=reader.name())
            elif reader.sees("GENERATED") or reader.sees("AS"):
                column = self.computed(column)
            elif reader.takes("PRIMARY", "KEY"):
                column = replace(column, nullable=False)
                constraints.append(Constraint(primary_key=Key((name,), given)))
            elif reader.takes("UNIQUE"):
                constraints.append(Constraint(unique=Key((name,), given)))
            elif reader.takes("CHECK"):
                constraints.append(Constraint(check=Check(reader.parenthesised(), given)))
            elif reader.sees("REFERENCES"):
                constraints.append(Constraint(foreign_key=self.reference((name,), given)))
            else:
                reader.word()
        return self.numbered(table, column), constraints

    def numbered(self, table: Name, column: Column) -> Column:
        """A column whose type says that it is numbered. A dialect may have such."""
        return column

    def computed(self, column: Column) -> Column:
        """A column that is computed or numbered."""
        reader = self.reader
        is_always = reader.takes("GENERATED", "ALWAYS")
        if not is_always:
            reader.takes("GENERATED", "BY", "DEFAULT")
        reader.expect("AS")
        if reader.takes("IDENTITY"):
            if reader.sees("("):
                reader.parenthesised()
            return replace(column, nullable=False, identity=Identity("always" if is_always else "by default"))
        expression = reader.parenthesised()
        is_stored = reader.takes("STORED")
        reader.takes("VIRTUAL")
        return replace(column, generated=Generated(expression, is_stored))

    def reference(self, columns: tuple[str, ...], name: str | None) -> ForeignKey:
        """REFERENCES …"""
        reader = self.reader
        reader.expect("REFERENCES")
        table = self.name()
        known = next((each.name for each in self.schema.tables if each.name.name == table.name), table)
        references = reader.names() if reader.sees("(") else ()
        while reader.takes("ON"):
            reader.word()
            if not (reader.takes("NO", "ACTION") or reader.takes("SET", "NULL") or reader.takes("SET", "DEFAULT")):
                reader.word()
        return ForeignKey(columns, known, references, name=name)

    def table_rule(self) -> Constraint:
        """A constraint of a table."""
        reader = self.reader
        name = None
        if reader.takes("CONSTRAINT"):
            name = reader.name()
            self.statement.names.append(name)
        if reader.takes("PRIMARY", "KEY"):
            found = Constraint(primary_key=Key(reader.names(), name))
        elif reader.takes("UNIQUE"):
            reader.takes("NULLS", "NOT", "DISTINCT")
            reader.takes("NULLS", "DISTINCT")
            found = Constraint(unique=Key(reader.names(), name))
        elif reader.takes("CHECK"):
            found = Constraint(check=Check(reader.parenthesised(), name))
        elif reader.takes("FOREIGN", "KEY"):
            found = Constraint(foreign_key=self.reference(reader.names(), name))
        else:
            reader.expect("EXCLUDE")
            reader.until("(")
            found = Constraint(exclusion=Exclusion(name or "", f"EXCLUDE ({reader.parenthesised()})"))
        is_unchecked = False
        while not reader.at_end() and not reader.sees(",") and not reader.sees(")"):
            if reader.takes("NOT", "VALID"):
                is_unchecked = True
            elif reader.sees("("):
                reader.parenthesised()
            else:
                reader.word()
        if is_unchecked and found.check is not None:
            found = Constraint(check=replace(found.check, valid=False))
        if is_unchecked and found.foreign_key is not None:
            found = Constraint(foreign_key=replace(found.foreign_key, valid=False))
        return found

    def create_index(self, unique: bool) -> None:
        """CREATE INDEX."""
        reader = self.reader
        concurrently = reader.takes("CONCURRENTLY")
        self.if_not_exists()
        name = "" if reader.sees("ON") else self.new_name().name
        reader.expect("ON")
        reader.takes("ONLY")
        table = self.table(self.name())
        if reader.takes("USING"):
            reader.name()
        reader.expect("(")
        keys = [self.index_key()]
        while reader.takes(","):
            keys.append(self.index_key())
        reader.expect(")")
        where = None
        while not reader.at_end():
            if reader.takes("WHERE"):
                where = reader.rest()
            else:
                reader.word()
        self.do(ops.CreateIndex(table, Index(name, tuple(keys), unique, where), concurrently))

    def index_key(self) -> IndexKey:
        """A column or an expression."""
        words = self.reader.until(",", ")")
        first = Reader(self.reader.between(words), self.schema.dialect)
        text = first.word().text
        if first.at_end() or first.sees_any("ASC", "DESC", "NULLS", "COLLATE") or text[:1] == '"':
            return IndexKey(Reader(text, self.schema.dialect).name())
        return IndexKey(expression=self.reader.between(words))

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
        sequence = next((each for each in self.schema.sequences if each.name.name == name.name), Sequence(name))
        if sequence not in self.schema.sequences:
            self.schema = replace(self.schema, sequences=(*self.schema.sequences, sequence))
        self.do(ops.DropSequence(sequence))

    def drop_trigger(self, name: str) -> None:
        """A trigger goes."""
        trigger = next((each for each in self.schema.triggers if each.name == name), None)
        if trigger is None:
            table = self.table(self.name()) if self.reader.takes("ON") else Name("")
            trigger = Trigger(name, table, "")
            self.schema = replace(self.schema, triggers=(*self.schema.triggers, trigger))
        self.do(ops.DropTrigger(trigger))

    def alter(self) -> None:
        """ALTER …"""
        reader = self.reader
        if reader.takes("TABLE"):
            reader.takes("IF", "EXISTS")
            reader.takes("ONLY")
            table = self.table(self.name())
            reader.takes("*")
            self.alter_table(table)
            while reader.takes(","):
                self.alter_table(table)
            if not reader.at_end():
                reader.fail("the end")
        elif reader.takes("INDEX"):
            reader.takes("IF", "EXISTS")
            name = self.name()
            if reader.takes("RENAME", "TO"):
                table, index = self.index(name)
                self.do(ops.RenameIndex(table, index.name, self.new_name().name))

    def alter_table(self, table: Name) -> None:
        """One of the actions of ALTER TABLE."""
        reader = self.reader
        if reader.takes("ADD"):
            self.add(table)
        elif reader.takes("DROP"):
            self.drop_part(table)
        elif reader.takes("ALTER"):
            reader.takes("COLUMN")
            self.alter_column(table, self.column(table, reader.name()))
        elif reader.takes("VALIDATE", "CONSTRAINT"):
            constraint = self.constraint(table, reader.name())
            self.do(ops.ValidateConstraint(table, constraint.name or ""))
        elif reader.takes("RENAME"):
            self.rename(table)
        elif reader.takes("SET", "SCHEMA"):
            self.do(ops.RenameTable(table, Name(table.name, reader.name())))
        elif reader.sees_any("SET", "RESET", "ENABLE", "DISABLE", "FORCE", "NO", "OWNER", "CLUSTER", "REPLICA"):
            reader.until(",")  # which are no operations: what they cost is looked at by rules of their own
        else:
            self.statement.is_understood = False
            reader.until(",")

    def add(self, table: Name) -> None:
        """ADD …"""
        reader = self.reader
        if reader.sees_any(*TABLE_RULES):
            self.add_rule(table)
            return
        reader.takes("COLUMN")
        self.if_not_exists()
        column, constraints = self.new_column(table)
        self.do(ops.AddColumn(table, column))
        for each in constraints:
            key = each.foreign_key
            if key is not None and column.default is None:  # no row has a value, and no row is looked at
                each = Constraint(foreign_key=replace(key, valid=False))
            self.do(ops.AddConstraint(table, each))

    def add_rule(self, table: Name) -> None:
        """A constraint, which may take over an index."""
        words = [word.text.upper() for word in self.reader.words]
        if "USING" not in words or words[words.index("USING") :][1:2] != ["INDEX"]:
            self.do(ops.AddConstraint(table, self.table_rule()))
            return
        reader = self.reader
        name = None
        if reader.takes("CONSTRAINT"):
            name = reader.name()
        is_primary = reader.takes("PRIMARY", "KEY")
        reader.takes("UNIQUE")
        reader.expect("USING", "INDEX")
        owner, index = self.index(self.name())
        for key in index.keys if is_primary else ():
            column = self.column(table, key.column or "")
            if column.nullable:
                self.do(ops.AlterColumn(table, column, replace(column, nullable=False)))
        if name is not None and name != index.name:
            self.do(ops.RenameIndex(owner, index.name, name))
        reader.until(",")

    def drop_part(self, table: Name) -> None:
        """DROP … of a table."""
        reader = self.reader
        is_constraint = reader.takes("CONSTRAINT")
        if not is_constraint:
            reader.takes("COLUMN")
        reader.takes("IF", "EXISTS")
        name = reader.name()
        if is_constraint:
            self.do(ops.DropConstraint(table, self.constraint(table, name)))
        else:
            self.do(ops.DropColumn(table, self.column(table, name)))
        if reader.takes("CASCADE"):
            self.statement.cascades = True
        reader.takes("RESTRICT")

    def alter_column(self, table: Name, column: Column) -> None:
        """ALTER COLUMN …"""
        reader = self.reader
        using = None
        if reader.takes("SET", "NOT", "NULL"):
            new = replace(column, nullable=False)
        elif reader.takes("DROP", "NOT", "NULL"):
            new = replace(column, nullable=True)
        elif reader.takes("SET", "DEFAULT"):
            new = replace(column, default=reader.between(reader.until(",")))
        elif reader.takes("DROP", "DEFAULT"):
            new = replace(column, default=None)
        elif reader.takes("DROP", "EXPRESSION"):
            new = replace(column, generated=None)
            reader.until(",")
        elif reader.takes("DROP", "IDENTITY"):
            new = replace(column, identity=None)
            reader.until(",")
        elif reader.takes("ADD"):
            new = self.computed(column)
        elif reader.takes("SET", "DATA", "TYPE") or reader.takes("TYPE"):
            new = replace(column, type=self.type_name(reader.between(reader.until(",", "COLLATE", "USING"))))
            if reader.takes("COLLATE"):
                new = replace(new, collation=reader.name())
            if reader.takes("USING"):
                using = reader.between(reader.until(","))
        else:  # SET STATISTICS, SET STORAGE …
            reader.until(",")
            return
        if using is not None and self.is_cast(using, new):
            using = None
        self.do(ops.AlterColumn(table, column, new, using))

    def is_cast(self, using: str, column: Column) -> bool:
        """Whether an expression only casts the column to its new type, which is what happens anyway."""
        reader = Reader(using, self.schema.dialect)
        is_called = reader.takes("CAST", "(")
        if reader.at_end() or reader.word().name != column.name or not (reader.takes("AS") or reader.takes("::")):
            return False
        words = reader.until(")") if is_called else reader.until()
        return self.type_name(reader.between(words)) == column.type

    def rename(self, table: Name) -> None:
        """RENAME …"""
        reader = self.reader
        if reader.takes("TO"):
            self.do(ops.RenameTable(table, Name(self.new_name().name, table.schema)))
        elif reader.takes("CONSTRAINT"):
            old = reader.name()
            self.constraint(table, old)
            reader.expect("TO")
            self.do(ops.RenameConstraint(table, old, self.new_name().name))
        else:
            reader.takes("COLUMN")
            old = reader.name()
            self.column(table, old)
            reader.expect("TO")
            self.do(ops.RenameColumn(table, old, self.new_name().name))


def with_constraints(table: Table, constraints: list[Constraint]) -> Table:
    """A table with constraints."""
    keys = [each.primary_key for each in constraints if each.primary_key is not None]
    return replace(
        table,
        primary_key=keys[0] if keys else None,
        uniques=tuple([each.unique for each in constraints if each.unique is not None]),
        checks=tuple([each.check for each in constraints if each.check is not None]),
        foreign_keys=tuple([each.foreign_key for each in constraints if each.foreign_key is not None]),
        exclusions=tuple([each.exclusion for each in constraints if each.exclusion is not None]),
    )
