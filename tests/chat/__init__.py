"""The chat in examples/, on every engine."""
