"""PostgreSQL: engine and transactions, the embedded server, migrations, named SQL."""

from lib.database.engine import close_database, current_engine, open_database, other_database, transaction
from lib.database.queries import get_row, list_rows, load_queries, statement

__all__ = [
    "close_database",
    "current_engine",
    "get_row",
    "list_rows",
    "load_queries",
    "open_database",
    "other_database",
    "statement",
    "transaction",
]
