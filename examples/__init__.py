"""Examples: programs to run and to read."""
