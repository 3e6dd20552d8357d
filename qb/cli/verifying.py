"""`qb verify` and `qb check`: what a pipeline asks before it lets anything through."""

from __future__ import annotations

import asyncio

import click

from qb.cli.making import drafts_of, sides
from qb.cli.migrating import with_runner
from qb.cli.output import as_json, errors_shown, finding_data, show_json, shown_finding
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.applier import Options
from qb.migrations.files import Folder
from qb.migrations.making import findings_of
from qb.migrations.rules import DANGERS
from qb.migrations.validate import validate
from qb.migrations.wording import described


@click.command()
@as_json
@errors_shown
@project_options("migrations", "dialect", "url")
def verify(project: Project, as_json: bool) -> None:
    """See that everything belongs together.

    The files of the migrations are as they were made, there is one last of them, and the tables are as it left them.
    With a database: all of them were applied to it, and it is as the tables say, object by object.
    Exits with 1 where something does not.
    """
    problems = problems_of(project)
    if as_json:
        show_json({"problems": problems})
    else:
        for problem in problems:
            click.secho(problem, fg="red")
    if problems:
        raise SystemExit(1)
    if not as_json:
        click.echo("The tables, the migrations and the database belong together." if project.url else "All is well.")


def problems_of(project: Project) -> list[str]:
    """What does not belong together, a sentence for each."""
    folder = Folder(project.migrations)
    problems = [str(problem) for problem in folder.problems]
    if len(folder.heads()) > 1:
        names = " and ".join([head.name for head in folder.heads()])
        problems.append(f"{names} follow the same migration: `qb migrate merge` joins them")
    elif not problems:
        nothing = {"renamed": (), "dropped": (), "filled": (), "hints": None}
        for draft in drafts_of(project, *sides(project, folder), nothing, certain=True):
            problems += [f"no migration has it yet: {described(each)}" for each in draft.operations]
    if project.url is not None:
        found = with_runner(project, folder, Options(), lambda runner: runner.status())
        late = [f"{each.name} is {each.state} in the database" for each in found if each.state != "applied"]
        problems += late
        if not problems:
            problems += asyncio.run(differences(project))
    return problems


async def differences(project: Project) -> list[str]:
    """In what the database is not as declared."""
    async with project.database() as db:
        return [f"in the database, {each}" for each in (await validate(db, *project.declared())).differences]


@click.command()
@click.option("--since", metavar="NAME", help="Look only at what came after this migration.")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(list(DANGERS)),
    default=["destroys", "fails", "breaks"],
    show_default=True,
    help="The dangers that are errors; the others are told.",
)
@as_json
@errors_shown
@project_options("migrations", "dialect")
def check(project: Project, since: str | None, fail_on: tuple[str, ...], as_json: bool) -> None:
    """Look for what is dangerous in migrations.

    Values that go, programs that break, tables that are locked. Exits with 1 when there is something of --fail-on.
    """
    folder = Folder(project.migrations)
    folder.check()
    old = set() if since is None else {folder.find(since).name, *folder.ancestors(since)}
    dialect = find_dialect(project.dialect_name())
    found = [
        (migration, finding)
        for migration in folder.migrations.values()
        if migration.name not in old
        for finding in findings_of(dialect, folder, migration)
    ]
    if as_json:
        show_json({"findings": [{"migration": each.name, **finding_data(finding)} for each, finding in found]})
    else:
        for migration, finding in found:
            color = "red" if finding.danger in fail_on else "yellow"
            click.secho(f"{migration.name}: {described(finding.operation)}", bold=True)
            click.secho(shown_finding(finding), fg=color)
        if not found:
            click.echo("Nothing in the migrations is dangerous.")
    if any(finding.danger in fail_on for _, finding in found):
        raise SystemExit(1)
