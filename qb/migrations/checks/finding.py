"""What is found, and where."""

from __future__ import annotations

from dataclasses import dataclass

from qb.migrations.checks.rules import Danger, Rule
from qb.migrations.operations import Operation
from qb.schema.objects import Name, Schema

Step = tuple[Schema, Operation]
"""An operation, and the schema just before it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about an operation. An operation without findings is safe."""

    rule: Rule
    operation: Operation | None
    """None where it is about a statement or a table as such."""
    table: Name | None
    """The table that it concerns."""
    text: str
    """What happens."""
    probe: str | None = None
    """A query for one number: the rows that are lost, that stand in the way, or that there are to work through. When it
    gives 0, all is well.
    """
    recipe: str | None = None
    """What is safer; unless given, what the rule says."""

    def __post_init__(self) -> None:
        if self.recipe is None:
            object.__setattr__(self, "recipe", self.rule.remedy)

    @property
    def danger(self) -> Danger:
        """How bad it is."""
        return self.rule.danger
