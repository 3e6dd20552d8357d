"""The plugin's table of what dialects lack is what their compilers refuse."""

from __future__ import annotations

import enum
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from qb import Table, alias, cast, col, cube, delete, fn, fts, grouping_sets, insert, merge, rollup, select, update
from qb.dialect import find_dialect
from qb.errors import QbError, UnsupportedError
from qb.expressions.quantifiers import all_, any_
from qb.queries import Compilable
from qb_mypy.dialects import CALLS, FEATURES, NAMES, SCHEMES


class Kind(enum.Enum):
    short = "short"
    long = "long"


class Post(Table, name="posts"):
    id = col.integer().primary_key()
    title = col.text().unique()
    plays = col.integer()
    kind = col.enum(Kind)
    tags = col.array(col.text())
    settings = col.json(dict[str, int])


other = alias(Post, "other")
titles = select(Post.title)
within = select(other.title).where(other.id > Post.id)
Build = Callable[[], Compilable]


def of(make: Callable[[], Any]) -> Build:
    """A select of an expression."""
    return lambda: select(make().as_("x")).from_(Post)


ROWS = insert(Post).from_select(select(Post.title, Post.plays, Post.kind, Post.tags, Post.settings))
TWO_KEYS = ROWS.on_conflict(Post.id).do_nothing().on_conflict(Post.title)
STATEMENTS: dict[str, list[Build]] = {
    "DISTINCT ON": [lambda: titles.distinct_on(Post.title)],
    "LATERAL": [lambda: select(Post.id).cross_join(within.lateral("l"))],
    "WITH TIES": [lambda: titles.order_by(Post.id).fetch(1, with_ties=True)],
    "FOR UPDATE": [lambda: titles.with_for_update()],
    "A write inside of WITH": [lambda: select(delete(Post).all_rows().returning(Post.id).cte("gone").id)],
    "ROLLUP": [lambda: titles.group_by(rollup(Post.title))],
    "CUBE": [lambda: titles.group_by(cube(Post.title))],
    "GROUPING SETS": [lambda: titles.group_by(grouping_sets(Post.title, ()))],
    "fn.grouping()": [lambda: select(fn.grouping(Post.title)).group_by(Post.title)],
    "MERGE": [lambda: merge(Post).using(other, on=other.id == Post.id).when_matched().do_nothing()],
    "A second ON CONFLICT": [lambda: TWO_KEYS.do_nothing()],
    "RETURNING of another table": [
        lambda: update(Post).set(plays=1).from_(other).where(other.id == Post.id).returning(other.title)
    ],
    ".has() of an array": [of(lambda: Post.tags.has("x"))],
    ".contains_all() of an array": [of(lambda: Post.tags.contains_all(["x"]))],
    ".contained_by() of an array": [of(lambda: Post.tags.contained_by(["x"]))],
    ".overlaps() of an array": [of(lambda: Post.tags.overlaps(["x"]))],
    "fn.array_append()": [of(lambda: fn.array_append(Post.tags, "x"))],
    "fn.array_get()": [of(lambda: fn.array_get(Post.tags, 1))],
    "fn.array_length()": [of(lambda: fn.array_length(Post.tags))],
    "fn.array_position()": [of(lambda: fn.array_position(Post.tags, "x"))],
    "fn.array_remove()": [of(lambda: fn.array_remove(Post.tags, "x"))],
    "+ of arrays": [of(lambda: Post.tags + ["x"])],  # noqa: RUF005  # SQL's +
    "any_() of an array": [of(lambda: Post.title == any_(Post.tags))],
    "all_() of an array": [of(lambda: Post.title == all_(Post.tags))],
    "fn.array_agg()": [of(lambda: fn.array_agg(Post.title))],
    ".json_contains()": [of(lambda: Post.settings.json_contains({"a": 1}))],
    "A regular expression": [of(lambda: Post.title.matches("^a")), of(lambda: Post.title.not_matches("^a"))],
    "ORDER BY in an aggregate": [
        of(lambda: fn.string_agg(Post.title, ", ", order_by=Post.id)),
        of(lambda: fn.json_agg(Post.title, order_by=Post.id)),
    ],
    "fn.stddev()": [of(lambda: fn.stddev(Post.plays))],
    "fn.stddev_pop()": [of(lambda: fn.stddev_pop(Post.plays))],
    "fn.stddev_samp()": [of(lambda: fn.stddev_samp(Post.plays))],
    "fn.var_pop()": [of(lambda: fn.var_pop(Post.plays))],
    "fn.var_samp()": [of(lambda: fn.var_samp(Post.plays))],
    "fn.variance()": [of(lambda: fn.variance(Post.plays))],
    "fn.initcap()": [of(lambda: fn.initcap(Post.title))],
    "fn.reverse()": [of(lambda: fn.reverse(Post.title))],
    "fn.split_part()": [of(lambda: fn.split_part(Post.title, ",", 1))],
    "fn.percentile_cont()": [of(lambda: fn.percentile_cont(0.5).within_group(Post.plays))],
    "fn.percentile_disc() or fn.mode()": [
        of(lambda: fn.percentile_disc(0.5).within_group(Post.plays)),
        of(lambda: fn.mode().within_group(Post.plays)),
    ],
    "The order of an enum in fn.min() or fn.max()": [of(lambda: fn.min(Post.kind)), of(lambda: fn.max(Post.kind))],
    "The order of an enum in fn.greatest() or fn.least()": [
        of(lambda: fn.greatest(Post.kind, Kind.long)),
        of(lambda: fn.least(Post.kind, Kind.long)),
    ],
    "A cast of text to a date, time, UUID or enum": [
        of(lambda: cast(Post.title, col.date())),
        of(lambda: cast(Post.title, col.time())),
        of(lambda: cast(Post.title, col.uuid())),
        of(lambda: cast(Post.title, col.enum(Kind))),
    ],
    "fts.match() or fts.rank() of columns": [
        lambda: titles.where(fts.match(Post.title, "x")),
        lambda: titles.where(fts.match((Post.title,), "x", raw=True)),
        of(lambda: fts.rank(Post.title, "x")),
    ],
    "fts.match() or fts.rank() of an FTS5 table": [
        lambda: titles.where(fts.match(Post, "x")),
        lambda: titles.where(fts.match(Post, "x", raw=True)),
        of(lambda: fts.rank(Post, "x")),
    ],
    "fts.headline()": [of(lambda: fts.headline(Post.title, "x")), of(lambda: fts.headline(Post.title, "x", raw=True))],
    "fts.highlight()": [of(lambda: fts.highlight(Post.title))],
    "fts.snippet()": [of(lambda: fts.snippet(Post.title))],
}
"""What asks for each feature."""
NO_STATEMENTS = {"EXPLAIN ANALYZE", "A transaction"}
"""Features of a call that runs one."""


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("feature", STATEMENTS)
def test_the_compilers_refuse_what_the_table_says(feature: str, dialect: str) -> None:
    for build in STATEMENTS[feature]:
        statement = build()
        if dialect in FEATURES[feature].dialects:
            assert statement.compile(dialect).sql
        else:
            with pytest.raises(UnsupportedError):
                statement.compile(dialect)


