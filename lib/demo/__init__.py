"""Sample data to look around with: `python -m lib.demo`, and `--remove` to be rid of it."""
