"""From the tables of a program to migrations of its database."""
