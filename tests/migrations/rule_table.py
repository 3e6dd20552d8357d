"""docs/migration-rules.md: the rules of `qb check`, made of what `qb.migrations.checks.rules` declares."""

from __future__ import annotations

from pathlib import Path

from qb.migrations.checks.rules import DANGERS, RULES, Danger, Rule

PAGE = Path(__file__).parent.parent.parent / "docs" / "migration-rules.md"
MAKE = "python -m tests.migrations.rule_table"
HEAD = f"""\
# Rules of `qb check`

What `qb check`, `qb migrate new` and `qb diff` say of [migrations](migrations.md). Each finding has a danger and the
code of a rule.

This page is made of the rules, by `{MAKE}`.

"""


def page() -> str:
    """The text of docs/migration-rules.md."""
    rows = [
        f"| {danger} | {meaning} | {', '.join([f'[`{each.code}`](#{each.code})' for each in rules_of(danger)])} |"
        for danger, meaning in DANGERS.items()
    ]
    table = "\n".join(["| danger | means | rules |", "| --- | --- | --- |", *rows])
    return HEAD + "\n\n".join([table, *[section(RULES[code]) for code in sorted(RULES)]]) + "\n"


def rules_of(danger: Danger) -> list[Rule]:
    """The rules of a danger."""
    return [rule for _, rule in sorted(RULES.items()) if rule.danger == danger]


def section(rule: Rule) -> str:
    """What is said of one rule."""
    text = f"## {rule.code}\n\n**{rule.danger}**: {rule.about}.\n\n**Safer**: {rule.remedy}."
    return text if not rule.example else f"{text}\n\n```sql\n{rule.example}\n```"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
