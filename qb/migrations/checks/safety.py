"""What operations do to data and to programs that run meanwhile, and how to find out and do better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.rules import DANGERS
from qb.migrations.checks.statements import StatementSafety
from qb.migrations.expressions import mentions, plain_text
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.schema.objects import Column, Name, Schema, Table

ORDER = list(DANGERS)


class Safety(StatementSafety):
    """Classifies operations. A dialect subclasses it, and adds what its engine locks and rewrites."""

    def findings(self, before: Schema, operations: Sequence[Operation]) -> tuple[Finding, ...]:
        """What there is to know about operations on a schema, in their order: those of a `Stage` are all that happens,
        those of `diff` what was asked for. Tables that they create are empty, so what is done to these is safe.
        """
        steps: list[Step] = []
        schema = before
        for each in operations:
            steps.append((schema, each))
            schema = applied(schema, [each])
        return (*self.classified(steps), *self.rebuilt(before, operations))

    def classified(self, steps: Sequence[Step]) -> tuple[Finding, ...]:
        """What there is to know about operations one by one."""
        found: list[Finding] = []
        new: set[Name] = set()
        operations = [operation for _, operation in steps]
        for schema, each in steps:
            if isinstance(each, ops.CreateTable):
                new.add(each.table.name)
            elif isinstance(each, ops.RenameTable) and each.old in new:
                new.add(each.new)
            elif not set(tables_of(each)) <= new or not tables_of(each):
                found += sorted(self.of(schema, each, operations), key=lambda one: ORDER.index(one.danger))
        after = applied(steps[-1][0], [steps[-1][1]]) if steps else Schema("")
        return (*found, *self.stale_names(after, operations))

    def of_schema(self, schema: Schema) -> Iterator[Finding]:
        """What there is to know about tables as they are."""
        for table in schema.tables:
            for key in table.foreign_keys:
                if not is_indexed(table, key.columns):
                    columns = ", ".join(key.columns)
                    text = (
                        f'"{table.name}" has no index of {columns}: who deletes from "{key.table}" looks at every row'
                    )
                    yield Finding(rules.FOREIGN_KEY_INDEX, None, table.name, text)

    def rebuilt(self, before: Schema, operations: Sequence[Operation]) -> Iterable[Finding]:
        """What there is to know about tables that are rebuilt for operations, where the dialect does so."""
        return ()

    def of(self, schema: Schema, operation: Operation, operations: Sequence[Operation]) -> Iterator[Finding]:
        """What there is to know about one operation. `schema` is how everything is just before it."""
        match operation:
            case ops.DropTable(table):
                text = f'the table "{table.name}" goes with all its rows'
                yield Finding(rules.DROP_TABLE, operation, table.name, text, self.rows(table.name))
            case ops.DropColumn(table, column):
                if not any(is_again(each, table, column) for each in operations):  # from columns of another type
                    yield from self.dropped_column(operation, table, column)
            case ops.RenameTable(old, new):
                recipe = f'leave a view named "{old}" that selects everything from "{new}" until they are replaced'
                text = f'programs that run meanwhile still use "{old}"'
                yield Finding(rules.RENAME_TABLE, operation, old, text, None, recipe)
            case ops.RenameColumn(table, old, new):
                recipe = f'add "{new}" and write both; copy the values over; read "{new}"; then drop "{old}"'
                text = f'programs that run meanwhile still use "{table}.{old}"'
                yield Finding(rules.RENAME_COLUMN, operation, table, text, None, recipe)
            case ops.AddColumn(table, column, using):
                if not column.nullable and not has_own_value(column):
                    if using is None:
                        text = f'it fails where "{table}" has rows, which get no value in "{column.name}"'
                        yield Finding(rules.REQUIRED_VALUES, operation, table, text, self.rows(table))
                    text = f'programs that run meanwhile insert rows without "{table}.{column.name}", which fail'
                    yield Finding(rules.REQUIRED_COLUMN, operation, table, text)
            case ops.AlterColumn():
                yield from self.altered_column(schema, operation, operations)
            case ops.AddConstraint(table, constraint):
                was_there = operation.using_index or ops.DropConstraint(table, constraint) in operations
                if not was_there and not self.is_about_nothing(schema, table, constraint, operations):
                    yield from self.added_constraint(operation, table, constraint)
            case ops.ValidateConstraint(table, name):
                constraint = next(each for each in constraints_of(schema.table(table)) if each.name == name)
                text = f'it fails where rows of "{table}" break the {constraint}'
                yield Finding(rules.CONFLICTING_ROWS, operation, table, text, self.conflicts(table, constraint))
            case ops.DropConstraint(table, constraint):
                comes_back = any(
                    isinstance(each, ops.AddConstraint) and (each.table, each.constraint.key) == (table, constraint.key)
                    for each in operations
                )
                if constraint.key is not None and not comes_back:
                    text = f"programs that run meanwhile may name the {constraint} in ON CONFLICT, and fail"
                    yield Finding(rules.DROP_KEY, operation, table, text)
            case ops.CreateIndex(table, index):
                columns = [key.column for key in index.keys if key.column is not None]
                if index.unique and ops.DropIndex(table, index) not in operations:
                    which = ", ".join(columns) if len(columns) == len(index.keys) else "what it is about"
                    probe = self.duplicates(table, columns, index.where) if len(columns) == len(index.keys) else None
                    text = f'"{index.name}" is unique: it fails where rows of "{table}" agree in {which}'
                    yield Finding(rules.DUPLICATES, operation, table, text, probe)
                    text = f'programs that run meanwhile may write rows that break the unique index "{index.name}"'
                    yield Finding(rules.NEW_CONSTRAINT, operation, table, text)
            case ops.DropIndex(table, index):
                comes_back = any(isinstance(each, ops.CreateIndex) and each.index == index for each in operations)
                if index.unique and not comes_back:
                    text = (
                        f'programs that run meanwhile may name the columns of "{index.name}" in ON CONFLICT, and fail'
                    )
                    yield Finding(rules.DROP_KEY, operation, table, text)
            case ops.RenameSchema(schema_before, schema_after):
                names = f'"{schema_before}", which is "{schema_after}"'
                text = f"programs that run meanwhile, and functions, still look into {names}"
                yield Finding(rules.RENAME_SCHEMA, operation, None, text)
            case ops.RenameEnum(old, new):
                text = f'programs that run meanwhile, and functions, still cast to "{old}", which is "{new}"'
                yield Finding(rules.RENAME_TYPE, operation, None, text)
            case ops.RenameSequence(old, new):
                text = f'programs that run meanwhile, and functions, still ask "{old}", which is "{new}"'
                yield Finding(rules.RENAME_SEQUENCE, operation, None, text)
            case ops.RenameLabel(enum, old):
                text = f'programs that run meanwhile still use {old!r} of "{enum}"'
                yield Finding(rules.RENAME_LABEL, operation, None, text)
            case ops.ReplaceEnum(old_enum, new_enum):
                yield from self.replaced_enum(
                    schema, operation, old_enum.name, set(old_enum.labels) - set(new_enum.labels)
                )
            case ops.DropSequence(sequence):
                text = f'where the sequence "{sequence.name}" stands is forgotten'
                yield Finding(rules.DROP_SEQUENCE, operation, sequence.table, text)
            case ops.DropView(view):
                if not any(isinstance(each, ops.CreateView) and each.view.name == view.name for each in operations):
                    text = f'programs that run meanwhile may still read "{view.name}"'
                    yield Finding(rules.DROP_VIEW, operation, view.name, text)
            case ops.DropTrigger(trigger):
                if not any(
                    isinstance(each, ops.CreateTrigger) and each.trigger.name == trigger.name for each in operations
                ):
                    text = f'what the trigger "{trigger.name}" did is not done any more'
                    yield Finding(rules.DROP_TRIGGER, operation, trigger.table, text)

    def dropped_column(self, operation: Operation, table: Name, column: Column) -> Iterator[Finding]:
        """A column goes."""
        name = f'"{table}.{column.name}"'
        if column.generated is None:
            text = f"the values of {name} go"
            yield Finding(rules.DROP_COLUMN, operation, table, text, self.given(table, column.name))
        else:
            yield Finding(rules.DROP_COMPUTED, operation, table, f"programs that run meanwhile may still read {name}")

    def altered_column(
        self, schema: Schema, operation: ops.AlterColumn, operations: Sequence[Operation]
    ) -> Iterator[Finding]:
        """A column changes."""
        table, old, new, using = operation.table, operation.before, operation.after, operation.using
        name = f'"{table}.{new.name}"'
        meanwhile = "programs that run meanwhile"
        if is_written(old) and not is_written(new):
            text = f"{meanwhile} may write {name}, which fails: only the database does so from now on"
            yield Finding(rules.COMPUTED_COLUMN, operation, table, text)
        if new.generated is not None:
            if old.generated is None:
                text = f"the values of {name} go: they are computed from now on"
                yield Finding(rules.REPLACE_VALUES, operation, table, text, self.given(table, new.name))
            return
        if using is not None:
            text = f"the values of {name} are replaced by {using}"
            yield Finding(rules.REPLACE_VALUES, operation, table, text, self.given(table, new.name))
        if (old.type, old.form) != (new.type, new.form):
            what = new.form or new.type
            lossy = None if using is not None else self.lossy(schema, table, old, new)
            if lossy is not None:
                text = f"it fails where a value of {name} cannot be {what}, or would change"
                yield Finding(rules.UNFIT_VALUES, operation, table, text, lossy)
            if lossy is not None or not self.is_alike(old, new):
                text = f"{meanwhile} still take {name} for {old.form or old.type}, and it is {what}"
                yield Finding(rules.CHANGE_TYPE, operation, table, text)
        is_new = any(isinstance(each, ops.AddColumn) and is_column(each, table, new.name) for each in operations)
        if is_new and old.nullable and not new.nullable and not has_own_value(new):
            text = f"{meanwhile} insert rows without {name}, which fail"
            yield Finding(rules.REQUIRED_COLUMN, operation, table, text)
        elif old.nullable and not new.nullable and not is_new:
            if using is None and not self.is_given(schema, table, new.name):
                probe = f"{self.rows(table)} WHERE {self.column(table, new.name)} IS NULL"
                yield Finding(rules.NULL_VALUES, operation, table, f"it fails where {name} is NULL", probe)
            if not self.is_given(schema, table, new.name, for_all=False):
                text = f"{meanwhile} may write NULL to {name}, which fails"
                yield Finding(rules.FORBID_NULL, operation, table, text)
        if new.nullable and not old.nullable:
            text = f"{meanwhile} may not know that {name} can be NULL"
            yield Finding(rules.ALLOW_NULL, operation, table, text)
        later = [each for each in operations if isinstance(each, ops.AlterColumn) and is_column(each, table, new.name)]
        is_left = not has_own_value(later[-1].after) and not later[-1].after.nullable
        if has_own_value(old) and not has_own_value(new) and is_left:
            text = f"{meanwhile} may insert rows without {name}, which fail"
            yield Finding(rules.DROP_DEFAULT, operation, table, text)

    def is_given(self, schema: Schema, table: Name, column: str, for_all: bool = True) -> bool:
        """Whether a check says that a column is not NULL; unless it is `for_all` rows, be it only for new ones."""
        wanted = plain_text(f"{QUOTED[column]} IS NOT NULL", schema.dialect)
        checks = [each for each in schema.table(table).checks if each.valid or not for_all]
        return any(bare(plain_text(each.expression, schema.dialect) or ()) == wanted for each in checks)

    def lossy(self, schema: Schema, table: Name, old: Column, new: Column) -> str | None:
        """A query for the number of values that are none of another type, or change; None when there can be none."""
        raise NotImplementedError

    def is_alike(self, old: Column, new: Column) -> bool:
        """Whether programs that know a column with one type can use it with another, as far as their values fit."""
        raise NotImplementedError

    def added_constraint(self, operation: Operation, table: Name, constraint: Constraint) -> Iterator[Finding]:
        """A constraint that rows may break."""
        if getattr(constraint.rule, "valid", True):
            text = f'it fails where rows of "{table}" break the {constraint}'
            rule = rules.CONFLICTING_ROWS if constraint.key is None else rules.DUPLICATES
            yield Finding(rule, operation, table, text, self.conflicts(table, constraint))
        text = f"programs that run meanwhile may write rows that break the {constraint}"
        yield Finding(rules.NEW_CONSTRAINT, operation, table, text)

    def is_about_nothing(
        self, schema: Schema, table: Name, constraint: Constraint, operations: Sequence[Operation]
    ) -> bool:
        """Whether a constraint is about new columns alone, of which no row has a value and no program knows."""
        empty = {
            each.column.name
            for each in operations
            if isinstance(each, ops.AddColumn) and each.table == table and each.using is None
            if not has_own_value(each.column)
        }
        if constraint.check is not None:
            others = {column.name for column in schema.table(table).columns} - empty
            text = constraint.check.expression
            return bool(empty) and not any(mentions(text, name, schema.dialect) for name in others)
        return empty.issuperset(getattr(constraint.rule, "columns", ("",)))

    def replaced_enum(self, schema: Schema, operation: Operation, name: Name, gone: set[str]) -> Iterator[Finding]:
        """An enum type is exchanged, which is the business of dialects that have them."""
        return iter(())

    def stale_names(self, after: Schema, operations: Sequence[Operation]) -> Iterator[Finding]:
        """Names that tell of what is called otherwise now. `after` is how everything is in the end."""
        for each in operations:
            if not isinstance(each, (ops.RenameTable, ops.RenameColumn)):
                continue
            if isinstance(each, ops.RenameTable) and each.old.name == each.new.name:  # in another schema
                continue
            old = each.old.name if isinstance(each, ops.RenameTable) else f"{each.table.name}_{each.old}"
            owner = each.new if isinstance(each, ops.RenameTable) else each.table
            for table in after.tables:
                stale = [name for name in names_in(after, table) if name.startswith(f"{old}_")]
                if table.name == owner and stale:
                    new = each.new.name if isinstance(each, ops.RenameTable) else f"{owner.name}_{each.new}"
                    text = f'{", ".join(stale)} of "{owner}" tell of "{old}", which is called "{new}" now'
                    yield Finding(rules.STALE_NAME, each, owner, text)


def tables_of(operation: Operation) -> tuple[Name, ...]:
    """The tables that an operation changes."""
    if isinstance(operation, ops.RenameTable):
        return (operation.old,)
    if isinstance(operation, ops.DropTable):
        return (operation.table.name,)
    table = getattr(operation, "table", None)
    return (table,) if isinstance(table, Name) else ()


def names_in(schema: Schema, table: Table) -> list[str]:
    """The names of what belongs to a table."""
    constraints = [each.name for each in constraints_of(table) if each.name is not None]
    sequences = [each.name.name for each in schema.sequences if each.table == table.name]
    return [*constraints, *[each.name for each in table.indexes], *sequences]


def is_column(operation: ops.AddColumn | ops.AlterColumn, table: Name, name: str) -> bool:
    """Whether an operation is about this column."""
    column = operation.column if isinstance(operation, ops.AddColumn) else operation.after
    return (operation.table, column.name) == (table, name)


def has_own_value(column: Column) -> bool:
    """Whether an insert may leave a column out, NULL apart."""
    return column.default is not None or column.generated is not None or column.identity is not None


def is_written(column: Column) -> bool:
    """Whether programs may write a column."""
    return column.generated is None and (column.identity is None or column.identity.kind != "always")


def bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """An expression without the parentheses around it."""
    while words[:1] == ("(",) and words[-1:] == (")",):
        words = words[1:-1]
    return words


def is_again(operation: Operation, table: Name, column: Column) -> bool:
    """Whether an operation adds a computed column that goes meanwhile."""
    return (
        isinstance(operation, ops.AddColumn)
        and (operation.table, operation.column.name) == (table, column.name)
        and column.generated is not None
    )


def is_indexed(table: Table, columns: Sequence[str]) -> bool:
    """Whether an index, or that of a key, is sorted by these columns first."""
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [tuple([key.column or "" for key in index.keys]) for index in table.indexes if index.where is None]
    return any(set(key[: len(columns)]) == set(columns) for key in keys)
