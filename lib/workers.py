"""Who takes jobs now."""

from __future__ import annotations

from sqlalchemy import Connection

from lib.database import load_queries

SQL = load_queries("workers")
# Four heartbeats: a worker silent for longer is dead or cut off, and its job goes to another.
SILENCE_S = 20


def count_workers_alive(db: Connection) -> int:
    """Return how many workers, on this machine or others, gave a sign of life lately."""
    return int(db.execute(SQL["count_workers_alive"], {"silence_s": SILENCE_S}).scalar_one())
