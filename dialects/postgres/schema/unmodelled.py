"""The query for what PostgreSQL has beside what a `Schema` can say: kind, name, and the table that has it."""

from __future__ import annotations

from dialects.postgres.schema.catalogs import HERE, IS_TABLE, WANTED, of_extension

NAMED = f"coalesce({HERE} || '.', '')"
"""Before a name."""
RELATION_KINDS = """CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' WHEN 'c'
  THEN 'composite type' ELSE CASE WHEN c.relispartition THEN 'partition' END END"""
TYPE_KINDS = "CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'b' THEN 'base type' END"
FUNCTION_KINDS = "CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END"
STORAGES = "CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END"

TABLE_OPTIONS = {
    "c.relpersistence = 'u'": "'UNLOGGED'",
    "c.reltablespace <> 0": "'TABLESPACE'",
    "c.relrowsecurity": "'ROW LEVEL SECURITY'",
    "c.relforcerowsecurity": "'FORCE ROW LEVEL SECURITY'",
    "c.relreplident <> 'd'": "'REPLICA IDENTITY'",
    "c.relacl IS NOT NULL": "'GRANT'",
    "c.reloftype <> 0": "'OF type'",
    "EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid)": "'INHERITS'",
}
COLUMN_OPTIONS = {
    "a.attstorage <> t.typstorage": f"'STORAGE ' || {STORAGES}",
    "a.attcompression <> ''": "'COMPRESSION'",
    "a.attoptions IS NOT NULL": "array_to_string(a.attoptions, ', ')",
    "coalesce(a.attstattarget, -1) <> -1": "'STATISTICS ' || a.attstattarget",
    "a.attacl IS NOT NULL": "'GRANT'",
    "a.attcollation <> t.typcollation AND NOT pg_collation_is_visible(a.attcollation)": "'COLLATE of another schema'",
}


def simple(kind: str, catalog: str, name: str, namespace: str, oid: str = "o.oid") -> str:
    """What has a name in a schema, and nothing else of interest."""
    return (
        f"SELECT '{kind}', {NAMED} || o.{name}, NULL, NULL FROM {catalog} o "
        f"JOIN pg_namespace n ON n.oid = o.{namespace} WHERE {WANTED} AND {of_extension(catalog, oid)}"
    )


def options(condition: str, text: str) -> str:
    """What a table has that is not modelled."""
    return (
        f"SELECT 'table option', {text}, {HERE}, c.relname::text FROM pg_class c "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND {IS_TABLE} AND {condition}"
    )


def column_options(condition: str, text: str) -> str:
    """What a column has that is not modelled."""
    return (
        f"SELECT 'column option', a.attname::text || ': ' || ({text}), {HERE}, c.relname::text FROM pg_class c "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        f"AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid WHERE {WANTED} AND {IS_TABLE} AND {condition}"
    )


