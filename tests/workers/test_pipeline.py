"""The pipeline of the example, as GitHub reads it, and its steps, run here in their order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.d1_server import D1Server
from tests.node.packages import NODE, packages
from tests.workers.conftest import EXAMPLE
from tests.workers.emulation import sdk

ROOT = EXAMPLE.parents[1]
WORKFLOW = EXAMPLE / ".github" / "workflows" / "deploy.yml"
NOT_RUN = {"Install", "Deploy"}
"""What needs the network: the tools are installed already, and nobody but Cloudflare takes a Worker."""
QUIET = {
    "CI": "1",
    "WRANGLER_SEND_METRICS": "false",
    "WRANGLER_HIDE_BANNER": "true",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    "WRANGLER_SEND_ERROR_REPORTS": "false",
}


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    """The workflow."""
    found: dict[str, Any] = YAML(typ="safe").load(WORKFLOW)
    return found


def steps_of(workflow: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps, with the names of their jobs."""
    for name, job in workflow["jobs"].items():
        yield from [(name, step) for step in job["steps"]]


def test_github_would_take_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_actions_are_pinned() -> None:
    used = re.findall(r"uses: (.*)", WORKFLOW.read_text())
    assert len(used) >= 8
    for line in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    assert len({line.partition("@")[0] for line in used}) == len(set(used))  # one version of each


def test_secrets_are_variables_of_the_steps_that_need_them(workflow: dict[str, Any]) -> None:
    with_secrets = []
    for job, step in steps_of(workflow):
        others = {name: value for name, value in step.items() if name != "env"}
        assert "secrets." not in json.dumps(others)
        assert "${{" not in step.get("run", "")  # which would be text of the script
        if "secrets." in json.dumps(step):
            with_secrets.append((job, step["name"]))
    assert with_secrets == [
        ("deploy", "Migrate"),
        ("deploy", "Check that the database is as the tables say"),
        ("deploy", "Deploy"),
    ]
    assert "secrets." not in json.dumps({name: value for name, value in workflow.items() if name != "jobs"})
    assert workflow["permissions"] == {"contents": "read"}


def test_its_tools_are_those_that_the_tests_know(workflow: dict[str, Any]) -> None:
    npm = json.loads((ROOT / "tests" / "node" / "package.json").read_text())["dependencies"]
    assert workflow["env"]["WRANGLER"] == f"wrangler@{npm['wrangler']}"
    development = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["test"]
    installed = next(step["run"] for _, step in steps_of(workflow) if step.get("name") == "Install")
    for name in ("hatchling", "python-minifier", "workers-runtime-sdk"):
        (requirement,) = set(re.findall(rf"{name}[^\s']+", installed))
        assert requirement in development


