"""A program of random selects: joins of all kinds in any order, with conditions, groups and sub-queries."""

from __future__ import annotations

from random import Random

SOURCES = {  # by name, the columns of the schema of the typed cases that are compared and selected
    "Artist": {"int": ["id"], "str": ["name", "country"]},
    "Album": {"int": ["id", "artist_id", "plays"], "str": ["title"], "date": ["released"], "float": ["rating"]},
    "Track": {"int": ["album_id", "position", "count"], "str": ["title"]},
    "Category": {"int": ["id", "parent_id"], "str": ["name"]},
    "parent": {"int": ["id", "parent_id"], "str": ["name"]},
}
VALUES = {"int": ["1", "2", "5"], "str": ['"x"', '"A"', '"FR"'], "date": ["day"], "float": ["3.5"]}
JOINS = ["join", "join", "left_join", "left_join", "right_join", "full_join"]
HEAD = '''"""Random selects."""

from datetime import date

from schema import Album, Artist, Category, Track, parent

from qb import all_of, any_of, case, fn, select

day = date(2001, 2, 4)

'''


class Writer:
    """Writes one select after the other."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.sources: list[str] = []

    def column(self, kind: str | None = None, of: str | None = None) -> str:
        """A column of a source of the select."""
        having = [source for source in ([of] if of else self.sources) if kind is None or kind in SOURCES[source]]
        source = self.random.choice(having)
        columns = SOURCES[source]
        return f"{source}.{self.random.choice(columns[kind or self.random.choice(list(columns))])}"

    def kind(self) -> str:
        return self.random.choice([kind for source in self.sources for kind in SOURCES[source]])

    def condition(self, depth: int = 2) -> str:
        """A condition on columns of the select."""
        choice = self.random.randrange(12 if depth else 7)
        kind = self.kind()
        column, value = self.column(kind), self.random.choice(VALUES[kind])
        if choice < 2:
            return f"({column} {self.random.choice(['==', '!=', '>', '<='])} {value})"
        if choice == 2:
            return f"({column} == {self.column(kind)})"
        if choice == 3:
            return f"{column}.is_not_null()"
        if choice == 4:
            return f"{column}.is_null()"
        if choice == 5:
            return f"{column}.in_([{value}])"
        if choice == 6:
            return f"{column}.is_distinct_from({value})"
        if choice == 7:
            return f"~{self.condition(depth - 1)}"
        if choice == 8:
            return f"(fn.coalesce({column}, {value}) == {value})"
        first, second = self.condition(depth - 1), self.condition(depth - 1)
        if choice == 9:
            return f"any_of({first}, {second})"
        return f"all_of({first}, {second})" if choice == 10 else f"({first} {self.random.choice('&|')} {second})"

    def item(self, name: str) -> str:
        """A selected expression, of a column or of several."""
        choice = self.random.randrange(10)
        number = self.column("int")
        if choice < 5:
            return f"{self.column()}.as_({name!r})"
        if choice == 5:
            return f"({number} + {self.column('int')}).as_({name!r})"
        if choice == 6:
            return f"fn.coalesce({number}, {self.column('int')}).as_({name!r})"
        if choice == 7:
            return f"({number} > {self.column('int')}).as_({name!r})"
        if choice == 8:
            return f"case(({self.condition()}, {number}), else_={self.column('int')}).as_({name!r})"
        return f"fn.sum({number}).over(order_by={self.column()}).as_({name!r})"

    def aggregate(self, name: str) -> str:
        choice = self.random.randrange(4)
        if choice == 0:
            return f"fn.count({self.column()}).as_({name!r})"
        if choice == 1:
            return f"(fn.sum({self.column('int')}) + fn.max({self.column('int')})).as_({name!r})"
        word = self.random.choice(["min", "max", "sum", "avg"])
        return f"fn.{word}({self.column('int')}).as_({name!r})"

    def select(self) -> str:
        """A whole select."""
        random = self.random
        self.sources = [random.choice(list(SOURCES))]
        joins = ""
        steps = [f".from_({self.sources[0]})"]
        for source in random.sample(list(SOURCES), random.randrange(4)):
            if source not in self.sources:
                kind = random.choice(JOINS)
                before = self.column("int")
                self.sources.append(source)
                on = f"{before} == {self.column('int', source)}"
                if kind != "full_join" and random.random() < 0.3:  # PostgreSQL has no other FULL JOIN
                    on = f"({on}) & {self.condition(1)}"
                joins = f".{kind}({source}, on={on})"
                steps.append(joins)
        where = f".where({', '.join([self.condition() for _ in range(random.randrange(1, 3))])})"
        steps.insert(random.randrange(1, len(steps) + 1), random.choice([where, where, ""]))
        if random.random() < 0.25:
            keys = [self.column() for _ in range(random.randrange(1, 3))]
            items = [f"{key}.as_('k{number}')" for number, key in enumerate(keys)]
            items += [self.aggregate(f"a{number}") for number in range(random.randrange(1, 3))]
            steps.append(random.choice([f".group_by({', '.join(keys)})", ""]))
            if not steps[-1]:
                items = items[len(keys) :]
            elif random.random() < 0.3:
                steps.append(f".having({keys[0]}.is_not_null())")
        else:
            items = [self.item(f"c{number}") for number in range(random.randrange(1, 4))]
            items += random.sample(self.sources, random.randrange(2))
        return f"select({', '.join(items)}){''.join(steps)}"


def written(count: int, seed: int) -> str:
    """A program of random selects; every fourth is a sub-query of another one."""
    writer = Writer(seed)
    lines = [f"q{number} = {writer.select()}\n" for number in range(count)]
    return HEAD + "".join(lines)
