"""The queries that ask PostgreSQL what is in some of its schemas.

Each row begins with the schema of what it is about: NULL for the one in which unqualified names are found. `$1` are the
names of the others. What an extension has made belongs to the extension, and is not asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from qb.schema.objects import Deferral

HERE = "CASE WHEN n.nspname <> current_schema() OR current_schema() IS NULL THEN n.nspname::text END"
WANTED = "(n.nspname = current_schema() OR n.nspname = ANY($1::text[]))"


def of_extension(catalog: str, oid: str) -> str:
    """The condition that something is none of an extension."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{catalog}'::regclass AND x.objid = {oid} "
        f"AND x.deptype = 'e')"
    )


SCHEMAS = f"""
SELECT {HERE}, n.nspname::text, {WANTED}
FROM pg_namespace n
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND {of_extension("pg_namespace", "n.oid")}
ORDER BY n.nspname"""

ENUMS = f"""
SELECT {HERE}, t.typname::text, ARRAY(
  SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE {WANTED} AND t.typtype = 'e' AND {of_extension("pg_type", "t.oid")}
ORDER BY n.nspname, t.typname"""

SEQUENCE_VALUES = """format_type(s.seqtypid, NULL),
  s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle"""


class SequenceValues(NamedTuple):
    """What a sequence counts; all are None where there is none."""

    type: str | None
    start: int | None
    increment: int | None
    least: int | None
    greatest: int | None
    cache: int | None
    cycles: bool | None


SEQUENCES = f"""
SELECT {HERE}, c.relname::text, owner.schema, owner.relation, owner.attribute, {SEQUENCE_VALUES}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN LATERAL (
  SELECT d.deptype, {HERE} AS schema, o.relname::text AS relation, a.attname::text AS attribute
  FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid JOIN pg_namespace n ON n.oid = o.relnamespace
  JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i')
) owner ON true
WHERE {WANTED} AND c.relkind = 'S' AND owner.deptype IS DISTINCT FROM 'i' AND {of_extension("pg_class", "c.oid")}
ORDER BY n.nspname, c.relname"""

IS_TABLE = f"c.relkind = 'r' AND NOT c.relispartition AND {of_extension('pg_class', 'c.oid')}"

TABLES = f"""
SELECT {HERE}, c.relname::text, c.reloptions, obj_description(c.oid, 'pg_class')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {WANTED} AND {IS_TABLE}
ORDER BY n.nspname, c.relname"""


class ColumnRow(NamedTuple):
    """A row of COLUMNS."""

    schema: str | None
    table: str
    name: str
    nullable: bool
    type: str
    """As format_type has it; of an array, its item's."""
    type_name: str
    is_visible: bool | None
    """Of an enum: whether it needs no schema. None for other types."""
    type_schema: str
    is_array: bool
    default: str | None
    generated: str | None
    is_stored: bool
    identity: str
    sequence: str | None
    sequence_type: str | None
    start: int | None
    increment: int | None
    least: int | None
    greatest: int | None
    cache: int | None
    cycles: bool | None
    collation: str | None
    comment: str | None


COLUMNS = f"""
SELECT {HERE}, c.relname::text, a.attname::text, NOT a.attnotnull, format_type(e.oid, a.atttypmod),
  e.typname::text, CASE WHEN e.typtype = 'e' THEN en.nspname = current_schema() OR pg_type_is_visible(e.oid) END,
  en.nspname::text, e.oid <> t.oid,
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
  CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END, a.attgenerated = 's',
  a.attidentity::text, q.relname::text, {SEQUENCE_VALUES},
  CASE WHEN a.attcollation <> t.typcollation THEN l.collname::text END, col_description(c.oid, a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
JOIN pg_namespace en ON en.oid = e.typnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_depend i ON i.refclassid = 'pg_class'::regclass AND i.refobjid = c.oid AND i.refobjsubid = a.attnum
  AND i.classid = 'pg_class'::regclass AND i.deptype = 'i' AND a.attidentity <> ''
LEFT JOIN pg_sequence s ON s.seqrelid = i.objid
LEFT JOIN pg_class q ON q.oid = s.seqrelid
WHERE {WANTED} AND {IS_TABLE}
ORDER BY n.nspname, c.relname, a.attnum"""


def attributes(relation: str, numbers: str) -> str:
    """The names of columns, in the order of an array of their numbers."""
    return (
        f"ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY one(number, place) "
        f"JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = one.number ORDER BY one.place)"
    )


class ConstraintRow(NamedTuple):
    """A row of CONSTRAINTS."""

    schema: str | None
    table: str
    name: str
    kind: str
    columns: list[str]
    deferral: Deferral | None
    valid: bool
    expression: str | None
    definition: str | None
    include: list[str]
    nulls_not_distinct: bool | None
    other_schema: str | None
    other: str | None
    references: list[str]
    on_delete: str
    on_update: str
    match: str
    set_columns: list[str]
    """Which ON DELETE sets, if not all."""


