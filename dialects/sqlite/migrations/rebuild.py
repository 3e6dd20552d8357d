"""Rebuilds: what SQLite's ALTER TABLE cannot do is done to a new table that takes the place of the old one.

Every row, and what hangs on the table, comes along: the new tables are made and filled beside the old ones, guards
compare them, and only then the old ones go. Self-references and references among rebuilt tables are to the new tables
from the start, and follow them when they are renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dialects.sqlite.migrations import guards
from dialects.sqlite.migrations.affinities import affinity
from dialects.sqlite.migrations.forms import Conversion, conversion
from dialects.sqlite.schema.ddl import SqliteDdl
from qb.errors import closest
from qb.identifiers import QUOTED
from qb.migrations.errors import MigrationError
from qb.migrations.expressions import is_quoted, words
from qb.schema.ddl import dependencies
from qb.schema.objects import Column, ForeignKey, Name, Table

DDL = SqliteDdl()


@dataclass(frozen=True)
class Rebuild:
    """A table as it is and as it will be, by one name and with the same names of columns."""

    old: Table
    new: Table
    using: Mapping[str, str]
    """Expressions for new values, by their columns."""

    @property
    def name(self) -> Name:
        """The name that the table has before and afterwards."""
        return self.new.name

    @property
    def aside(self) -> Name:
        """The name of the new table while both are there."""
        return Name(f"__new_{self.name.name}", self.name.schema)


def made_and_filled(rebuilds: Sequence[Rebuild]) -> list[str]:
    """The new tables, with all rows."""
    found: list[str] = []
    for each in rebuilds:
        found += [guards.columns_are_known(each.old), guards.belongings_are_known(each.old)]
        found.append(DDL.create_table(moved(each, rebuilds)))
    for each in rebuilds:
        found += [*conversions_are_safe(each), copy(each)]
        found.append(guards.all_rows_are_copied(DDL.name(each.name), DDL.name(each.aside)))
        found += counter(each)
    return found


def exchanged(rebuilds: Sequence[Rebuild], dropped: Sequence[Table], acts_on_keys: bool) -> list[str]:
    """The old tables go, with those that are dropped anyway, and the new ones take their names.

    With foreign keys on, a table goes when nothing references it any more. In a circle all rows go first: they are in
    the new tables already, so the old ones may let go of each other where an action would stop that.
    """
    by_name = {each.name: each for each in rebuilds}
    ordered, circular = dependencies([*[each.old for each in rebuilds], *dropped])
    circle = [table for table in ordered if acts_on_keys and any(key in circular for key in table.foreign_keys)]
    found: list[str] = []
    if acts_on_keys:
        tables = {table.name: table for table in ordered}
        found += [
            let_go(table, key, tables[key.table])
            for table in ordered
            for key in table.foreign_keys
            if (key in circular or key.table == table.name) and key.on_delete not in (None, "CASCADE", "NO ACTION")
        ]
    found += [f"DELETE FROM {DDL.name(table.name)}" for table in reversed(circle)]
    stand_ins = []
    for table in reversed(ordered):
        found.append(f"DROP TABLE {DDL.name(table.name)}")
        if table.name in by_name:
            new = by_name[table.name].aside
            found.append(f"ALTER TABLE {DDL.name(new)} RENAME TO {QUOTED[table.name.name]}")
        elif table in circle:  # which the actions of the others look for
            stand_ins.append(f"DROP TABLE {DDL.name(table.name)}")
            found.append(DDL.create_table(replace(table, foreign_keys=())))
    return [*found, *stand_ins]


def let_go(table: Table, key: ForeignKey, parent: Table) -> str:
    """The statement after which no row references another one: it has NULL, or what is beyond all keys."""
    primary = () if table.primary_key is None else table.primary_key.columns
    free = [name for name in key.columns if table.column(name).nullable and name not in primary]
    if free:
        column = QUOTED[free[0]]
        return f"UPDATE {DDL.name(table.name)} SET {column} = NULL WHERE {column} IS NOT NULL"
    references = key.references or (() if parent.primary_key is None else parent.primary_key.columns)
    column, of = QUOTED[key.columns[0]], QUOTED[references[0]]
    smallest, largest = (f"(SELECT {end}({of}) FROM {DDL.name(parent.name)})" for end in ("min", "max"))
    is_text = affinity(table.column(key.columns[0]).type) in ("TEXT", "BLOB")
    beyond = f"{largest} || {column}" if is_text else f"{largest} - {smallest} + 1 + {column}"
    return f"UPDATE {DDL.name(table.name)} SET {column} = {beyond}"


def moved(rebuild: Rebuild, rebuilds: Iterable[Rebuild]) -> Table:
    """The new table under its first name, its foreign keys to rebuilt tables under theirs."""
    return replace(redirected(rebuild.new, rebuilds), name=rebuild.aside)


def redirected(table: Table, rebuilds: Iterable[Rebuild]) -> Table:
    """A table whose foreign keys to rebuilt tables are to the new ones, before they have their names: the old ones may
    not even have the key.
    """
    asides = {each.name: each.aside for each in rebuilds}
    keys = [replace(key, table=asides.get(key.table, key.table)) for key in table.foreign_keys]
    return replace(table, foreign_keys=tuple(keys))


def copy(rebuild: Rebuild) -> str:
    """Every row with every column, by name. The names are qualified, because SQLite takes a quoted name that there is
    no column of for a string. OR ABORT, because a constraint of the table may say to leave out or replace rows.
    """
    targets, values = [], []
    rowid = row_number(rebuild)
    if rowid is not None:
        targets.append(rowid)
        values.append(f"old.{rowid}")
    known = {column.name for column in rebuild.old.columns}
    ways = conversions(rebuild)
    for column in rebuild.new.columns:
        if column.generated is not None:
            continue
        using = rebuild.using.get(column.name)
        if using is not None:
            check_names(rebuild, column.name, using)
            targets.append(QUOTED[column.name])
            values.append(using)
        elif column.name in known:
            targets.append(QUOTED[column.name])
            values.append(ways[column.name].expression or f"old.{QUOTED[column.name]}")
    if not targets:  # nothing stays but that there are so many rows
        usual = usual_column(rebuild.new)
        targets.append(QUOTED[usual.name])
        values.append(usual.default or "NULL")
    return (
        f"INSERT OR ABORT INTO {DDL.name(rebuild.aside)} ({', '.join(targets)})\n"
        f"SELECT {', '.join(values)} FROM {DDL.name(rebuild.name)} AS old"
    )


def check_names(rebuild: Rebuild, column: str, using: str) -> None:
    """Raise MigrationError where SQLite would take a quoted name for a string."""
    known = [each.name for each in rebuild.old.columns]
    for word in words(using, "sqlite"):
        if is_quoted(word) and word.name is not None and word.name.lower() not in [name.lower() for name in known]:
            raise MigrationError(
                f'what fills "{rebuild.name}.{column}" reads {word.text}, but "{rebuild.name}" has no such column'
                f"{closest(word.name, known)}"
            )


def usual_column(table: Table) -> Column:
    """A column of which every row can have what is usual: the row's number, or the first one."""
    key = table.primary_key
    numbers = key.columns if key is not None and numbers_rows(table) else ()
    return next(each for each in table.columns if each.generated is None and (not numbers or each.name in numbers))


