"""What pages are made of: the only place in lib that imports streamlit."""

from lib.ui.page import error_boundary, page, show_error
from lib.ui.text import plain
from lib.ui.widgets import empty_state

__all__ = ["empty_state", "error_boundary", "page", "plain", "show_error"]
