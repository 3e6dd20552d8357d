"""`qb seed`: a database gets the rows that it has from the start."""

from __future__ import annotations

import asyncio

import click

from qb.cli.output import as_json, errors_shown, show_json, show_table
from qb.cli.project import Project, imported, project_options
from qb.errors import QbError
from qb.migrations.seeds import Planted, Seed, plant, seeds_of


@click.command()
@as_json
@errors_shown
@project_options("seeds", "url")
def seed(project: Project, as_json: bool) -> None:
    """Write the rows that a database starts with.

    The seeds of MODULE, for example myapp.seeds: all of them or none, as often as one likes.
    """
    name = project.seeds or project.schema
    if name is None:
        raise click.UsageError("which seeds? Give the module that declares them, or set `seeds` in [tool.qb]")
    seeds = seeds_of(imported(name))
    if not seeds:
        raise QbError(f"{name} declares no seeds: genres = seed(Genre, [{{…}}])")
    done = asyncio.run(plant_in(project, seeds))
    if as_json:
        show_json({"seeds": [vars(each) for each in done]})
    else:
        shown = [(each.table, each.when, each.rows, each.written) for each in done]
        show_table(["table", "when", "rows", "written"], shown)


async def plant_in(project: Project, seeds: list[Seed]) -> list[Planted]:
    """Write them."""
    async with project.database() as db:
        return await plant(db, seeds)
