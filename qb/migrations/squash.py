"""Squashing: one migration in the place of a chain of them, for databases that begin anew. Those that have the chain
have it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from qb.dialect import Dialect
from qb.errors import QbError
from qb.migrations import operations as ops
from qb.migrations.apply import applied, step
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.hints import Hints
from qb.migrations.making import draft, together, way_back
from qb.migrations.migration import Migration
from qb.migrations.operations import Operation, constraints_of
from qb.migrations.render import Renderer
from qb.migrations.scripts import Script, parsed, unmarked
from qb.schema.objects import Schema
from qb.schema.tokens import tokens

NO_ACTION = {None, "NO ACTION", "RESTRICT"}
"""What a foreign key does that acts on no row."""


@dataclass(frozen=True)
class Squashed:
    """A migration that is not written yet: `folder.replace(squashed.migration)` puts it in the place of the others."""

    migration: Migration
    by_hand: tuple[str, ...]
    """The migrations that somebody wrote, whose statements stand in it as they were."""


@dataclass(frozen=True)
class Piece:
    """A part of the script."""

    name: str
    up: Script
    down: Script | None
    operations: tuple[Operation, ...]
    text: str | None = None
    """As somebody wrote it; None when qb did."""


def squash(dialect: Dialect, folder: Folder, first: str | None = None, last: str | None = None) -> Squashed:
    """Join the migrations from one to another, by default all of them.

    Those at the beginning of history that qb wrote become what creates the tables as they are in the end; of all others
    the statements stay, in their order. Raises MigrationError, saying what is in the way, when they cannot be one.
    """
    folder.check()
    chain = chain_of(folder, first, last)
    end, names = chain[-1], [each.name for each in chain]
    parents = tuple(dict.fromkeys([parent for each in chain for parent in each.parents if parent not in names]))
    renderer = dialect.renderer()
    pieces = pieces_of(dialect, folder, chain, is_beginning=not parents)
    check(renderer, chain, pieces, is_beginning=not parents)
    up = together([each.up for each in pieces])
    replaces = tuple(dict.fromkeys([each for name in names for each in folder.replaced(name)]))
    begun = list(dict.fromkeys([each.name for each in replaces if each.name != end.name]))
    up = replace(up, statements=(*renderer.guard_within(begun, up), *up.statements))
    downs = [each.down for each in reversed(pieces) if each.down is not None]
    migration = Migration(
        end.name,
        text_of(up, pieces, names, end.schema.dialect),
        together(downs).text() if len(downs) == len(pieces) else None,
        end.schema,
        parents,
        tuple([operation for each in pieces for operation in each.operations]),
        replaces,
    )
    return Squashed(migration, tuple([each.name for each in pieces if each.text is not None]))


def chain_of(folder: Folder, first: str | None, last: str | None) -> list[Migration]:
    """The migrations from one to another, in their order. Raises MigrationError when others hang on them."""
    end = folder.head() if last is None else folder.find(last)
    if end is None:
        raise MigrationError(f"there are no migrations in {folder.path}")
    wanted = {end.name, *folder.ancestors(end.name)}
    if first is not None:
        begin = folder.find(first)
        if begin.name not in wanted:
            raise MigrationError(f"{end.name} does not follow {begin.name}")
        wanted -= folder.ancestors(begin.name)
    chain = [each for each in folder.migrations.values() if each.name in wanted]
    if len(chain) < 2:
        raise MigrationError(f"there is nothing to join with {end.name}")
    entries = sorted({parent for each in chain for parent in each.parents} - wanted)
    if len(entries) > 1:
        raise MigrationError(
            f"{chain[0].name} … {end.name} begin with more than one branch ({', '.join(entries)}): begin where these "
            f"part, or after they have met"
        )
    for each in folder.migrations.values():
        inside = [parent for parent in each.parents if parent in wanted and parent != end.name]
        if each.name not in wanted and inside:
            raise MigrationError(
                f"{each.name} follows {inside[0]}, which would not be there any more: squash up to {inside[0]}, or "
                f"include {each.name}"
            )
    return chain


def pieces_of(dialect: Dialect, folder: Folder, chain: Sequence[Migration], is_beginning: bool) -> list[Piece]:
    """What the script is made of."""
    renderer = dialect.renderer()
    schema = Schema(chain[-1].schema.dialect) if is_beginning else folder.before(chain[0])
    pieces = []
    created = list(takewhile(lambda each: is_generated(renderer, folder, each), chain)) if is_beginning else []
    if created:
        after = applied(schema, [operation for each in created for operation in each.operations])
        drafts = draft(dialect, schema, after, Hints(certain=True))
        pieces += [Piece(created[-1].name, each.up, each.down, each.operations) for each in drafts]
        schema = after
    for migration in chain[len(created) :]:
        operations = migration.operations
        if not is_generated(renderer, folder, migration):
            down = None if migration.down is None else migration.down_script()
            pieces.append(Piece(migration.name, migration.script(), down, operations, unmarked(migration.up)))
        elif is_beginning:  # nobody uses the database yet
            operations = at_once(renderer, schema, operations)
            script = renderer.script(schema, operations)
            pieces.append(Piece(migration.name, script, way_back(renderer, schema, operations)[0], operations))
        else:
            down = None if migration.down is None else migration.down_script()
            pieces.append(Piece(migration.name, migration.script(), down, operations))
        schema = applied(schema, operations)
    return [each for each in pieces if each.up.statements or each.operations]


def is_generated(renderer: Renderer, folder: Folder, migration: Migration) -> bool:
    """Whether a migration has the statements that qb writes."""
    found = migration.script()
    if not migration.operations:
        return not found.statements
    try:
        script = renderer.script(folder.before(migration), migration.operations)
    except QbError:
        return False
    return parsed(script.text(), migration.schema.dialect) == found


def at_once(renderer: Renderer, schema: Schema, operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations as they can be in one transaction with others: a new label can be used in the next one only, so
    that the enum type is replaced, for which what reads its columns has to go meanwhile.
    """
    found: list[Operation] = []
    for each in operations:
        after = step(schema, each)
        if isinstance(each, (ops.CreateIndex, ops.DropIndex)):
            found.append(replace(each, concurrently=False))
        elif isinstance(each, ops.AddLabel):
            old, new = [enum for one in (schema, after) for enum in one.enums if enum.name == each.enum]
            stages = renderer.stages(schema, [ops.ReplaceEnum(old, new)])
            found += [operation for stage in stages for operation in stage.operations]
        elif isinstance(each, ops.Backfill):
            found.append(replace(each, key=()))
        else:
            found.append(each)
        schema = after
    return tuple(found)