CONSTRAINTS = f"""
SELECT {HERE}, c.relname::text, k.conname::text, k.contype::text, {attributes("k.conrelid", "k.conkey")},
  CASE WHEN k.condeferrable THEN CASE WHEN k.condeferred THEN 'deferred' ELSE 'immediate' END END, k.convalidated,
  CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
  CASE WHEN k.contype IN ('x', 'n') THEN pg_get_constraintdef(k.oid) END,
  ARRAY(SELECT pg_get_indexdef(x.indexrelid, place, false)
    FROM generate_series(x.indnkeyatts + 1, x.indnatts) place ORDER BY place),
  (to_jsonb(x) ->> 'indnullsnotdistinct')::boolean,
  (SELECT {HERE} FROM pg_namespace n WHERE n.oid = f.relnamespace), f.relname::text,
  {attributes("k.confrelid", "k.confkey")}, k.confdeltype::text, k.confupdtype::text, k.confmatchtype::text,
  {attributes("k.conrelid", "ARRAY(SELECT jsonb_array_elements_text(nullif(to_jsonb(k) -> 'confdelsetcols', 'null')))::int2[]")}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_constraint k ON k.conrelid = c.oid
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
WHERE {WANTED} AND {IS_TABLE} AND k.contype <> 't'
ORDER BY n.nspname, c.relname, k.conname"""  # noqa: E501  # one expression

IS_INDEXED = f"(c.relkind = 'm' OR {IS_TABLE})"


class IndexRow(NamedTuple):
    """A row of INDEXES. What it has for each key is in the order of the keys."""

    schema: str | None
    table: str
    name: str
    unique: bool
    width: int
    """How many keys it has; what follows them is only included."""
    method: str
    where: str | None
    options: list[str] | None
    nulls_not_distinct: bool | None
    columns: list[str | None]
    expressions: list[str]
    orders: list[int]
    collations: list[str | None]
    operator_classes: list[str | None]


INDEXES = f"""
SELECT {HERE}, c.relname::text, i.relname::text, x.indisunique, x.indnkeyatts::int,
  m.amname::text, pg_get_expr(x.indpred, x.indrelid), i.reloptions,
  (to_jsonb(x) ->> 'indnullsnotdistinct')::boolean,
  ARRAY(SELECT a.attname::text FROM generate_series(0, x.indnatts - 1) place
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[place] AND x.indkey[place] <> 0
    ORDER BY place),
  ARRAY(SELECT pg_get_indexdef(x.indexrelid, place, false) FROM generate_series(1, x.indnatts) place ORDER BY place),
  ARRAY(SELECT x.indoption[place]::int FROM generate_series(0, x.indnkeyatts - 1) place ORDER BY place),
  ARRAY(SELECT CASE WHEN CASE WHEN a.attnum IS NOT NULL THEN x.indcollation[place] <> a.attcollation ELSE
      strpos(pg_get_indexdef(x.indexrelid), pg_get_indexdef(x.indexrelid, place + 1, false) || ' COLLATE ') > 0 END
      THEN l.collname::text END
    FROM generate_series(0, x.indnkeyatts - 1) place
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[place] AND x.indkey[place] <> 0
    LEFT JOIN pg_collation l ON l.oid = x.indcollation[place] ORDER BY place),
  ARRAY(SELECT CASE WHEN NOT o.opcdefault OR own.attoptions IS NOT NULL THEN
      CASE WHEN pg_opclass_is_visible(o.oid) THEN '' ELSE quote_ident(w.nspname) || '.' END || quote_ident(o.opcname)
      || coalesce(' (' || array_to_string(own.attoptions, ', ') || ')', '') END
    FROM generate_series(0, x.indnkeyatts - 1) place JOIN pg_opclass o ON o.oid = x.indclass[place]
    JOIN pg_namespace w ON w.oid = o.opcnamespace
    JOIN pg_attribute own ON own.attrelid = x.indexrelid AND own.attnum = place + 1 ORDER BY place)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
WHERE {WANTED} AND {IS_INDEXED}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY n.nspname, c.relname, i.relname"""

VIEWS = f"""
SELECT {HERE}, c.relname::text, c.relkind = 'm', rtrim(pg_get_viewdef(c.oid), ';'), c.reloptions, c.relispopulated
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {WANTED} AND c.relkind IN ('v', 'm') AND {of_extension("pg_class", "c.oid")}
ORDER BY c.oid"""  # what a view reads was there before, unless somebody replaced it

TRIGGERS = f"""
SELECT {HERE}, c.relname::text, t.tgname::text, pg_get_triggerdef(t.oid, true)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE {WANTED} AND NOT t.tgisinternal AND (c.relkind IN ('v', 'm') OR {IS_TABLE})
ORDER BY n.nspname, c.relname, t.tgname"""
