"""`qb migrate`: a database gets the migrations of the folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click
from rich.console import Console

from qb.cli.asking import may_ask
from qb.cli.output import as_json, errors_shown, show_json, show_sql, show_table, shown_finding
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.applier import Options, Step
from qb.migrations.branches import merge
from qb.migrations.checks.finding import Finding
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.making import lost_on_the_way_back
from qb.migrations.runner import Runner

T = TypeVar("T")

on_database = project_options("url", "migrations")
wait = click.option("--wait", default=30.0, show_default=True, help="Seconds to wait while another process migrates.")


@click.group()
def migrate() -> None:
    """Make migrations, apply them, undo them."""


@migrate.command()
@as_json
@errors_shown
@on_database
def status(project: Project, as_json: bool) -> None:
    """Show which migrations were applied.

    Exits with 1 when something is wrong with one of them, and with 0 when some are only pending.
    """
    folder = Folder(project.migrations)
    found = with_runner(project, folder, Options(), lambda runner: runner.status(), may_be_new=True)
    if as_json:
        problems = [{"migration": each.migration, "problem": each.text} for each in folder.problems]
        show_json({"migrations": [vars(each) for each in found], "problems": problems})
    elif found:
        shown = [
            (each.name, each.state, f"{each.applied_at:%Y-%m-%d %H:%M} UTC" if each.applied_at else "")
            for each in found
        ]
        show_table(["migration", "state", "applied"], shown)
    else:
        click.echo(f"There are no migrations in {folder.path}.")
    for each in found:
        if each.remedy and not as_json:
            click.echo(each.remedy, err=True)
    for problem in folder.problems:
        click.echo(str(problem), err=True)
    if folder.problems or any(each.state not in ("applied", "pending") for each in found):
        raise SystemExit(1)


@migrate.command()
@click.option("--to", metavar="NAME", help="The last one to apply, by its name or its number.")
@click.option("--dry-run", is_flag=True, help="Print the SQL, and run nothing.")
@wait
@as_json
@errors_shown
@on_database
def up(project: Project, to: str | None, dry_run: bool, wait: float, as_json: bool) -> None:
    """Apply the migrations that are pending."""
    folder = Folder(project.migrations)
    if dry_run:
        pending = with_runner(project, folder, Options(), lambda runner: runner.pending(to), may_be_new=True)
        if as_json:
            show_json({"pending": [{"name": each.name, "sql": each.script().statements} for each in pending]})
        for migration in () if as_json else pending:
            click.echo(f"-- {migration.name}\n")
            show_sql(migration.script().statements)
            click.echo()
        return
    options = shown("applied", wait, as_json)
    applied = with_runner(project, folder, options, lambda runner: runner.up(to), may_be_new=True)
    report("applied", applied, as_json)


@migrate.command()
@click.option("--to", metavar="NAME", help="Undo all that came after this one, not only the last.")
@click.option("--allow", is_flag=True, help="Undo it though tables or columns are dropped with their values.")
@wait
@as_json
@errors_shown
@on_database
def down(project: Project, to: str | None, allow: bool, wait: float, as_json: bool) -> None:
    """Undo the last migration, or go on where that was stopped.

    What it has added is dropped, with all that was written there since: this is asked first, and needs --allow where
    there is no terminal.
    """
    folder = Folder(project.migrations)
    undone = with_runner(project, folder, Options(), lambda runner: runner.applied(to))
    dialect = find_dialect(project.dialect_name())
    check_allowed([each for migration in undone for each in lost_on_the_way_back(dialect, folder, migration)], allow)
    report(
        "undone", with_runner(project, folder, shown("undone", wait, as_json), lambda runner: runner.down(to)), as_json
    )


@migrate.command()
@click.argument("name")
@as_json
@errors_shown
@on_database
def baseline(project: Project, name: str, as_json: bool) -> None:
    """Note migrations as applied without running them.

    NAME and all before it. For a database that has the tables already, because it is older than its migrations.
    """
    folder = Folder(project.migrations)
    noted = with_runner(project, folder, Options(), lambda runner: runner.baseline(name))
    for each in () if as_json else noted:
        click.echo(f"noted {each}")
    report("noted", noted, as_json)


@migrate.command()
@click.argument("name")
@click.argument("outcome", type=click.Choice(["applied", "reverted"]))
@errors_shown
@on_database
def resolve(project: Project, name: str, outcome: str) -> None:
    """Settle what became of a migration.

    NAME stopped halfway, or its file was edited. You have looked at the database, and perhaps mended it by
    hand: the migration is then all there, or nothing of it.
    """
    folder = Folder(project.migrations)
    applied = outcome == "applied"
    resolved = with_runner(project, folder, Options(), lambda runner: runner.resolve(name, applied=applied))
    click.echo(f"{resolved} counts as {'applied' if applied else 'never applied'}.")


@migrate.command("merge")
@click.argument("title", default="merge")
@errors_shown
@project_options("migrations")
def join(project: Project, title: str) -> None:
    """Join two branches of history.

    Works where it does not matter which of them is applied first, and says what collides where it does.
    """
    click.echo(f"wrote {merge(Folder(project.migrations), title).name}")


@migrate.command()
@errors_shown
@project_options("migrations")
def accept(project: Project) -> None:
    """Take edited files as they are now.

    A database to which an edited migration was applied notices it nevertheless.
    """
    folder = Folder(project.migrations)
    for problem in folder.problems:
        click.echo(str(problem))
    folder.accept()
    left = Folder(project.migrations).problems
    if left:
        raise MigrationError("what is left has to be mended by hand:\n" + "\n".join([str(each) for each in left]))
    click.echo("The lock file is as the migrations are now.")


def check_allowed(lost: Sequence[Finding], allow: bool) -> None:
    """Raise MigrationError when values would be lost, and nobody has said that they may."""
    if not lost or allow:
        return
    listed = "\n".join([shown_finding(each) for each in lost])
    if may_ask():
        click.echo(listed, err=True)
        click.confirm("Values are lost for good. Go on?", abort=True, err=True)
        return
    raise MigrationError(f"values are lost for good:\n{listed}\nSay --allow if that is meant. Nothing was done.")


def with_runner(
    project: Project,
    folder: Folder,
    options: Options,
    work: Callable[[Runner], Awaitable[T]],
    *,
    may_be_new: bool = False,
) -> T:
    """What some work on the database gives."""

    async def run() -> T:
        async with project.database(may_be_new=may_be_new) as db:
            return await work(Runner(db, folder, options))

    return asyncio.run(run())


class Progress:
    """Shows each statement before it is run, and is silent where nobody looks."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._migration = ""

    def __call__(self, step: Step) -> None:
        if not self._console.is_terminal:
            return
        if step.migration != self._migration:
            self._migration = step.migration
            self._console.print(step.migration, style="bold")
        first = step.sql.partition("\n")[0]
        self._console.print(
            f"  {step.statement}/{step.statements}  {first}",
            style="dim",
            markup=False,
            highlight=False,
            overflow="ellipsis",
            no_wrap=True,
        )


def shown(what: str, wait: float, as_json: bool) -> Options:
    """How to run migrations so that people see what is done: all of it, also when a later one fails."""
    if as_json:
        return Options(wait=wait)
    return Options(wait=wait, on_step=Progress(), on_done=lambda name: click.echo(f"{what} {name}"))


def report(what: str, names: list[str], as_json: bool) -> None:
    """Print what was done, where it was not shown."""
    if as_json:
        show_json({what: names})
    elif not names:
        click.echo("There is nothing to do.")
