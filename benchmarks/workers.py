"""Workers: how large their wheel is, how long Pyodide takes to import it, and what a request costs there.

Times under Pyodide are those of the processor, in Node, so that other programs on the machine count little. The modules
that Pyodide itself has imported when it starts (`typing`, `asyncio`, `functools` and others) cost nothing here, as they
cost nothing in a Worker; no module is compiled beforehand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.table import Table

from qb.migrations.scripts import parsed
from tests.d1_server import running_d1
from tests.workers.emulation import PYTHONS, Python, emulation, sdk
from tools.worker_wheel import ordinary
from tools.worker_wheel.building import build
from tools.worker_wheel.graph import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

INSIDE = Path(__file__).with_name("inside_worker.py")
PROGRAMS = {"import": ordinary.IMPORT, "with a first read": ordinary.READ, "and first writes": ordinary.WRITE}
FIRST = {"the first of all": ordinary.WORKER, "the first, preloaded": ordinary.PRELOADED}
ROUNDS = 9
SLOWEST = 12
CHECK = Path(__file__).with_name("checking_the_schema.py")
CHECKS = 5
WAYS = {
    "nothing": "nothing: migrations have made them",
    "names": "the names of the tables, one query",
    "validate": "qb.migrations.validate, without expressions",
}
TABLES = [
    statement
    for path in sorted((ROOT / "examples" / "worker_games" / "migrations").glob("*.sql"))
    for statement in parsed(path.read_text(encoding="utf-8"), "d1").statements
]


def wheel() -> Table:
    """The wheel, and what is in it."""
    with TemporaryDirectory() as folder:
        path = build(Path(folder))
        size = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    shown = Table(title="The wheel for a Worker: KB, compressed", title_justify="left")
    shown.add_column("")
    shown.add_column("KB", justify="right")
    sizes: dict[str, int] = {}
    for info in infos:
        name = "the words about it" if ".dist-info/" in info.filename else info.filename
        sizes[name] = sizes.get(name, 0) + info.compress_size
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        shown.add_row(name, f"{sizes[name] / 1024:.1f}")
    shown.add_row("the archive's own tables", f"{(size - sum(sizes.values())) / 1024:.1f}")
    shown.add_section()
    shown.add_row("all", f"{size / 1024:.1f}")
    return shown


def imports() -> Table:
    """Importing, of the wheel and of the sources, in each Python."""
    shown = Table(title="A Worker's import under Pyodide: milliseconds of the processor", title_justify="left")
    for heading in ("", *[f"{kind}, {python}" for kind in ("wheel", "sources") for python in PYTHONS]):
        shown.add_column(heading, justify="right" if heading else "left")
    sums: dict[str, list[str]] = {}
    modules: dict[str, list[float]] = {}
    with sites() as (site, sources):
        for kind, version in product((site, sources), PYTHONS):
            with started(version, kind) as python:
                for program, code in PROGRAMS.items():
                    first, later = json.loads(python.run(f"ran({code!r}, {ROUNDS})"))
                    sums.setdefault(program, []).append(f"{later:.1f}")
                    if code is ordinary.IMPORT:
                        sums.setdefault("import, the first time", []).append(f"{first:.1f}")
                for name, time in json.loads(python.run(f"imported({ordinary.IMPORT!r}, {ROUNDS})")).items():
                    modules.setdefault(name, []).append(time)
    for name in sorted(modules, key=lambda name: modules[name][0], reverse=True)[:SLOWEST]:
        packed = [""] * (len(PYTHONS) * 2 - len(modules[name]))  # the sources have no such module
        shown.add_row(name, *[f"{time:.1f}" for time in modules[name]], *packed)
    shown.add_section()
    for name, each in sums.items():
        shown.add_row(name, *each)
    shown.caption = f"{len(modules)} modules; each without what it imports: means; else medians"
    shown.caption_justify = "left"
    return shown


def requests() -> Table:
    """What a request costs besides D1's own time."""
    shown = Table(title="A query in a Worker: milliseconds of the processor", title_justify="left")
    for heading in ("", *[f"{rows}, {python}" for rows in ("1 row", "1,000 rows") for python in PYTHONS]):
        shown.add_column(heading, justify="right" if heading else "left")
    columns = []
    first: dict[str, list[float]] = {}
    with sites() as (site, _):
        for version in PYTHONS:
            with started(version, site) as python:
                for name, worker in FIRST.items():
                    first.setdefault(name, []).append(python.run(f"await first_request({worker!r}, {ROUNDS})"))
                columns.append(json.loads(python.run(f"await requests({ROUNDS})")))
    for name, times in first.items():
        shown.add_row(name, *[f"{time:.2f}" for time in times])
    shown.add_section()
    for way in columns[0]["1"]:
        shown.add_row(way, *[f"{column[count][way]:.2f}" for count in ("1", "1000") for column in columns])
    shown.caption = (
        "A prepared query, ten columns (the first: two); the binding answers at once. SDK: with its wrapped binding."
    )
    shown.caption_justify = "left"
    return shown


def schema_checks() -> Table:
    """What it would cost to look at cold starts whether the database has the tables."""
    shown = Table(title="Checking the schema when a Worker starts", title_justify="left")
    for heading in ("", "round trips", "statements", "rows read", "ms of the processor", "ms until it is done"):
        shown.add_column(heading, justify="right" if heading else "left")
    with running_d1() as server:
        database = server.database()
        server.query(database, *[(statement, ()) for statement in TABLES])
        variables = {
            **os.environ,
            "CLOUDFLARE_API_BASE_URL": server.api,
            "CLOUDFLARE_API_TOKEN": server.token,
            "D1_URL": f"d1://{server.account}/{database}",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "examples" / "worker_games" / "src"), str(ROOT)]),
        }
        for way in ("nothing", "names", "validate"):
            found = []
            for _ in range(CHECKS):
                command = [sys.executable, str(CHECK), way]
                done = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
                found.append(json.loads(done.stdout))
            counts = [str(found[0][name]) for name in ("round trips", "statements", "rows read")]
            times = [f"{median([each[name] for each in found]):.1f}" for name in ("processor", "clock")]
            shown.add_row(WAYS[way], *counts, *times)
    shown.caption = f"Two tables; CPython, a D1 on this machine, the median of {CHECKS} programs, imports included"
    shown.caption_justify = "left"
    return shown


@contextmanager
def sites() -> Iterator[tuple[Path, Path]]:
    """Folders with the wheel and with the sources, installed."""
    with TemporaryDirectory() as folder:
        site, sources = Path(folder) / "site", Path(folder) / "sources"
        with zipfile.ZipFile(build(Path(folder))) as archive:
            archive.extractall(site)
        sources.mkdir()
        for package in ("qb", "dialects"):
            (sources / package).symlink_to(ROOT / package)
        yield site, sources


@contextmanager
def started(version: str, site: Path) -> Iterator[Python]:
    """A Python of its own Node, in which nothing was run before."""
    folders = {f"/site/{each.name}": each.resolve() for each in site.iterdir()}
    with emulation() as runtime:
        python = Python(runtime, version, {**folders, "/sdk/workers": sdk()})
        python.run(INSIDE.read_text(encoding="utf-8"))
        yield python
