"""From the schema of a database to a Python module that declares it.

Whatever comes out of the database stands in the module as `repr()` writes it, in comments, too: no name, default or
comment can become code. What cannot be declared is said in comments, where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qb.dialect import find_dialect
from qb.identifiers import LONGEST_NAME, QUOTED, is_unicode, twin
from qb.schema.canonical import canonical
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    View,
)
from qb.schema.objects import Sequence as SchemaSequence
from qb.schema.source import Names, call, comment, text_of_sql

IMPORTED = (
    *("Table", "check", "col", "enum_type", "exclude", "foreign_key", "index", "materialized_view", "primary_key"),
    *("schema_named", "sequence", "sql", "trigger", "unique", "view"),
)
BUILTINS = ("bool", "bytes", "float", "int", "list", "object", "str")


def pull(schema: Schema) -> str:
    """The source of a module whose declarations make this schema.

        source = pull(await introspect(db))

    What it does not declare is named in its comments.
    """
    return Pulling(canonical(schema)).source()


class Pulling:
    """Writes the module of one schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.names = Names((*IMPORTED, *BUILTINS, "Decimal", "Enum", "datetime"))
        """Of the module."""
        self.enums = {enum.name: self.names.of(enum.name.name, camel=True) for enum in schema.enums}
        self.types = find_dialect(schema.dialect).introspection().python_types(self.enums)
        self.refused = {table.name: reason for table in schema.tables if (reason := undeclarable(table)) is not None}
        declarable = [table for table in schema.tables if table.name not in self.refused]
        self.classes = {table.name: self.names.of(table.name.name, camel=True) for table in declarable}
        self.tables = {table.name: Names((*IMPORTED, *BUILTINS, "Decimal", "datetime")) for table in declarable}
        self.attributes = {
            table.name: {column.name: self.tables[table.name].of(column.name) for column in table.columns}
            for table in declarable
        }
        self.used: set[str] = {"Table", "col"}

    def source(self) -> str:
        """The module."""
        body = [
            *[self.use("schema_named", f"{self.names.of(name)} = {call('schema_named', name)}")
              for name in self.schema.schemas],
            *[self.enum(each) for each in self.schema.enums],
            *[self.sequence(each) for each in self.schema.sequences],
            *[self.table(each) for each in self.schema.tables],
            *[self.view(each) for each in self.schema.views],
            *[self.trigger(each) for each in self.schema.triggers],
            self.unknown(),
        ]  # fmt: skip
        return "\n\n\n".join(filter(None, [self.head("\n".join(body)), *body])) + "\n"

    def head(self, body: str) -> str:
        """What stands above the declarations."""
        imports = [
            "from datetime import datetime" if "datetime" in self.types.used else "",
            "from decimal import Decimal" if "Decimal" in self.types.used else "",
            "from enum import Enum" if self.schema.enums else "",
        ]
        names = ", ".join(sorted(self.used))
        doc = '"""The tables of a database."""'
        plain = "\n".join(filter(None, imports))
        return "\n\n".join(filter(None, [doc, plain, f"from qb import {names}"]))

    def use(self, name: str, text: str) -> str:
        """A text that needs something of qb."""
        self.used.add(name)
        return text

    def sql(self, text: str, type: str = "") -> str:
        """An expression."""
        self.used.add("sql")
        return text_of_sql(text, type)

    # What stands beside tables

    def enum(self, enum: Enum) -> str:
        """A Python Enum, and the type when no column has it."""
        if not enum.labels:
            return comment(f"the enum type {enum.name} has no labels")
        name, members = self.enums[enum.name], Names(("mro", "name", "value"))
        lines = [f"    {members.of(label).upper()} = {label!r}" for label in enum.labels]
        names = [line.partition(" = ")[0] for line in lines]
        if len(set(names)) < len(names):
            lines = [f"    LABEL_{number} = {label!r}" for number, label in enumerate(enum.labels, 1)]
        text = "\n".join([f"class {name}(Enum):", *lines])
        declared = call("enum_type", bare=[name], name=enum.name.name, schema=enum.name.schema)
        return self.use("enum_type", f"{text}\n\n\n{self.names.of(f'{name}_type')} = {declared}")

    def sequence(self, sequence: SchemaSequence) -> str:
        """A sequence."""
        options, type = counting_options(sequence.options.removeprefix("AS smallint").removeprefix("AS integer")), None
        if sequence.options.startswith("AS "):
            type = sequence.options.split()[1]
        bare = {}
        if sequence.table is not None and sequence.column is not None:
            if sequence.table not in self.classes:
                return comment(f"the sequence {sequence.name} belongs to {sequence.table}")
            bare["owned_by"] = f"lambda: {self.column_of(sequence.table, sequence.column)}"
        name = sequence.name
        made = call("sequence", name.name, bare_keywords=bare, schema=name.schema, type=type, keywords=options)
        return self.use("sequence", f"{self.names.of(name.name)} = {made}")

    def view(self, view: View) -> str:
        """A view."""
        name, function = view.name, "materialized_view" if view.materialized else "view"
        indexes = [self.use("index", self.view_index(index)) for index in view.indexes]
        made = call(function, name.name, view.sql, bare=indexes, schema=name.schema)
        return self.use(function, f"{self.names.of(name.name)} = {made}")

    def view_index(self, index: Index) -> str:
        """An index of a materialized view, which has no columns that are declared."""
        return self.index_call(index, {})

    def trigger(self, trigger: Trigger) -> str:
        """A trigger."""
        if trigger.table in self.refused:
            return comment(f"not declared: the trigger {trigger.name} on {trigger.table}")
        on, keywords = self.classes.get(trigger.table), {}
        if on is None:
            on, keywords = repr(trigger.table.name), {"schema": trigger.table.schema}
        made = f"{call('trigger', trigger.name)[:-1]}, {on}, {trigger.sql!r}" + (
            f", schema={keywords['schema']!r})" if keywords.get("schema") else ")"
        )
        return self.use("trigger", f"{self.names.of(trigger.name)} = {made}")

    def unknown(self) -> str:
        """What is in the database, and cannot be declared."""
        found = [each for each in self.schema.unknown if each.table is None or each.table not in self.classes]
        return "\n".join([comment(f"not declared: {each.kind} {each.name}") for each in found])

    # Tables

    def table(self, table: Table) -> str:
        """A table class."""
        if table.name in self.refused:
            return comment(f"the table {table.name} cannot be declared: {self.refused[table.name]}")
        return "\n".join(TableSource(self, table).lines())

    def column_of(self, table: Name, column: str) -> str:
        """A column of a table class."""
        return f"{self.classes[table]}.{self.attributes[table][column]}"

    def index_call(self, index: Index, attributes: dict[str, str]) -> str:
        """`index(…)`."""
        bare = {} if index.where is None else {"where": self.sql(index.where, "bool")}
        if index.include:
            bare["include"] = f"({', '.join([attributes[name] for name in index.include])},)"
        classes = [key.operator_class for key in index.keys]
        keywords = {
            "unique": index.unique or None,
            "method": index.method,
            "operator_class": classes if any(classes) else None,
            "options": storage(index.options),
            "nulls_distinct": None if index.nulls_distinct else False,
            "name": index.name,
        }
        keys = [self.index_key(key, attributes) for key in index.keys]
        return call("index", bare=keys, bare_keywords=bare, keywords=keywords)

    def index_key(self, key: IndexKey, attributes: dict[str, str]) -> str:
        """A column or an expression."""
        if key.column is not None:
            text = attributes.get(key.column) or self.sql(QUOTED[key.column], "str")
        else:
            text = self.sql(key.expression or "", "str")
        if key.collation is not None:
            text += f".collate({key.collation!r})"
        if key.descending:
            text += ".desc()"
        if key.nulls is not None:
            text += "" if key.descending else ".asc()"
            text += f".nulls_{key.nulls.lower()}()"
        return text


