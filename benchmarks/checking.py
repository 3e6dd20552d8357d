"""What mypy needs for a module of queries, with the plugin and without it."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks.measure import run, seconds

QUERIES = 300
ROUNDS = 3

SCHEMA = """
from qb import Table, col

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
    released = col.date().nullable()
    plays = col.integer()
"""
HEAD = """
from qb import Database, fn, select
from schema import Album, Artist
"""
QUERY = """
async def query_{0}(db: Database) -> None:
    rows = await db.fetch_all(
        select(Album.title, Artist.name.as_("artist"), fn.count(Album.id).as_("albums"))
        .join(Artist, on=Album.artist_id == Artist.id)
        .where(Album.plays > {0}, Artist.name.startswith("A"))
        .group_by(Album.title, Artist.name)
        .order_by(Album.title)
    )
    print(rows[0][0], rows[0][2])
"""


class Project:
    """A folder with a module of queries, and mypy's cache."""

    def __init__(self, folder: Path, has_plugin: bool) -> None:
        self.folder = folder
        folder.mkdir()
        folder.joinpath("schema.py").write_text(SCHEMA)
        plugins = "plugins = qb_mypy.plugin\n" if has_plugin else ""
        folder.joinpath("mypy.ini").write_text(f"[mypy]\nstrict = True\n{plugins}")

    def write(self, count: int, note: str = "") -> None:
        """The module with so many queries."""
        body = "".join([QUERY.format(number) for number in range(count)])
        self.folder.joinpath("queries.py").write_text(f"{HEAD}{body}# {note}\n")

    def check(self) -> float:
        """Seconds that mypy takes."""
        return seconds(["-m", "mypy", "queries.py"], self.folder)

    def output(self) -> str:
        """What mypy prints."""
        return run("-m", "mypy", "queries.py", folder=self.folder).stdout


def table() -> Table:
    """Seconds with an empty cache, and after an edit."""
    shown = Table(title=f"mypy --strict on a module of {QUERIES} queries: seconds", title_justify="left")
    for heading in ("", "no cache", "after an edit", "a query, ms"):
        shown.add_column(heading, justify="right" if heading else "left")
    cold: dict[str, list[float]] = {"without the plugin": [], "with the plugin": []}
    edit: dict[str, list[float]] = {name: [] for name in cold}
    none: dict[str, list[float]] = {name: [] for name in cold}
    for number in range(ROUNDS):
        for name in cold:
            with TemporaryDirectory() as folder:
                project = Project(Path(folder, "project"), name == "with the plugin")
                project.write(QUERIES)
                cold[name].append(project.check())
                if number == 0 and not project.output().startswith("Success"):
                    raise RuntimeError(f"{name}: {project.output()}")
                project.write(QUERIES, "edited")
                edit[name].append(project.check())
                project.write(0)
                none[name].append(project.check())
    for name in cold:
        each = (median(edit[name]) - median(none[name])) / QUERIES * 1000
        shown.add_row(name, f"{median(cold[name]):.2f}", f"{median(edit[name]):.2f}", f"{each:.2f}")
    quotients = [
        f"{median(times['with the plugin']) / median(times['without the plugin']):.2f}" for times in (cold, edit)
    ]
    shown.add_row("ratio", *quotients, "")
    shown.caption = "a query: what it adds to a run after an edit, its function included"
    shown.caption_justify = "left"
    return shown
