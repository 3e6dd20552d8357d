"""docs/rules.md: the plugin's rules, made of what `qb_mypy.messages` declares."""

from __future__ import annotations

from pathlib import Path

from qb_mypy.messages import RULES

PAGE = Path(__file__).parent.parent.parent / "docs" / "rules.md"
MAKE = "python -m tests.typing.rule_table"
HEAD = f"""\
# Rules of the mypy plugin

What [the plugin](plugin.md) reports, beside what mypy itself finds with the types of qb. A rule is turned off by its
name, in the file that mypy is configured in:

```
[qb_mypy]
disable = every-row, group-by
```

In `pyproject.toml` it is `disable = ["every-row", "group-by"]` under `[tool.qb_mypy]`. A name that no rule has is an
error. mypy's own `disable_error_code = qb-group` turns off all rules of a code, `# type: ignore[qb-group]` those of a
line.

This page is made of the rules, by `{MAKE}`.

"""


def page() -> str:
    """The text of docs/rules.md."""
    lines = [f"| `{rule.name}` | `{rule.code.code}` | {rule.about} |" for _, rule in sorted(RULES.items())]
    return HEAD + "\n".join(["| rule | code | reports |", "| --- | --- | --- |", *lines]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
