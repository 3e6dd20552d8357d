"""The house stands: arrows between modules run downwards only, and importing qb stays cheap."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

# qb from the ground up; a module imports from lower floors only. A folder is one floor.
FLOORS = [
    "qb.errors",
    "qb.extras",
    "qb.cloudflare",
    "qb.identifiers",
    "qb.lazy",
    "qb.uuids",
    "qb.composition",  # the folder itself
    "qb.running",  # likewise
    "qb.symbols",
    "qb.running.tasks",
    "qb.typevars",
    "qb.into",
    "qb.types",
    "qb.type_rules",
    "qb.codecs",
    "qb.nodes",
    "qb.expressions.json_paths",
    "qb.expressions.arrays",
    "qb.rewriting",
    "qb.composition.schemas",
    "qb.compiler",
    "qb.fitting",
    "qb.dialect",
    "qb.queries",
    "qb.expressions",
    "qb.expressions.conditions",
    "qb.composition.narrowing",
    "qb.expressions.quantifiers",
    "qb.expressions.windows",
    "qb.expressions.aggregates",
    "qb.expressions.ordered_sets",
    "qb.expressions.grouping",
    "qb.rows",
    "qb.expressions.branches",
    "qb.fn",
    "qb.expressions.row_values",
    "qb.numbering",
    "qb.columns",
    "qb.expressions.casts",
    "qb.expressions.user_functions",
    "qb.constraints",
    "qb.col",
    "qb.definitions",
    "qb.declaring",
    "qb.tables",
    "qb.derived",
    "qb.aliases",
    "qb.relations",
    "qb.fts",
    "qb.statements",
    "qb.composition.dynamic_columns",
    "qb.composition.cursors",
    "qb.composition.keysets",
    "qb.inference",
    "qb.prepared",
    "qb.schema",
    "qb.running.attribution",
    "qb.observers",
    "qb.cache.effects",
    "qb.cache.keys",
    "qb.cache.tracking",
    "qb.running.engine",
    "qb.bulk",
    "qb.running.explaining",
    "qb.running.ambient",
    "qb.running.joining",
    "qb.running.sender",
    "qb.running.executor",
    "qb.cache",
    "qb.running.transaction",
    "qb.running.retrying",
    "qb.events",
    "qb.running.database",
    "qb.idempotency",
    "qb.mixins",
    "qb.documents",
    "qb.migrations",
    "qb",  # the public names
    "qb.testing",
    "qb.cli",
    "qb.__main__",
]

# What a module may import besides itself and the standard library; the longest prefix counts.
MAY_IMPORT = {
    "qb": {"qb"},
    "qb.cli": {"qb", "click", "rich"},
    "qb.schema.tokens": {"qb", "sqlglot"},
    "qb.cloudflare": {"qb", "httpx"},
    "qb.documents.rest": {"qb", "httpx"},
    "qb.documents.workers": {"qb", "js"},
    "qb.observers.tracing": {"qb", "opentelemetry"},
    "qb.testing": {"qb", "hypothesis", "pytest"},
    "qb_mypy": {"mypy"},
    "dialects": set[str](),
    "dialects.sqlite": {"qb", "aiosqlite"},
    "dialects.d1": {"qb", "dialects.sqlite", "js", "pyodide"},
    "dialects.d1.rest": {"qb", "dialects.d1", "httpx"},
    "dialects.postgres": {"qb", "asyncpg"},
}

# Imports for type checkers only that are allowed to break the rules above, and why.
TYPE_ONLY = {
    ("qb.typevars", "typing_extensions"): "defaults of type variables, which `typing` has from Python 3.13",
    (
        "qb.rows",
        "typing_extensions",
    ): "aliases with parameters, for which `typing` has a class from Python 3.12",
    ("qb.errors", "qb.columns"): "an error says whether it concerns a column",
    ("qb.tables", "qb.aliases"): "what names the columns of a table does so of other sources, too",
    ("qb.tables", "qb.derived"): "likewise",
    ("qb.bulk.inserting", "qb.running.executor"): "what works on an executor names it",
    ("qb.bulk.by_keys", "qb.running.executor"): "likewise",
    ("qb.bulk.batched", "qb.running.executor"): "likewise",
    ("qb.running.explaining", "qb.running.executor"): "likewise",
    ("qb.running.ambient", "qb.running.transaction"): "what keeps the innermost transaction names it",
    ("qb.documents.storage", "qb.documents.collections"): "a collection makes what works on it, and is named by that",
    ("qb.running.joining", "qb.running.transaction"): "likewise",
    ("qb.running.engine", "qb.events"): "an engine names what it keeps for the floors above it",
    ("qb.queries", "qb.rows"): "a query names what makes its rows",
    ("qb.expressions.escape", "qb.tables"): "SQL text says which tables it writes",
    ("qb.dialect", "qb.migrations.applier"): "likewise",
    ("qb.dialect", "qb.schema.ddl"): "a dialect names what it gives to the floors above it",
    ("qb.dialect", "qb.schema.introspect"): "likewise",
    ("qb.dialect", "qb.migrations.render"): "likewise",
    ("qb.schema.introspect", "qb.running.executor"): "what works on an executor names it",
}


class Import(NamedTuple):
    module: str
    target: str
    line: int
    type_only: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def files() -> dict[str, Path]:
    """Every module that is shipped, by name."""
    found = {}
    for path in sorted(path for top in ("qb", "qb_mypy", "dialects") for path in (ROOT / top).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = files()


def statements(nodes: list[ast.stmt], type_only: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """All statements, deferred imports in functions included; and whether only a type checker reads them."""
    for node in nodes:
        yield node, type_only
        if isinstance(node, ast.If):
            test = ast.unparse(node.test)
            yield from statements(node.body, type_only or test == "TYPE_CHECKING")
            yield from statements(node.orelse, type_only or test == "not TYPE_CHECKING")
        else:
            for name in ("body", "orelse", "finalbody"):
                yield from statements(getattr(node, name, []), type_only)
            for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                yield from statements(part.body, type_only)


def imports_of(module: str, source: str) -> Iterator[Import]:
    for node, type_only in statements(ast.parse(source).body):
        if isinstance(node, ast.Import):
            targets = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute here"
            base = node.module or ""
            # `from qb import nodes` imports qb.nodes, and so does `from qb.nodes import Node`.
            names = [f"{base}.{name.name}" for name in node.names]
            targets = sorted({name if name in MODULES else base for name in names})
        else:
            continue
        for target in targets:
            yield Import(module, target, node.lineno, type_only)


IMPORTS = [
    found
    for module, path in MODULES.items()
    for found in imports_of(module, path.read_text(encoding="utf-8"))
    if not (found.type_only and (found.module, found.target) in TYPE_ONLY)
]


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def longest_prefix(module: str, prefixes: list[str]) -> str | None:
    return max((prefix for prefix in prefixes if within(module, prefix)), key=len, default=None)


def floor(module: str) -> str | None:
    """The floor of a module of qb: its own, or that of its folder. `qb` itself is no folder of floors."""
    return module if module == "qb" else longest_prefix(module, [name for name in FLOORS if name != "qb"])


def is_allowed(found: Import) -> bool:
    top = found.target.partition(".")[0]
    if top in sys.stdlib_module_names:
        return True
    package = longest_prefix(found.module, list(MAY_IMPORT))
    assert package is not None, f"{found.module} is in no package of MAY_IMPORT"
    return any(within(found.target, prefix) for prefix in {package, *MAY_IMPORT[package]})


def test_packages_import_only_what_they_may() -> None:
    forbidden = [str(found) for found in IMPORTS if not is_allowed(found)]
    assert not forbidden, "\n".join(forbidden)


def test_every_module_of_qb_has_a_floor() -> None:
    homeless = [module for module in MODULES if within(module, "qb") and floor(module) is None]
    assert not homeless, f"give {', '.join(homeless)} a place in FLOORS"


def test_arrows_run_downwards() -> None:
    level = {name: number for number, name in enumerate(FLOORS)}
    upward = []
    for found in IMPORTS:
        if not (within(found.module, "qb") and within(found.target, "qb")):
            continue
        here, there = floor(found.module), floor(found.target)
        if here is None or there is None:
            continue  # told by the test above
        if here != there and level[there] > level[here]:
            upward.append(str(found))
    assert not upward, "\n".join(upward)


def test_no_module_imports_itself_by_a_detour() -> None:
    """Within a folder, too, where floors say nothing; imports deferred into functions count as well."""
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in IMPORTS:
        if found.target in graph:
            graph[found.module].add(found.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_only_the_type_checker_sees_the_exceptions() -> None:
    """An exception that nobody needs any more has to go from the list."""
    type_only = {
        (found.module, found.target)
        for module, path in MODULES.items()
        for found in imports_of(module, path.read_text(encoding="utf-8"))
        if found.type_only
    }
    assert type_only >= TYPE_ONLY.keys()


def test_the_reader_of_imports_reads_everything() -> None:
    source = """
