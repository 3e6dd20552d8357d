"""Rows that a database has from the start: declared beside the tables, planted as often as one likes."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from string import Template
from typing import Any, Literal, TypeVar

from qb.columns import Column
from qb.errors import SchemaError
from qb.fn import count
from qb.nodes import Column as ColumnNode
from qb.queries import Compilable
from qb.rows import NewRow
from qb.running.database import Database
from qb.running.executor import Executor
from qb.statements.conflicts import target_of
from qb.statements.insert import excluded, insert
from qb.statements.select import select
from qb.tables import Definition, Table, definition_of, resolve

TB = TypeVar("TB", bound=Table)
When = Literal["always", "if_empty", "if_missing"]
MOMENTS = ("always", "if_empty", "if_missing")
LOGGER = logging.getLogger("qb.seeds")


@dataclass(frozen=True)
class Seed:
    """Rows of one table, and when they are written."""

    table: type[Table]
    rows: tuple[Mapping[str, Any], ...]
    when: When
    by: tuple[Column[Any, Any, Any], ...]


@dataclass(frozen=True)
class Planted:
    """What became of a seed."""

    table: str
    when: When
    rows: int
    """How many it has."""
    written: int
    """How many of them were inserted or changed now."""


def seed(
    table: type[TB],
    rows: Iterable[NewRow[TB]],
    *,
    when: When = "if_missing",
    by: Sequence[Column[Any, Any, Any]] = (),
) -> Seed:
    """Rows that a table has from the start. `plant(db, …)` and `qb seed` write them:

        genres = seed(Genre, [{"id": 1, "name": "Rock"}, {"id": 2, "name": "Jazz"}])
        admin = seed(User, [{"email": "${ADMIN_EMAIL}", "role": "admin"}], by=[User.email])

    `when` is `"if_missing"` (those whose key is not there; others are left as they are), `"always"` (those that are
    there are changed back to what is said here) or `"if_empty"` (only into an empty table). The key is `by`, a unique
    key of the table, or the primary key, which the rows then give. `${NAME}` in a text is a variable of the
    environment, `$$` a dollar. Raises SchemaError when the table has no such key, or a row does not give it.
    """
    if when not in MOMENTS:
        raise SchemaError(f"when={when!r}: it is one of {', '.join(MOMENTS)}")
    definition = definition_of(table)
    known = tuple([dict[str, Any](row) for row in rows])
    key = tuple(by) or definition.primary_key()
    for row in known:
        for attribute in row:
            definition.column(attribute)  # raises
    if when != "if_empty":
        check_key(definition, key, known)
    return Seed(table, known, when, key)


def check_key(definition: Definition, key: Sequence[Column[Any, Any, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise SchemaError when rows cannot be found again by the key."""
    label = definition.model.__name__
    if not key:
        raise SchemaError(
            f"{label} has no primary key: say by=[…] which columns tell its rows apart, or when='if_empty'"
        )
    target_of(definition.model, key, None, None)  # raises when it is no key of the table
    for number, row in enumerate(rows):
        for column in key:
            attribute = column.declaration.attribute
            if attribute not in row:
                raise SchemaError(
                    f"row {number} of the seed of {label} does not give {attribute!r}, which tells whether it is there "
                    f"already: give it, or say by=[…] or when='if_empty'"
                )


async def plant(
    db: Database[Any], seeds: Iterable[Seed], environment: Mapping[str, str] | None = None
) -> list[Planted]:
    """Write seeds: all of them or none, those of referenced tables first. It may be done again and again. The logger
    `qb.seeds` has a line for each.

    Raises SchemaError, before anything is written, when a variable of the environment is missing.
    """
    ready = [filled(each, os.environ if environment is None else environment) for each in in_order(seeds)]
    missing = sorted({name for _, names in ready for name in names})
    if missing:
        raise SchemaError(f"the seeds need {', '.join(missing)} in the environment: nothing is written")
    found = [each for each, _ in ready]
    if db.dialect.has_transactions:
        async with db.transaction() as tx:
            done = await planted(tx, found)
    else:
        done = await planted(db, found)
    for each in done:
        LOGGER.info("%d of %d rows of %s written (%s)", each.written, each.rows, each.table, each.when)
    return done