class TableSource:
    """Writes one table class."""

    def __init__(self, module: Pulling, table: Table) -> None:
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


def deferral(value: str | None) -> dict[str, object]:
    """The arguments for when a constraint is checked."""
    if value is None:
        return {}
    return {"initially": "deferred"} if value == "deferred" else {"deferrable": True}


def storage(text: str) -> dict[str, str] | None:
    """Storage parameters by name."""
    return dict([part.split("=", 1) for part in text.split(", ")]) if text else None


def counting_options(text: str) -> dict[str, object]:
    """The arguments for the options of a sequence."""
    words, found = text.split(), dict[str, object]()
    keywords = {"START": "start", "INCREMENT": "increment", "MINVALUE": "minvalue", "MAXVALUE": "maxvalue"}
    for place, word in enumerate(words):
        if word in ("MINVALUE", "MAXVALUE"):
            found[keywords[word]] = int(words[place + 1])
        elif word in ("START", "INCREMENT"):
            found[keywords[word]] = int(words[place + 2])
        elif word == "CACHE":
            found["cache"] = int(words[place + 1])
        elif word == "CYCLE":
            found["cycle"] = True
    return found


def undeclarable(table: Table) -> str | None:
    """Why a table cannot be declared; None when it can."""
    names = [table.name.name, *[column.name for column in table.columns]]
    if not table.columns:
        return "it has no columns"
    if twin([column.name for column in table.columns]) is not None:
        return "two of its columns differ in case alone"
    return next(
        (
            f"the name {name!r} is too long"
            for name in names
            if not is_unicode(name) or len(name.encode()) > LONGEST_NAME
        ),
        None,
    )
