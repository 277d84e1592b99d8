"""What the database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from lib.database import current_engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the list that the statements of this process come into, one after the other."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(current_engine(), "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(current_engine(), "before_cursor_execute", note)
