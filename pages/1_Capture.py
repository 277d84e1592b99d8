"""Take cards in: choose the event, drop the photos, watch them being read."""

from lib import ui
from lib.contacts.events import list_events
from lib.database import transaction
from lib.ui.capture import take_photos
from lib.ui.events import choose_event, event_dialog
from lib.ui.progress import show_progress


def main() -> None:
    with transaction() as db:
        events = list_events(db)
    if not events:
        advice = "Cards belong to the event where you got them. Create it first."
        if ui.empty_state(":material/photo_camera:", "No event yet", advice, button="Create an event"):
            event_dialog()
        return
    event = choose_event(events)
    take_photos(event.id)
    show_progress(event.id)


with ui.page("Capture"):
    main()
