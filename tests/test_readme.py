"""The README says nothing that is not so: its code runs, and mypy sees in it what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import Document, check

ROOT = Path(__file__).parent.parent
README = Document(ROOT / "README.md")


async def test_the_code_runs() -> None:
    assert len(README.blocks) >= 8
    await README.run()


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
