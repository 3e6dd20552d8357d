"""What only SQLite has: files with several connections, functions written in Python, backups."""
