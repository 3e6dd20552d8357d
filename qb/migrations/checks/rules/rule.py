"""What a rule of `qb check` is, and how dangerous what it finds can be."""

from __future__ import annotations

from typing import Literal

Danger = Literal["destroys", "fails", "breaks", "needs check", "rewrites", "locks", "advice"]
DANGERS: dict[Danger, str] = {
    "destroys": "Values go for good.",
    "fails": "It cannot be done as it is written.",
    "breaks": "Programs that run meanwhile, and know the schema of before, fail or read what they do not know.",
    "needs check": "It fails where the rows do not fit. The probe counts those.",
    "rewrites": "The whole table is written again, and others wait. The probe counts the rows.",
    "locks": "Others wait while rows are looked at, or queue behind who waits for a lock. The probe counts the rows.",
    "advice": "It works today.",
}
"""What each danger means, the worst first."""
RULES: dict[str, Rule] = {}
"""All rules, by their codes."""


class Rule:
    """One thing that is looked for. `about` ends the sentence "The rule reports …"."""

    __slots__ = ("about", "code", "danger", "example", "remedy")

    def __init__(self, code: str, danger: Danger, about: str, remedy: str, example: str = "") -> None:
        assert code not in RULES, f"two rules are named {code}"
        self.code = code
        self.danger = danger
        self.about = about
        self.remedy = remedy
        """What is safer, in a sentence without a capital."""
        self.example = example
        """The same as SQL."""
        RULES[code] = self

    def __repr__(self) -> str:
        return f"<rule {self.code}>"
