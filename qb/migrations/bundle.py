"""The migrations of a folder as a Python module of nothing but data: for a Worker, which has no files."""

from __future__ import annotations

from collections.abc import Iterable

from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.migration import Migration

HEAD = '''\
"""The migrations of this Worker. `qb migrate bundle` has written it, and does so again: do not edit it."""

MIGRATIONS = (
'''


def bundled(folder: Folder) -> str:
    """The text of a module with `MIGRATIONS`, as `dialects.d1.endpoint` takes them.

    Raises MigrationError for a folder that is not as it was made, and for migrations that D1 does not run.
    """
    folder.check()
    folder.head()  # there is one
    return HEAD + "".join([line for each in folder.migrations.values() for line in lines_of(each)]) + ")\n"


def lines_of(migration: Migration) -> Iterable[str]:
    """The lines of a migration."""
    script = migration.script()
    if not script.transactional or not script.foreign_keys:
        raise MigrationError(f"{migration.name} is not made for D1, where each migration is one batch: make it anew")
    yield "    (\n"
    yield f"        {literal(migration.name)},\n"
    yield f"        {literal(migration.checksum)},\n"
    yield f"        ({' '.join([f'{literal(parent)},' for parent in migration.parents])}),\n"
    yield "        (\n" if script.statements else "        (),\n"
    for statement in script.statements:
        lines = [literal(line) for line in statement.splitlines(keepends=True)]
        *before, last = lines
        yield from [f"            {line}\n" for line in before]
        yield f"            {last},\n"
    if script.statements:
        yield "        ),\n"
    if migration.replaces:
        yield "        (\n"
        for each in migration.replaces:
            parts = " ".join([f"{literal(part)}," for part in each.parts])
            yield f"            ({literal(each.name)}, {literal(each.checksum)}, ({parts})),\n"
        yield "        ),\n"
    yield "    ),\n"


def literal(text: str) -> str:
    """A text as formatters of Python leave it: in those quotes of which it has fewer."""
    quote = '"' if text.count('"') <= text.count("'") else "'"
    parts = [repr(part)[1:-1] for part in text.split(quote)]
    return quote + f"\\{quote}".join(parts) + quote
