"""What the process keeps between clicks, by organisation: as step 5 has to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tenants.rehearsal import actor


class KeptByOrganisation:
    """A function whose answers are kept for whom they were made; `clear` forgets all, as `st.cache_data` does."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._kept: dict[tuple[Any, ...], Any] = {}

    def __call__(self, *arguments: Any) -> Any:
        """Return the answer, asked at most once an organisation."""
        key = (actor.org_id, *arguments)
        if key not in self._kept:
            self._kept[key] = self._function(*arguments)
        return self._kept[key]

    def clear(self) -> None:
        """Forget all answers."""
        self._kept.clear()
