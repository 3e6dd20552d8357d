"""Trees can be rewritten node by node, and nothing that builds one changes another.

Every statement of tests/sql is compiled a second time from a copy, too (see tests/sql/checking.py).
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from qb import (
    Query,
    alias,
    all_,
    any_,
    case,
    cast,
    col,
    delete,
    excluded,
    exists,
    fn,
    grouping_sets,
    insert,
    keyset,
    literal,
    many,
    merge,
    nodes,
    one,
    require,
    rollup,
    select,
    sql,
    tuple_,
    update,
    values,
    window,
)
from qb.errors import UnsupportedError
from qb.queries import Compilable
from qb.rewriting import transform
from tests.copying import copied, fields, rebuilt
from tests.features import feature
from tests.sql.schema import Album, Artist, Category, Member, Profile, Track

other = alias(Artist, "other")
popular = select(Album.id, Album.title).where(Album.plays > 7).subquery("popular")
wanted = values("wanted", [(1, literal(2)), (3, None)], n=col.integer(), m=col.integer().nullable())
tree = (
    select(Category.id, literal(0).as_("depth"))
    .where(Category.parent_id.is_null())
    .recursive_cte(
        "tree", lambda tree: select(Category.id, tree.depth + 1).join(tree, on=Category.parent_id == tree.id)
    )
)
twig = alias(tree, "twig")
ranking = window("ranking", partition_by=Album.artist_id, order_by=Album.plays % 7)
STATEMENTS: list[Compilable] = [
    require(exists(select(Album.id).where(Album.plays > 5)), "nobody plays"),
    select(
        Artist.name.as_("n"), Album, (Album.plays * 2 - 1) / 3, -Album.plays, fn.lower(Artist.name + "x"), literal(1)
    )
    .from_(Album)
    .join(Artist, on=Album.artist_id == Artist.id)
    .left_join(Track, on=(Track.album_id == Album.id) & ~Track.title.like("x%"))
    .cross_join(other)
    .where(
        Album.plays.between(1, 5) | Album.plays.in_([1, Album.id]),
        Album.id.in_(select(Track.album_id).where(Track.position == 1)),
        exists(select(Category.id).where(Category.parent_id == Album.id)),
        Album.plays > all_(select(Track.position % 7)),
        Album.id == any_(select(Track.album_id)),
        Artist.country == None,  # noqa: E711  # SQL, not Python
        Artist.name.startswith("a") | Artist.name.contains(Artist.country),
        sql("{} > {}", Album.id, 5, returns=bool),
        Album.plays > select(fn.max(Category.id)).scalar_subquery(),
    )
    .group_by(Album.id, fn.coalesce(Artist.country, "-"))
    .having(fn.count().filter(Album.plays > 7) > 1, fn.count(Album.id).distinct() < 9)
    .order_by(Album.id.desc().nulls_last(), fn.coalesce(Artist.country, "-"))
    .limit(3)
    .offset(4),
    select(Album.id, Album.plays).order_by(Album.plays.desc()).distinct(),
    select(Album.id).distinct_on(Album.id + 1).order_by(Album.id + 1),
    select(Album.id).with_for_update(of=Album, nowait=True),
    keyset(select(Album.id), by=(Album.plays, Album.id), after=(100, 1), size=5),
    select(
        case((Album.live, "x"), (Album.plays > 1, Album.title), else_="y"),
        case({1: 2, 2: Album.plays}, value=Album.id),
        cast(Album.plays + 1, col.numeric(10, 2)),
    ).where(
        Album.title.is_distinct_from("x"),
        Album.title.matches("x").is_null() | (Album.title.collate("binary") == "x"),
        tuple_(Album.id, Album.title) < (1, "x"),
        tuple_(Album.id, Album.title).in_([(1, "x"), (Album.plays, "y")]),
        tuple_(Album.id, Album.title).in_(select(Track.album_id, Track.title)),
    ),
    select(
        fn.array_agg(Album.title, order_by=Album.plays % 7).filter(Album.plays > 7),
        fn.percentile_disc(0.5).within_group(Album.plays.desc()),
        fn.grouping(Album.genre),
    ).group_by(rollup(Album.artist_id, (Album.live, Album.plays % 5)), grouping_sets(Album.genre, ())),
    select(
        fn.rank().over(ranking),
        fn.sum(Album.price).filter(Album.plays > 7).over(window("near", base=ranking, rows=(-2, 3), exclude="ties")),
        fn.lag(Album.title, 2, "x").over(order_by=Album.id, range_=(-5, None)),
    ),
    insert(Artist)
    .values(name="x", country=fn.upper(literal("de")))
    .on_conflict(Artist.name)
    .do_update(Artist.id > 5, country=excluded(Artist.country))
    .returning(Artist),
    insert(Artist).values_many([{"name": "x"}, {"name": literal("y"), "country": "de"}]).on_conflict().do_nothing(),  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
    insert(Artist).values_many([{"name": "x"}, {"name": "y"}]),
    insert(Member).values(email="x").on_conflict(constraint=Member.by_email).do_update_all(except_=[Member.id]),
    insert(Artist).from_select(select(Album.title.as_("name")).where(Album.id > 5)),
    insert(Artist),
    update(Album)
    .set(plays=Album.plays + 1, title="x")
    .from_(Artist)
    .where(Album.artist_id == Artist.id)
    .returning(Album.id),
    merge(Artist)
    .using(Album, on=Album.artist_id == Artist.id)
    .when_matched(Album.plays > 5)
    .update(name=Album.title)
    .when_not_matched()
    .insert(name="x")
    .returning(Artist.id),
    update(Album).set(plays=Track.position).from_(Artist).join(Track, on=Track.position == Artist.id).all_rows(),
    delete(Album).using(Artist).where(Album.artist_id == Artist.id, Artist.name == "x").returning(Album.id),
    delete(Album).all_rows(),
    select(Profile.settings["look"]["colors"][0], Profile.extra["a\\b"][1]["c"]),
    select(Artist, many(select(Album.title, one(select(Track.title), on=Track.album_id == 1))).as_("albums")),
    sql("SELECT {} FROM {} WHERE {}", Artist.name, Artist, Artist.id == 5),
    select(popular.title, tree.id, wanted.n, twig.depth)
    .from_(popular)
    .join(tree, on=tree.id == popular.id)
    .join(twig, on=literal(True))
    .cross_join(wanted),
    select(Album.id)
    .where(Album.plays > 5)
    .order_by(Album.id)
    .limit(1)
    .union_all(select(Artist.id).intersect(select(literal(7))))
    .order_by(Album.id.desc())
    .limit(2)
    .offset(1),
]


def walk(node: nodes.Node) -> list[nodes.Node]:
    found: list[nodes.Node] = []

    def collect(part: nodes.Node) -> nodes.Node:
        found.append(part)
        return part

    transform(node, collect)
    return found


def all_nodes(cls: type[nodes.Node] = nodes.Node) -> set[type[nodes.Node]]:
    return {cls}.union(*[all_nodes(sub) for sub in cls.__subclasses__() if sub.__module__.startswith("qb.nodes.")])


def compiled(node: nodes.Node, dialect: str) -> tuple[str, tuple[object, ...]] | str:
    """What a dialect makes of a statement, or why it refuses it."""
    from qb.dialect import find_dialect

    try:
        return find_dialect(dialect).compiler().compile(node)
    except UnsupportedError as error:
        return str(error)


@feature("Composition", "statements made from others: transform()")
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_copy_compiles_to_the_same(statement: Compilable, dialect: str) -> None:
    expected = compiled(statement.node, dialect)
    copy = copied(statement.node)
    assert copy is not statement.node
    assert compiled(copy, dialect) == expected
    assert compiled(transform(statement.node, lambda node: node), dialect) == expected


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_does_not_change_is_shared(statement: Compilable) -> None:
    assert transform(statement.node, lambda node: node) is statement.node


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_copy_shares_nothing_but_tables_and_columns(statement: Compilable) -> None:
    shared = {id(node) for node in walk(statement.node)} & {id(node) for node in walk(copied(statement.node))}
    leaves = {id(n) for n in walk(statement.node) if isinstance(n, (nodes.Column, nodes.Cte, nodes.Source))}
    assert shared <= leaves


def test_the_statements_here_have_nodes_of_every_class() -> None:
    seen = {type(node) for statement in STATEMENTS for node in walk(statement.node)}
    abstract = {nodes.Node, nodes.Source, nodes.Expression, nodes.Statement}
    assert all_nodes() - abstract - seen == {nodes.Unbound, nodes.Absent}


@pytest.mark.parametrize("cls", sorted(all_nodes(), key=lambda cls: cls.__name__))  # type: ignore[attr-defined]  # a list of classes
def test_every_field_is_a_slot_that_is_set(cls: type[nodes.Node]) -> None:
    assert not hasattr(cls, "__dict__") or "__dict__" not in dir(cls)
    slots = [slot for base in cls.__mro__ for slot in getattr(base, "__slots__", ())]
    assert len(slots) == len(set(slots))
    if cls.__init__ is not object.__init__:
        named = {name for name in inspect.signature(cls).parameters if name not in {"self", "args", "kwargs"}}
        assert named <= {*slots, "declared"} | {"type"}, "what is given to a node is a field of it"


def test_every_node_of_the_statements_has_all_of_its_fields() -> None:
    for statement in STATEMENTS:
        for node in walk(statement.node):
            for field in fields(node):
                assert hasattr(node, field), (type(node).__name__, field)
            assert type(rebuilt(node)) is type(node)


def test_parameters_are_found_everywhere() -> None:
    def replace(node: nodes.Node) -> nodes.Node:
        return (
            nodes.Parameter(0, node.type) if isinstance(node, nodes.Parameter) and isinstance(node.value, int) else node
        )

    query = update(Album).set(plays=Album.plays + 1).where(Album.id.in_([2, 3]), Album.plays < 4)
    from qb.dialect import find_dialect

    compiled = find_dialect("sqlite").compiler().compile(transform(query.node, replace))
    assert compiled == (query.compile("sqlite").sql, (0, 0, 0, 0))
    rows = insert(Artist).values_many([{"id": literal(1), "name": "x"}])  # type: ignore[typeddict-item]  # an expression in a row, which only values() takes for mypy
    assert find_dialect("sqlite").compiler().compile(transform(rows.node, replace))[1] == (0, "x")


def snapshot(value: Any) -> Any:
    """All that hangs from a node, as plain data."""
    if isinstance(value, (nodes.Column, nodes.Source)):
        return id(value)
    if isinstance(value, nodes.Node):
        return type(value), [(field, snapshot(getattr(value, field))) for field in fields(value)]
    if isinstance(value, (tuple, list)):
        return [snapshot(item) for item in value]
    return value


def test_no_builder_changes_what_it_starts_from() -> None:
    query: Any = select(Album.id).from_(Album).where(Album.id == 1).group_by(Album.id).order_by(Album.id)
    insertion: Any = insert(Artist).values(name="x")
    change: Any = update(Album).set(plays=1).where(Album.id == 1)
    removal: Any = delete(Album).where(Album.id == 1)
    count = fn.count().filter(Album.id > 1)
    order = Album.id.desc()
    steps: list[tuple[Any, list[Any]]] = [
        (
            query,
            [
                lambda q: q.from_(Artist),
                lambda q: q.join(Artist, on=Artist.id == 1),
                lambda q: q.left_join(Artist, on=Artist.id == 1),
                lambda q: q.right_join(Artist, on=Artist.id == 1),
                lambda q: q.full_join(Artist, on=Artist.id == 1),
                lambda q: q.cross_join(Artist),
                lambda q: q.where(Album.id == 2),
                lambda q: q.group_by(Album.plays),
                lambda q: q.having(fn.count() > 1),
                lambda q: q.order_by(Album.plays),
                lambda q: q.limit(1),
                lambda q: q.offset(1),
                lambda q: q.distinct(),
                lambda q: q.distinct_on(Album.plays),
                lambda q: keyset(select(Album.id).where(Album.id == 1), by=(Album.id,), size=5, after=(1,)),
                lambda q: q.with_schema("other"),
                lambda q: q.transformed(lambda node: node),
                lambda q: q.fetch(3, with_ties=True),
                lambda q: q.with_for_update(),
                lambda q: q.clear("where", "order_by"),
                lambda q: q.scalar_subquery(),
                lambda q: exists(q),
                lambda q: many(q),
                lambda q: Album.id.in_(q),
                lambda q: insert(Album).from_select(q),
            ],
        ),
        (
            insertion,
            [
                lambda q: q.values(name="y"),
                lambda q: q.values_many([{"name": "z"}]),
                lambda q: q.returning(Artist.id),
                lambda q: q.on_conflict(Artist.id).do_nothing(),
                lambda q: q.on_conflict(Artist.id).do_update(name="q"),
                lambda q: q.on_conflict(Artist.id).do_update_all(except_=[Artist.country]),
                lambda q: q.from_select(select(Album.title), Artist.name),
            ],
        ),
        (
            change,
            [
                lambda q: q.set(plays=2, title="x"),
                lambda q: q.from_(Artist),
                lambda q: q.join(Track, on=Track.position == 1),
                lambda q: q.left_join(Track, on=Track.position == 1),
                lambda q: q.where(Album.id == 2),
                lambda q: q.all_rows(),
                lambda q: q.returning(Album),
            ],
        ),
        (
            merge(Artist).using(Album, on=Album.artist_id == Artist.id),
            [
                lambda q: q.using(Track, on=Track.position == Artist.id),
                lambda q: q.when_matched(Album.live).delete(),
                lambda q: q.when_matched().update(name="x"),
                lambda q: q.when_not_matched().insert(name="x"),
                lambda q: q.when_not_matched_by_source().do_nothing(),
                lambda q: q.returning(Artist.id),
            ],
        ),
        (
            removal,
            [
                lambda q: q.using(Artist),
                lambda q: q.join(Track, on=Track.position == 1),
                lambda q: q.where(Album.id == 2),
                lambda q: q.all_rows(),
                lambda q: q.returning(Album),
            ],
        ),
        (count, [lambda e: e.distinct(), lambda e: e.filter(Album.id > 2), lambda e: e + 1, lambda e: e.as_("n")]),
        (count, [lambda e: e.over(), lambda e: e.over(ranking, rows=(0, 1)), lambda e: e.over(order_by=Album.id)]),
        (ranking, [lambda w: window("x", base=w), lambda w: fn.rank().over(w)]),
        (order, [lambda o: o.nulls_first(), lambda o: o.nulls_last()]),
    ]
    for start, builders in steps:
        before = snapshot(start.node)
        for build in builders:
            made = build(start)
            assert made is not start
            assert snapshot(start.node) == before, inspect.getsource(build)


def test_compiling_changes_nothing() -> None:
    for statement in STATEMENTS:
        before = snapshot(statement.node)
        for dialect in ("sqlite", "postgres", "d1"):
            assert compiled(statement.node, dialect) == compiled(statement.node, dialect)
        assert snapshot(statement.node) == before


def test_a_list_given_to_a_builder_may_change_afterwards() -> None:
    options, rows = [1, 2], [{"name": "x"}]
    query: Query[Any] = select(Album.id).where(Album.id.in_(options))
    insertion = insert(Artist).values_many(rows)  # type: ignore[arg-type]  # rows of different keys
    options.append(3)
    rows[0]["name"] = "y"
    rows.append({"name": "z"})
    assert query.compile("sqlite").parameters == (1, 2)
    assert insertion.compile("sqlite").parameters == ("x",)
