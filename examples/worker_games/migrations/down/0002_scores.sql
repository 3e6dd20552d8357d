PRAGMA defer_foreign_keys = on;

SELECT json_extract('{}', 'this migration does not know a table that may reference "scores": ' || name) FROM sqlite_master WHERE type = 'table' AND name COLLATE NOCASE NOT IN ('games', 'scores') AND instr(lower(sql), 'references') AND instr(lower(sql), lower('scores'));

DROP TABLE "scores";

PRAGMA defer_foreign_keys = off;
