PRAGMA defer_foreign_keys = on;

SELECT json_extract('{}', 'this migration does not know a table that may reference "games": ' || name) FROM sqlite_master WHERE type = 'table' AND name COLLATE NOCASE NOT IN ('games') AND instr(lower(sql), 'references') AND instr(lower(sql), lower('games'));

DROP TABLE "games";

PRAGMA defer_foreign_keys = off;