QUERIES = [
    # What is a relation, a type or a function.
    f"SELECT {RELATION_KINDS}, {NAMED} || c.relname, NULL, NULL FROM pg_class c "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND {RELATION_KINDS} IS NOT NULL "
    f"AND {of_extension('pg_class', 'c.oid')}",
    f"SELECT {TYPE_KINDS}, {NAMED} || t.typname, NULL, NULL FROM pg_type t "
    f"JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {WANTED} "
    f"AND {TYPE_KINDS} IS NOT NULL AND t.typcategory <> 'A' AND {of_extension('pg_type', 't.oid')}",
    f"SELECT {FUNCTION_KINDS}, {NAMED} || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', "
    f"NULL, NULL FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {WANTED} "
    f"AND {of_extension('pg_proc', 'p.oid')} AND NOT EXISTS (SELECT FROM pg_depend d "
    f"WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')",
    simple("collation", "pg_collation", "collname", "collnamespace"),
    simple("conversion", "pg_conversion", "conname", "connamespace"),
    simple("operator", "pg_operator", "oprname", "oprnamespace"),
    simple("operator class", "pg_opclass", "opcname", "opcnamespace"),
    simple("operator family", "pg_opfamily", "opfname", "opfnamespace"),
    simple("statistics", "pg_statistic_ext", "stxname", "stxnamespace"),
    simple("text search configuration", "pg_ts_config", "cfgname", "cfgnamespace"),
    simple("text search dictionary", "pg_ts_dict", "dictname", "dictnamespace"),
    # What a table has.
    *[options(condition, text) for condition, text in TABLE_OPTIONS.items()],
    *[column_options(condition, text) for condition, text in COLUMN_OPTIONS.items()],
    f"SELECT 'policy', p.polname::text, {HERE}, c.relname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED}",
    f"SELECT 'rule', r.rulename::text, {HERE}, c.relname::text FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND r.rulename <> '_RETURN'",
    f"SELECT 'trigger option', t.tgname || CASE t.tgenabled WHEN 'D' THEN ': DISABLE' WHEN 'A' THEN ': ENABLE ALWAYS' "
    f"ELSE ': ENABLE REPLICA' END, {HERE}, c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND NOT t.tgisinternal AND t.tgenabled <> 'O'",
    f"SELECT 'index option', i.relname || CASE WHEN NOT x.indisvalid THEN ': INVALID' WHEN x.indisclustered "
    f"THEN ': CLUSTER' WHEN x.indisreplident THEN ': REPLICA IDENTITY' ELSE ': TABLESPACE' END, "
    f"{HERE}, c.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c "
    f"ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND {IS_TABLE} "
    f"AND (NOT x.indisvalid OR x.indisclustered OR x.indisreplident OR i.reltablespace <> 0)",
    f"SELECT 'constraint option', k.conname || CASE WHEN k.connoinherit THEN ': NO INHERIT' ELSE ': NOT ENFORCED' END, "
    f"{HERE}, c.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND {IS_TABLE} "
    f"AND (k.connoinherit AND k.contype = 'c' OR to_jsonb(k) ->> 'conenforced' = 'false')",
    # Comments on what is no table and no column of one.
    f"SELECT 'comment', {NAMED} || c.relname || coalesce('.' || a.attname, ''), NULL, NULL FROM pg_description d "
    f"JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid "
    f"AND a.attnum = d.objsubid AND d.objsubid <> 0 WHERE {WANTED} AND NOT ({IS_TABLE}) "
    f"AND {of_extension('pg_class', 'c.oid')}",
    f"SELECT 'comment', k.conname::text, {HERE}, c.relname::text FROM pg_description d JOIN pg_constraint k "
    f"ON d.classoid = 'pg_constraint'::regclass AND k.oid = d.objoid JOIN pg_class c ON c.oid = k.conrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED}",
    f"SELECT 'comment', t.tgname::text, {HERE}, c.relname::text FROM pg_description d JOIN pg_trigger t "
    f"ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid JOIN pg_class c ON c.oid = t.tgrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED}",
    f"SELECT 'comment', {NAMED} || t.typname, NULL, NULL FROM pg_description d JOIN pg_type t "
    f"ON d.classoid = 'pg_type'::regclass AND t.oid = d.objoid JOIN pg_namespace n ON n.oid = t.typnamespace "
    f"WHERE {WANTED} AND t.typtype = 'e' AND {of_extension('pg_type', 't.oid')}",
    f"SELECT 'grant', {NAMED} || c.relname, NULL, NULL FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE {WANTED} AND c.relkind IN ('v', 'm', 'S') AND c.relacl IS NOT NULL AND {of_extension('pg_class', 'c.oid')}",
    f"SELECT 'unlogged sequence', {NAMED} || c.relname, NULL, NULL FROM pg_class c "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {WANTED} AND c.relkind = 'S' AND c.relpersistence = 'u' "
    f"AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid "
    f"AND d.deptype IN ('a', 'i'))",
    # What is in no schema.
    "SELECT 'extension', extname::text, NULL, NULL FROM pg_extension WHERE extname <> 'plpgsql'",
    f"SELECT 'event trigger', evtname::text, NULL, NULL FROM pg_event_trigger o "
    f"WHERE {of_extension('pg_event_trigger', 'o.oid')}",
    "SELECT 'publication', pubname::text, NULL, NULL FROM pg_publication",
    "SELECT 'foreign server', srvname::text, NULL, NULL FROM pg_foreign_server",
]

UNMODELLED = "\nUNION ALL ".join(QUERIES)
