"""Migrations of SQLite: written, judged and applied."""
