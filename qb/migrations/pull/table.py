"""One table class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qb.migrations.pull.arguments import counting_options, deferral, storage
from qb.migrations.pull.scope import Scope
from qb.schema.objects import Check, Column, Exclusion, ForeignKey, Identity, Key, Table
from qb.schema.source import call, comment


class TableSource:
    """Writes one table class."""

    def __init__(self, module: Scope, table: Table) -> None:
        self.module = module
        self.table = table
        self.attributes = module.attributes[table.name]
        self.names = module.tables[table.name]
        self.given: set[str] = set()
        """Names of constraints, of which no two may be alike."""
        self.beside = self.keys_beside()

    def lines(self) -> Iterator[str]:
        """The class."""
        table, module = self.table, self.module
        keywords: dict[str, object] = {"name": table.name.name, "schema": table.name.schema, "comment": table.comment}
        options = dict.fromkeys(table.options)
        if module.schema.dialect == "sqlite":
            keywords["strict"] = None if "STRICT" in options else False
            keywords["without_rowid"] = "WITHOUT ROWID" in options or None
        elif table.options:
            keywords["options"] = storage(table.options[0].removeprefix("WITH (").removesuffix(")"))
        head = call("", bare=["Table"], keywords=keywords)
        yield f"class {module.classes[table.name]}{head}:"
        for each in module.schema.unknown:
            if each.table == table.name:
                yield f"    {comment(f'not declared: {each.kind} {each.name}')}"
        for column in table.columns:
            yield from [f"    {line}" for line in self.column(column)]
        rules = [line for line in self.rules() if line]
        if rules:
            yield ""
            yield from [f"    {line}" for line in rules]

    def keys_beside(self) -> dict[str, ForeignKey]:
        """The foreign keys that are declared with their column: the first one of each."""
        found: dict[str, ForeignKey] = {}
        for key in self.table.foreign_keys:
            if len(key.columns) == 1 and self.is_declarable(key):
                found.setdefault(key.columns[0], key)
        return found

    def is_declarable(self, key: ForeignKey) -> bool:
        """Whether a foreign key can be said: its other side has to be declared."""
        targets = self.module.attributes.get(key.table, {})
        return (
            len(key.references) == len(key.columns)
            and all(name in targets for name in key.references)
            and "(" not in (key.on_delete or "")
            and key.match in (None, "FULL")
        )

    def column(self, column: Column) -> Iterator[str]:
        """A column, after what cannot be said of it."""
        module, attribute = self.module, self.attributes[column.name]
        name = None if attribute == column.name else column.name
        text = module.types.column(column, name, self.is_free(column))
        key = self.table.primary_key
        is_key = key is not None and key.columns == (column.name,) and self.is_inline_key(key)
        numbered = self.identity(column)
        in_key = key is not None and column.name in key.columns
        if is_key and column.identity == Identity("always"):
            text += ".primary_key(generated='always')"
        elif is_key:
            text += module.types.primary_key(column)
        elif column.nullable and in_key:
            yield comment(f"{column.name} is in the primary key, and may be NULL")
        elif column.nullable:
            text += ".nullable()"
        if numbered and not (is_key and column.identity in (Identity("by default"), Identity("always"))):
            text += numbered
        if column.default is not None:
            text += self.default(column)
        if column.generated is not None:
            stored = "" if column.generated.stored else ", stored=False"
            text += f".generated({module.sql(column.generated.expression)}{stored})"
        if any(self.is_inline_unique(each) and each.columns == (column.name,) for each in self.table.uniques):
            text += ".unique()"
        for check in self.table.checks:
            if check.column == column.name:
                label = self.name(check.name)
                label = f", name={label!r}" if label else ""
                text += f".check(lambda _: {module.sql(check.expression, 'bool')}{label})"
        reference = self.beside.get(column.name)
        if reference is not None:
            text += f".references({', '.join(self.reference(reference, ''))})"
        if column.comment is not None:
            text += f".comment({column.comment!r})"
        yield f"{attribute} = {text}"

    def is_free(self, column: Column) -> bool:
        """Whether a foreign key of the column is to one of another type, which only a column of any type can have."""
        return any(column.name in names for names in self.module.types.mixed(self.module.schema, self.table.name))

    def identity(self, column: Column) -> str:
        """`.identity(…)`."""
        if column.identity is None or column.identity.kind == "autoincrement":
            return ""
        text, sequence = column.identity.options, None
        if text.startswith("SEQUENCE NAME "):
            text = text.removeprefix("SEQUENCE NAME ")
            end = 1
            while text[end : end + 2] == '""' or text[end] != '"':
                end += 2 if text[end] == '"' else 1
            sequence, text = text[1:end].replace('""', '"'), text[end + 1 :].strip()
        always = column.identity.kind == "always" or None
        return "." + call("identity", always=always, sequence=sequence, keywords=counting_options(text))

    def default(self, column: Column) -> str:
        """`.default(…)` where it is a plain value, or else `.default_sql(…)`."""
        assert column.default is not None
        value = self.module.types.plain_default(column)
        if value is not None:
            return f".default({value})"
        text = column.default
        if self.module.schema.dialect == "sqlite" and text.startswith("("):
            text = text[1:-1]
        return f".default_sql({self.module.sql(text)})"

    def rules(self) -> Iterator[str]:
        """The constraints and indexes."""
        table, module = self.table, self.module
        if table.primary_key is not None and not self.is_inline_key(table.primary_key):
            yield self.rule("primary_key", "key", self.key("primary_key", table.primary_key, "pkey"))
        for unique in table.uniques:
            if not self.is_inline_unique(unique):
                yield self.rule("unique", f"unique_{unique.columns[0]}", self.key("unique", unique, "key"))
        for check in table.checks:
            yield self.check(check)
        for key in table.foreign_keys:
            if self.beside.get(key.columns[0]) != key:
                yield self.foreign_key(key)
        for each in table.exclusions:
            yield self.exclusion(each)
        for index in table.indexes:
            if self.is_taken(index.name):
                yield comment(f"not declared: index {index.name}, whose name is also that of a constraint")
            else:
                yield self.rule("index", index.name, module.index_call(index, self.attributes))

    def rule(self, function: str, name: str, text: str) -> str:
        """An attribute of the class."""
        self.module.used.add(function)
        return f"{self.names.of(name)} = {text}"

    def key(self, function: str, key: Key, suffix: str) -> str:
        """A key of several columns, or with a name."""
        bare = {"include": f"({', '.join([self.attributes[name] for name in key.include])},)"} if key.include else {}
        columns = [self.attributes[name] for name in key.columns]
        keywords = {
            "nulls_distinct": None if key.nulls_distinct else False,
            **deferral(key.deferral),
            "on_conflict": key.on_conflict and key.on_conflict.lower(),
            "name": self.name(key.name),
        }
        return call(function, bare=columns, bare_keywords=bare, keywords=keywords)

    def check(self, check: Check) -> str:
        """A condition of the table."""
        if check.column is not None:
            return ""
        text = f"check({self.module.sql(check.expression, 'bool')}, name={self.name(check.name)!r})"
        note = "" if check.valid else f"  {comment('NOT VALID in the database')}"
        return self.rule("check", check.name or "check", text) + note

    def foreign_key(self, key: ForeignKey) -> str:
        """A foreign key that is not declared with its column."""
        if not self.is_declarable(key):
            columns = ", ".join(key.columns)
            return comment(f"not declared: the foreign key of {columns} to {key.table}")
        arguments = [*[self.attributes[name] for name in key.columns], *self.reference(key, "references=")]
        return self.rule("foreign_key", key.name or f"{key.columns[0]}_key", f"foreign_key({', '.join(arguments)})")

    def reference(self, key: ForeignKey, keyword: str) -> Iterator[str]:
        """The arguments that say where it points, and what happens when that goes away."""
        targets = [self.module.column_of(key.table, name) for name in key.references]
        yield f"{keyword}lambda: ({', '.join(targets)},)" if keyword else f"lambda: {targets[0]}"
        keywords = {
            "on_delete": key.on_delete and key.on_delete.lower(),
            "on_update": key.on_update and key.on_update.lower(),
            **deferral(key.deferral),
            "match": key.match and key.match.lower(),
            "name": (self.name(key.name) or None) if not keyword else self.name(key.name),
        }
        yield from [f"{word}={value!r}" for word, value in keywords.items() if value is not None]

    def exclusion(self, exclusion: Exclusion) -> str:
        """An exclusion constraint."""
        made = call("exclude", definition=exclusion.definition, name=self.name(exclusion.name))
        return self.rule("exclude", exclusion.name, made)

    def name(self, name: str | None) -> str:
        """The name of a constraint; nothing for one that has none, or the same as another one."""
        if name is None or self.is_taken(name):
            return ""
        self.given.add(name.lower())
        return name

    def is_taken(self, name: str) -> bool:
        """Whether something of the table has this name already."""
        return name.lower() in self.given

    def is_inline_key(self, key: Key) -> bool:
        """Whether the primary key is declared with its column."""
        return self.is_plain(key, "pkey", ())

    def is_inline_unique(self, key: Key) -> bool:
        """Whether a unique constraint is declared with its column."""
        return self.is_plain(key, "key", key.columns)

    def is_plain(self, key: Key, suffix: str, columns: Sequence[str]) -> bool:
        """Whether a key is what the column's own method makes."""
        implied = self.module.types.implied_name(self.table.name.name, columns, suffix)
        return len(key.columns) == 1 and key == Key(key.columns, implied)
