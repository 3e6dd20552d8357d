"""Queries against real databases."""
