"""The migrations of this Worker. `qb migrate bundle` has written it, and does so again: do not edit it."""

MIGRATIONS = (
    (
        "0001_games",
        "f93774c9b4c63ffda1f4087f90c024b112e0a8078181d83a1bd32a72ee372c2a",
        (),
        (
            'CREATE TABLE "games" (\n'
            '  "id" INTEGER PRIMARY KEY,\n'
            '  "title" TEXT NOT NULL UNIQUE,\n'
            "  \"genre\" TEXT NOT NULL CHECK (\"genre\" IN ('arcade', 'puzzle', 'racing')),\n"
            '  "released" TEXT,\n'
            '  "tags" TEXT NOT NULL CHECK (json_valid("tags")),\n'
            '  CONSTRAINT "games_has_title" CHECK (length(trim("title")) > 0)\n'
            ") STRICT",
        ),
    ),
    (
        "0002_scores",
        "f09bb92d5115dc4420eb9571e2bf4bcdc552b7174b2a331ca5bc31dd613e1660",
        ("0001_games",),
        (
            'CREATE TABLE "scores" (\n'
            '  "id" INTEGER PRIMARY KEY,\n'
            '  "game_id" INTEGER NOT NULL,\n'
            '  "player" TEXT NOT NULL,\n'
            '  "points" INTEGER NOT NULL CHECK ("points" >= 0),\n'
            "  \"reached_at\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')),\n"
            '  FOREIGN KEY ("game_id") REFERENCES "games" ("id") ON DELETE CASCADE\n'
            ") STRICT",
            'CREATE INDEX "scores_best_first" ON "scores" ("game_id", "points" DESC)',
        ),
    ),
)
