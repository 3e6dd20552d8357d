"""`qb migrate new` and `qb diff`: what has changed in the declared tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from qb.cli.asking import may_ask
from qb.cli.migrating import check_allowed, migrate
from qb.cli.output import as_json, errors_shown, finding_data, show_json, show_sql, shown_finding, shown_path
from qb.cli.project import Project, project_options
from qb.dialect import find_dialect
from qb.migrations.answers import Answers, all_hints, answered, suggested
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.hints import Hints, MaybeRenamed, Undecided, declared_hints
from qb.migrations.making import Draft, draft, left_over, write
from qb.migrations.operations import Operation
from qb.migrations.scripts import Script
from qb.migrations.wording import described
from qb.schema.objects import Schema

F = TypeVar("F", bound=Callable[..., Any])


def answer_options(command: F) -> F:
    """The options that answer what the tables do not say by themselves."""
    for option in (
        click.option("--hints", type=click.Path(path_type=Path), help="A JSON file with the same, for scripts."),
        click.option(
            "--filled", multiple=True, metavar="NAME=SQL", help="What a new column has in the rows that are there."
        ),
        click.option("--dropped", multiple=True, metavar="NAME", help="It is gone, though something like it is new."),
        click.option(
            "--renamed", multiple=True, metavar="OLD=NEW", help="It is the same: albums=records, albums.name=title."
        ),
    ):
        command = option(command)
    return command


online = click.option("--online", is_flag=True, help="PostgreSQL: let others use the tables meanwhile.")


@migrate.command()
@click.argument("title")
@answer_options
@online
@click.option("--allow", is_flag=True, help="Write it though it drops tables or columns with their values.")
@click.option("--empty", is_flag=True, help="Write an empty one, to fill in by hand.")
@as_json
@errors_shown
@project_options("migrations", "dialect")
def new(project: Project, title: str, online: bool, allow: bool, empty: bool, as_json: bool, **given: Any) -> None:
    """Write a migration for what has changed.

    The tables are compared with what the last migration left. TITLE is a few words: "add albums". Questions are asked
    in a terminal; elsewhere they are errors that say which option answers them.

    With --online, the tables of PostgreSQL can be used meanwhile: it takes several migrations, which are written at
    once. What programs need that do not know the change is dropped by the last of them, which is left for later
    without --allow. What has no online form is named.
    """
    folder = Folder(project.migrations)
    folder.check()
    before, after = sides(project, folder)
    if empty:
        names = [folder.add(title, Script(()), Script(()), before).name]
        tell_written(folder, names, as_json)
        return
    drafts = drafts_of(project, before, after, given, online=online, finish=allow)
    there = drafts[-1].schema if drafts else before
    left = [] if allow else left_over(find_dialect(project.dialect_name()), there, after)
    if not drafts:
        if as_json:
            show_json({"written": [], "left": [described(each) for each in left]})
        else:
            click.echo("The tables are as the last migration left them.")
            show_left(left)
        return
    if not as_json:
        show_drafts(drafts)
    check_allowed([each for draft in drafts for each in draft.destroys], allow)
    tell_written(folder, [each.name for each in write(folder, title, drafts)], as_json, left)


@click.command("diff")
@answer_options
@online
@as_json
@errors_shown
@project_options("migrations", "dialect")
def difference(project: Project, online: bool, as_json: bool, **given: Any) -> None:
    """Show what `qb migrate new` would write.

    Exits with 1 when there is something.
    """
    folder = Folder(project.migrations)
    folder.check()
    drafts = drafts_of(project, *sides(project, folder), given, online=online)
    if as_json:
        show_json({"migrations": [draft_data(each) for each in drafts]})
    else:
        show_drafts(drafts)
        for each in drafts:
            click.echo()
            show_sql(each.up.statements)
    if drafts:
        raise SystemExit(1)
    if not as_json:
        click.echo("The tables are as the last migration left them.")


def sides(project: Project, folder: Folder) -> tuple[Schema, Schema]:
    """What the last migration left, and what is declared now."""
    head = folder.head()
    after = project.ddl().description.describe(project.declared())
    return (Schema(after.dialect) if head is None else head.schema), after


def drafts_of(
    project: Project,
    before: Schema,
    after: Schema,
    given: dict[str, Any],
    *,
    certain: bool = False,
    online: bool = False,
    finish: bool = True,
) -> list[Draft]:
    """The migrations between two schemas, with what the person at the terminal answers; without questions when it is
    `certain` that whatever is new is new.
    """
    path = given.pop("hints")
    answers = all_hints(given, before, after)
    if path is not None:
        answers.read(path)
    declared = declared_hints(project.declared(), before, after).merged(Hints(certain=certain))
    dialect = find_dialect(project.dialect_name())
    while True:
        try:
            hints = declared.merged(answers.hints)
            return draft(dialect, before, after, hints, online=online, finish=finish)
        except Undecided as undecided:
            ask(undecided, answers)


def ask(undecided: Undecided, answers: Answers) -> None:
    """Ask the first open question. Raises MigrationError, with the options that answer all of them, where nobody is
    there to answer.
    """
    if not may_ask():
        texts = [f"{each}\n  ({' or '.join(suggested(each))})" for each in undecided.questions]
        raise MigrationError("\n".join(texts)) from undecided
    question = undecided.questions[0]
    if isinstance(question, MaybeRenamed):
        owner = "" if question.owner is None else f" of {question.owner}"
        asked = f"Is {question.new!r} the {question.kind} {question.old!r}{owner}, renamed?"
        answered(question, click.confirm(asked, err=True), answers)
    else:
        name = f"{question.table}.{question.column}"
        sql = click.prompt(f"What is {name} in the rows that are there? (SQL)", err=True)
        answers.filled(f"{name}={sql}")


def show_drafts(drafts: Sequence[Draft]) -> None:
    """Print what migrations do, and what there is to know of it."""
    for each in drafts:
        for operation in each.operations:
            click.echo(described(operation))
        for finding in each.findings:
            click.secho(shown_finding(finding), fg="red" if finding.danger == "destroys" else "yellow")
        for note in each.notes:
            click.secho(f"  no online form: {note}", fg="yellow")
        for loss in each.reversal.losses:
            click.secho(f"  on the way back: {loss}", fg="yellow")


def draft_data(draft: Draft) -> dict[str, Any]:
    """A migration that is not written, as JSON has it."""
    return {
        "operations": [described(each) for each in draft.operations],
        "up": draft.up.statements,
        "down": draft.down.statements,
        "findings": [finding_data(each) for each in draft.findings],
        "losses": draft.reversal.losses,
        "not_online": draft.notes,
    }


def tell_written(folder: Folder, names: list[str], as_json: bool, left: Sequence[Operation] = ()) -> None:
    """Print which migrations were written."""
    if as_json:
        show_json({"written": names, "left": [described(each) for each in left]})
        return
    for name in names:
        click.echo(f"wrote {shown_path(folder.path / name)}.sql")
    show_left(left)


def show_left(left: Sequence[Operation]) -> None:
    """Print what a later migration has to do, when no program needs the old any more."""
    for each in left:
        click.secho(f"  left for later, by --allow: {described(each)}", fg="yellow")
