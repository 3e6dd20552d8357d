"""Migrations of PostgreSQL: written, judged and applied."""
