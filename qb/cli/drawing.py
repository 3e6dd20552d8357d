"""`qb diagram`: the tables as a picture."""

from __future__ import annotations

import click

from qb.cli.output import errors_shown
from qb.cli.project import Project, project_options
from qb.schema.diagram import FORMATS


@click.command()
@click.option(
    "--format", "kind", type=click.Choice(list(FORMATS)), default="mermaid", show_default=True, help="Of the drawing."
)
@errors_shown
@project_options("schema", "dialect")
def diagram(project: Project, kind: str) -> None:
    """Draw the tables and their foreign keys.

    For example `qb diagram --format svg > schema.svg`.
    """
    click.echo(FORMATS[kind](project.ddl().description.describe(project.declared())), nl=False)