class Repository:
    """The example, as a repository of its own in which steps are run as GitHub runs them."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        tools = folder.with_name("tools")
        tools.mkdir()
        wrangler = packages() / "node_modules" / "wrangler" / "bin" / "wrangler.js"
        # npx would ask npm for the version that is installed already.
        npx = f'#!/bin/sh\n[ "$1 $2" = "--yes $WRANGLER" ] || exit 9\nshift 2\nexec {NODE} {wrangler} "$@"\n'
        (tools / "npx").write_text(npx)
        (tools / "npx").chmod(0o755)
        path = [str(tools), str(Path(sys.executable).parent), str(NODE.parent), os.environ.get("PATH", os.defpath)]
        self.variables = {
            **os.environ,
            **QUIET,
            **variables,
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": os.pathsep.join(["src", str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_IGNORE_REQUIRES_PYTHON": "1",  # the wheel is for the Pythons of Workers
            "HOME": str(folder.parent),
            "GITHUB_WORKSPACE": str(folder),
            "BASE": "main",
        }

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """What becomes of a script in the repository."""
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False, timeout=180
        )


@pytest.fixture
def repository(tmp_path: Path, workflow: dict[str, Any]) -> Repository:
    folder = tmp_path / "games"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".wrangler"))
    (folder / ".qb").symlink_to(ROOT)
    variables = {name: value for name, value in workflow["env"].items() if name != "PYTHONPATH"}
    repository = Repository(folder, variables)
    started = repository.run(
        "git init --quiet --initial-branch main && git remote add origin . && git add --all && "
        "git -c user.name=x -c user.email=x commit --quiet --message first"
    )
    assert started.returncode == 0, started.stderr
    return repository


def script(workflow: Mapping[str, Any], name: str) -> str:
    """What a step runs."""
    (found,) = [step["run"] for _, step in steps_of(workflow) if step.get("name") == name]
    text: str = found
    return text


def test_every_step_does_its_work(workflow: dict[str, Any], repository: Repository, d1_server: D1Server) -> None:
    database = d1_server.database()
    settings = repository.folder / "wrangler.jsonc"
    settings.write_text(settings.read_text().replace("00000000-0000-0000-0000-000000000000", database))
    repository.variables |= {
        "CLOUDFLARE_API_BASE_URL": d1_server.api,
        "CLOUDFLARE_API_TOKEN": d1_server.token,
        "CLOUDFLARE_ACCOUNT_ID": d1_server.account,
        "D1_DATABASE_ID": database,
    }
    shutil.copytree(sdk(), repository.folder / "python_modules" / "workers")  # which Install would have done
    run = []
    for _, step in steps_of(workflow):
        if "run" not in step or step["name"] in NOT_RUN:
            continue
        done = repository.run(step["run"])
        assert done.returncode == 0, f"{step['name']}\n{done.stdout}{done.stderr}"
        run.append((step["name"], done.stdout))
    said = dict(run)
    assert "Success" in said["Check types"]
    assert "0002_scores.sql" in said["Check that the migrations apply"]
    built = repository.folder / "built"
    assert {path.name for path in built.glob("*.py")} >= {"entry.py", "queries.py", "tables.py", "bundled.py"}
    packed = "".join([path.read_text() for path in (built / "python_modules" / "qb").glob("packed*.py")])
    assert "qb_migration_runs" in packed, "it has the endpoint of migrations"
    assert "0002_scores.sql" in said["Migrate"]
    assert "belong together" in said["Check that the database is as the tables say"]
    (noted,) = d1_server.query(database, ("SELECT name FROM d1_migrations ORDER BY id", []))
    assert [row["name"] for row in noted["results"]] == ["0001_games.sql", "0002_scores.sql"]


CHANGES = {
    "a column without a migration": (
        "Check that tables, migrations and bundle belong together",
        """sed -i 's/    player = col.text()/&\\n    country = col.text().nullable()/' src/tables.py""",
        "no migration has it yet: add column scores.country",
    ),
    "a migration that is not bundled": (
        "Check that tables, migrations and bundle belong together",
        """sed -i 's/    player = col.text()/&\\n    country = col.text().nullable()/' src/tables.py
           qb migrate new country""",
        "src/bundled.py is not as the migrations are",
    ),
    "a migration that was edited": (
        "Check that tables, migrations and bundle belong together",
        "sed -i 's/CREATE INDEX/CREATE UNIQUE INDEX/' migrations/0002_scores.sql",
        "0002_scores.sql was edited since it was made",
    ),
    "a table that goes": (
        "Check that no new migration is dangerous",
        """sed -i '/^class Score/,/^    best_first/d; s/(Game, Score)/(Game,)/' src/tables.py
           qb migrate new gone --allow""",
        "destroys",
    ),
    "an expression of another type": (
        "Check types",
        """sed -i 's/Game.title > after/Game.title > 7/' src/queries.py""",
        "[qb-type]",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_wrong_stops_it(workflow: dict[str, Any], repository: Repository, what: str) -> None:
    step, change, words = CHANGES[what]
    changed = repository.run(change)
    assert changed.returncode == 0, changed.stdout + changed.stderr
    done = repository.run(script(workflow, step))
    assert done.returncode == 1
    assert words in done.stdout + done.stderr
