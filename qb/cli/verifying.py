"""`qb verify`: whether everything belongs together."""

from __future__ import annotations

import asyncio

import click

from qb.cli.making import drafts_of, sides
from qb.cli.migrating import with_runner
from qb.cli.output import as_json, errors_shown, show_json
from qb.cli.project import Project, project_options
from qb.migrations.applier import Options
from qb.migrations.files import Folder
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
