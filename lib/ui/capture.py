"""Taking photos in and watching them being read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.capture import add_back, capture_photo
from lib.chat import model_host
from lib.database import transaction
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.jobs.progress import Photo, Progress, count_progress, list_latest_photos
from lib.jobs.retrying import retry_readings
from lib.settings import get_settings
from lib.ui.page import error_boundary
from lib.ui.text import plain

EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
# What a photo's contact is, in words.
STATES = {
    "processing": "Waiting",
    "completed": "Read",
    "pending_review": "Read, to review",
    "user_verified": "Verified",
    "failed": "Failed",
}
FAILURES_SHOWN = 20
REPEATED_NAMED = 3
# What a card's photos are.
ONE_SIDE, TWO_SIDES = "One photo a card", "Front and back"


def take_photos(event_id: int) -> None:
    """Offer the uploader or the camera; every photo given is captured at once, without a further button."""
    with st.container(horizontal=True):
        source = _choice("Source", ["Photos", "Camera"], key="source")
        is_two_sided = _choice("Each card", [ONE_SIDE, TWO_SIDES], key="sides") == TWO_SIDES
    if source == "Camera":
        front_id = _front_that_waits(event_id) if is_two_sided else None
        photos = _offer_camera(event_id, front_id)
    else:
        front_id = None
        photos = _offer_uploader(event_id, is_two_sided=is_two_sided)
    _say_who_reads()
    if photos and front_id is not None:
        _capture_back(event_id, front_id, photos[0])
    elif photos:
        step = 2 if is_two_sided else 1
        cards = [photos[place : place + step] for place in range(0, len(photos), step)]
        _capture(event_id, cards, awaits_back=is_two_sided and source == "Camera")


def _choice(label: str, options: list[str], *, key: str) -> str | None:
    return st.segmented_control(
        label, options, default=options[0], required=True, key=key, label_visibility="collapsed"
    )


def _offer_uploader(event_id: int, *, is_two_sided: bool) -> list[UploadedFile]:
    with st.container(key="cards"):
        one_side = "Photos of cards, one or several a photo"
        return st.file_uploader(
            "Photos of cards: front, back, front, back …" if is_two_sided else one_side,
            type=EXTENSIONS,
            accept_multiple_files=True,
            key=f"cards_{event_id}_{_batch()}",
            help="JPEG, PNG, WebP or HEIC. They are read as soon as they are here.",
        )


def _offer_camera(event_id: int, front_id: int | None) -> list[UploadedFile]:
    label = "Hold the card into the picture" if front_id is None else "Now the back of this card"
    # Only mounted when chosen: the browser asks for the camera as soon as this is on the page.
    shot = st.camera_input(label, key=f"camera_{event_id}_{_batch()}")
    if front_id is not None:
        st.button("It has no back", icon=":material/skip_next:", key="no_back", on_click=_await_back, args=(None,))
    return [] if shot is None else [shot]


def _batch() -> int:
    # A new key lets go of the last batch's bytes and empties the widget; photos never pass to another event.
    return int(st.session_state.setdefault("batch", 0))


def _front_that_waits(event_id: int) -> int | None:
    """Return the contact that the camera's last shot became, while it waits for the shot of its back."""
    waiting: tuple[int, int] | None = st.session_state.get("awaits_back")
    return waiting[1] if waiting and waiting[0] == event_id else None


def _await_back(front: tuple[int, int] | None) -> None:
    st.session_state["awaits_back"] = front


def _say_who_reads() -> None:
    """Name the host that the pictures go to; say nothing where they stay on this machine."""
    settings = get_settings()
    if settings.ocr_engine == "vision" and settings.has_model:
        host, model = plain(model_host(settings)), plain(settings.openai_model)
        st.caption(f"Each photo is also sent to {host} (model {model}) to be read.")


def _capture(event_id: int, cards: Sequence[Sequence[UploadedFile]], *, awaits_back: bool = False) -> None:
    """Capture what is not captured yet, a card a contact; what fails stays in the uploader to be tried again."""
    done: set[str] = st.session_state.setdefault("captured", set())
    repeated: list[str] = st.session_state.setdefault("repeated", [])
    with error_boundary():
        with st.spinner(f"Taking in {len(cards)} …"):
            for card in cards:
                if card[0].file_id in done:
                    continue
                try:
                    contact_id = capture_photo(event_id, *_name_and_bytes(card[0]), *map(_name_and_bytes, card[1:]))
                    _await_back((event_id, contact_id) if awaits_back else None)
                except AlreadyThere as error:
                    repeated.append(str(error) if len(card) > 1 else error.message)
                done.add(card[0].file_id)
        _say_taken(len(cards) - len(repeated), repeated)
        st.session_state["batch"] += 1
        del st.session_state["captured"], st.session_state["repeated"]
        st.rerun()
    st.button("Try the others again", icon=":material/refresh:", key="capture_again")


