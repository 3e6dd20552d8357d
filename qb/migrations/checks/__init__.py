"""What is dangerous in migrations."""
