"""The notebook: queries that a person writes, run by a role that can only read."""

from lib.analytics.notebook.reader import NotebookUnavailable, open_reader
from lib.analytics.notebook.results import QueryError, Result
from lib.analytics.notebook.running import RESULT_BYTES, ROW_LIMIT, SQL_LIMIT, Run, run_query
from lib.analytics.notebook.saved import (
    Column,
    SavedQuery,
    add_saved_query,
    delete_saved_query,
    list_saved_queries,
    list_tables,
    rename_saved_query,
    update_saved_query,
)
from lib.analytics.notebook.sql import Place, find_parameters

__all__ = [
    "RESULT_BYTES",
    "ROW_LIMIT",
    "SQL_LIMIT",
    "Column",
    "NotebookUnavailable",
    "Place",
    "QueryError",
    "Result",
    "Run",
    "SavedQuery",
    "add_saved_query",
    "delete_saved_query",
    "find_parameters",
    "list_saved_queries",
    "list_tables",
    "open_reader",
    "rename_saved_query",
    "run_query",
    "update_saved_query",
]
