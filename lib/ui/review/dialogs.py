"""The dialogs of the review page. A callback can open none, so it asks for one and the page opens it at its end."""

from __future__ import annotations

from collections.abc import Callable

from lib.ui.review.duplicates import compare_dialog, pairs_dialog
from lib.ui.review.removing import erase_dialog
from lib.ui.review.state import asked
from lib.ui.suppressions import take_off_dialog

DIALOGS: dict[str, Callable[..., None]] = {
    "compare": compare_dialog,
    "pairs": pairs_dialog,
    "erase": erase_dialog,
    "take_off": take_off_dialog,
}


def open_dialog() -> None:
    """Open the dialog that was asked for, if any."""
    question = asked()
    if question is not None:
        name, about = question
        DIALOGS[name](*about)