def _capture_back(event_id: int, front_id: int, shot: UploadedFile) -> None:
    """Capture the back of the card that waits for it; where that is not possible any more, as a card of its own."""
    with error_boundary():
        try:
            add_back(front_id, *_name_and_bytes(shot))
        except AlreadyThere as error:
            _say_taken(0, [error.message])
        except (NotFound, NotValid) as error:
            st.toast(plain(error.message), icon=":material/info:", duration="long")
            _capture(event_id, [[shot]])
            return
        else:
            st.toast("Its back is taken in.", icon=":material/check:")
            _await_back(None)
        st.session_state["batch"] += 1
        st.rerun()
    st.button("Try again", icon=":material/refresh:", key="capture_again")


def _name_and_bytes(photo: UploadedFile) -> tuple[str, bytes]:
    return photo.name, photo.getvalue()


def _say_taken(count: int, repeated: list[str]) -> None:
    if count:
        st.toast(f"{count} taken in.", icon=":material/check:")
    for message in repeated[:REPEATED_NAMED]:
        st.toast(plain(message), icon=":material/content_copy:", duration="long")
    if len(repeated) > REPEATED_NAMED:
        st.toast(f"{len(repeated) - REPEATED_NAMED} more were here already.", icon=":material/content_copy:")


def show_progress(event_id: int) -> None:
    """Show how far the event's photos are, moving while any is waiting."""
    with transaction() as db:
        is_busy = count_progress(db, event_id).waiting > 0
    st.fragment(_progress, run_every="1s" if is_busy else None)(event_id, is_busy)


def _progress(event_id: int, was_busy: bool) -> None:
    with error_boundary():
        with transaction() as db:
            progress = count_progress(db, event_id)
            photos = list_latest_photos(db, event_id)
            failed = list_latest_photos(db, event_id, statuses=["failed"], limit=FAILURES_SHOWN)
        if was_busy != (progress.waiting > 0):
            st.rerun()  # the whole page once more, with or without the clock
        if not progress.total:
            st.caption("No cards of this event yet. Drop their photos above, as many as you like at once.")
            return
        _summary(progress)
        _failures(failed, progress.failed)
        _latest(photos)


def _summary(progress: Progress) -> None:
    done = progress.read + progress.failed
    if progress.waiting:
        st.progress(done / progress.total, f"{done} of {progress.total} read")
    with st.grid(min_column_width=160, border=True):
        st.metric("Waiting to be read", progress.waiting, icon=":material/hourglass_empty:")
        st.metric("Read", progress.read, icon=":material/check_circle:")
        st.metric("Failed", progress.failed, icon=":material/error:")


def _failures(failed: list[Photo], count: int) -> None:
    if not failed:
        return
    with st.container(border=True, key="failures"):
        st.subheader(":material/error: Could not be read", anchor=False)
        for photo in failed:
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(gap=None):
                    st.text(photo.photo_name)
                    st.text(photo.error_message or "")
                _retry_button("Try again", [photo], key=f"retry_{photo.contact_id}")
        if count > 1:
            _retry_button(f"Try these {len(failed)} again", failed, key="retry_all")


def _retry_button(label: str, photos: list[Photo], *, key: str) -> None:
    # By callback, which runs first: a click is lost when the clock's next run cuts its own off.
    st.button(label, icon=":material/refresh:", key=key, on_click=_retry, args=(photos,))


def _retry(photos: list[Photo]) -> None:
    with error_boundary(), transaction() as db:
        retry_readings(db, [photo.contact_id for photo in photos])


def _latest(photos: list[Photo]) -> None:
    st.subheader("Latest", anchor=False)
    rows = [
        {
            "Photo": ", ".join(name for name in (photo.photo_name, photo.back_photo_name) if name),
            "State": "Reading" if photo.job_status == "processing" else STATES[photo.contact_status],
            "Name": photo.full_name,
            "Company": photo.company,
            "Seconds": photo.seconds,
        }
        for photo in photos
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={"Seconds": st.column_config.NumberColumn("Reading took", format="%.1f s")},
        key="latest",
    )
    st.page_link("pages/2_Review.py", label="Review what is unsure", icon=":material/fact_check:")
