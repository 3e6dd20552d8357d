CREATE TABLE "scores" (
  "id" INTEGER PRIMARY KEY,
  "game_id" INTEGER NOT NULL,
  "player" TEXT NOT NULL,
  "points" INTEGER NOT NULL CHECK ("points" >= 0),
  "reached_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
  FOREIGN KEY ("game_id") REFERENCES "games" ("id") ON DELETE CASCADE
) STRICT;

CREATE INDEX "scores_best_first" ON "scores" ("game_id", "points" DESC);
