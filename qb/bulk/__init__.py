"""Very many rows at once: into a table, and by their keys out of it."""