from qb import nodes, types
if TYPE_CHECKING:
    import a
else:
    import b
if not TYPE_CHECKING:
    import c
else:
    import d
def f():
    try:
        import e
    except ImportError:
        with x:
            import f
    finally:
        import g
    match x:
        case 1:
            import h
"""
    found = {each.target: each.type_only for each in imports_of("m", source)}
    assert {target for target, type_only in found.items() if type_only} == {"a", "d"}
    assert set(found) == {"qb.nodes", "qb.types", *"abcdefgh"}


# What `import qb` may load of the standard library: a Worker pays for every import at each cold start.
CHEAP = "__future__, collections.abc, contextlib, contextvars, datetime, functools, itertools, operator, types, typing"
# What may not come with it by any way.
COSTLY = {
    *("asyncio", "sqlite3", "json", "decimal", "uuid", "difflib"),
    *("dataclasses", "inspect", "importlib.metadata", "typing_extensions"),
}


# What a Worker loads: it declares tables, and has a database of D1. Compiling and rows come with the first query.
WORKER = "from qb import Database, Table, col, select; from dialects.d1 import D1"
# Of qb and of dialects, the modules that this loads. A name that is new here costs every Worker up to two milliseconds.
LOADED_IN_A_WORKER = """
dialects dialects.d1 dialects.d1.binding dialects.d1.driver dialects.d1.transport dialects.sqlite qb qb.col qb.columns
qb.definitions qb.dialect qb.errors qb.expressions qb.expressions.core qb.identifiers qb.lazy qb.nodes qb.nodes.base
qb.nodes.compound qb.nodes.conditions qb.nodes.operators qb.nodes.order qb.nodes.select qb.nodes.sources
qb.nodes.subqueries qb.nodes.values qb.queries qb.running qb.running.ambient qb.running.database qb.running.engine
qb.running.executor qb.running.sender qb.statements qb.statements.select qb.statements.selection qb.statements.sources
qb.statements.with_clause qb.symbols qb.tables qb.types qb.typevars
"""


def loaded_by(statement: str) -> tuple[set[str], set[str]]:
    """The modules that a statement loads beyond the cheap ones, and all that are loaded then."""
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import {CHEAP}
cheap = set(sys.modules)
{statement}
print(*sys.modules.keys() - cheap)
print(*sys.modules)
"""
    # -I and -S: neither the environment's variables nor its .pth files may load anything beforehand.
    command = [sys.executable, "-I", "-S", "-c", script]
    output = subprocess.check_output(command, text=True)
    added, loaded = (set(line.split()) for line in output.splitlines())
    return added, loaded


