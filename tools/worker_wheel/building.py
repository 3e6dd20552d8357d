"""The wheel itself: the packed modules, and hatchling."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.worker_wheel.graph import PACKAGES, ROOT, needed
from tools.worker_wheel.packing import packed
from tools.worker_wheel.stripping import stripped

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "qb"
version = "{version}+worker"
description = "{description}"
requires-python = ">=3.12"
license = "MIT"
license-files = ["LICENSE"]

[project.entry-points."qb.dialects"]
d1 = "dialects.d1:DIALECT"

[tool.hatch.build.targets.wheel]
packages = {packages}
"""


def build(folder: Path) -> Path:
    """Build the wheel into a folder. It takes the place of the whole one: the same names, fewer of them."""
    folder = folder.resolve()
    with TemporaryDirectory() as staged:
        stage(Path(staged))
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        done = subprocess.run(command, cwd=staged, check=True, capture_output=True, text=True)
    return folder / Path(done.stdout.strip() or done.stderr.strip().splitlines()[-1]).name


def stage(folder: Path) -> None:
    """Write what the wheel has: the modules as a Worker needs them, and the words about them."""
    for name, text in packed(sources()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (folder / "pyproject.toml").write_text(PROJECT.format(packages=list(PACKAGES), **project), encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", folder)


def sources() -> dict[str, str]:
    """The text of each module that a Worker may need, stripped, by its path."""
    modules = needed()
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules.items()}
    taken: dict[str, set[str]] = {name: set() for name in modules}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in taken:
                taken[node.module].update(name.name for name in node.names)
    attributes = {node.attr for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {
        path.relative_to(ROOT).as_posix(): stripped(path.read_text(encoding="utf-8"), taken[name] | attributes)
        for name, path in modules.items()
    }
