"""Backups: one file with database and images, restored into an empty place; and moving all of it to another place."""
