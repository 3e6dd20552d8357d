"""The README says nothing that is not so: its code runs, and mypy sees in it what it says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import consoles
from tests.documents import Document, check

ROOT = Path(__file__).parent.parent
README = Document(ROOT / "README.md")


async def test_the_code_runs() -> None:
    assert len(README.blocks) >= 8
    await README.run()


def test_the_commands_say_what_is_shown(tmp_path: Path) -> None:
    tree = ast.parse(README.blocks[0].code)
    tables: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.ImportFrom | ast.ClassDef)]
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "schema.py").write_text(ast.unparse(ast.Module(tables, [])) + "\n")
    assert consoles.run(ROOT / "README.md", tmp_path) >= 5


def test_mypy_sees_what_it_says(tmp_path: Path) -> None:
    assert "reveal_type(" in README.module()
    assert "# error: " in README.module()
    wrong = check([README], tmp_path)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("command", ["make demo", "make test", "make bench"])
def test_its_commands_are_there(command: str) -> None:
    assert command in README.text
    assert f"\n{command.removeprefix('make ')}: " in (ROOT / "Makefile").read_text()


def test_its_links_lead_somewhere() -> None:
    targets = [part.partition(")")[0] for part in README.text.split("](")[1:]]
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert not missing
