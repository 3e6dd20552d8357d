"""The plugin, in runs of pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.testing.plugin import merged

ROOT = Path(__file__).parent.parent.parent
SHOP = """
from qb import Table, col

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
"""
CONFTEST = """
import pytest
from shop import Album, Artist

@pytest.fixture(scope="session")
def qb_url():
    return {url!r}

@pytest.fixture(scope="session")
def qb_tables():
    return [Album, Artist]

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope="session")
def qb_options():
    return {{"show_parameters": True}}

@pytest.fixture
def db(qb_database):
    return qb_database
"""
TESTS = """
import asyncio
import pytest
from qb import fn, insert, select
from qb.errors import UniqueViolated
from qb.testing import make
from shop import Album, Artist

pytestmark = pytest.mark.{mark}

@pytest.mark.parametrize("round", [1, 2])
async def test_one_after_the_other(db, round):
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 0
    await make(db, Album)
    async with db.transaction():
        await db.execute(insert(Artist).values(name="Joni Mitchell"))
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 2

async def test_other_tasks(db):
    await asyncio.gather(*[make(db, Artist, name=f"a{{n}}") for n in range(5)])
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 5

async def test_options(db):
    await make(db, Artist, name="x")
    with pytest.raises(UniqueViolated) as caught:
        await make(db, Artist, name="x")
    assert caught.value.parameters == ("x",)

async def test_it_is_the_same(db, qb_database):
    assert db is qb_database

async def test_without_a_database():
    pass
"""
Run = Callable[..., subprocess.CompletedProcess[str]]
ANYIO = ("-p", "anyio.pytest_plugin")
ASYNCIO = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")
RUNNERS = [
    pytest.param("anyio", ANYIO, id="anyio"),
    pytest.param("asyncio", ASYNCIO, id="asyncio"),
    pytest.param("asyncio", (*ASYNCIO, "-o", "asyncio_mode=auto"), id="asyncio, auto"),
    pytest.param("asyncio", (*ANYIO, *ASYNCIO), id="asyncio beside anyio"),
    pytest.param("anyio", (*ANYIO, *ASYNCIO), id="anyio beside asyncio"),
]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """Of SQLite, or of an empty PostgreSQL."""
    return "sqlite://" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run pytest in a project of its own, in which no plugin is loaded that is not named."""

    def run(*arguments: str, **files: str) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
        environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": ":".join([*sys.path, str(ROOT)])}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "qb.testing.plugin", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize(("mark", "runner"), RUNNERS)
async def test_each_test_has_a_database_of_its_own(run: Run, url: str, mark: str, runner: tuple[str, ...]) -> None:
    done = run(*runner, shop=SHOP, conftest=CONFTEST.format(url=url), test_shop=TESTS.format(mark=mark))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


async def test_nothing_stays(run: Run, postgres_url: str) -> None:
    async def schemas() -> list[str]:
        connection = await asyncpg.connect(postgres_url)
        try:
            rows = await connection.fetch("SELECT nspname FROM pg_namespace UNION SELECT tablename FROM pg_tables")
        finally:
            await connection.close()
        return sorted(row[0] for row in rows)

    before = await schemas()
    failing = (
        TESTS.format(mark="anyio") + "\nasync def test_that_fails(db):\n    await make(db, Artist)\n    assert False\n"
    )
    done = run(*ANYIO, shop=SHOP, conftest=CONFTEST.format(url=postgres_url), test_shop=failing)
    assert "1 failed, 6 passed" in done.stdout, done.stdout + done.stderr
    assert await schemas() == before


async def test_a_database_that_has_its_tables(run: Run, postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE TABLE artists (id serial PRIMARY KEY, name text)")
    await connection.execute("INSERT INTO artists (name) VALUES ('Joni Mitchell')")
    conftest = CONFTEST.format(url=postgres_url).replace("[Album, Artist]", "[]")
    test = """
import pytest
from qb import insert, select
from shop import Artist

@pytest.mark.anyio
@pytest.mark.parametrize("round", [1, 2])
async def test_it(db, round):
    await db.execute(insert(Artist).values(name="Nobody"))
    assert len(await db.fetch_all(select(Artist))) == 2
"""
    done = run(*ANYIO, shop=SHOP, conftest=conftest, test_shop=test)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert await connection.fetchval("SELECT count(*) FROM artists") == 1
    await connection.close()


def test_what_is_missing_is_told(run: Run) -> None:
    test = "import pytest\n@pytest.mark.anyio\nasync def test_it(qb_database): pass\n"
    done = run(*ANYIO, test_shop=test)
    assert 'no database to test with: define a session fixture "qb_url" in conftest.py' in done.stdout
    assert done.returncode == 1
    done = run(shop=SHOP, conftest=CONFTEST.format(url="sqlite://"), test_shop="def test_it(qb_database): pass\n")
    assert "qb_database needs an async test, by the plugin of anyio" in done.stdout
    assert done.returncode == 1
    other = SHOP.replace('name="albums"', 'name="albums", schema="other"')
    done = run(*ANYIO, shop=other, conftest=CONFTEST.format(url="sqlite://"), test_shop=test)
    assert "Album is in a schema of its own: create it before the tests, not by qb_tables" in done.stdout
    done = run(*ANYIO, shop=SHOP, conftest=CONFTEST.format(url="d1://x"), test_shop=test)
    assert "d1 has no place for tables that are dropped after the tests" in done.stdout


def test_without_its_fixture_it_loads_nothing(run: Run) -> None:
    unneeded = {"sqlite3", "asyncpg", "hypothesis", "qb.observers", "qb.testing.rollback", "qb.testing.strategies"}
    test = f"import sys\ndef test_it():\n    assert {unneeded!r} & set(sys.modules) == set()\n"
    done = run(test_shop=test)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_options_are_merged() -> None:
    own = {"server_settings": {"work_mem": "8MB"}, "max_size": 2}
    both = merged(own, {"server_settings": {"search_path": "scratch"}})
    assert both == {"server_settings": {"work_mem": "8MB", "search_path": "scratch"}, "max_size": 2}
    assert own["server_settings"] == {"work_mem": "8MB"}


def test_pytest_finds_it() -> None:
    """By the entry point of the project as it is written, whatever is installed."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"qb": "qb.testing.plugin"}


def test_a_scratch_is_of_a_dialect() -> None:
    with pytest.raises(UnsupportedError, match="d1 has no place"):
        find_dialect("d1").scratch("d1://x")
