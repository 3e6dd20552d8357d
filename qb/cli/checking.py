"""`qb check`: what is dangerous in migrations, and what will be regretted in tables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import click

from qb.cli.output import as_json, errors_shown, finding_data, show_json, shown_finding
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.checks.checking import Found, check_declared, unused
from qb.migrations.checks.checking import check as checked
from qb.migrations.checks.probing import SMALL, is_settled, probed
from qb.migrations.checks.rules import DANGERS
from qb.migrations.files import Folder
from qb.migrations.migration import Migration
from qb.migrations.runner import Runner
from qb.migrations.wording import described


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
@click.option("--probe", is_flag=True, help="Look at what is pending, and ask the database how many rows it concerns.")
@click.option(
    "--small", default=SMALL, show_default=True, help="With --probe: as many rows are locked or written in no time."
)
@as_json
@errors_shown
@project_options("migrations", "dialect", "url")
def check(
    project: Project, since: str | None, fail_on: tuple[str, ...], probe: bool, small: int, as_json: bool
) -> None:
    """Look for what is dangerous in migrations.

    Values that go, programs that break, tables that are locked: each finding has the code of a rule. A comment
    ahead of a statement allows it (-- qb: allow drop-column: the reason), and so does [[tool.qb.allow]] in
    pyproject.toml, with a rule, a reason and perhaps a table.

    Exits with 0 when there is nothing of --fail-on that is not allowed, with 1 when there is something or it cannot be
    told, and with 2 when the command is called in a wrong way.
    """
    found = found_in(project, since, probe)
    wrong = [each for each in found if each.allowed is None and not is_settled(each, small)]
    if as_json:
        show_json({"findings": [found_data(each, small) for each in found]})
    else:
        show(wrong, fail_on)
        show_rest(found, small)
    if any(each.finding.danger in fail_on for each in wrong):
        raise SystemExit(1)


def found_in(project: Project, since: str | None, probe: bool) -> list[Found]:
    """Everything that there is to know, allowed or not."""
    folder = Folder(project.migrations)
    folder.check()
    dialect = find_dialect(project.dialect_name())
    old = set() if since is None else {folder.find(since).name, *folder.ancestors(since)}
    migrations = [each for each in folder.migrations.values() if each.name not in old]
    if probe:
        return asyncio.run(pending(project, folder, migrations))
    found = checked(dialect, folder, migrations, project.allow)
    if project.schema is not None:
        declared = project.ddl().description.describe(project.declared())
        found += check_declared(dialect, declared, project.allow)
    return found if since is not None else [*found, *unused(found, project.allow)]


async def pending(project: Project, folder: Folder, migrations: Iterable[Migration]) -> list[Found]:
    """What there is to know about those of some migrations that the database does not have, with numbers of rows."""
    async with project.database() as db:
        waiting = {each.name for each in await Runner(db, folder).pending()}
        these = [each for each in migrations if each.name in waiting]
        return await probed(db, checked(db.dialect, folder, these, project.allow))


def show(found: Iterable[Found], fail_on: Iterable[str]) -> None:
    """Print findings for people."""
    last = ""
    for each in found:
        title = f"{each.migration or 'as declared'}: {subject(each)}"
        if title != last:
            click.secho(title, bold=True)
        last = title
        rows = "" if each.rows is None else f"\n    found: {each.rows}"
        click.secho(shown_finding(each.finding) + rows, fg="red" if each.finding.danger in fail_on else "yellow")


def subject(found: Found) -> str:
    """What a finding is about, in a line."""
    if found.finding.operation is not None:
        return described(found.finding.operation)
    if found.statement is not None:
        return " ".join(found.statement.split())
    return "the settings" if found.finding.table is None else f"table {found.finding.table}"


def show_rest(found: list[Found], small: int) -> None:
    """Print how much is not shown, and why."""
    allowed = [each for each in found if each.allowed is not None]
    settled = [each for each in found if each.allowed is None and is_settled(each, small)]
    if allowed:
        click.echo(f"{len(allowed)} allowed, with a reason.")
    if settled:
        click.echo(f"{len(settled)} of no concern for the rows that are there.")
    if not found:
        click.echo("Nothing in the migrations is dangerous.")


def found_data(found: Found, small: int) -> dict[str, Any]:
    """A finding as JSON has it."""
    return {
        "migration": found.migration,
        "statement": found.statement,
        **finding_data(found.finding),
        "allowed": found.allowed,
        "rows": found.rows,
        "settled": is_settled(found, small),
    }
