"""When the command may ask a question: when somebody is there to answer."""

from __future__ import annotations

import os
import sys

import click


def may_ask() -> bool:
    """Whether there is a terminal to read from and to write to; never in CI, nor where JSON is wanted."""
    context = click.get_current_context(silent=True)
    wants_json = context is not None and bool(context.params.get("as_json"))
    is_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return sys.stdin.isatty() and sys.stderr.isatty() and not is_ci and not wants_json
