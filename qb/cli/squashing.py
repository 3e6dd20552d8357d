"""`qb migrate squash`: one migration in the place of many."""

from __future__ import annotations

import click

from qb.cli.output import as_json, errors_shown, show_json
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.files import Folder
from qb.migrations.squash import squash as squashed


@click.command()
@click.option("--from", "first", metavar="NAME", help="The first of them, by name or number; else the very first.")
@click.option("--to", "last", metavar="NAME", help="The last of them; else the very last.")
@click.option("--dry-run", is_flag=True, help="Print the migration, and write nothing.")
@as_json
@errors_shown
@project_options("migrations", "dialect")
def squash(project: Project, first: str | None, last: str | None, dry_run: bool, as_json: bool) -> None:
    """Join migrations into one for new databases.

    What qb wrote at the beginning of history becomes the tables as they are in the end. What somebody wrote by hand,
    and all that comes after it, keeps its statements, in their order. What cannot be one migration is named.

    The new one has the name of the last of them, and knows their checksums. A database that has all of them has it
    already, by qb's history and by wrangler's. One that has some goes on with the others: they are in the folder
    `squashed`, which can be deleted when no database needs them any more.
    """
    folder = Folder(project.migrations)
    found = squashed(find_dialect(project.dialect_name()), folder, first, last)
    migration = found.migration
    if not dry_run:
        folder.replace(migration)
    if as_json:
        show_json(
            {
                "written": None if dry_run else migration.name,
                "replaces": migration.parts,
                "by_hand": found.by_hand,
                "has_way_back": migration.down is not None,
                "sql": migration.script().statements,
            }
        )
        return
    if dry_run:
        click.echo(migration.up, nl=False)
        return
    click.echo(f"{migration.name} stands for {', '.join(migration.parts)} now.")
    for name in found.by_hand:
        click.echo(f"  {name} was written by hand: its statements are in it as they were")
    if migration.down is None:
        click.secho("  it has no way back, because not all of them had one", fg="yellow")
    click.echo("A database that stands between them needs the files in the folder `squashed` to go on.")
