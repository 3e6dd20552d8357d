CREATE TABLE "games" (
  "id" INTEGER PRIMARY KEY,
  "title" TEXT NOT NULL UNIQUE,
  "genre" TEXT NOT NULL CHECK ("genre" IN ('arcade', 'puzzle', 'racing')),
  "released" TEXT,
  "tags" TEXT NOT NULL CHECK (json_valid("tags")),
  CONSTRAINT "games_has_title" CHECK (length(trim("title")) > 0)
) STRICT;
