"""`qb verify`: whether everything belongs together."""

from __future__ import annotations

import asyncio

import click

from qb.cli.making import drafts_of, show_left, sides
from qb.cli.migrating import with_runner
from qb.cli.output import as_json, errors_shown, show_json
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.applier import Options
from qb.migrations.files import Folder
from qb.migrations.making import left_over
from qb.migrations.validate import compare
from qb.migrations.wording import described
from qb.schema.objects import Schema


@click.command()
@as_json
@errors_shown
@project_options("migrations", "dialect", "url")
def verify(project: Project, as_json: bool) -> None:
    """See that everything belongs together.

    The files of the migrations are as they were made, there is one last of them, and the tables are as it left them.
    With a database: all of them were applied to it, and it is as they say, object by object. What an online change has
    left for programs that do not know it is named, and no problem. Exits with 1 where something does not belong.
    """
    folder = Folder(project.migrations)
    problems = problems_of(project, folder)
    left = [] if problems else left_over(find_dialect(project.dialect_name()), *sides(project, folder))
    if as_json:
        show_json({"problems": problems, "left": [described(each) for each in left]})
    else:
        for problem in problems:
            click.secho(problem, fg="red")
    if problems:
        raise SystemExit(1)
    if not as_json:
        click.echo("The tables, the migrations and the database belong together." if project.url else "All is well.")
        show_left(left)


def problems_of(project: Project, folder: Folder) -> list[str]:
    """What does not belong together, a sentence for each."""
    problems = [str(problem) for problem in folder.problems]
    if len(folder.heads()) > 1:
        names = " and ".join([head.name for head in folder.heads()])
        problems.append(f"{names} follow the same migration: `qb migrate merge` joins them")
    elif not problems:
        nothing = {"renamed": (), "dropped": (), "filled": (), "hints": None}
        for draft in drafts_of(project, *sides(project, folder), nothing, certain=True, finish=False):
            problems += [f"no migration has it yet: {described(each)}" for each in draft.operations]
    if project.url is not None:
        found = with_runner(project, folder, Options(), lambda runner: runner.status())
        late = [f"{each.name} is {each.state} in the database" for each in found if each.state != "applied"]
        problems += late
        if not problems:
            problems += asyncio.run(differences(project, sides(project, folder)[0]))
    return problems


async def differences(project: Project, schema: Schema) -> list[str]:
    """In what the database is not as the last migration left it."""
    async with project.database() as db:
        return [f"in the database, {each}" for each in (await compare(db, schema)).differences]
