"""How fast cards become contacts and e-mails, where they get stuck, and whether the reader can be trusted."""

from collections.abc import Callable

from lib import ui
from lib.analytics.windows import Window
from lib.ui.activity import show_activity
from lib.ui.analytics.asking import answer
from lib.ui.analytics.events import show_events
from lib.ui.analytics.filters import choose_view, choose_window
from lib.ui.analytics.overview import show_overview
from lib.ui.analytics.reader import show_reader
from lib.ui.analytics.speed import show_speed

VIEWS: dict[str, Callable[[Window], None]] = {
    "Overview": show_overview,
    "Speed": show_speed,
    "Reader": show_reader,
    "Events": show_events,
    "Activity": show_activity,
}


def main() -> None:
    view = choose_view()
    if view == "Notebook":
        from lib.ui.notebook import show_notebook  # the other views do without it

        show_notebook()
        return
    window = choose_window()
    if view != "Activity" and answer("contacts_by_status").data.empty:
        ui.empty_state(
            ":material/bar_chart:",
            "Nothing to measure yet",
            "As soon as a card is captured, this page shows how fast it is read and what becomes of it.",
            page="pages/1_Capture.py",
            label="Capture cards",
        )
        return
    VIEWS[view](window)


with ui.page("Analytics"):
    main()
