"""Word lists, and the script that made the one that is not written by hand."""