def check(renderer: Renderer, chain: Sequence[Migration], pieces: Sequence[Piece], is_beginning: bool) -> None:
    """Raise MigrationError when the pieces cannot be run in one transaction, or would do something else there."""
    dialect, schemas = chain[-1].schema.dialect, [each.schema for each in chain]
    for each in pieces:
        if not each.up.transactional or (each.down is not None and not each.down.transactional):
            raise MigrationError(
                f"{each.name} runs outside of a transaction, and the others in one: squash what comes before it and "
                f"what comes after it"
            )
    operations = tuple([operation for each in pieces for operation in each.operations])
    if not is_beginning and len(list(renderer.parts(operations))) > 1:
        raise MigrationError("not all of these can be done in one transaction: squash fewer of them")
    keys = [key for schema in schemas for table in schema.tables for key in table.foreign_keys]
    verbs = [verb for verb in ("DELETE", "REPLACE") if any(key.on_delete not in NO_ACTION for key in keys)]
    verbs += ["UPDATE"] if any(key.on_update not in NO_ACTION for key in keys) else []
    off = [each.name for each in pieces if not each.up.foreign_keys]
    for each in pieces:
        if off and each.up.foreign_keys and writes(each, dialect, *verbs):
            raise MigrationError(
                f"{each.name} changes rows that foreign keys act on, and {off[0]} wants these off: squash what comes "
                f"before and what comes after one of them"
            )
    is_deferred = any(
        constraint.is_deferred for schema in schemas for table in schema.tables for constraint in constraints_of(table)
    )
    for each in pieces[:-1]:
        if renderer.waits_for_deferred and is_deferred and writes(each, dialect, "DELETE", "UPDATE", "INSERT", "MERGE"):
            raise MigrationError(
                f"{each.name} changes rows while constraints wait for the end of its transaction, and nothing can be "
                f"altered before that: squash up to {each.name}"
            )


def writes(piece: Piece, dialect: str, *verbs: str) -> bool:
    """Whether what somebody wrote may change rows in one of these ways."""
    words = [token.text.upper() for token in tokens(piece.text or "", dialect)]
    return any(word in verbs and following != "(" for word, following in pairwise([*words, ""]))  # no replace(…)


def text_of(up: Script, pieces: Sequence[Piece], names: Sequence[str], dialect: str) -> str:
    """The script as a file, with what somebody wrote as it was written, comments and all."""
    head = f"-- In the place of {names[0]} to {names[-1]}: a database that has these has this.\n"
    first = sum([len(each.up.statements) for each in pieces])
    guards = Script(up.statements[: len(up.statements) - first])
    texts = [replace(up, statements=()).text().strip() + "\n", head, guards.text()]
    for each in pieces:
        by_hand = f"-- {each.name}, as it was written\n\n{each.text}\n" if each.text is not None else None
        texts.append(by_hand or Script(each.up.statements).text())
    text = "\n".join([part for part in texts if part.strip()])
    return text if parsed(text, dialect) == up else head + "\n" + up.text()