def row_number(rebuild: Rebuild) -> str | None:
    """The name of the row's number, which rows keep; None where a column has it, or where rows have none."""
    if any(has_no_rowid(table) or numbers_rows(table) for table in (rebuild.old, rebuild.new)):
        return None
    taken = {column.name.lower() for table in (rebuild.old, rebuild.new) for column in table.columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)


def has_no_rowid(table: Table) -> bool:
    """Whether it is a table WITHOUT ROWID."""
    return any(option.upper() == "WITHOUT ROWID" for option in table.options)


def numbers_rows(table: Table) -> bool:
    """Whether a column is the row's number: an INTEGER PRIMARY KEY."""
    key = table.primary_key
    return key is not None and len(key.columns) == 1 and table.column(key.columns[0]).type.upper() == "INTEGER"


def conversions_are_safe(rebuild: Rebuild) -> list[str]:
    """Guards for the columns with another type or form."""
    return [
        guards.values_are_kept(DDL.name(rebuild.name), name, way.lost)
        for name, way in conversions(rebuild).items()
        if way.lost is not None
    ]


def conversions(rebuild: Rebuild) -> dict[str, Conversion]:
    """How the values of the columns become those of the new ones. Raises MigrationError when nobody can know."""
    old = {column.name: column for column in rebuild.old.columns}
    return {
        column.name: conversion(rebuild.name, old[column.name], column)
        for column in rebuild.new.columns
        if column.name in old and column.generated is None and column.name not in rebuild.using
    }


def counter(rebuild: Rebuild) -> list[str]:
    """The highest number that AUTOINCREMENT has given goes along."""
    if not all(any(column.identity for column in table.columns) for table in (rebuild.old, rebuild.new)):
        return []
    schema = rebuild.name.schema
    sequence = "sqlite_sequence" if schema is None else f"{QUOTED[schema]}.sqlite_sequence"
    old, new = guards.text(rebuild.name.name), guards.text(rebuild.aside.name)
    return [
        f"DELETE FROM {sequence} WHERE name = {new}",
        f"INSERT INTO {sequence} (name, seq) SELECT {new}, seq FROM {sequence} WHERE name = {old} COLLATE NOCASE",
    ]
