"""The versions of mypy that are tested are those that are promised."""

from __future__ import annotations

import tomllib

from tests.typing.versions import ROOT, SUPPORTED


def test_the_package_asks_for_what_is_tested() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        extra = tomllib.load(file)["project"]["optional-dependencies"]["mypy"]
    major, minor = map(int, SUPPORTED[-1].split("."))
    assert f"mypy>={SUPPORTED[0]},<{major}.{minor + 1}" in extra


def test_the_page_names_them() -> None:
    page = (ROOT / "docs" / "plugin.md").read_text(encoding="utf-8")
    assert f"It is for mypy {SUPPORTED[0]} to {SUPPORTED[-1]}" in page
