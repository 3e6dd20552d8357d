"""What is done with the project, and not by it."""
