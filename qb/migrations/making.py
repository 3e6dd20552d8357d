"""Making migrations of what has changed in the declared tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qb.dialect import Dialect
from qb.migrations.apply import applied
from qb.migrations.checks.finding import Finding
from qb.migrations.diff import diff
from qb.migrations.files import Folder
from qb.migrations.hints import Hints
from qb.migrations.migration import Migration
from qb.migrations.operations import Operation
from qb.migrations.render import Renderer, Stage
from qb.migrations.reverse import Reversal, reverse
from qb.migrations.scripts import Script
from qb.migrations.wording import described
from qb.schema.canonical import canonical
from qb.schema.objects import Schema


@dataclass(frozen=True)
class Draft:
    """A migration that is not written yet."""

    operations: tuple[Operation, ...]
    up: Script
    down: Script
    reversal: Reversal
    """What the way back cannot bring."""
    findings: tuple[Finding, ...]
    """What there is to know before it is applied."""
    schema: Schema
    """What there is afterwards."""
    notes: tuple[str, ...] = ()
    """What of it has no online form, and why, where that was asked for."""

    @property
    def destroys(self) -> list[Finding]:
        """What it takes away for good."""
        return [each for each in self.findings if each.danger == "destroys"]


def draft(
    dialect: Dialect,
    before: Schema,
    after: Schema,
    hints: Hints | None = None,
    *,
    online: bool = False,
    finish: bool = True,
) -> list[Draft]:
    """The migrations that make `after` of `before`: none when nothing differs, several where an engine cannot do
    everything in one transaction. With `online` the tables can be used meanwhile; with `finish` the last of them drops
    what programs need that do not know the change.

    Raises Undecided when the schemas do not say what happened, and SchemaError or UnsupportedError when the engine has
    no way to do it that keeps every row.
    """
    renderer = dialect.renderer()
    before = canonical(before)  # as a snapshot has it, so that the same is written of it again
    operations = diff(before, after, hints)
    if not finish:
        operations = tuple([each for each in operations if not renderer.is_kept(before, each)])
    if not online:
        return drafts_of(renderer, before, renderer.stages(before, operations))
    stages, notes = renderer.online(before, operations)
    drafts = drafts_of(renderer, before, stages, notes)
    there = drafts[-1].schema if drafts else before
    if finish:
        drafts += drafts_of(renderer, there, renderer.stages(there, diff(there, after, Hints(certain=True))))
    return drafts


def left_over(dialect: Dialect, before: Schema, after: Schema) -> list[Operation]:
    """What `draft` leaves for later without `finish`."""
    return [each for each in diff(before, after, Hints(certain=True)) if dialect.renderer().is_kept(before, each)]


def drafts_of(renderer: Renderer, before: Schema, stages: Iterable[Stage], notes: tuple[str, ...] = ()) -> list[Draft]:
    """The migrations of stages, each after the one before it."""
    drafts = []
    for stage in stages:
        there = canonical(applied(before, stage.operations))
        back, reversal = way_back(renderer, before, stage.operations)
        heads = tuple([f"{described(each)}: " for each in stage.operations])
        mine = tuple([note for note in notes if note.startswith(heads)])
        notes = tuple([note for note in notes if note not in mine])
        findings = renderer.safety().findings(before, stage.operations)
        drafts.append(Draft(stage.operations, stage.script, back, reversal, findings, there, mine))
        before = there
    if drafts and notes:  # of what is done in other words
        drafts[-1] = replace(drafts[-1], notes=(*drafts[-1].notes, *notes))
    return drafts


def way_back(renderer: Renderer, before: Schema, operations: Sequence[Operation]) -> tuple[Script, Reversal]:
    """What undoes operations."""
    reversal = reverse(before, operations, renderer.known(before, operations))
    stages = renderer.stages(applied(before, operations), reversal.operations)
    return together([each.script for each in stages]), reversal


def together(scripts: Sequence[Script]) -> Script:
    """Scripts as one, which is in a transaction if all of them may be."""
    return Script(
        tuple([statement for script in scripts for statement in script.statements]),
        all(script.transactional for script in scripts),
        all(script.foreign_keys for script in scripts),
    )


def write(folder: Folder, title: str, drafts: Sequence[Draft]) -> list[Migration]:
    """Write drafts into the folder, each after the one before it."""
    written = []
    for number, each in enumerate(drafts, 1):
        name = title if number == 1 else f"{title} {number}"
        written.append(folder.add(name, each.up, each.down, each.schema, operations=each.operations))
    return written


def lost_on_the_way_back(dialect: Dialect, folder: Folder, migration: Migration) -> list[Finding]:
    """What is taken away for good when a migration is undone."""
    renderer, before = dialect.renderer(), folder.before(migration)
    back = reverse(before, migration.operations, renderer.known(before, migration.operations)).operations
    findings = renderer.safety().findings(migration.schema, back)
    return [each for each in findings if each.danger == "destroys"]
