"""Where a database of D1 keeps which migrations were applied to it, as SQL that a Worker needs nothing else for."""

from __future__ import annotations

OURS = """\
CREATE TABLE IF NOT EXISTS "qb_migrations" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "checksum" TEXT NOT NULL,
  "statements" INTEGER NOT NULL,
  "done" INTEGER NOT NULL,
  "applied_at" TEXT NOT NULL
) STRICT"""
"""`qb.migrations.history`, as its DDL is."""

WRANGLERS = (
    'CREATE TABLE IF NOT EXISTS "d1_migrations" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, '
    "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)"
)
"""As wrangler creates it, so that either can go on where the other stopped."""

RUNS = """\
CREATE TABLE IF NOT EXISTS "qb_migration_runs" (
  "id" INTEGER PRIMARY KEY,
  "request" TEXT NOT NULL,
  "started_at" TEXT NOT NULL,
  "expires_at" TEXT NOT NULL,
  "ended_at" TEXT,
  "applied" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("applied")),
  "error" TEXT
) STRICT"""
"""The log of `dialects.d1.endpoint`, and its lock: a run that has not ended, and has not expired."""

ONE_ROW = "SELECT json(CASE changes() WHEN 1 THEN '1' ELSE 'somebody else has done it' END)"
"""Fails, and the batch with it, unless the statement before it has changed one row: D1 has no other way to raise."""