async def planted(executor: Executor[Any], seeds: Sequence[Seed]) -> list[Planted]:
    """Write them as one batch."""
    wanted = []
    for each in seeds:
        is_wanted = bool(each.rows)
        if is_wanted and each.when == "if_empty":
            is_wanted = not await executor.fetch_value(select(count()).from_(each.table))
        wanted.append(is_wanted)
    todo = [statement_of(each) for each, is_wanted in zip(seeds, wanted, strict=True) if is_wanted]
    results = iter(await executor.batch(*todo) if todo else ())
    return [
        Planted(definition_of(each.table).name, each.when, len(each.rows), int(next(results)) if is_wanted else 0)
        for each, is_wanted in zip(seeds, wanted, strict=True)
    ]


def statement_of(seed: Seed) -> Compilable[Any]:
    """What writes a seed, or what is missing of it."""
    rows: Any = seed.rows  # `seed` has checked them
    statement = insert(seed.table).values_many(rows)
    if seed.when == "if_empty":
        return statement
    conflict = statement.on_conflict(*seed.by)
    key = {column.declaration.attribute for column in seed.by}
    definition = definition_of(seed.table)
    changes = {name: excluded(definition.columns[name]) for row in seed.rows for name in row if name not in key}
    return conflict.do_update(**changes) if changes and seed.when == "always" else conflict.do_nothing()


def in_order(seeds: Iterable[Seed]) -> list[Seed]:
    """Those of referenced tables first. Raises SchemaError where tables reference one another in a circle."""
    found = list(seeds)
    definitions = {definition_of(each.table) for each in found}
    after = {
        definition: [other for other in definitions if other is not definition and references(definition, other)]
        for definition in definitions
    }
    try:
        ordered = list(TopologicalSorter(after).static_order())
    except CycleError as error:
        names = " -> ".join([each.model.__name__ for each in error.args[1]])
        raise SchemaError(f"the seeded tables reference one another in a circle: {names}") from error
    return sorted(found, key=lambda each: ordered.index(definition_of(each.table)))


def references(definition: Definition, other: Definition) -> bool:
    """Whether a table references another."""
    label = definition.model.__name__
    targets = [resolve(key.reference, key.columns, label)[0].node for key in definition.foreign_keys]
    return any(isinstance(target, ColumnNode) and target.source is other.source for target in targets)


def filled(seed: Seed, environment: Mapping[str, str]) -> tuple[Seed, list[str]]:
    """The seed with the variables of the environment, and the names of those that are not set."""
    missing: list[str] = []
    rows = tuple([{name: fill(value, environment, missing) for name, value in row.items()} for row in seed.rows])
    return Seed(seed.table, rows, seed.when, seed.by), missing


def fill(value: object, environment: Mapping[str, str], missing: list[str]) -> object:
    """A value with the variables in it."""
    if not isinstance(value, str) or "$" not in value:
        return value
    template = Braced(value)
    missing += [name for name in template.get_identifiers() if name not in environment]
    return template.safe_substitute(environment)


class Braced(Template):
    """`${NAME}` and nothing else: `$5` is five dollars."""

    pattern = r"""
        (?P<escaped>\$\$) | \$\{(?P<braced>[A-Za-z_][A-Za-z_0-9]*)\} | (?P<named>(?!)) | (?P<invalid>(?!))
    """  # type: ignore[assignment]  # Template compiles it


def seeds_of(module: object) -> list[Seed]:
    """The seeds that a module declares, in its order."""
    return [value for value in vars(module).values() if isinstance(value, Seed)]