@pytest.mark.parametrize("dialect", NAMES)
def test_explain_analyze(dialect: str) -> None:
    if dialect in FEATURES["EXPLAIN ANALYZE"].dialects:
        assert find_dialect(dialect).explain("SELECT 1", True, False) == "EXPLAIN (ANALYZE) SELECT 1"
    else:
        with pytest.raises(UnsupportedError):
            find_dialect(dialect).explain("SELECT 1", True, False)


@pytest.mark.parametrize("dialect", NAMES)
def test_transactions(dialect: str) -> None:
    assert find_dialect(dialect).has_transactions == (dialect in FEATURES["A transaction"].dialects)


def test_every_feature_is_tried() -> None:
    assert {*STATEMENTS, *NO_STATEMENTS} == set(FEATURES)
    assert {name for name, _ in CALLS.values()} <= set(FEATURES)


@pytest.mark.parametrize("fullname", CALLS)
def test_every_call_is_there(fullname: str) -> None:
    *modules, last = fullname.split(".")
    owner = modules.pop() if modules[-1][0].isupper() else None
    found: Any = import_module(".".join(modules))
    if owner is not None:
        found = getattr(found, owner)
    assert callable(getattr(found, last))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_names_of_dialects(scheme: str) -> None:
    assert find_dialect(scheme).name == SCHEMES[scheme]


def test_no_other_dialect_has_these_names() -> None:
    with pytest.raises(QbError, match='no dialect "mysql"'):
        find_dialect("mysql")
