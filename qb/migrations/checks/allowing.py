"""What `qb check` finds and people have looked at: allowed with a reason, for a statement or for a project.

-- qb: allow drop-column, drop-index: nobody has read it since 2.1
ALTER TABLE "albums" DROP COLUMN "plays";
"""

from __future__ import annotations

from dataclasses import dataclass

from qb.migrations.checks.finding import Finding
from qb.migrations.checks.rules import RULES
from qb.migrations.errors import MigrationError
from qb.migrations.scripts import ALLOW, MARK, spans

FORM = f"{MARK}{ALLOW} drop-column: the reason"
KEYS = {"rule", "table", "reason"}


@dataclass(frozen=True)
class Allowance:
    """One thing that is allowed."""

    rule: str
    reason: str
    table: str | None = None
    """The only table that it is about."""

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise MigrationError(f"there is no rule {self.rule!r} to allow: docs/migration-rules.md has them all")
        if not self.reason.strip():
            raise MigrationError(f"{self.rule} is allowed without a reason: {FORM}")

    def __str__(self) -> str:
        return self.rule if self.table is None else f"{self.rule} of {self.table}"

    def covers(self, finding: Finding) -> bool:
        """Whether it allows this."""
        table = None if finding.table is None else str(finding.table)
        return finding.rule.code == self.rule and self.table in (None, table)


def in_settings(found: object, where: str) -> tuple[Allowance, ...]:
    """What a project allows: `[[tool.qb.allow]]` with a rule, a reason and perhaps a table. Raises MigrationError."""
    allowances = []
    for each in found if isinstance(found, list) else [found]:
        if not isinstance(each, dict) or not {"rule", "reason"} <= each.keys() <= KEYS or not are_texts(each):
            raise MigrationError(f"{where}: [[tool.qb.allow]] takes the texts rule, reason and table, and has {each!r}")
        allowances.append(Allowance(each["rule"], each["reason"], each.get("table")))
    return tuple(allowances)


def are_texts(settings: dict[str, object]) -> bool:
    """Whether all values are texts."""
    return all(isinstance(value, str) for value in settings.values())


def in_script(text: str, dialect: str) -> dict[int, list[Allowance]]:
    """What a file allows, by the number of the statement that it stands ahead of. Raises MigrationError."""
    found: dict[int, list[Allowance]] = {}
    before = 0
    for number, (start, end) in enumerate(spans(text, dialect)):
        for line in text[before:start].splitlines():
            if line.strip().startswith(f"{MARK}{ALLOW} "):
                found.setdefault(number, []).extend(allowances(line.strip()))
        before = end
    return found


def allowances(line: str) -> list[Allowance]:
    """What a comment allows."""
    codes, _, reason = line.removeprefix(f"{MARK}{ALLOW} ").partition(":")
    return [Allowance(code.strip(), reason.strip()) for code in codes.split(",")]