def test_importing_qb_loads_little() -> None:
    added, loaded = loaded_by("import qb")
    assert {name for name in added if not within(name, "qb")} == set()
    assert loaded & COSTLY == set()


def test_a_worker_loads_just_these_modules() -> None:
    added, loaded = loaded_by(WORKER)
    assert added == set(LOADED_IN_A_WORKER.split())
    assert loaded & COSTLY == set()


# What is imported when it is first used: neither `import qb` nor a simple select needs it.
LAZY = {
    "qb.composition.cursors",
    "qb.composition.dynamic_columns",
    "qb.composition.keysets",
    "qb.composition.narrowing",
    "qb.composition.schemas",
    "qb.expressions.aggregates",
    "qb.expressions.arrays",
    "qb.expressions.branches",
    "qb.expressions.casts",
    "qb.expressions.conditions",
    "qb.expressions.escape",
    "qb.expressions.grouping",
    "qb.expressions.json_paths",
    "qb.expressions.ordered_sets",
    "qb.expressions.quantifiers",
    "qb.expressions.row_values",
    "qb.expressions.user_functions",
    "qb.expressions.windows",
    "qb.fts",
    "qb.into",
    "qb.relations",
    *[module for module in MODULES if module.startswith("qb.bulk")],
    "qb.derived",
    "qb.nodes.merge",
    "qb.nodes.writes",
    "qb.running.transaction",
    "qb.statements.conflicts",
    "qb.statements.delete",
    "qb.statements.insert",
    "qb.statements.merge",
    "qb.statements.set_operations",
    "qb.statements.update",
    "qb.statements.writes",
    *[module for module in MODULES if module.startswith("qb.fn.")],
    *[module for module in MODULES if module.startswith("qb.testing")],
    *[
        module
        for module in MODULES
        if module.startswith(("qb.cache", "qb.documents", "qb.migrations", "qb.observers", "qb.schema"))
    ],
}


def test_a_simple_select_loads_no_more_than_it_needs() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from qb import Table, col, select
class Album(Table):
    id = col.integer().primary_key()
    title = col.text()
print(select(Album.title).where(Album.id == 7).order_by(Album.title).limit(5).compile("sqlite").sql)
print(*sys.modules)
"""
    sql, loaded = subprocess.check_output([sys.executable, "-I", "-c", script], text=True).splitlines()
    assert sql.startswith("SELECT")
    assert MODULES.keys() >= LAZY, "a module has another name now"
    assert set(loaded.split()) & LAZY == set()


def test_the_public_names_are_no_modules() -> None:
    """A module that is called as a name of the package would come to stand for it."""
    modules = [module for module in MODULES if module.count(".") == 1 and within(module, "qb")]
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import {", ".join([module for module in modules if module not in ("qb.cli", "qb.testing")])}
print(*[name for name in qb.__all__ if isinstance(getattr(qb, name), type(sys))])
"""
    output = subprocess.check_output([sys.executable, "-I", "-c", script], text=True)
    assert output.split() == ["col", "fn"]
