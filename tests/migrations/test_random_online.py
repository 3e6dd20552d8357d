"""From any schema to any other while programs use the tables: what comes of it is the same, every value is kept, also
what is written meanwhile by the old names and by the new ones, and the way back is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.postgres.migrations.parts import columns_of, parts
from dialects.postgres.migrations.sync import SYNC, is_sync, twin_of
from qb.dialect import find_dialect
from qb.identifiers import QUOTED
from qb.migrations import operations as ops
from qb.migrations.making import Draft, draft
from qb.migrations.operations import Operation
from qb.migrations.reverse import column_names, new_names, reverse
from qb.migrations.scripts import Script
from qb.schema.objects import Name
from tests.migrations.engines import Engine, PostgresEngine
from tests.migrations.random_cases import Case, Kept, cases
from tests.migrations.random_moves import moves
from tests.migrations.random_rows import filling, inserted
from tests.migrations.random_schemas import number_of
from tests.migrations.test_random_schemas import forgotten, orphans, postgres, prepare, rows, same, settings_for

__all__ = ["postgres"]  # a fixture

POSTGRES = find_dialect("postgres")
create = POSTGRES.ddl().create_all


def check(engine: Engine, fresh: Engine, case: Case) -> None:
    """There, and back again."""
    engine.execute(*create(case.before))
    writers = 2 if case.rows and not any(needs_values(kept) for kept in case.kept) else 0
    engine.fill(*filling(case, writers))
    before = [rows(engine, old, old, same(columns)) for old, _, columns in case.kept]
    expected = [rows(engine, old, new, columns) for old, new, columns in case.kept]
    for old, _, _ in case.kept if writers else ():
        engine.fill(f"DELETE FROM {QUOTED[old.name.name]} WHERE {QUOTED[number_of(old).name]} > {case.rows}")

    drafts = draft(POSTGRES, case.before, case.after, case.hints, online=True, finish=True)
    passed: list[object] = []
    for place in range(len(drafts)):
        if writers and place == first_to_write(drafts):
            write(engine, case, drafts[:place])
        passed.append(engine.facts())
        engine.migrate(without_pauses(drafts[place].up))
    if writers and not drafts:
        write(engine, case, ())
    fresh.execute(*create(case.after))
    assert engine.facts() == fresh.facts()
    for (old, new, columns), values in zip(case.kept, expected, strict=True):
        assert rows(engine, new, old, {name: former for former, name in columns.items()}) == values
    assert orphans(engine, case.after) == []
    assert forgotten(engine, case.sequences.values()) == []

    whole = reverse(case.before, [operation for each in drafts for operation in each.operations])
    if case.rows and any(each.empty_only for each in (whole, *[one.reversal for one in drafts])):
        return
    for each in reversed(drafts):
        engine.migrate(each.down)
        assert engine.facts() == passed.pop()
    for (old, _, columns), values in zip(case.kept, before, strict=True):
        assert rows(engine, old, old, same(columns)) == values
    assert orphans(engine, case.before) == []


def needs_values(kept: Kept) -> bool:
    """Whether rows of programs that do not know a new column have there what they must not have, or not together with
    another one.
    """
    table, known = kept.new, kept.columns.values()
    given = [each.name for each in table.columns if each.name not in known and (each.nullable or each.default)]
    rules = [part for part in parts(table) if getattr(part, "unique", None) or getattr(part, "exclusion", None)]
    pairs = [key.columns for key in table.foreign_keys if len(key.columns) > 1]
    return any(columns_of(rule, given) for rule in rules) or any(set(given) & set(pair) for pair in pairs)


def without_pauses(script: Script) -> Script:
    """As somebody edits it who has the tables for himself."""
    return replace(
        script, statements=tuple([each.replace("pg_sleep(0.1)", "pg_sleep(0)") for each in script.statements])
    )


def first_to_write(drafts: Sequence[Draft]) -> int:
    """The migration before which programs write: when the triggers are there, and nothing else is done; or all."""
    with_triggers = [
        place
        for place, each in enumerate(drafts, 1)
        if any(isinstance(one, ops.CreateTrigger) and is_sync(one.trigger) for one in each.operations)
    ]
    return with_triggers[0] if with_triggers else 0


def write(engine: Engine, case: Case, done: Sequence[Draft]) -> None:
    """Rows like the others, into all tables that stay: one by the old names, and one by the new ones."""
    schema = done[-1].schema if done else case.before
    operations = [operation for each in done for operation in each.operations]
    tables = new_names(case.before, operations, "tables")
    formers = {new: old for old, new in tables.items()}
    names = column_names(operations, tables)
    for table in schema.tables:
        old = next((kept.old for kept in case.kept if kept.old.name == formers.get(table.name, table.name)), None)
        if old is None:
            continue
        computed = [column.name for column in table.columns if column.generated is not None]
        there = {column.name: names.get((old.name, column.name), column.name) for column in old.columns}
        known = {name: one for name, one in there.items() if one not in computed}
        later = {name: twins(operations, table.name).get(one, QUOTED[one]) for name, one in known.items()}
        for number, columns in enumerate(({name: QUOTED[one] for name, one in known.items()}, later), case.rows + 1):
            engine.execute(inserted(case, old, number, POSTGRES.ddl().name(table.name), columns))


def twins(operations: Sequence[Operation], table: Name) -> dict[str, str]:
    """The columns of a table that are there by two names: the new ones, as they are written, by the old ones."""
    triggers = [each.trigger for each in operations if isinstance(each, ops.CreateTrigger)]
    found = {each.name.removeprefix(SYNC): twin_of(each) for each in triggers if each.table == table}
    return {old: new for old, new in found.items() if new is not None}


def test_postgres(request: pytest.FixtureRequest, postgres: tuple[PostgresEngine, PostgresEngine]) -> None:
    for engine in postgres:
        prepare(engine)

    usual = settings_for(request, "postgres")

    @settings(usual, max_examples=usual.max_examples // 2)
    @given(st.one_of(cases("postgres"), moves()))
    def run(case: Case) -> None:
        try:
            check(*postgres, case)
        finally:
            for engine in postgres:
                engine.begin_again()

    run()
