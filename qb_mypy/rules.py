"""What a rule is: a name by which people turn it off, the error code that mypy shows, and what it is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, ParamSpec

from mypy.errorcodes import ErrorCode

QB = ErrorCode("qb", "Check queries, tables and rows of qb", "qb")
NAME = ErrorCode("qb-name", "Check that columns exist", "qb", sub_code_of=QB)
SCOPE = ErrorCode("qb-scope", "Check that what a query reads is in its FROM", "qb", sub_code_of=QB)
TYPE = ErrorCode("qb-type", "Check the types of operands and values", "qb", sub_code_of=QB)
GROUP = ErrorCode("qb-group", "Check that what a grouped query reads is grouped or aggregated", "qb", sub_code_of=QB)
DIALECT = ErrorCode("qb-dialect", "Check that a database's dialect has what a query needs", "qb", sub_code_of=QB)

P = ParamSpec("P")


class Message(NamedTuple):
    """What is said, and by which rule."""

    rule: Rule
    text: str


class Rule:
    """One thing that the plugin checks. A function of `rules` is decorated with `@RULE.says` where it words an error.

    `about` ends the sentence "The rule reports …".
    """

    def __init__(self, name: str, code: ErrorCode, about: str) -> None:
        assert name not in RULES, f"two rules are named {name}"
        self.name = name
        self.code = code
        self.about = about
        self.messages: list[str] = []
        RULES[name] = self

    def says(self, words: Callable[P, str]) -> Callable[P, Message]:
        """Make a message of this rule of a function that returns its words.

        They begin with a name as it was written, or with a capital: "the expression" has no name.
        """
        self.messages.append(words.__name__)

        @wraps(words)
        def message(*args: P.args, **kwargs: P.kwargs) -> Message:
            text = words(*args, **kwargs)
            return Message(self, "The " + text[4:] if text.startswith("the ") else text)

        return message


RULES: dict[str, Rule] = {}
"""All rules, by name; they are declared in `qb_mypy.messages`, beside their words."""
