"""Programs that run meanwhile, and know the schema of before."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

CASCADE = Rule(
    "cascade",
    "breaks",
    "a DROP with CASCADE, which takes away what is not named: views, foreign keys, columns",
    "drop what depends on it by its name, first",
)
DROP_OTHER = Rule(
    "drop-other",
    "breaks",
    "a function, a domain, a policy or something else that goes and that is no part of a schema as qb knows it",
    "first release programs that do not use it",
)
RENAME_TABLE = Rule(
    "rename-table",
    "breaks",
    "a table that gets another name, or another schema",
    "leave a view of the old name that selects everything from the new one, until the programs are replaced",
    'ALTER TABLE "albums" RENAME TO "records";\nCREATE VIEW "albums" AS SELECT * FROM "records";',
)
RENAME_COLUMN = Rule(
    "rename-column",
    "breaks",
    "a column that gets another name",
    "add the new column and write both; copy the values over; read the new one; then drop the old one",
)
RENAME_SEQUENCE = Rule(
    "rename-sequence",
    "breaks",
    "a sequence that gets another name, or another schema, though programs and functions may ask it by the old one",
    "let the default of a column ask it, which follows the rename, or a function that the same migration replaces",
)
RENAME_SCHEMA = Rule(
    "rename-schema",
    "breaks",
    "a schema that gets another name, though programs and functions may name what is in it by the old one",
    "leave a schema of the old name with views that select everything from the tables, until the programs are replaced",
    'ALTER SCHEMA "app" RENAME TO "music";\nCREATE SCHEMA "app";\n'
    'CREATE VIEW "app"."albums" AS SELECT * FROM "music"."albums";',
)
RENAME_TYPE = Rule(
    "rename-type",
    "breaks",
    "a type that gets another name, or another schema, though programs and functions may cast to the old one",
    "first release programs that do not name the type: a string alone becomes what the column is",
)
RENAME_LABEL = Rule(
    "rename-label",
    "breaks",
    "a label of an enum type that gets another name",
    "add the new label; release programs that know both; change the rows; then remove the old one",
)
DROP_LABEL = Rule(
    "drop-label",
    "breaks",
    "a label that is removed from an enum type, though programs may still write it",
    "first release programs that do not use it",
)
REQUIRED_COLUMN = Rule(
    "required-column",
    "breaks",
    "a new column that is NOT NULL and has no default, so that inserts fail that do not know it",
    "give it a default, or make it NOT NULL in a later migration, when all programs know it",
)
CHANGE_TYPE = Rule(
    "change-type",
    "breaks",
    "a column whose new type does not take every value of the old one",
    "add a column of the new type and write both; copy the values over; read the new one; then drop the old one",
)
FORBID_NULL = Rule(
    "forbid-null",
    "breaks",
    "a column that becomes NOT NULL, though programs may still write NULL to it",
    "first release programs that always write a value",
)
ALLOW_NULL = Rule(
    "allow-null",
    "breaks",
    "a column that is no longer NOT NULL, though programs may read it that do not expect NULL",
    "first release programs that can read NULL",
)
DROP_DEFAULT = Rule(
    "drop-default",
    "breaks",
    "a NOT NULL column that loses its default, or its numbering, so that inserts fail that leave it out",
    "first release programs that always write a value",
)
NEW_CONSTRAINT = Rule(
    "new-constraint",
    "breaks",
    "a constraint or a unique index that programs may not know, and whose rows it refuses",
    "first release programs that keep to it",
)
COMPUTED_COLUMN = Rule(
    "computed-column",
    "breaks",
    "a column that only the database writes from now on, because it is computed, or GENERATED ALWAYS",
    "first release programs that do not write it",
)
DROP_KEY = Rule(
    "drop-key",
    "breaks",
    "a primary key, a unique constraint or a unique index that goes, though an ON CONFLICT may name its columns",
    "first release programs that do not need it",
)
DROP_COMPUTED = Rule(
    "drop-computed",
    "breaks",
    "a computed column that goes",
    "first release programs that do not read it",
)
DROP_VIEW = Rule(
    "drop-view",
    "breaks",
    "a view that goes",
    "first release programs that do not read it",
)
DROP_TRIGGER = Rule(
    "drop-trigger",
    "breaks",
    "a trigger that goes, and with it what it did",
    "first release programs that do the same themselves, or do not need it",
)
