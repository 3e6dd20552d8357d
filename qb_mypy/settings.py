"""The plugin's configuration: the section `[qb_mypy]` beside mypy's own, `[tool.qb_mypy]` in pyproject.toml."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from qb_mypy.rules import RULES
from qb_mypy.wording import closest

SECTION = "qb_mypy"
HEADERS = (f"[{SECTION}]", f"[tool.{SECTION}]")
OPTIONS = ("disable",)


class Settings(NamedTuple):
    """What the section says, and what is wrong with it."""

    disabled: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()


current = Settings()
"""Those of this run of mypy: its process checks one program at a time."""


def use(config_file: str | None) -> Settings:
    """Read the file that mypy found, and go by it from here on."""
    global current
    current = Settings() if config_file is None else read(Path(config_file))
    return current


def read(path: Path) -> Settings:
    """The settings of a configuration file. mypy has read it before, so it is well-formed."""
    text = path.read_text(encoding="utf-8")
    section = _toml(text) if path.suffix == ".toml" else _ini(text)
    if not isinstance(section, dict):
        return Settings(errors=(_error(path, text, SECTION, f"[{SECTION}] is a section"),))
    errors = [
        (option, f'[{SECTION}] has no option "{option}"{closest(option, OPTIONS)}')
        for option in section
        if option not in OPTIONS
    ]
    disabled: Any = section.get("disable", [])
    if isinstance(disabled, str):
        disabled = [name.strip() for name in disabled.replace("\n", ",").split(",") if name.strip()]
    if not isinstance(disabled, list) or not all(isinstance(name, str) for name in disabled):
        errors.append(("disable", f'"disable" of [{SECTION}] is a list of the names of rules'))
        disabled = []
    errors += [(name, f'There is no rule "{name}"{closest(name, RULES)}') for name in disabled if name not in RULES]
    return Settings(
        frozenset(disabled) & frozenset(RULES),
        tuple(_error(path, text, word, message) for word, message in errors),
    )


def _toml(text: str) -> Any:  # a table, or what people write in its place
    return tomllib.loads(text).get("tool", {}).get(SECTION, {})


def _ini(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return dict(parser.items(SECTION)) if parser.has_section(SECTION) else {}


def _error(path: Path, text: str, word: str, message: str) -> str:
    """An error at the line of the section that has the word."""
    lines = list(enumerate(text.splitlines(), 1))
    begins = next((number for number, line in lines if line.strip() in HEADERS), 1)
    found = next((number for number, line in lines if number >= begins and word in line), begins)
    return f"{path}:{found}: error: {message}  [qb]"
