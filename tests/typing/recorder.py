"""The plugin, with a list of what its messages say: mypy's output does not tell which of them a line is from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from qb_mypy import messages
from qb_mypy.plugin import plugin
from qb_mypy.rules import RULES, Message

RECORD = "said.jsonl"
"""Written beside the programs that are checked: a message, its words, and these without the names that were put in."""


def recorded(name: str, words: Callable[..., Message], *args: Any, **kwargs: Any) -> Message:
    said = words(*args, **kwargs)
    names = sorted(parts([*args, *kwargs.values()]), key=len, reverse=True)
    form = said.text
    for value in names:
        form = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", form, flags=re.IGNORECASE)
    form = re.sub(r"…(, …)+", "…", form)
    with Path(RECORD).open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, said.text, form]) + "\n")
    return said


def parts(values: list[Any]) -> Iterator[str]:
    """The names and numbers among the arguments of a message."""
    for value in values:
        if isinstance(value, list):
            yield from parts(value)
        elif value != "" and not isinstance(value, bool):
            yield str(value)


for rule in RULES.values():
    for message in rule.messages:
        setattr(messages, message, partial(recorded, message, getattr(messages, message)))

__all__ = ["plugin"]
