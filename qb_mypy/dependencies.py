"""Which tables are read as a whole: what reads them is checked again when one of them gets another column.

mypy's daemon knows which names a function has read. A column that is new was read by nobody, and yet
`insert(Artist).values(name="Nina")` may miss it.
"""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import TypeInfo
from mypy.semanal import SemanticAnalyzer
from mypy.server.trigger import make_wildcard_trigger
from mypy.typeanal import TypeAnalyser

read: set[str] = set()
"""The tables and mixins that the hook at work has read."""


def note(info: TypeInfo) -> None:
    """Remember that a hook reads all columns of a table."""
    read.update([base.fullname for base in info.mro])


def keep(api: object) -> None:
    """Tell mypy what a hook has read, and where."""
    if isinstance(api, TypeAnalyser):
        api = api.api
    triggers = [make_wildcard_trigger(name) for name in read]
    read.clear()
    if isinstance(api, TypeChecker):
        for trigger in triggers:
            api.tree.plugin_deps.setdefault(trigger, set()).add(api.tscope.current_target())
    elif isinstance(api, SemanticAnalyzer):
        for trigger in triggers:
            api.add_plugin_dependency(trigger)
