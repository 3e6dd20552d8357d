"""Migrations of D1: written and applied."""
