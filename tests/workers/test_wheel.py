"""The wheel for Workers: small, whole, and the same language."""

from __future__ import annotations

import ast
import email
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_layering import MODULES
from tests.workers.emulation import Python
from tools.worker_wheel import graph, ordinary
from tools.worker_wheel.postponing import cut
from tools.worker_wheel.stripping import stripped
from tools.worker_wheel.unpacking import name_of, skeleton

LARGEST = 106 * 1024
"""Bytes of the wheel. Raise it for what many Workers need, and nothing else."""
ROOT = Path(__file__).parents[2]
LANGUAGE = "select where nested windows upsert"
"""Of tests/sql, the files with tests of what is rendered in the most ways."""


def test_it_stays_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST


def test_it_takes_the_place_of_the_whole(wheel: Path, site: Path) -> None:
    assert wheel.name.startswith("qb-")
    assert wheel.name.endswith("+worker-py3-none-any.whl")
    (folder,) = site.glob("*.dist-info")
    assert (folder / "entry_points.txt").read_text() == "[qb.dialects]\nd1 = dialects.d1:DIALECT\n"
    assert email.message_from_string((folder / "METADATA").read_text()).get_all("Requires-Dist") is None
    assert (folder / "licenses" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_it_leaves_out_what_no_worker_needs(site: Path) -> None:
    names = set(modules(site))
    assert {"dialects.d1.compiler", "dialects.sqlite.compiler", "qb.prepared.functions", "qb.into"} <= names
    assert not any(graph.is_elsewhere(name) for name in names)
    assert not names & {"dialects.sqlite.driver", "dialects.sqlite.schema.ddl", "qb.events"}  # which import others
    assert not any(name.startswith(("dialects.postgres", "qb.cli", "qb.migrations", "qb.testing")) for name in names)
    for name in graph.ELSEWHERE:
        assert name in MODULES, f"{name} has another name now"


def test_every_module_can_be_imported(site: Path) -> None:
    found = python_with(site, f"import {', '.join(modules(site))}", "print(qb.__file__, qb.nodes.__file__)")
    assert found.split() == [str(site / "qb" / "__init__.py"), str(site / "qb" / "nodes" / "__init__.py")]


def test_every_module_can_be_imported_in_a_worker(python: Python, site: Path) -> None:
    assert python.run(f"import {', '.join(modules(site))}; qb.__file__") == "/site/qb/__init__.py"


QUERIES = """
import datetime, decimal, uuid
from dialects.d1 import DIALECT
from qb import Table, all_of, alias, case, col, delete, exists, fn, insert, many, query, select, tuple_, update, when

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()

class Album(Table, name="albums"):
    id = col.uuid().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()
    price = col.numeric(10, 2)
    released = col.date().nullable()
    tags = col.json(list[str])

@query
def albums(title: str | None, since: datetime.date, limit: int):
    found = all_of(when(title, lambda title: Album.title.contains(title)), Album.released >= since)
    return select(Album, Artist).join(Artist, on=Album.artist_id == Artist.id).where(found).limit(limit)

other = alias(Album, "other")
day, key = datetime.date(1971, 6, 22), uuid.UUID(int=7)
top = select(Album.artist_id, fn.max(Album.price).as_("most")).group_by(Album.artist_id).cte("top")
statements = [
    albums("Blue", day, 5), albums(None, day, 5),
    select(Artist.name, many(select(Album.title, Album.price)).as_("albums")),
    select(Album.title, fn.rank().over(order_by=Album.price.desc()).as_("rank"), Album.tags[0].as_("tag")),
    select(Artist.name, top.most).join(top, on=top.artist_id == Artist.id).order_by(top.most.desc().nulls_last()),
    select(Artist.id).where(exists(select(Album).where(Album.artist_id == Artist.id)) & Artist.name.startswith("J")),
    select(case((Album.price > decimal.Decimal("9.99"), "dear"), else_="cheap").as_("how")).where(Album.id == key),
    select(Album.title).union_all(select(other.title).where(tuple_(other.title, other.id) > ("B", key))),
    insert(Album).values_many([dict(id=key, artist_id=1, title="Blue", price=decimal.Decimal("9.99"), tags=["a"])] * 2)
    .on_conflict(Album.id).do_update(title="Hejira").returning(Album.id),
    update(Album).set(price=Album.price * 2).where(Album.artist_id.in_(select(Artist.id).where(Artist.name == "X"))),
    delete(Album).where(Album.released < day),
]
"\\n".join([repr(statement.compile(DIALECT)) for statement in statements])
"""


def test_queries_are_the_same_in_a_worker(python: Python) -> None:
    *statements, last = QUERIES.strip().splitlines()
    namespace: dict[str, object] = {}
    exec("\n".join([*statements, f"result = {last}"]), namespace)
    assert python.run(QUERIES) == namespace["result"]


def test_what_few_workers_need_is_not_read(site: Path) -> None:
    told = "print('qb.packed' in sys.modules, 'qb.packed_rest' in sys.modules)"
    assert python_with(site, ordinary.WRITE, told) == "True False\n"
    assert python_with(site, ordinary.WRITE, "from qb import case", "case", told) == "True True\n"


COMPILED = """
compiled = 0
def count(event, arguments):
    global compiled
    if event == "compile" and "site" in str(arguments[1]) and "/qb/packed" not in arguments[1]:
        compiled += sum(map(len, arguments[0].splitlines()))
sys.addaudithook(count)
"""


@pytest.mark.parametrize(("program", "most"), [("IMPORT", 34), ("READ", 88), ("WRITE", 100)])
def test_a_worker_compiles_little(site: Path, program: str, most: int) -> None:
    """Kilobytes of Python, which cost about a millisecond each when a Worker starts. Raise them for what ordinary
    Workers need, and nothing else.
    """
    kilobytes = int(python_with(site, COMPILED, getattr(ordinary, program), "print(compiled)")) / 1024
    assert kilobytes <= most


PRELOADED = """
from dialects.d1 import preload
from dialects.d1.driver import D1Driver
from dialects.d1.preloading import Empty, finish
def request():
    finish(Database(D1Driver(DIALECT, Empty())).fetch_all(select(Album.title).where(Album.id == 7)))
preload(select(Album.title).where(Album.id == 1))
before = compiled
request()
print(compiled - before)
"""


def test_a_request_compiles_nothing_that_was_preloaded(site: Path) -> None:
    assert python_with(site, COMPILED, ordinary.TABLE, PRELOADED) == "0\n"


def test_functions_are_what_they_would_be(site: Path) -> None:
    """Before they are called, and afterwards."""
    lines = [
        "from qb import Table, col, select",
        "from qb.statements.select import Select",
        "where, repr_ = Select.where, Select.__repr__",
        "import pickle; print(pickle.loads(pickle.dumps(select)) is select)",
        "print(where.__name__, where.__qualname__, where.__module__, type(where).__name__)",
        "class Album(Table): title = col.text()",
        "select(Album.title).where(Album.title == 'Blue')",
        "print(Select.where is where, where.__code__.co_varnames != (), where.__kwdefaults__)",
        "try: select(Album.title).where(nobody=1)",
        "except TypeError as error: print(error)",
    ]
    assert python_with(site, *lines).splitlines() == [
        "True",
        "where Select.where qb.statements.select function",
        "True True None",
        "Select.where() got an unexpected keyword argument 'nobody'",
    ]


def test_tracebacks_show_the_lines(site: Path) -> None:
    lines = [
        "import traceback",
        "from qb import Table, col, select",
        "class Album(Table): title = col.text()",
        "try: select(Album.title).where(Album.title.in_('Blue'))",
        "except TypeError: traceback.print_exc(file=sys.stdout)",
    ]
    told = python_with(site, *lines)
    assert f'File "{site}/qb/expressions/core.py", line ' in told
    assert "raise TypeError(f'in_ takes a list" in told or 'raise TypeError(f"in_ takes a list' in told


def test_nothing_is_left_that_only_people_read(site: Path) -> None:
    for name, pieces in modules(site).items():
        source = "".join(pieces)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                assert ast.get_docstring(node) is None, name
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.returns is None, name
        assert "TYPE_CHECKING" not in source, name
        assert "@overload" not in source, name


def test_the_language_is_the_same(site: Path, tmp_path: Path) -> None:
    """Its tests pass with the modules of the wheel; drivers and the other dialects, which it lacks, are the whole's."""
    for name in ("qb", "dialects", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("qb", "dialects"):
        shutil.copytree(site / name, tmp_path / name, dirs_exist_ok=True)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__", "typing"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += [f"tests/sql/test_{name}.py" for name in LANGUAGE.split()]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]


def modules(site: Path) -> dict[str, list[str]]:
    """The modules that are there, by name, as they are cut."""
    found = {}
    for name in ("packed", "packed_rest"):
        tree = ast.parse((site / "qb" / f"{name}.py").read_text(encoding="utf-8"))
        values = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
        texts = ast.literal_eval(values["MODULES"])
        for file, text in texts.items():
            found[file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = text.split("\f")
    return {package: [(site / package / "__init__.py").read_text()] for package in graph.PACKAGES} | found


def python_with(site: Path, *lines: str) -> str:
    """What a program prints in a Python that has the wheel."""
    program = "\n".join([f"import sys; sys.path.insert(0, {str(site)!r})", *lines])
    return subprocess.check_output([sys.executable, "-I", "-S", "-B", "-c", program], text=True)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('"""Words."""\nx: int = 1  # more words', "x=1"),
        ("def f(a: int) -> int:\n    'Words.'\n    assert a\n    return a", "def f(a):return a"),
        ("from typing import Any\ndef f(a: Any): return 1", "def f(a):return 1"),
        ("from typing import TypeVar\nT = TypeVar('T')\nA = dict[T, int]\ndef f(a: A): return 1", "def f(a):return 1"),
        ("from a import b\n__all__ = ['b']", "__all__=['b']\nfrom a import b"),
        ("from a import taken, other", "from a import taken"),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    b = 1", "b=1"),
        ("@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): return a", "def f(a):return a"),
        ("class A:\n    __slots__ = ('a',)\n    a: int", "class A:__slots__='a',;a:0"),
        ("@dataclass\nclass A:\n    a: int\n    b: ClassVar[int] = 1", "@dataclass\nclass A:a:object;b=1"),
    ],
)
def test_what_is_left_of_a_module(source: str, left: str) -> None:
    names = {ast.unparse(node) for node in ast.parse(stripped(source, {"taken"})).body}
    assert names == {ast.unparse(node) for node in ast.parse(left).body}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a):return {}", ["f"]),
        ("x=1\nasync def f(a):\n\tif a:return {}\ny=2", ["f"]),
        ("class A:\n\tdef f(a):return {0}\n\tasync def g(a,b=None,*,c=1):return {0}", ["f", "g"]),
        ("class A:\n\tdef f(a):return super().f({})", ["f"]),
        ("def f(a):return 1", []),  # too short
        ("@d\ndef f(a):return {}", []),
        ("def f(a=(1,d),*,b=frozenset()):return {}", ["f"]),
        ("def f(a=d()):return {}", []),
        ("def f(*,a=[]):return {}", []),
        ("class A:\n\td=1\n\tdef f(a=d):return {}", []),
        ("class A:\n\tdef d(a):return a\n\tdef f(a,*,b=d):return {}", []),
        ("class A:\n\tdef __new__(a):return {}", []),
        ("class A:\n\tdef f(a):return a.__b({})", []),
        ("class A:\n\tdef f(a):return __class__({})", []),
        ("class A:\n\tdef f(a):\n\t\tdef g(b):return super().f({})\n\t\treturn g", []),
        ("if x:\n\tdef f(a):return {}", []),
        ("def f(a):\n\tyield {}", []),
        ("async def f(a):\n\tif a:b=yield {}", []),
        ("def f(a):\n\tdef g(b):yield {}\n\treturn g", ["f"]),
    ],
)
def test_which_functions_are_compiled_when_they_are_called(source: str, names: list[str]) -> None:
    source = source.format("+".join(["a"] * 30))
    pieces = cut(source).split("\f")
    assert [name_of(piece) for piece in pieces[1::2]] == names
    assert ast.unparse(ast.parse("".join(pieces))).replace("super(A, a)", "super()") == ast.unparse(ast.parse(source))


def test_every_line_is_where_it_was() -> None:
    functions = ["\tdef f(a):\n\t\tif a:return 1\n\t\treturn 2\n", "\tdef g(a):return 3\n", "def h(a):return 4\n"]
    pieces = ["x=1\nclass A:\n", functions[0], "", functions[1], "", functions[2], "y=2\n"]
    assert skeleton(pieces) == "x=1\nclass A:\n\tf,g,=_later(1,3,__qualname__)\n\n\n\nh,=_later(5,5)\ny=2\n"
    assert skeleton(pieces).count("\n") == "".join(pieces).count("\n")
